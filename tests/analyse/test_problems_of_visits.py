from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.problems import problems
from benchsuite.record.types import Cell, Gate, Line, Lost, Planned, Pressure, Run, Samples

Build = Callable[..., Any]
replace = msgspec.structs.replace
OTHER = "cd" * 32
STOLEN = Pressure(seconds=1.0, capacity_seconds=2.0, steal_seconds=0.5)


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        (Run, {"devices": []}, "device: the run had no cpu of alpha"),
        (Planned, {"cell": "0" * 16}, "its identity hashes to"),
        (Planned, {"threads": 2}, "its identity hashes to"),
        (Planned, {"constant_time": "perhaps"}, "constant_time: 'perhaps' is none of yes, no, claimed"),
        (Planned, {"scope": "moon"}, "scope: 'moon' is none of resident, end-to-end"),
        (Planned, {"status": "unavailable"}, "status: a gate line, though planned as unavailable"),
        (Planned, {"status": "unsupported"}, "status: a samples line, though planned as unsupported"),
        (Gate, {"cell": "0" * 16}, "a gate line of a cell that was not planned"),
        (Samples, {"cell": "0" * 16}, "a samples line of a cell that was not planned"),
        (Lost, {"cell": "0" * 16}, "a lost line of a cell that was not planned"),
        (Cell, {"cell": "0" * 16}, "a cell line of a cell that was not planned"),
        (Gate, {"status": "wrong"}, "block 0: no passed gate before it"),
        (Gate, {"checked_calls": 0}, "checked_calls: passed, though no call was checked"),
        (Gate, {"repetitions": 2}, "block 15: repetitions: 4, where the gate allows 2 to 3"),
        (Samples, {"block": 1}, "block 1: block: visited twice"),
        (Samples, {"repetitions": [4, 6, 4]}, "repetitions: 6, where the gate allows 4 to 5"),
        (Samples, {"repetitions": [4, 3, 4]}, "repetitions: 3, where the gate allows 4 to 5"),
        (Samples, {"wall_seconds": [1.0]}, "3 repetitions, 1 wall_seconds, 3 cpu_seconds"),
        (Samples, {"cpu_seconds": [1.0, 0.0, 0.0]}, "cpu_seconds: 1.0, more than"),
        (Samples, {"output_sha256": OTHER}, "block 0: output_sha256: not the gate's"),
        (Samples, {"flags": ["wrong: item 3"]}, "flags: wrong, and yet it has samples"),
        (Samples, {"audit_draws": []}, "audit_draws: 0 of 1 threads and processes"),
        (Samples, {"pressure": STOLEN}, "flags: [], where its pressure gives ['steal']"),
        (
            Samples,
            {"pressure": STOLEN, "flags": ["psi"]},
            "flags: ['psi'], where its pressure gives ['steal']",
        ),
        (
            Samples,
            {"repetitions": [4], "wall_seconds": [0.1], "cpu_seconds": [0.1]},
            "block 0: 1 samples, where visits have 3",
        ),
        (
            Samples,
            {"repetitions": [], "wall_seconds": [], "cpu_seconds": []},
            "block 0: repetitions: no samples",
        ),
    ],
)
def test_each_falsification_is_named(
    changed: Build, kind: type[Any], changes: dict[str, object], said: str
) -> None:
    found = problems(changed(kind, **changes))
    assert any(said in problem for problem in found), found


def test_a_cell_planned_twice_is_named(sound: list[Line]) -> None:
    assert any("planned twice" in problem for problem in problems([*sound[:2], *sound[1:]]))


def test_what_is_short_for_the_clock_of_the_cpu_and_what_a_device_times_itself_is_no_problem(
    run: Run, planned: Build, gate: Build, visits: Build
) -> None:
    for cell, cpu_seconds, number in (
        (planned(), [9e-4] * 3, 0),
        (planned(), [1.1e-3] * 3, 3),
        (planned(scope="resident"), [1.1e-3] * 3, 0),
    ):
        (visit,) = visits(cell, [1e-9])
        assert len(problems([run, cell, gate(cell), replace(visit, cpu_seconds=cpu_seconds)])) == number


