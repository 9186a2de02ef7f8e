#!/usr/bin/env python3
"""Claim: the curves of four codes over a binary symmetric channel, exact and estimated, in under a minute.

Of Hsiao (72,64), BCH (255,239) and RS (18,16) the silent data corruption, from p = 1e-1 to where it is
1e-12; of RS (255,223) the frame error rate, to where it is 1e-9. Exact by formula at every point; estimated
through a real backend's encoder and decoder wherever sampling sees it often enough. Every interval covers
the exact rate, at a confidence of 99 % over all of them together (seeded, so no chance is left).

``--table`` prints the exact half as docs/curves.md has it.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from math import log10

from scipy.optimize import brentq

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
from benchsuite.workloads.codes import Code, code

BACKEND = "numpy"
SEED = 1
POINTS = 13
LEAST = 25
"""Expected events of an estimate: fewer say little."""
MOST_SECONDS = 60


@dataclass(frozen=True)
class Curve:
    """What of one code, from p = 1e-1 to where it is ``end``."""

    name: str
    what: tuple[str, ...]
    end: float
    trials: int
    """Of each estimate."""


SILENT = ("miscorrected", "undetected")
CURVES = (
    Curve("hsiao-72-64", SILENT, 1e-12, 400_000),
    Curve("bch-255-239", SILENT, 1e-12, 200_000),
    Curve("chipkill-18-16", SILENT, 1e-12, 400_000),
    Curve("reed-solomon-255-223", ("lost",), 1e-9, 4_000),
)


def spelled(p: float) -> str:
    """As an error model has it, of three digits."""
    return f"{Decimal(f'{p:.2e}'):f}"


def rate(curve: Curve, p: str) -> float:
    """The exact one."""
    found = exact(code(curve.name), parse_model(f"bsc:{p}", Registry()))
    assert found is not None
    return sum(found[outcome][2] for outcome in curve.what)


def points(curve: Curve) -> list[str]:
    """Probabilities of a flip, evenly spread on a logarithmic scale."""

    def above(exponent: float) -> float:
        return log10(rate(curve, spelled(10**exponent))) - log10(curve.end)

    last = brentq(above, -9, -1, xtol=1e-3) - 1e-3
    return [spelled(10 ** (-1 + (last + 1) * i / (POINTS - 1))) for i in range(POINTS)]


def rig_of(of: Code, registry: Registry, engine: Engine) -> Rig:
    """The backend's encoder and decoder."""
    way = find_way(registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), of)
    assert not isinstance(way, NoWay), way.reason
    return Rig(engine, of, way)


def holds(curve: Curve, confidence: float, registry: Registry, engine: Engine) -> bool:
    """Print one curve; whether every estimate covers it and it goes as far as it should."""
    rig, good, reached = rig_of(code(curve.name), registry, engine), True, 1.0
    for p in points(curve):
        exactly = reached = rate(curve, p)
        said = ""
        if min(exactly, 1 - exactly) * curve.trials >= LEAST:
            model = parse_model(f"bsc:{p}", registry)
            counts = count_outcomes(
                rig, Draws(code=code(curve.name), model=model, seed=SEED), 0, curve.trials
            )
            seen = sum(count_of(counts, outcome) for outcome in curve.what)
            low, high = rate_interval(seen, curve.trials, confidence)
            covered = low <= exactly <= high
            good &= covered
            said = f"{seen} of {curve.trials}: {low:.3e} ... {high:.3e}{'' if covered else ' NOT COVERED'}"
        print(f"{curve.name} bsc:{p:<14} {' + '.join(curve.what)} {exactly:.4e}  {said}")
    return good and 0.5 * curve.end < reached <= curve.end


def table() -> None:
    """The exact half in Markdown."""
    for curve in CURVES:
        print(f"\n| p | `{curve.name}` {' + '.join(curve.what)} |\n|---|---|")
        for p in points(curve):
            print(f"| {float(p):.2e} | {rate(curve, p):.3e} |")


def main() -> int:
    """0 where the claim holds."""
    if "--table" in sys.argv:
        table()
        return 0
    begin = time.perf_counter()
    registry = discover()
    engine = Engine(origin(registry, BACKEND).request())
    confidence = 1 - 0.01 / (POINTS * len(CURVES))
    good = [holds(curve, confidence, registry, engine) for curve in CURVES]
    seconds = time.perf_counter() - begin
    print(f"{sum(good)} of {len(CURVES)} curves hold, in {seconds:.0f} s")
    return 0 if all(good) and seconds < MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
