"""What a series of visits shows about itself. Flags mark; nothing is ever deleted for one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from statistics import StatisticsError, correlation, median

DRIFT_P = 0.001
SHORTEST_DRIFT = 7
"""Visits: 2/7! is the first 2/n! below DRIFT_P, so fewer cannot show a trend."""
OUTLIER_DEVIATIONS = 5
"""Median absolute deviations: 3.4 standard deviations of normal noise."""


def series_flags(seconds: Sequence[float]) -> set[str]:
    """Flags of visits in the order of their blocks: ``drift`` and ``outliers``."""
    flags = set()
    if len(seconds) >= SHORTEST_DRIFT and trend_p(seconds) < DRIFT_P:
        flags.add("drift")
    if has_outliers(seconds):
        flags.add("outliers")
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
    """Whether a visit lies further from the median than 5 median absolute deviations."""
    centre = median(seconds)
    deviations = [abs(value - centre) for value in seconds]
    return max(deviations) > OUTLIER_DEVIATIONS * median(deviations)