def test_several_processes_spend_as_much_cpu_time_and_repeat_as_often_as_they_like(
    run: Run, planned: Build, gate: Build, visits: Build
) -> None:
    cell = planned(processes=4)
    (visit,) = visits(cell, [0.01], audit_draws=["0f"] * 4)
    busy = replace(visit, repetitions=[900] * 3, cpu_seconds=[4 * s for s in visit.wall_seconds])
    assert problems([run, cell, gate(cell), busy]) == []


def test_an_engine_may_keep_every_core_busy_and_no_more(
    run: Run, planned: Build, gate: Build, visits: Build
) -> None:
    cell = planned()
    (visit,) = visits(cell, [0.01])
    for cores, share, number in ((8, 8, 0), (8, 17, 3), (None, 1, 0), (None, 8, 3)):
        machine = {**run.machine, "cores_allowed": cores}
        busy = replace(visit, cpu_seconds=[share * s for s in visit.wall_seconds])
        assert len(problems([replace(run, machine=machine), cell, gate(cell), busy])) == number


def test_gates_come_once_and_before_the_visits(sound: list[Line], gate: Build, planned: Build) -> None:
    passed = gate(planned("alpha"))
    after = [line for line in sound if line != passed]
    found = problems([*after, passed])
    assert sum("no passed gate before it" in problem for problem in found) == 16
    assert "passed after an earlier verdict or visit" in found[-1]
    assert any("passed after an earlier verdict" in problem for problem in problems([*sound, passed]))


def test_the_oracle_may_take_a_passed_gate_back_but_no_visit_follows(
    run: Run, planned: Build, gate: Build, visits: Build
) -> None:
    cell = planned()
    judged = [run, cell, gate(cell), gate(cell, status="wrong", reason="item 3")]
    assert problems(judged) == []
    assert problems([*judged[:3], *visits(cell, [0.1]), judged[3]]) == []
    (problem,) = problems([*judged, *visits(cell, [0.1])])
    assert problem == f"cell {cell.cell}, block 0: no passed gate before it"


def test_a_gate_lost_once_may_pass_later(run: Run, planned: Build, gate: Build, visits: Build) -> None:
    cell = planned()
    lost = Lost(cell=cell.cell, block=-1, reason="died")
    assert problems([run, cell, lost, gate(cell), *visits(cell, [0.1])]) == []


def test_a_visit_that_is_wrong_has_no_samples_and_any_digest(
    run: Run, planned: Build, gate: Build, visits: Build
) -> None:
    cell = planned()
    good, bad = visits(cell, [0.1, 0.1])
    nothing: dict[str, Any] = {"repetitions": [], "wall_seconds": [], "cpu_seconds": []}
    bad = replace(bad, flags=["wrong: item 3"], output_sha256=None, **nothing)
    assert problems([run, cell, gate(cell), good, bad]) == []


def test_a_visit_is_lost_or_measured_not_both(sound: list[Line], planned: Build) -> None:
    twice = Lost(cell=planned("alpha").cell, block=3, reason="died")
    assert any("block 3: block: visited twice" in problem for problem in problems([*sound, twice]))


@pytest.mark.parametrize("digest", [OTHER, None])
def test_cells_that_do_the_same_have_one_digest_once_they_are_visited(
    run: Run, planned: Build, gate: Build, visits: Build, digest: str | None
) -> None:
    """Before, the oracle may not have judged between them yet; a cold pool has other inputs."""
    alpha, beta, cold = planned("alpha"), planned("beta"), planned("beta", pool="cold")
    gates = [gate(alpha), gate(beta, output_sha256=digest), gate(cold, output_sha256=digest)]
    others = [visit for cell in (beta, cold) for visit in visits(cell, [0.1], output_sha256=digest)]
    visited = [*visits(alpha, [0.1]), *others]
    assert problems([run, alpha, beta, cold, *gates, visited[0]]) == []
    assert problems([run, alpha, cold, gates[0], gates[2], visited[0], visited[2]]) == []
    (problem,) = problems([run, alpha, beta, cold, *gates, *visited])
    assert problem == f"cell {beta.cell}: output_sha256: not that of cell {alpha.cell}, which does the same"
