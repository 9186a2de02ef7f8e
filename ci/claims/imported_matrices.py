#!/usr/bin/env python3
"""Claim: imported matrices, of bits and of symbols, give their own exact numbers.

Four codes of ci/claims/data, drawn at random, as a hardware source and as matrices over GF(4), GF(16) and
GF(256), go through `benchsuite code import`. The formula, and every pattern injected through a real backend's
encoder and decoder, give the counts that are written down here, which were enumerated for this project apart
from this code, with the matrices as they are in the files.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchsuite.host.engine import Engine, origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import discover
from benchsuite.inject.campaign import exact
from benchsuite.inject.models import parse_model
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rig import Rig
from benchsuite.inject.trials import Draws, count_outcomes
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes import Code, imported
from benchsuite.workloads.codes.matrix_file import load

BACKEND = "numpy"
DATA = Path(__file__).parent / "data"
OUTCOMES = ("corrected", "detected", "miscorrected", "undetected")


@dataclass(frozen=True)
class Known:
    """A file, how to import it, and what is known of its code."""

    file: str
    options: tuple[str, ...]
    distance: int
    counts: dict[str, tuple[int, int, int, int]]
    """Error model -> patterns by OUTCOMES."""


CODES = (
    Known("secded-39-32.v", (), 4, {
        "flips:1": (39, 0, 0, 0),
        "flips:2": (0, 741, 0, 0),
        "flips:3": (0, 3711, 5428, 0),
        "flips:4": (0, 80894, 0, 1357),
        "symbol:13:1": (39, 16896, 7449, 189),
    }),
    Known("quaternary-9-6.txt", ("--kind", "check", "--symbol-bits", "2"), 3, {
        "flips:2": (9, 97, 47, 0),
        "flips:3": (0, 488, 318, 10),
        "symbol:2:1": (27, 0, 0, 0),
        "symbol:2:2": (0, 216, 108, 0),
        "symbol:2:3": (0, 1320, 912, 36),
    }),
    Known("hexadecimal-8-5.csv", ("--kind", "generator", "--symbol-bits", "4", "--polynomial", "0x19"), 3, {
        "flips:2": (48, 442, 6, 0),
        "flips:3": (32, 4783, 145, 0),
        "symbol:4:1": (120, 0, 0, 0),
        "symbol:4:2": (0, 6165, 135, 0),
        "symbol:4:3": (0, 183765, 5190, 45),
        "symbol:8:1": (120, 885, 15, 0),
    }),
    Known("byte-6-4.csv", ("--kind", "check", "--symbol-bits", "8", "--polynomial", "0x11b"), 3, {
        "flips:2": (168, 941, 19, 0),
        "flips:3": (336, 16624, 336, 0),
        "symbol:8:1": (1530, 0, 0, 0),
        "symbol:8:2": (0, 960075, 15300, 0),
    }),
)  # fmt: skip


def code_of(known: Known) -> Code:
    """What the command line makes of the file."""
    command = [sys.executable, "-m", "benchsuite", "code", "import", str(DATA / known.file), *known.options]
    return imported(load(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def row_holds(of: Code, model: str, known: tuple[int, ...], engine: Engine) -> bool:
    """Print what the formula and the injection count; whether both are what is known."""
    registry = discover()
    parsed = parse_model(model, registry)
    way = find_way(registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), of)
    assert not isinstance(way, NoWay), way.reason
    patterns = pattern_count(parsed, of.n)
    draws = Draws(code=of, model=parsed, seed=1, exhaustive=True)
    counted = count_outcomes(Rig(engine, of, way), draws, 0, patterns)
    formula = exact(of, parsed) or {}
    by_formula = tuple(int(formula[name][0]) if name in formula else 0 for name in OUTCOMES)
    totals = {int(below) for _, below, _ in formula.values()}
    by_injection = tuple(counted.get(name, 0) for name in OUTCOMES)
    good = by_formula == by_injection == known and totals == {patterns} and patterns == sum(known)
    print(f"{of.name} {model}: of {patterns}, {' '.join(OUTCOMES)} {known}{'' if good else ' NOT'} by both")
    if not good:
        print(f"  formula {by_formula} of {totals}, injection {by_injection}")
    return good


def main() -> int:
    """0 where the claim holds."""
    engine = Engine(origin(discover(), BACKEND).request())
    held = []
    for known in CODES:
        of = code_of(known)
        held.append((of.linear.distance, of.linear.exact_distance) == (known.distance, True))
        print(f"{known.file}: {of.name}, distance {of.linear.distance}{'' if held[-1] else ' NOT EQUAL'}")
        held += [row_holds(of, model, counts, engine) for model, counts in known.counts.items()]
    print(f"{sum(held)} of {len(held)} hold")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
