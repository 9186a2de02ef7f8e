"""Which of two is faster, when many are asked at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log1p

from benchsuite.analyse.paired import PairedEstimate, signed_rank_interval
from benchsuite.record.types import Verdict

LEAST_DELTA = log1p(0.01)
"""1 %, as a log ratio: no difference below it is ever called one."""

MOST_SAME = log1p(0.1)
"""10 %, as a log ratio: no interval that reaches beyond it is called ``same``, however high the A/A floor."""


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """The paired differences of one comparison, one a block."""

    log_ratios: Sequence[float]
    """log(baseline seconds / contender seconds): positive where the contender is faster."""
    same_code: bool
    """An A/A pair: one backend under two labels."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One comparison among ``comparisons``, its interval valid for all of them at once."""

    estimate: PairedEstimate
    confidence: float
    comparisons: int
    delta: float
    verdict: Verdict


def verdict(low: float | None, high: float | None, delta: float) -> Verdict:
    """The verdict of an interval of a log ratio against the indifference zone [-delta, delta].

    A noisy run has a wide zone; what lies within it is ``same`` only where it lies within 10 % too.

    >>> verdict(0.03, 0.07, 0.01), verdict(-0.005, 0.004, 0.01), verdict(-0.02, 0.07, 0.01)
    ('faster', 'same', 'inconclusive')
    """
    if low is None or high is None:
        return "too_few_blocks"
    if low > delta:
        return "faster"
    if high < -delta:
        return "slower"
    same = min(delta, MOST_SAME)
    return "same" if -same <= low and high <= same else "inconclusive"


def aa_floor(estimates: Iterable[PairedEstimate]) -> float:
    """The A/A floor of a run: the largest |bound| of its A/A pairs' intervals, as a log ratio.

    Both bounds, low and high, of every A/A pair count, at the simultaneous confidence of the run; pairs too
    short for an interval do not. It is the largest difference that the run cannot tell from none although
    the code was the same; every further pair can only raise it. 0 without A/A pairs.
    """
    bounds = (abs(bound) for e in estimates for bound in (e.low, e.high) if bound is not None)
    return max(bounds, default=0.0)


def compare(family: Sequence[Pairs], *, alpha: float = 0.05) -> list[Judgement]:
    """Judge all comparisons of a report, in their order, with at most ``alpha`` that any verdict is wrong.

    Each interval has confidence 1 - alpha/m for m comparisons (Bonferroni), the A/A pairs among them. The
    indifference zone is the larger of 1 % and the A/A floor; for the A/A pairs themselves it is 1 %, since
    they make the floor.
    """
    confidence = 1 - alpha / max(1, len(family))
    estimates = [signed_rank_interval(pairs.log_ratios, confidence) for pairs in family]
    floor = aa_floor(e for e, pairs in zip(estimates, family, strict=True) if pairs.same_code)
    judgements = []
    for estimate, pairs in zip(estimates, family, strict=True):
        delta = LEAST_DELTA if pairs.same_code else max(LEAST_DELTA, floor)
        judgements.append(
            Judgement(
                estimate=estimate,
                confidence=confidence,
                comparisons=len(family),
                delta=delta,
                verdict=verdict(estimate.low, estimate.high, delta),
            )
        )
    return judgements
