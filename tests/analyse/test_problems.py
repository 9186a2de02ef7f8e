from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.derive import cells, comparisons
from benchsuite.analyse.problems import Known, problems
from benchsuite.record.types import Case, Cell, Comparison, Line, Planned, Run, Samples, WorkDone

Build = Callable[..., Any]
replace = msgspec.structs.replace


def test_a_sound_file_has_no_problem(sound: list[Line]) -> None:
    assert problems(sound) == []


def test_every_prefix_of_a_sound_file_is_sound(sound: list[Line]) -> None:
    """A run killed at any moment leaves a prefix."""
    assert [problems(sound[:end]) for end in range(1, len(sound))] == [[]] * (len(sound) - 1)


def test_rows_survive_a_write_and_a_read(sound: list[Line]) -> None:
    again = [msgspec.json.decode(msgspec.json.encode(line), type=Line) for line in sound]
    assert again == sound
    assert problems(again) == []


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        (Run, {"schema": 2}, "schema 2 is unknown"),
        (Run, {"started": "yesterday"}, "run: started: 'yesterday' is no UTC time"),
        (Run, {"started": "2026-02-30T00:00:00Z"}, "run: started"),
        (Run, {"argv": ["sing"]}, "run: argv: ['sing'] measures nothing"),
        (Run, {"argv": ["run", "--seed", "2"]}, "run: seed: 1, where argv says 2"),
        (Run, {"argv": ["run", "--preset", "smoke"]}, "run: preset: 'quick', where argv says smoke"),
        (Cell, {"status": "failed"}, "status: recorded 'failed', derived 'measured'"),
        (Cell, {"label": "faster than light"}, "label: recorded 'faster than light'"),
        (Cell, {"summary": None}, "summary: recorded None"),
        (Comparison, {"verdict": "same"}, "verdict: recorded 'same', derived 'faster'"),
        (Comparison, {"ratio": 2.001}, "ratio: recorded 2.001"),
        (Comparison, {"contender": "0" * 16}, "the measurements before it give no such comparison"),
    ],
)
def test_each_falsification_is_named(
    changed: Build, kind: type[Any], changes: dict[str, object], said: str
) -> None:
    found = problems(changed(kind, **changes))
    assert any(said in problem for problem in found), found


def test_a_figure_changed_in_a_row_is_named_with_cell_and_field(sound: list[Line], changed: Build) -> None:
    row = next(line for line in sound if isinstance(line, Cell))
    assert row.summary is not None
    faster = replace(row.summary, seconds=row.summary.seconds * (1 - 1e-8))
    (problem,) = problems(changed(Cell, summary=faster))
    assert problem.startswith(f"cell {row.cell}: summary.seconds: recorded ")
    rounded = replace(row.summary, seconds=row.summary.seconds * (1 + 1e-12))
    assert problems(changed(Cell, summary=rounded)) == []


def test_a_sample_changed_after_the_fact_no_longer_gives_its_row(changed: Build) -> None:
    found = problems(changed(Samples, wall_seconds=[9.0, 9.0, 9.0]))
    assert any("summary.seconds: recorded" in problem for problem in found)


def test_a_resumed_run_derives_again_what_changed(sound: list[Line], planned: Build, visits: Build) -> None:
    slow, fast = visits(planned("alpha"), [0.1] * 16, 16), visits(planned("beta"), [0.001] * 16, 16)
    resumed = [*sound, *slow, *fast]
    assert problems(resumed) == []
    rows: list[Line] = [*cells(resumed), *comparisons(resumed)]
    again = [row for row in rows if row not in sound]
    assert [type(row) for row in again] == [Cell, Cell, Comparison]
    assert problems([*resumed, *again]) == []
    stale = [line for line in sound if isinstance(line, Cell)]
    assert any("summary.blocks: recorded 16, derived 32" in p for p in problems([*resumed, *stale]))


@pytest.mark.parametrize("kind", [Cell, Comparison])
def test_no_line_that_is_appended_hides_a_false_row(
    changed: Build, planned: Build, visits: Build, kind: type[Any]
) -> None:
    false = {"label": "other"} if kind is Cell else {"ratio": 9.0}
    spoiled = [*changed(kind, **false), *visits(planned("alpha"), [0.002], first_block=16)]
    assert len(problems(spoiled)) == 1


