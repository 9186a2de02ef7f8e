#!/usr/bin/env python3
"""Claim: `inject --rare` estimates silent corruption of 1e-9 and 1e-12, and its intervals cover.

Hsiao (72,64), chipkill (18,16) and BCH (78,64) on binary symmetric channels on which about one word in 10^9,
and one in 10^12, is corrupted in silence, through the encoder and decoder of a real backend, answers checked:

- a campaign of 400,000 trials holds the exact probability, by formula, within its 99 % interval, whose ends
  are within 10 % of it;
- of 100 campaigns of other seeds, with fewer trials, at most 5 miss, for each outcome and for silent
  corruption as a whole (where 1 is to be expected, more happen once in 1800 times; seeds leave no chance);
  the mean of the estimates is within four standard errors of the exact probability: they are not biased.

Of the first two codes all patterns that matter are gone through, so that little is left to chance; of BCH
every pattern that matters is drawn, and so it is on a noisy channel, p = 0.01, which is judged too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isclose, sqrt
from statistics import fmean, stdev

import msgspec

from benchsuite.analyse.estimates import ROUNDED, Estimate, estimate
from benchsuite.host.engine import Engine, origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, discover
from benchsuite.inject.campaign import exact_tally
from benchsuite.inject.models import parse_model
from benchsuite.inject.rare import counted_strata, spread_of
from benchsuite.inject.rig import Rig
from benchsuite.inject.trials import Draws, count_trials
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.record.types import Tally
from benchsuite.workloads.codes import Code, code

BACKEND = "numpy"
CASES = (
    ("hsiao-72-64", "0.000031"),
    ("hsiao-72-64", "0.0000031"),
    ("chipkill-18-16", "0.0000013"),
    ("chipkill-18-16", "0.000000041"),
    ("bch-78-64", "0.000042"),
    ("bch-78-64", "0.0000042"),
    ("chipkill-18-16", "0.01"),
)
SILENT = ("miscorrected", "undetected")
TRIALS, FEWER = 400_000, 4_000
"""Of the one campaign; of each of the others, those that go through patterns not counted."""
SEEDS, MOST_MISSED = 100, 5
WITHIN = 0.1


class Campaigns:
    """Weighted campaigns on one code and channel."""

    def __init__(self, engine: Engine, registry: Registry, name: str, chance: str) -> None:
        self.code: Code = code(name)
        self.model = parse_model(f"bsc:{chance}", registry)
        way = find_way(registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), self.code)
        assert not isinstance(way, NoWay), way.reason
        self.rig = Rig(engine, self.code, way)
        self.spread = spread_of(self.code, self.model)
        self.patterns = sum(self.spread.whole)
        self.blank = exact_tally(self.code, self.model)

    def tally(self, seed: int, first: int, trials: int) -> Tally:
        """Trials of a seed, as a campaign records them."""
        draws = Draws(code=self.code, model=self.model, seed=seed, rare=True)
        counts = count_trials(self.rig, draws, first, trials)
        return msgspec.structs.replace(
            self.blank,
            seed=seed,
            rare=True,
            trials=trials,
            outcomes=counts.outcomes,
            strata=counted_strata(self.spread.strata(), counts.by_flips),
        )

    def of_seeds(self) -> Iterator[Tally]:
        """Many short campaigns: what goes through all patterns is the same in each, and counted once."""
        patterns = self.tally(0, 0, self.patterns)
        for seed in range(1, SEEDS + 1):
            drawn = self.tally(seed, self.patterns, FEWER)
            strata = [
                whole if whole.patterns else part
                for whole, part in zip(patterns.strata, drawn.strata, strict=True)
            ]
            yield msgspec.structs.replace(drawn, strata=strata)

    def exact(self, *outcomes: str) -> Fraction:
        """The probability of any of them."""
        assert self.blank.exact is not None
        return sum((Fraction(*map(int, self.blank.exact[name][:2])) for name in outcomes), Fraction(0))


def covers(found: Estimate, truth: Fraction) -> bool:
    """Whether the interval holds the exact probability."""
    return found.low <= truth <= found.high


def unbiased(rates: list[float], truth: float) -> bool:
    """Whether the mean is within four standard errors of the truth."""
    error = stdev(rates) / sqrt(len(rates))
    return isclose(fmean(rates), truth, rel_tol=ROUNDED, abs_tol=4 * error)


def misses(these: Campaigns, tallies: Sequence[Tally]) -> int:
    """Intervals that do not hold the exact probability, of the outcome of which the most do not."""
    sets = [(outcome,) for outcome in these.blank.exact or {}]
    return max(
        sum(not covers(estimate(tally, *any_), these.exact(*any_)) for tally in tallies)
        for any_ in (*sets, SILENT)
    )


def holds(these: Campaigns, name: str, chance: str) -> bool:
    """Print what a case comes to; whether it is as claimed."""
    truth, tallies = these.exact(*SILENT), list(these.of_seeds())
    one = estimate(these.tally(1, 0, TRIALS), *SILENT)
    precise = covers(one, truth) and max(one.high / truth - 1, 1 - one.low / truth) < WITHIN
    missed, rates = misses(these, tallies), [estimate(tally, *SILENT).rate for tally in tallies]
    fair = unbiased(rates, float(truth))
    print(
        f"{name} bsc:{chance}: silent {one.rate:.6g} ({one.low:.6g} to {one.high:.6g}) of {TRIALS} trials, "
        f"exactly {float(truth):.6g}{'' if precise else ' NOT WITHIN'}; {missed} of {SEEDS} short campaigns "
        f"miss{'' if missed <= MOST_MISSED else ' TOO OFTEN'}, their mean {fmean(rates):.6g}"
        f"{'' if fair else ' IS BIASED'}"
    )
    return precise and missed <= MOST_MISSED and fair


def main() -> int:
    """0 where the claim holds."""
    registry = discover()
    engine = Engine(origin(registry, BACKEND).request())
    held = [holds(Campaigns(engine, registry, name, chance), name, chance) for name, chance in CASES]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
