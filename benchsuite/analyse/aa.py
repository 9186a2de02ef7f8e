"""What an A/A test of a machine found: false alarms, the floor, and the smallest effect that it resolves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, comb, expm1, log
from statistics import median

from benchsuite.analyse.derive import cells, fastest_visits
from benchsuite.analyse.paired import PairedEstimate, signed_rank_interval
from benchsuite.analyse.verdict import LEAST_DELTA, aa_floor
from benchsuite.record.types import CONTROL, Cell, Identity, Line

CONFIDENCE = 0.99
"""Of each comparison's interval, by itself: that of a run of five comparisons."""
FOUND_SHARE = 0.8
"""Of the effects that must be found for an effect to count as resolvable."""
BY_CHANCE = 1e-4
"""Probability with which sound intervals give more false alarms than ``most_alarms`` allows."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Of one A/A test; ``floor`` and ``smallest_effect`` are fractions, None without a comparison."""

    comparisons: int
    confidence: float
    false_alarms: int
    """Comparisons of equal code whose interval leaves out a ratio of 1."""
    most_false_alarms: int
    """As many can be chance."""
    floor: float | None
    """The median over the comparisons of what each would be as the A/A floor of a run."""
    smallest_effect: float | None
    """Of this size, 8 in 10 effects are called faster or slower by a run with that floor."""
    controls: int
    controls_found: int
    """Comparisons with code that does more than it counts whose interval lies on the slower side."""


def findings(lines: Iterable[Line], blocks: int) -> Findings:
    """The comparisons in the lines of an A/A test: each is of ``blocks`` consecutive blocks of one pair.

    A comparison that was cut short counts while it has blocks enough for an interval.
    """
    lines = list(lines)
    measured = [cell for cell in cells(lines) if cell.status == "measured"]
    fastest = fastest_visits(lines)
    originals = {_identity(cell): fastest[cell.cell] for cell in measured if cell.twin == 0}
    equal: list[PairedEstimate] = []
    controls: list[PairedEstimate] = []
    for cell in measured:
        if cell.twin != 0 and _identity(cell) in originals:
            estimates = _estimates(originals[_identity(cell)], fastest[cell.cell], blocks)
            (controls if cell.twin == CONTROL else equal).extend(estimates)
    bounds = [(e.low, e.high) for e in equal if e.low is not None and e.high is not None]
    floor = median(aa_floor([e]) for e in equal) if equal else None
    effect = None if floor is None else resolvable(bounds, max(LEAST_DELTA, floor))
    return Findings(
        comparisons=len(equal),
        confidence=CONFIDENCE,
        false_alarms=sum(low > 0 or high < 0 for low, high in bounds),
        most_false_alarms=most_alarms(len(equal)),
        floor=None if floor is None else expm1(floor),
        smallest_effect=None if effect is None else expm1(effect),
        controls=len(controls),
        controls_found=sum(e.high is not None and e.high < 0 for e in controls),
    )


def most_alarms(comparisons: int) -> int:
    """The most false alarms among so many comparisons at 99 % that chance explains.

    >>> most_alarms(20), most_alarms(200)
    (3, 9)
    """
    alpha, count, more = 1 - CONFIDENCE, 0, 1.0
    while True:
        more -= comb(comparisons, count) * alpha**count * (1 - alpha) ** (comparisons - count)
        if more <= BY_CHANCE:
            return count
        count += 1


def resolvable(bounds: Sequence[tuple[float, float]], delta: float) -> float:
    """The least log ratio that 8 in 10 of the intervals ``bounds`` of equal code, moved by it, lie beyond.

    An interval moves with its data; which of two equal labels is the contender is arbitrary, so each
    interval counts in both directions.

    >>> round(resolvable([(-0.02, 0.01), (-0.01, 0.02)], 0.01), 3)
    0.03
    """
    depths = sorted([-low for low, _ in bounds] + [high for _, high in bounds])
    return delta + depths[ceil(FOUND_SHARE * len(depths)) - 1]


def _estimates(
    ours: Mapping[int, float], theirs: Mapping[int, float], blocks: int
) -> Iterable[PairedEstimate]:
    """One a comparison; those too short for an interval are left out."""
    rounds: dict[int, list[float]] = {}
    for block in sorted(ours.keys() & theirs.keys()):
        rounds.setdefault(block // blocks, []).append(log(ours[block] / theirs[block]))
    estimates = (signed_rank_interval(log_ratios, CONFIDENCE) for log_ratios in rounds.values())
    return [estimate for estimate in estimates if estimate.low is not None]


def _identity(cell: Cell) -> tuple[object, ...]:
    """All that the labels of a pair share."""
    names = (name for name in Identity.__struct_fields__ if name not in ("twin", "case"))
    return tuple(getattr(cell, name) for name in names)
