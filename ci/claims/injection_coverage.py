#!/usr/bin/env python3
"""Claim: over 1000 campaigns the 99 % intervals of `inject` miss at most 20 times, and are not too wide.

Campaigns of other seeds, each counted through the encoder and decoder of a real backend, its interval beside
the exact probability. At most 10 misses are to be expected, 20 allow for chance; seeds leave none of it.
Where N p (1 - p) is at least 100 there must be 3 misses too: an interval that never misses says less than it
could. (Clopper-Pearson's is wider than need be where counts are few.)
"""

from __future__ import annotations

import sys

from benchsuite.analyse.rates import rate_interval
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
CAMPAIGNS = 1000
MOST, LEAST, ENOUGH = 20, 3, 100
CASES = (
    ("hsiao-72-64", "flips:3", 1000),
    ("hsiao-72-64", "flips:4", 1000),
    ("hsiao-72-64", "bsc:0.01", 1000),
    ("hamming-71-64", "burst:8", 1000),
    ("chipkill-18-16", "flips:2", 2000),
)
"""Code, error model, trials of a campaign."""


def misses(engine: Engine, registry: Registry, name: str, text: str, trials: int) -> bool:
    """Print how often the interval of each outcome misses; whether that is as claimed."""
    of, model, good = code(name), parse_model(text, registry), True
    way = find_way(registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), of)
    assert not isinstance(way, NoWay), way.reason
    rig, formula = Rig(engine, of, way), exact(of, model)
    assert formula is not None
    counted = [
        count_outcomes(rig, Draws(code=of, model=model, seed=seed), 0, trials) for seed in range(CAMPAIGNS)
    ]
    for outcome, (_, _, p) in formula.items():
        intervals = [rate_interval(counts.get(outcome, 0), trials) for counts in counted]
        missed = sum(not low <= p <= high for low, high in intervals)
        enough = trials * p * (1 - p) >= ENOUGH
        held = missed <= MOST and (missed >= LEAST or not enough)
        good &= held
        print(
            f"{name} {text}, {outcome}: {missed} of {CAMPAIGNS} campaigns of {trials} trials miss {p:.4g} "
            f"({f'{LEAST} to' if enough else 'at most'} {MOST}){'' if held else ' NOT AS CLAIMED'}"
        )
    return good


def main() -> int:
    """0 where the claim holds."""
    registry = discover()
    engine = Engine(origin(registry, BACKEND).request())
    held = [misses(engine, registry, *case) for case in CASES]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
