"""What counters say about a visit, and what visits say about each other. Flags mark; nothing is deleted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil, inf
from statistics import StatisticsError, correlation, fmean, median

from benchsuite.record.types import DeviceReading, Pressure, PressureFlag

STEAL_SHARE = 0.01
PSI_SHARE = 0.05
WAITED_SHARE = 0.02
LOAD_SHARE = 0.25
SWITCHES_A_SECOND = 50.0
FLAGGED_VISITS = 0.1
"""Of a cell's visits: the median of 16 does not care for one."""
DRIFT_P = 0.001
SHORTEST_DRIFT = 7
"""Visits: 2/7! is the first 2/n! below DRIFT_P, so fewer cannot show a trend."""
OUTLIER_DEVIATIONS = 15
"""Median absolute deviations: in 16 visits 0.02 % of normal noise and 0.7 % of Student's t with 5 degrees."""
BIMODAL_SEPARATION = 6.0
"""Pooled standard deviations between two groups of visits: 0.1 % of normal noise, 0.9 % of uniform noise."""
SHORTEST_BIMODAL = 14
"""Visits: in fewer, noise alone falls into groups so far apart."""
LEAST_GROUP = 0.2
"""Of the visits, in the smaller of the two groups: what is rarer is an outlier."""
LEAST_DIFFERENCE = 0.01
"""Of the median: outliers and groups that are nearer decide nothing, as verdicts take 1 % for none."""


def visit_flags(met: Pressure, readings: Iterable[DeviceReading] = ()) -> list[PressureFlag]:
    """Flags of one visit, sorted; a counter that was not read flags nothing.

    Shares are of the visit's wall time, those of stolen time and load of the CPU time that it could have had.
    """
    wall = max(met.seconds, 1e-9)
    capacity = met.capacity_seconds or inf
    beyond: dict[PressureFlag, bool] = {
        "steal": (met.steal_seconds or 0) > STEAL_SHARE * capacity,
        "psi": (met.stalled_seconds or 0) > PSI_SHARE * wall,
        "waited": (met.waited_seconds or 0) > WAITED_SHARE * wall,
        "throttled": bool(met.throttled_periods or met.throttled_seconds)
        or any(reading.throttled for reading in readings),
        "involuntary_switches": (met.involuntary_switches or 0) > SWITCHES_A_SECOND * wall,
        "swap": bool(met.major_faults or met.swapped_pages),
        "thermal": bool(met.thermal_events),
        "load": (met.contending_seconds or 0) > LOAD_SHARE * capacity,
    }
    return sorted(flag for flag, too_much in beyond.items() if too_much)


def frequent_flags(visits: Sequence[Iterable[str]]) -> set[str]:
    """Flags that at least a tenth of a cell's visits have."""
    counted = Counter(flag for flags in visits for flag in set(flags))
    return {flag for flag, count in counted.items() if count >= FLAGGED_VISITS * len(visits)}


def series_flags(seconds: Sequence[float]) -> set[str]:
    """Flags of visits in the order of their blocks: ``drift``, ``outliers`` and ``bimodal``."""
    flags = set()
    if len(seconds) >= SHORTEST_DRIFT and trend_p(seconds) < DRIFT_P:
        flags.add("drift")
    if has_outliers(seconds):
        flags.add("outliers")
    if len(seconds) >= SHORTEST_BIMODAL and is_bimodal(seconds):
        flags.add("bimodal")
    return flags


def trend_p(seconds: Sequence[float]) -> float:
    """Two-sided p of Spearman's rank correlation with time, by Student's t; 1 where nothing varies."""
    from scipy.special import betainc

    ordered = sorted(seconds)
    ranks = [bisect_left(ordered, value) + bisect_right(ordered, value) for value in seconds]
    try:
        rho = correlation(ranks, range(len(ranks)))
    except StatisticsError:  # all equal, or fewer than two: no trend to speak of
        return 1.0
    # P(|T| > t) for n - 2 degrees of freedom is I_x((n - 2)/2, 1/2) with x = df/(df + t^2) = 1 - rho^2.
    return float(betainc((len(ranks) - 2) / 2, 0.5, max(0.0, 1 - rho * rho)))


def has_outliers(seconds: Sequence[float]) -> bool:
    """Whether a visit lies further from the median than 15 median absolute deviations, and than 1 %."""
    centre = median(seconds)
    deviations = [abs(value - centre) for value in seconds]
    return max(deviations) > max(OUTLIER_DEVIATIONS * median(deviations), LEAST_DIFFERENCE * centre)


def is_bimodal(seconds: Sequence[float]) -> bool:
    """Whether the visits fall into two groups, each tight beside the distance between them.

    The best of all splits of the ordered visits (Engelman and Hartigan 1969), judged by the distance of the
    groups' means in pooled standard deviations (Ashman, Bird and Zepf 1994).
    """
    ordered = sorted(seconds)
    least = ceil(LEAST_GROUP * len(ordered))
    splits = (
        _separation(ordered[:at], ordered[at:], LEAST_DIFFERENCE * median(ordered))
        for at in range(least, len(ordered) - least + 1)
    )
    return max(splits, default=0.0) > BIMODAL_SEPARATION


def _separation(low: Sequence[float], high: Sequence[float], least: float) -> float:
    """Between the means, in pooled standard deviations; 0 where the means are nearer than ``least``."""
    means = fmean(low), fmean(high)
    if means[1] - means[0] <= least:
        return 0.0
    squares = sum((x - mean) ** 2 for group, mean in zip((low, high), means, strict=True) for x in group)
    spread = (squares / (len(low) + len(high) - 2)) ** 0.5
    return (means[1] - means[0]) / spread if spread else inf
