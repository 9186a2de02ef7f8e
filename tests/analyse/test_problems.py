from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.derive import cells, comparisons
from benchsuite.analyse.problems import problems
from benchsuite.record.types import Case, Cell, Comparison, Gate, Line, Lost, Planned, Run, Samples, Tally

Build = Callable[..., Any]
SECONDS = [0.001 * (1 + i / 100) for i in range(16)]
replace = msgspec.structs.replace


@pytest.fixture
def sound(run: Run, planned: Build, gate: Build, visits: Build) -> list[Line]:
    """A finished run: two measured cells, one unavailable, one lost; their rows and the comparison."""
    alpha, beta, dead = planned("alpha"), planned("beta"), planned("gamma")
    absent = planned("delta", status="unavailable", reason="no driver")
    lines: list[Line] = [run, alpha, beta, dead, absent, gate(alpha), gate(beta), gate(dead)]
    lines += [*visits(alpha, SECONDS), *visits(beta, [s / 2 for s in SECONDS])]
    lines += [Lost(cell=dead.cell, block=block, reason="died", signal="SIGKILL") for block in (0, 1)]
    return [*lines, *cells(lines), *comparisons(lines), tally(0), tally(100), tally(0, backend="beta")]


def tally(first_trial: int, **changes: object) -> Tally:
    whole = Tally(
        case=Case(workload="hsiao-decode", version=1, params={}),
        case_key="c" * 64,
        label="hsiao (72,64)",
        backend="alpha",
        model="flips:2",
        seed=1,
        first_trial=first_trial,
        trials=100,
        outcomes={"detected": 100},
    )
    return replace(whole, **changes)


def changed(lines: list[Line], kind: type[Any], **changes: object) -> list[Line]:
    """The lines with the first of that kind changed."""
    at = next(i for i, line in enumerate(lines) if isinstance(line, kind))
    return [*lines[:at], replace(lines[at], **changes), *lines[at + 1 :]]


def test_a_sound_file_has_no_problem(sound: list[Line]) -> None:
    assert problems(sound) == []


def test_every_prefix_of_a_sound_file_is_sound(sound: list[Line]) -> None:
    """A run killed at any moment leaves a prefix."""
    assert [problems(sound[:end]) for end in range(1, len(sound))] == [[]] * (len(sound) - 1)


def test_rows_survive_a_write_and_a_read(sound: list[Line]) -> None:
    again = [msgspec.json.decode(msgspec.json.encode(line), type=type(line)) for line in sound]
    assert problems(again) == []


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        (Run, {"schema": 2}, "schema 2 is unknown"),
        (Planned, {"cell": "0" * 16}, "its identity hashes to"),
        (Planned, {"threads": 2}, "its identity hashes to"),
        (Gate, {"cell": "0" * 16}, "a gate line of a cell that was not planned"),
        (Samples, {"cell": "0" * 16}, "a samples line of a cell that was not planned"),
        (Lost, {"cell": "0" * 16}, "a lost line of a cell that was not planned"),
        (Cell, {"cell": "0" * 16}, "a cell line of a cell that was not planned"),
        (Samples, {"block": 1}, "block 1: block: visited twice"),
        (Samples, {"repetitions": [4, 0, 4]}, "repetitions: not all positive"),
        (Samples, {"wall_seconds": [1.0, -1.0, 1.0]}, "wall_seconds: not all positive"),
        (Samples, {"wall_seconds": [1.0, 0.0, 1.0]}, "wall_seconds: not all positive"),
        (Samples, {"cpu_seconds": [1.0, -1.0, 1.0]}, "cpu_seconds: not all positive or 0"),
        (Samples, {"wall_seconds": [1.0]}, "3 repetitions, 1 wall_seconds, 3 cpu_seconds"),
        (Samples, {"output_sha256": "cd" * 32}, "status: recorded 'measured', derived 'wrong'"),
        (Gate, {"status": "wrong"}, "status: recorded 'measured', derived 'wrong'"),
        (Cell, {"status": "failed"}, "status: recorded 'failed', derived 'measured'"),
        (Cell, {"label": "faster than light"}, "label: recorded 'faster than light'"),
        (Cell, {"summary": None}, "summary: recorded None"),
        (Comparison, {"verdict": "same"}, "verdict: recorded 'same', derived 'faster'"),
        (Comparison, {"ratio": 2.001}, "ratio: recorded 2.001"),
        (Comparison, {"contender": "0" * 16}, "the measurements give no such comparison"),
        (Tally, {"outcomes": {"detected": 99}}, "they sum to 99, not to the 100 trials"),
        (Tally, {"outcomes": {"detected": 101, "clean": -1}}, "not all positive or 0"),
        (Tally, {"first_trial": 1}, "are in tally of"),
    ],
)
def test_each_falsification_is_named(
    sound: list[Line], kind: type[Any], changes: dict[str, object], said: str
) -> None:
    found = problems(changed(sound, kind, **changes))
    assert any(said in problem for problem in found), found


def test_a_figure_changed_in_a_row_is_named_with_cell_and_field(sound: list[Line]) -> None:
    row = next(line for line in sound if isinstance(line, Cell))
    assert row.summary is not None
    faster = replace(row.summary, seconds=row.summary.seconds * (1 - 1e-8))
    (problem,) = problems(changed(sound, Cell, summary=faster))
    assert problem.startswith(f"cell {row.cell}: summary.seconds: recorded ")
    rounded = replace(row.summary, seconds=row.summary.seconds * (1 + 1e-12))
    assert problems(changed(sound, Cell, summary=rounded)) == []


def test_a_sample_changed_after_the_fact_no_longer_gives_its_row(sound: list[Line]) -> None:
    found = problems(changed(sound, Samples, wall_seconds=[9.0, 9.0, 9.0]))
    assert any("summary.seconds: recorded" in problem for problem in found)


def test_rows_that_a_resumed_run_supersedes_are_passed_over(
    sound: list[Line], planned: Build, visits: Build
) -> None:
    more = visits(planned("alpha"), [0.002], first_block=16)
    resumed = [*sound, *more]
    assert problems(resumed) == []
    assert problems([*resumed, *cells(resumed), *comparisons(resumed)]) == []
    stale = [line for line in sound if isinstance(line, Cell)]
    assert len(problems([*resumed, *stale])) > 0


@pytest.mark.parametrize("keep", [slice(0, 0), slice(1, None)])
def test_a_file_must_begin_with_its_run_line(sound: list[Line], keep: slice) -> None:
    (problem,) = problems(sound[keep])
    assert problem.startswith("line 1: not a run line")


def test_a_cell_planned_twice_is_named(sound: list[Line]) -> None:
    assert any("planned twice" in problem for problem in problems([*sound[:2], *sound[1:]]))


def test_a_case_key_of_another_case_is_named_where_its_workload_is_known(sound: list[Line]) -> None:
    assert problems(sound, lambda case: "c" * 64) == []
    assert problems(sound, lambda case: None) == []
    found = problems(sound, lambda case: "d" * 64 if case.workload == "hsiao-encode" else None)
    assert len(found) == 8  # four planned, four rows
    assert all(": case_key: the case hashes to dddd" in problem for problem in found)