@pytest.mark.parametrize("kind", [Cell, Comparison])
def test_a_row_recorded_twice_or_too_early_is_named(sound: list[Line], kind: type[Any]) -> None:
    row = next(line for line in sound if isinstance(line, kind))
    assert any("recorded twice" in problem for problem in problems([*sound, row]))
    first_visit = next(i for i, line in enumerate(sound) if isinstance(line, Samples))
    assert problems([*sound[:first_visit], row, *sound[first_visit:]])


@pytest.mark.parametrize("keep", [slice(0, 0), slice(1, None)])
def test_a_file_must_begin_with_its_run_line(sound: list[Line], keep: slice) -> None:
    (problem,) = problems(sound[keep])
    assert problem.startswith("line 1: not a run line")


def test_a_second_run_line_is_named_with_its_number(sound: list[Line]) -> None:
    assert problems([*sound[:5], sound[0], *sound[5:]]) == ["line 6: a second run line"]


ALL = {"detected": ("1", "1", 1.0)}
WORK = WorkDone(items=1024, unit="codeword", payload_bytes=8192, bytes_in=8192, bytes_out=1024)


def known(**changes: Any) -> Known:
    """A suite in which the hand-built file is right."""
    right: dict[str, Any] = {
        "case": lambda case: ("c" * 64, "hsiao (72,64) encode", WORK),
        "campaign": lambda tally: ("c" * 64, "hsiao-72-64", None),
        "fault": lambda fault: None,
        "presets": {"quick": (16, 3)},
        "version": "0.1.0",
    }
    return Known(**{**right, **changes})


def refuse(line: object) -> None:
    raise ValueError("no such thing")


def test_what_the_installed_suite_says_of_a_file_is_what_it_holds(sound: list[Line]) -> None:
    assert problems(sound, known()) == []
    assert problems(sound, known(case=lambda case: None, campaign=lambda tally: None)) == []


@pytest.mark.parametrize(
    ("changes", "said", "number"),
    [
        ({"case": lambda case: ("d" * 64, "hsiao (72,64) encode", WORK)}, ": case_key: recorded", 4),
        ({"case": lambda case: ("c" * 64, "encode", WORK)}, ": label: recorded", 4),
        ({"case": lambda case: ("c" * 64, "hsiao (72,64) encode", replace(WORK, items=1))}, "work.items", 4),
        ({"case": refuse}, ": case: no such thing", 4),
        ({"campaign": lambda tally: ("d" * 64, "hsiao-72-64", None)}, ": case_key: the case hashes to d", 3),
        ({"campaign": lambda tally: ("c" * 64, "hsiao", None)}, ": label: the code is called hsiao", 3),
        ({"campaign": lambda tally: ("c" * 64, "hsiao-72-64", ALL)}, ": exact: not what the formula", 3),
        ({"campaign": refuse}, ": case: no such thing", 3),
        ({"presets": {"quick": (15, 3)}}, ", block 15: block: quick has 15 blocks", 2),
        ({"presets": {"quick": (16, 4)}}, ": 3 samples, where visits have 4", 32),
        ({"presets": {"smoke": (16, 3)}}, "run: preset: 'quick' is none of smoke", 1),
    ],
)
def test_what_the_installed_suite_says_otherwise_is_named(
    sound: list[Line], changes: dict[str, Any], said: str, number: int
) -> None:
    """Of four planned cells, three tallies, and two cells with 16 visits each."""
    found = problems(sound, known(**changes))
    assert all(said in problem for problem in found)
    assert len(found) == number


def test_presets_of_another_version_prove_nothing(sound: list[Line]) -> None:
    assert problems(sound, known(presets={}, version="0.2.0")) == []


def test_cases_are_looked_up_by_what_the_lines_say(sound: list[Line]) -> None:
    asked: list[Case] = []
    problems(sound, known(case=asked.append))
    assert asked == [line.case for line in sound if isinstance(line, Planned)]
