#!/usr/bin/env python3
"""Claim: neighbours and broken chips do to codes of memory what is known, by formula and through a decoder.

Chipkill codes correct whatever a chip, x4 or x8, does to a codeword.

The figures are written down here as they were computed for this project beforehand, apart from this code.
"""

from __future__ import annotations

import sys

from benchsuite.host.engine import Engine, origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, discover
from benchsuite.inject.campaign import exact
from benchsuite.inject.devices import layouts_of
from benchsuite.inject.models import parse_model
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rig import Rig
from benchsuite.inject.trials import Draws, count_outcomes
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes import code

BACKEND = "numpy"
OUTCOMES = ("corrected", "undetected", "miscorrected", "detected")

KNOWN = {
    ("hsiao-72-64", "adjacent:2"): (0, 0, 0, 71),
    ("hsiao-72-64", "adjacent:4"): (0, 6, 0, 63),
    ("hsiao-72-64", "adjacent:8"): (0, 5, 0, 60),
    ("hsiao-72-64", "device:x4:uniform"): (72, 2, 43, 153),
    ("hsiao-72-64", "device:x8:uniform"): (72, 31, 678, 1514),
    ("hsiao-72-64", "pin:x4"): (72, 0, 0, 0),
    ("extended-hamming-72-64", "adjacent:2"): (0, 0, 0, 71),
    ("extended-hamming-72-64", "adjacent:4"): (0, 34, 0, 35),
    ("extended-hamming-72-64", "adjacent:8"): (0, 32, 0, 33),
    ("extended-hamming-72-64", "device:x4:uniform"): (72, 0, 72, 126),
    ("extended-hamming-72-64", "device:x8:uniform"): (72, 63, 1080, 1080),
    ("extended-hamming-72-64", "pin:x4"): (72, 0, 0, 0),
}
"""(code, error model) -> patterns by outcome."""

CHIPS = {"chipkill-18-16": 18, "chipkill-19-16": 19, "chipkill-36-32": 36, "chipkill-10-8": 10}
KNOWN |= {
    (name, f"device:{width}:uniform"): (255 * chips, 0, 0, 0)
    for name, chips in CHIPS.items()
    for width in ("x4", "x8")
}


def counted(engine: Engine, registry: Registry, name: str, text: str) -> tuple[int, ...]:
    """Every pattern through the backend."""
    of, model = code(name), parse_model(text, registry)
    way = find_way(registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), of)
    assert not isinstance(way, NoWay), way.reason
    draws = Draws(code=of, model=model, seed=1, exhaustive=True)
    found = count_outcomes(Rig(engine, of, way), draws, 0, pattern_count(model, of.n, layouts_of(of)))
    return tuple(found[outcome] for outcome in OUTCOMES)


def main() -> int:
    """0 where the claim holds."""
    registry = discover()
    engine, good = Engine(origin(registry, BACKEND).request()), True
    for (name, text), known in KNOWN.items():
        formula = exact(code(name), parse_model(text, registry))
        assert formula is not None
        by_formula = tuple(int(formula[outcome][0]) for outcome in OUTCOMES)
        by_decoder = counted(engine, registry, name, text)
        equal = by_formula == by_decoder == known
        good &= equal
        said = ", ".join(f"{count} {outcome}" for count, outcome in zip(by_decoder, OUTCOMES, strict=True))
        print(
            f"{name} {text}: {said}"
            + ("" if equal else f" NOT EQUAL: {by_formula} by formula, {known} known")
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
