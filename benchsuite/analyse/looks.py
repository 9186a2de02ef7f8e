"""Which cells want more blocks: a rule of width alone, that no verdict and no direction enters."""

from __future__ import annotations

from collections.abc import Iterable
from math import nan, sqrt

from benchsuite.analyse.derive import cells, comparisons
from benchsuite.record.types import Cell, Line, Lost, Samples

MOST_BLOCKS = 4
"""Times the preset's: four times as many halve an interval, and more is for a quieter machine to give."""
LOOK_EVERY = 4
"""Blocks."""


def fraction(text: str) -> float:
    """What ``--precision`` takes. Raises ValueError for anything else.

    >>> fraction("1%"), fraction("0.01")
    (0.01, 0.01)
    """
    number, percent, rest = text.partition("%")
    try:
        value = float(number) / (100 if percent else 1)
    except ValueError:
        value = nan
    if rest or not 0 < value < 1:
        raise ValueError(f"--precision takes a share such as 1% or 0.01, not {text!r}")
    return value


def too_wide(lines: Iterable[Line], precision: float, *, before: int) -> set[str]:
    """Ids of all measured cells of those cases that have an interval wider than ± ``precision``.

    Looked at are the headlines and the comparisons of the blocks ``before`` the given one, so that a run that
    goes on after an interruption, and whoever reads its file, see the same. An interval that does not exist
    yet is too wide. Cells of a case are measured on together, as its comparisons are paired.
    """
    seen = [line for line in lines if not isinstance(line, Samples | Lost) or line.block < before]
    measured = [cell for cell in cells(seen) if cell.summary is not None]
    wide = {
        cell.cell
        for cell in measured
        if cell.summary and _wider(cell.summary.seconds_low, cell.summary.seconds_high, precision)
    }
    for comparison in comparisons(seen):
        if _wider(comparison.ratio_low, comparison.ratio_high, precision):
            wide |= {comparison.baseline, comparison.contender}
    cases = {_together(cell) for cell in measured if cell.cell in wide}
    return {cell.cell for cell in measured if _together(cell) in cases}


def _together(cell: Cell) -> tuple[object, ...]:
    return cell.case_key, cell.pool, cell.threads, cell.processes


def _wider(low: float | None, high: float | None, precision: float) -> bool:
    return low is None or high is None or sqrt(high / low) - 1 > precision
