#!/usr/bin/env python3
"""Claim: what an access of several codewords comes to is exact, by every pattern and by samples.

On the code of ECC memory and 64 bytes, a broken chip and a noisy channel hide silent codewords behind
detected ones, as often as the formulas say; a code that corrects a device corrects every one.
"""

from __future__ import annotations

import sys

from benchsuite.analyse.rates import rate_interval
from benchsuite.host.engine import Engine, origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import discover
from benchsuite.inject.access import codewords_of
from benchsuite.inject.campaign import exact
from benchsuite.inject.models import parse_model
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rig import Rig
from benchsuite.inject.trials import Draws, count_outcomes
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes import code

BACKEND = "numpy"
TRIALS = 100_000
CONFIDENCE = 0.9999
EXHAUSTIVE = (("hsiao-72-64", "flips:2"), ("hsiao-72-64", "device:x4:ones"), ("hsiao-72-64", "device:x8:one"))
SAMPLED = tuple(
    (name, model)
    for name in ("hsiao-72-64", "extended-hamming-72-64", "chipkill-18-16", "chipkill-10-8")
    for model in ("bsc:0.001", "bsc:0.01", "flips:4", "device:x4:uniform", "device:x8:uniform", "pin:x4")
)


def holds(engine: Engine, draws: Draws) -> bool:
    """Print what is counted beside what is exact; whether they agree."""
    way = find_way(engine.registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), draws.code)
    assert not isinstance(way, NoWay), way.reason
    number = pattern_count(draws.model, draws.n, draws.layouts) if draws.exhaustive else TRIALS
    counts = count_outcomes(Rig(engine, draws.code, way), draws, 0, number)
    formula = exact(draws.code, draws.model, draws.codewords)
    assert formula is not None
    good = {outcome for outcome, count in counts.items() if count} <= formula.keys()
    for outcome, (above, below, probability) in formula.items():
        count = counts.get(outcome, 0)
        low, high = rate_interval(count, number, CONFIDENCE)
        agrees = count * int(below) == int(above) * number if draws.exhaustive else low <= probability <= high
        good &= agrees
        print(
            f"{draws.code.name} {draws.model.text}, {draws.codewords} codewords: {outcome} {count} "
            f"of {number}, exactly {probability:.6g}{'' if agrees else ' NOT EQUAL'}"
        )
    return good


def main() -> int:
    """0 where the claim holds."""
    engine = Engine(origin(discover(), BACKEND).request())
    held = [
        holds(
            engine,
            Draws(
                code=code(name),
                model=parse_model(model, engine.registry),
                seed=1,
                exhaustive=(name, model) in EXHAUSTIVE,
                codewords=codewords_of(code(name), 64),
            ),
        )
        for name, model in (*EXHAUSTIVE, *SAMPLED)
    ]
    print(f"{sum(held)} of {len(held)} hold")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
