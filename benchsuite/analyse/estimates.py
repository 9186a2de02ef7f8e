"""How probable an outcome is, by the trials of a tally: one part of all, or weighted by numbers of flips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from typing import NamedTuple

from benchsuite.analyse.rates import rate_interval, tails_interval
from benchsuite.analyse.tallies import count_of
from benchsuite.record.types import Stratum, Tally

LEAST_TAIL = 1e-30  # beyond it the special functions give no number
ROUNDED = 1e-9
"""Relative: weighted sums of floats are off by less, and more digits say nothing to anyone."""


class Estimate(NamedTuple):
    """A rate and an interval that covers the probability."""

    rate: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval: what a campaign's ``--precision`` is compared with."""
        return (self.high - self.low) / 2


def estimate(tally: Tally, *outcomes: str, confidence: float = 0.99) -> Estimate:
    """How probable any of ``outcomes`` is, by a tally with trials: Clopper-Pearson's interval, or wider."""
    if tally.rare:
        return _weighted(tally.strata, outcomes, 1 - confidence)
    count = _count(tally.outcomes, outcomes)
    return Estimate(count / tally.trials, *rate_interval(count, tally.trials, confidence))


def _count(counts: Mapping[str, int], outcomes: Sequence[str]) -> int:
    return sum(count_of(counts, outcome) for outcome in outcomes)


def _weighted(strata: Sequence[Stratum], outcomes: Sequence[str], error: float) -> Estimate:
    """The sum over the numbers of flips of their probabilities times what their trials say.

    Each sampled stratum's interval may miss with its share of ``error``: then the sum of their lower ends or
    that of their upper ends misses with no more than ``error`` (Bonferroni), whatever the rates are.
    """
    parts = [
        [
            stratum.probability * part
            for part in _of_stratum(stratum, _count(stratum.outcomes, outcomes), error)
        ]
        for stratum in strata
    ]
    rate, low, high = map(fsum, zip(*parts, strict=True))
    return Estimate(rate, low * (1 - ROUNDED), min(1.0, high * (1 + ROUNDED)))


def _of_stratum(stratum: Stratum, count: int, error: float) -> Estimate:
    """Of trials with so many flips; where there is none anything may be."""
    if not stratum.trials:
        return Estimate(0.0, 0.0, 1.0)
    if stratum.patterns:
        most = count + stratum.patterns - stratum.trials
        return Estimate(count / stratum.trials, count / stratum.patterns, most / stratum.patterns)
    tail = max(error * stratum.share / 2, LEAST_TAIL)
    return Estimate(count / stratum.trials, *tails_interval(count, stratum.trials, tail))
