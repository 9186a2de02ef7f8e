#!/usr/bin/env python3
"""Claim: BCH (255,239) and Reed-Solomon (255,223) lose as many frames as the binomial tail says.

Over a binary symmetric channel of bit error rate p a frame is lost where more than t of its n symbols are
wrong, each with probability 1 - (1 - p)^bits: whether that is detected, miscorrected or not noticed, what was
sent is not delivered. At five p, where that happens to one frame in ten to one in ten thousand, the 99 %
interval (Clopper-Pearson) of frames sent through a real backend's encoder and decoder covers the exact rate.
Seeded, so no chance is left.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from fractions import Fraction
from math import comb

from scipy.optimize import brentq
from scipy.stats import binom

from benchsuite.analyse.rates import rate_interval
from benchsuite.host.engine import Engine, origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, discover
from benchsuite.inject.models import parse_model
from benchsuite.inject.rig import Rig
from benchsuite.inject.trials import Draws, count_outcomes
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes import Code, code

BACKEND = "numpy"
SEED = 1
RATES = (1e-1, 2e-2, 5e-3, 1e-3, 1e-4)
LOST_FRAMES = 100
"""At each rate, about: the interval is then a quarter of it wide to either side."""
MOST_FRAMES = {"bch-255-239": 1_000_000, "reed-solomon-255-223": 200_000}
"""Code -> where to stop before: of Reed-Solomon's frames nearly all are wrong, and cost their decoding."""
DELIVERED = ("corrected", "not_injected")


def bit_error_rate(of: Code, rate: float) -> str:
    """p of six digits at which about ``rate`` of the frames are lost, as an error model has it."""
    linear = of.linear
    q = brentq(lambda q: binom.sf(linear.corrects, linear.symbols, q) - rate, 1e-6, 0.5)
    return f"{Decimal(f'{1 - (1 - q) ** (1 / linear.symbol_bits):.5e}'):f}"


def lost(of: Code, p: Fraction) -> float:
    """The exact rate: that of more than t wrong symbols."""
    n, t = of.linear.symbols, of.linear.corrects
    right = (1 - p) ** of.linear.symbol_bits
    return float(1 - sum(comb(n, i) * (1 - right) ** i * right ** (n - i) for i in range(t + 1)))


def holds(of: Code, rate: float, rig: Rig, registry: Registry) -> bool:
    """Print the rate found beside the exact one; whether the interval covers it."""
    p = bit_error_rate(of, rate)
    exact = lost(of, Fraction(p))
    frames = min(round(LOST_FRAMES / rate), MOST_FRAMES[of.name])
    counts = count_outcomes(
        rig, Draws(code=of, model=parse_model(f"bsc:{p}", registry), seed=SEED), 0, frames
    )
    wrong = frames - sum(counts.get(outcome, 0) for outcome in DELIVERED)
    low, high = rate_interval(wrong, frames)
    good = 1e-4 * 0.99 < exact < 1e-1 * 1.01 and low <= exact <= high
    print(
        f"{of.name} bsc:{p}: {wrong} of {frames} frames lost, {low:.4e} ... {high:.4e}, "
        f"exactly {exact:.4e}{'' if good else ' NOT COVERED'}"
    )
    return good


def main() -> int:
    """0 where the claim holds."""
    registry = discover()
    engine = Engine(origin(registry, BACKEND).request())
    good = True
    for name in MOST_FRAMES:
        of = code(name)
        way = find_way(registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), of)
        assert not isinstance(way, NoWay), way.reason
        rig = Rig(engine, of, way)
        good &= sum(holds(of, rate, rig, registry) for rate in RATES) == len(RATES)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
