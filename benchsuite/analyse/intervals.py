"""Distribution-free interval of a median, by exact integers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import comb


def symmetric_rank(counts: Sequence[int], confidence: float) -> int:
    """The largest r whose two tails, ``counts[:r]`` and its mirror image, weigh at most 1 - ``confidence``.

    ``counts`` is a symmetric null distribution in exact integers: how many of the equally likely outcomes
    give statistic 0, 1, 2, ... The interval from the r-th smallest to the r-th largest candidate then covers
    with at least ``confidence``; 0 means that no such interval exists.
    Raises ValueError where ``confidence`` is not a fraction between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence must lie between 0 and 1, not {confidence}: give a fraction, as in 0.99"
        )
    allowed = (1 - confidence) * sum(counts)
    return sum(2 * tail <= allowed for tail in accumulate(counts))


def median_interval(values: Sequence[float], confidence: float) -> tuple[float, float] | tuple[None, None]:
    """Interval of the median between two order statistics, the same number from either end.

    The number of values below the median is binomial (n, 1/2) whatever their distribution, so coverage is
    exact and at least ``confidence``; both None where n is too small for it.

    >>> median_interval(range(1, 17), 0.99)
    (3, 14)
    >>> median_interval([1.0, 2.0, 3.0], 0.99)
    (None, None)
    """
    n = len(values)
    rank = symmetric_rank([comb(n, below) for below in range(n + 1)], confidence)
    if rank == 0:
        return None, None
    ordered = sorted(values)
    return ordered[rank - 1], ordered[n - rank]
