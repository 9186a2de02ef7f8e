#!/usr/bin/env python3
"""Claim: the curves of four codes over a binary symmetric channel, exact and estimated, in under a minute.

Of Hsiao (72,64), BCH (255,239) and RS (18,16) the silent data corruption, from p = 1e-1 to where it is
1e-12; of RS (255,223) the frame error rate, to where it is 1e-9. Exact by formula at every point. Estimated
through a real backend's encoder and decoder: by noise itself where that shows enough events, and beyond from
patterns of k flips, each k weighed by its probability, which tell all of the rest of a curve at once. That
no pattern within a code's guarantee is lost, or silent, is taken from its distance. Every interval covers
the exact rate; they hold together at a confidence of 99 % (seeded, so no chance is left).
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from math import log10

from scipy.optimize import brentq
from scipy.stats import binom

from benchsuite.analyse.rates import rate_interval
from benchsuite.analyse.tallies import count_of
from benchsuite.host.engine import Engine, origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, discover
from benchsuite.inject.campaign import exact
from benchsuite.inject.models import parse_model
from benchsuite.inject.rig import Rig
from benchsuite.inject.trials import Draws, count_outcomes
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes import code

BACKEND = "numpy"
SEED = 1
POINTS = 13
LEAST = 100
"""Events that an estimate by noise is expected to see: fewer say little."""
IGNORED = 1e-3
"""Of a rate: what more flips than are tried may add to it."""
WIDEST = 3
"""The upper end of an interval by the lower one."""
MOST_SECONDS = 60
"""Of the processor, which other work on the machine does not prolong."""


@dataclass(frozen=True)
class Curve:
    """What of one code, from p = 1e-1 to where it is ``end``."""

    name: str
    what: str
    """``silent`` or ``lost``."""
    end: float
    trials: int
    """Of each estimate."""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Those that are counted."""
        return ("miscorrected", "undetected") if self.what == "silent" else ("lost",)

    @property
    def safe(self) -> int:
        """The number of flips up to which this never happens, by the code's distance."""
        linear = code(self.name).linear
        return linear.detects if self.what == "silent" else linear.corrects


CURVES = (
    Curve("hsiao-72-64", "silent", 1e-12, 400_000),
    Curve("bch-255-239", "silent", 1e-12, 200_000),
    Curve("chipkill-18-16", "silent", 1e-12, 400_000),
    Curve("reed-solomon-255-223", "lost", 1e-9, 4_000),
)
MOST_ESTIMATES = 200
"""Of all curves: 1 - 0.01 / so many is the confidence of each."""
CONFIDENCE = 1 - 0.01 / MOST_ESTIMATES


def spelled(p: float) -> str:
    """As an error model has it, of three digits."""
    return f"{Decimal(f'{p:.2e}'):f}"


def rate(curve: Curve, p: str) -> float:
    """The exact one."""
    found = exact(code(curve.name), parse_model(f"bsc:{p}", Registry()))
    assert found is not None
    return sum(found[outcome][2] for outcome in curve.outcomes)


def points(curve: Curve) -> list[str]:
    """Probabilities of a flip, evenly spread on a logarithmic scale."""

    def above(exponent: float) -> float:
        return log10(rate(curve, spelled(10**exponent))) - log10(curve.end)

    last = brentq(above, -9, -1, xtol=1e-3) - 1e-3
    return [spelled(10 ** (-1 + (last + 1) * i / (POINTS - 1))) for i in range(POINTS)]


class Estimates:
    """Of one curve, through one backend."""

    def __init__(self, curve: Curve, registry: Registry, engine: Engine) -> None:
        of = code(curve.name)
        way = find_way(registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), of)
        assert not isinstance(way, NoWay), way.reason
        self._curve, self._registry, self._rig = curve, registry, Rig(engine, of, way)
        self._flips: dict[int, tuple[float, float]] = {}
        self.number = 0

    def _sampled(self, model: str) -> tuple[float, float]:
        self.number += 1
        draws = Draws(code=code(self._curve.name), model=parse_model(model, self._registry), seed=SEED)
        counts = count_outcomes(self._rig, draws, 0, self._curve.trials)
        seen = sum(count_of(counts, outcome) for outcome in self._curve.outcomes)
        return rate_interval(seen, self._curve.trials, CONFIDENCE)

    def by_noise(self, p: str) -> tuple[float, float]:
        """The interval from trials of ``bsc:P``."""
        return self._sampled(f"bsc:{p}")

    def by_flips(self, p: str, most: int) -> tuple[float, float]:
        """The interval from trials of ``flips:K``, K up to ``most``; more may do anything."""
        chance = binom(code(self._curve.name).n, float(p))
        low, high = 0.0, float(chance.sf(most))
        for k in range(self._curve.safe + 1, most + 1):
            if k not in self._flips:
                self._flips[k] = self._sampled(f"flips:{k}")
            low += chance.pmf(k) * self._flips[k][0]
            high += chance.pmf(k) * self._flips[k][1]
        return low, high


def holds(curve: Curve, estimates: Estimates) -> bool:
    """Print one curve; whether every estimate covers it and it goes as far as it should."""
    good, reached, most = True, 1.0, 0
    for p in points(curve):
        reached = rate(curve, p)
        by_noise = reached * curve.trials >= LEAST
        if not by_noise and not most:
            # the first such p has the most flips
            most = int(binom(code(curve.name).n, float(p)).isf(reached * IGNORED))
        low, high = estimates.by_noise(p) if by_noise else estimates.by_flips(p, most)
        covered = low <= reached <= high < WIDEST * low
        good &= covered
        print(
            f"{curve.name} bsc:{p:<13} {curve.what} {reached:.4e}, {'noise' if by_noise else 'flips'}: "
            f"{low:.3e} ... {high:.3e}{'' if covered else ' NOT COVERED, OR TOO WIDE'}"
        )
    return good and curve.end / 2 < reached <= curve.end


def main() -> int:
    """0 where the claim holds."""
    begin = time.perf_counter()
    registry = discover()
    engine = Engine(origin(registry, BACKEND).request())
    estimates = [Estimates(curve, registry, engine) for curve in CURVES]
    good = [holds(curve, mine) for curve, mine in zip(CURVES, estimates, strict=True)]
    number, seconds = sum(mine.number for mine in estimates), time.process_time()
    print(
        f"{sum(good)} of {len(CURVES)} curves hold, by {number} estimates: "
        f"{time.perf_counter() - begin:.0f} s, {seconds:.0f} s of the processor"
    )
    return 0 if all(good) and number <= MOST_ESTIMATES and seconds < MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
