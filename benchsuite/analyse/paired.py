"""Paired differences: the Hodges-Lehmann estimate and the exact signed-rank interval around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from benchsuite.analyse.intervals import symmetric_rank


@dataclass(frozen=True)
class PairedEstimate:
    """Of logarithms of ratios; ``low`` and ``high`` are None where n is too small for the confidence."""

    estimate: float
    low: float | None
    high: float | None


def smallest_p(n: int) -> float:
    """The smallest two-sided p that ``n`` pairs can give: all differences of one sign.

    >>> smallest_p(16) * 327 < 0.01 < smallest_p(16) * 328
    True
    """
    return 2.0 ** (1 - n)


@lru_cache
def signed_rank_counts(n: int) -> tuple[int, ...]:
    """How many of the 2^n assignments of signs to the ranks 1 ... n give the rank sum 0, 1, ... n(n+1)/2.

    >>> signed_rank_counts(3)
    (1, 1, 1, 2, 1, 1, 1)
    """
    counts = [1]
    for rank in range(1, n + 1):
        without = counts + [0] * rank
        counts = [a + b for a, b in zip(without, [0] * rank + counts, strict=True)]
    return tuple(counts)


@lru_cache
def _walsh_rank(n: int, confidence: float) -> int:
    return symmetric_rank(signed_rank_counts(n), confidence)


def signed_rank_interval(log_ratios: Sequence[float], confidence: float) -> PairedEstimate:
    """Median of the Walsh averages (x_i + x_j)/2, i <= j, and the exact signed-rank interval around it.

    Its coverage holds for independent differences symmetric about one centre, which the random order within
    a block makes them, whatever drifts from block to block; with ties it can only be larger. Source:
    Hollander & Wolfe, Nonparametric Statistical Methods, §3.1-3.3.
    Raises ValueError where there are no differences.
    """
    n = len(log_ratios)
    if n == 0:
        raise ValueError("a paired estimate needs at least one pair")
    walsh = sorted((log_ratios[i] + log_ratios[j]) / 2 for i in range(n) for j in range(i + 1))
    rank = _walsh_rank(n, confidence)
    if rank == 0:
        return PairedEstimate(median(walsh), None, None)
    return PairedEstimate(median(walsh), walsh[rank - 1], walsh[-rank])
