"""Two independent samples: the Hodges-Lehmann shift and the exact Mann-Whitney interval around it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from statistics import median
from typing import NamedTuple

from benchsuite.analyse.intervals import symmetric_rank


class Shift(NamedTuple):
    """``low`` and ``high`` are None where the samples are too small for the confidence."""

    estimate: float
    low: float | None
    high: float | None


@lru_cache
def mann_whitney_counts(m: int, n: int) -> tuple[int, ...]:
    """How many of the C(m + n, m) orders of two samples have U = 0, 1, ... m n pairs the wrong way round.

    The coefficients of the Gaussian binomial, a product of (1 - q^(n+i)) / (1 - q^i) for i = 1 ... m.

    >>> mann_whitney_counts(2, 3)
    (1, 1, 2, 2, 2, 1, 1)
    """
    counts = [1] + [0] * (m * n)
    for i in range(1, m + 1):
        for u in range(m * n, n + i - 1, -1):
            counts[u] -= counts[u - n - i]
        for u in range(i, m * n + 1):
            counts[u] += counts[u - i]
    return tuple(counts)


@lru_cache
def _rank(m: int, n: int, confidence: float) -> int:
    return symmetric_rank(mann_whitney_counts(m, n), confidence)


def shift_interval(ours: Sequence[float], theirs: Sequence[float], confidence: float) -> Shift:
    """Median of all differences ours - theirs, and the exact Mann-Whitney interval around it.

    Its coverage holds where each sample is independent draws of one distribution, the two alike but for the
    shift; with ties it can only be larger. What moves all visits of one session does not cancel, unlike in
    pairs. Source: Hollander & Wolfe, Nonparametric Statistical Methods, §4.2-4.3.
    Raises ValueError where a sample is empty.
    """
    if not ours or not theirs:
        raise ValueError("a shift needs at least one value on either side")
    differences = sorted(a - b for a in ours for b in theirs)
    rank = _rank(len(ours), len(theirs), confidence)
    if rank == 0:
        return Shift(median(differences), None, None)
    return Shift(median(differences), differences[rank - 1], differences[-rank])
