"""What is wrong with single calls, and with blocks beyond the preset's: both follow rules of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from math import isclose
from operator import truediv
from statistics import median

from benchsuite.analyse.looks import LOOK_EVERY, fraction, too_wide
from benchsuite.record.types import Latency, Line, Load, Lost, Planned, Run, Samples


def of_latencies(lines: Sequence[Line]) -> Iterator[str]:
    """Every latency line against the visit that it belongs to, in the order of the file."""
    planned: dict[str, Planned] = {}
    visited: dict[tuple[str, int], Samples] = {}
    seen: set[tuple[str, int, str]] = set()
    for line in lines:
        if isinstance(line, Planned):
            planned.setdefault(line.cell, line)
        elif isinstance(line, Samples) and line.repetitions:
            visited[line.cell, line.block] = line
        elif isinstance(line, Latency):
            asked = line.load.asked if line.load else ""
            where = f"cell {line.cell}, block {line.block}: latency"
            yield from (f"{where}: {problem}" for problem in _of_figures(line))
            row = planned.get(line.cell)
            visit = visited.get((line.cell, line.block))
            if visit is None:
                yield f"{where}: no visit with samples before it"
            elif row is not None and row.work.items != 1:
                yield f"{where}: calls of {row.work.items} items, where only those of one are timed"
            elif line.load is not None:
                yield from (f"{where}: {problem}" for problem in _of_load(line.load, visit))
            if (line.cell, line.block, asked) in seen:
                yield f"{where}: recorded twice"
            seen.add((line.cell, line.block, asked))


def _of_load(load: Load, visit: Samples) -> Iterator[str]:
    number = float(load.asked.removesuffix("/s").removesuffix("%"))
    if load.asked.endswith("%"):
        number *= median(map(truediv, visit.repetitions, visit.wall_seconds)) / 100
    if not isclose(load.offered_per_second, number, rel_tol=1e-9):
        yield f"offered_per_second: {load.offered_per_second}, where {load.asked} of the visit is {number:g}"


def _of_figures(line: Latency) -> Iterator[str]:
    if line.calls != sum(calls for _, calls in line.histogram):
        yield f"calls: {line.calls}, where the histogram has {sum(calls for _, calls in line.histogram)}"
    if any(first >= second for (first, _), (second, _) in pairwise(line.histogram)):
        yield "histogram: not ascending"
    if line.load is not None and line.load.idle_seconds > line.load.seconds:
        yield f"idle_seconds: {line.load.idle_seconds} of {line.load.seconds} seconds"


def of_looks(run: Run, lines: Sequence[Line], blocks: int) -> Iterator[str]:
    """Every visit beyond the preset's ``blocks``, by the look that decided on it."""
    later = [line for line in lines if isinstance(line, Samples | Lost) and line.block >= blocks]
    try:
        precision = fraction(dict(pairwise(run.argv)).get("--precision", ""))
    except ValueError:
        yield from (
            f"cell {line.cell}, block {line.block}: block: {run.preset} has {blocks} blocks" for line in later
        )
        return

    @cache
    def wanted(look: int) -> set[str]:
        return too_wide(lines, precision, before=look)

    for line in later:
        look = blocks + (line.block - blocks) // LOOK_EVERY * LOOK_EVERY
        if line.cell not in wanted(look):
            yield f"cell {line.cell}, block {line.block}: block: all was precise enough before block {look}"
