"""Intervals of a mean, of values that come often and are counted."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt
from typing import NamedTuple


class Mean(NamedTuple):
    """A mean and its interval; equal to it where every value is the same."""

    value: float
    low: float
    high: float


def mean_interval(histogram: Sequence[tuple[int, int]], confidence: float = 0.99) -> Mean:
    """Student's interval of the mean of (value, how often), at least one; of one value alone, everything.

    Raises ValueError for a confidence that is not a fraction.

    >>> mean_interval([(3, 1000)])
    Mean(value=3.0, low=3.0, high=3.0)
    >>> [round(end, 2) for end in mean_interval([(60, 50), (68, 50)])]
    [64.0, 62.94, 65.06]
    """
    from scipy.special import stdtrit

    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence must lie between 0 and 1, not {confidence}: give a fraction, as in 0.99"
        )
    count = sum(times for _, times in histogram)
    total = sum(value * times for value, times in histogram)
    mean = total / count
    if count == 1:
        return Mean(mean, -inf, inf)
    # in whole numbers, so that equal values have no spread at all
    spread = count * sum(value * value * times for value, times in histogram) - total * total
    error = sqrt(spread / (count - 1)) / count
    half = float(stdtrit(count - 1, (1 + confidence) / 2)) * error
    return Mean(mean, mean - half, mean + half)
