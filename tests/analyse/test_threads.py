from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from benchsuite.analyse.derive import cells
from benchsuite.analyse.problems import problems
from benchsuite.record.types import Cell, Line, Pressure, Run

Build = Callable[..., Any]
QUIET = Pressure(seconds=1.0, waited_seconds=0.0)
BUSY = Pressure(seconds=1.0, waited_seconds=0.5)
SECONDS = [0.001 * (1 + i / 100) for i in range(16)]


@pytest.fixture
def crowd(planned: Build, gate: Build, visits: Build) -> Build:
    """Lines of a cell of four threads, or processes, whose visits' fastest repetition takes ``seconds``."""

    def build(
        seconds: list[float], *, cpus: float = 4.0, met: Pressure = QUIET, **members: int
    ) -> list[Line]:
        cell = planned(**members)
        measured = [
            replace(visit, pressure=met, cpu_seconds=[cpus * wall for wall in visit.wall_seconds])
            for visit in visits(cell, seconds, audit_draws=["0f"] * 4)
        ]
        flagged = [replace(visit, flags=["waited"]) if met is BUSY else visit for visit in measured]
        return [cell, gate(cell), *flagged]

    return build


def of_threads(lines: list[Line]) -> Cell:
    (cell,) = (cell for cell in cells(lines) if cell.threads > 1)
    return cell


@pytest.mark.parametrize(("slowdown", "contended"), [(1.0, False), (1.2, False), (2.0, True)])
def test_threads_are_compared_with_as_many_processes_block_by_block(
    crowd: Build, run: Run, slowdown: float, contended: bool
) -> None:
    lines = [
        *crowd([slowdown * s for s in reversed(SECONDS)], threads=4),
        *crowd(list(reversed(SECONDS)), processes=4),
        *crowd([0.5 * s for s in SECONDS], processes=2),
    ]
    cell = of_threads(lines)
    assert cell.scaling is not None
    assert cell.scaling.of_processes == pytest.approx(1 / slowdown)
    assert cell.scaling.of_processes_low == pytest.approx(1 / slowdown)
    assert cell.scaling.of_cpu_time is None
    assert ("contended" in cell.flags) == contended
    assert "contended" not in {flag for other in cells(lines) if other.threads == 1 for flag in other.flags}


def test_a_slowdown_that_two_blocks_show_is_not_sure(crowd: Build) -> None:
    cell = of_threads([*crowd([2.0, 2.0], threads=4), *crowd([1.0, 1.0], processes=4)])
    assert cell.scaling is not None
    assert cell.scaling.of_processes == pytest.approx(0.5)
    assert cell.scaling.of_processes_high is None
    assert "contended" not in cell.flags


@pytest.mark.parametrize(("cpus", "contended"), [(3.9, False), (1.1, True)])
def test_without_such_processes_the_cpu_time_that_threads_got_tells(
    crowd: Build, cpus: float, contended: bool
) -> None:
    cell = of_threads(crowd(SECONDS, cpus=cpus, threads=4))
    assert cell.scaling is not None
    assert cell.scaling.of_processes is None
    assert cell.scaling.of_cpu_time == pytest.approx(cpus / 4)
    assert ("contended" in cell.flags) == contended


def test_where_something_else_kept_the_threads_from_the_cpu_its_time_tells_nothing(crowd: Build) -> None:
    cell = of_threads(crowd(SECONDS, cpus=1.1, met=BUSY, threads=4))
    assert cell.scaling is not None
    assert cell.scaling.of_cpu_time is None
    assert "contended" not in cell.flags


def test_a_busy_machine_gives_processes_more_than_threads_so_that_its_visits_tell_nothing(
    crowd: Build,
) -> None:
    slow = [2 * s for s in SECONDS]
    cell = of_threads([*crowd(slow, met=BUSY, threads=4), *crowd(SECONDS, met=BUSY, processes=4)])
    assert cell.scaling is not None
    assert cell.scaling.of_processes is None
    assert "contended" not in cell.flags


def test_a_file_with_threads_is_sound_and_an_altered_scaling_is_found(crowd: Build, run: Run) -> None:
    lines = [run, *crowd([2 * s for s in SECONDS], threads=4), *crowd(SECONDS, processes=4)]
    derived = cells(lines)
    assert problems([*lines, *derived]) == []
    assert derived[0].scaling is not None
    altered = replace(derived[0], scaling=replace(derived[0].scaling, of_processes=0.9))
    assert problems([*lines, altered])


def test_a_single_thread_has_no_scaling(crowd: Build) -> None:
    found = cells(crowd(SECONDS, processes=4))
    assert [cell.scaling for cell in found] == [None]
