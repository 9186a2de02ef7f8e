#!/usr/bin/env python3
"""Claim: a rank's code over chips with a code inside delivers what its two decoders make of it, bit by bit.

Through the backend's own encoders and decoders, with each of the three matrices in the chips of DDR5: every
single flip, every pair of flips in one chip and every chip that fails wholly is delivered right; patterns
that spoil several chips come out codeword by codeword as a reference in plain Python says.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import combinations

import numpy as np

from benchsuite.host.engine import Engine, origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import discover
from benchsuite.inject.access import by_codeword
from benchsuite.inject.composed import AnyRig, rig_of
from benchsuite.inject.outcomes import Fates
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes.composed import NAMES, Composed, composed
from benchsuite.workloads.codes.outcomes import OUTCOMES
from benchsuite.workloads.reference.on_die_and_rank import fates
from benchsuite.workloads.streams import Bytes, Positions

BACKEND = "numpy"
BLOCK = 2000
SPOILED = ((2, 2), (2, 3), (3, 2), (4, 1), (3, 8))
"""(chips that are hit, flips in each) of the patterns that are compared."""
COMPARED = 300
"""Of each."""


def decoded(rig: AnyRig, of: Composed, data: Bytes, positions: Positions) -> Fates:
    """What becomes of ``positions: int64[trials, flips]`` in what is stored of ``data``."""
    stored = rig.encode(0, data, codewords=of.codewords)
    hits = by_codeword(positions, of.inside.n, of.chips)
    return rig.decode(0, data, stored, hits, codewords=of.codewords)


def random_data(of: Composed, trials: int, random: np.random.Generator) -> Bytes:
    return random.integers(256, size=(trials * of.codewords, of.rank.k // 8), dtype=np.uint8)


def delivered(rig: AnyRig, of: Composed, patterns: Positions, random: np.random.Generator) -> bool:
    """Whether every pattern is corrected."""
    outcomes: Counter[str] = Counter()
    for first in range(0, len(patterns), BLOCK):
        some = patterns[first : first + BLOCK]
        outcomes.update(decoded(rig, of, random_data(of, len(some), random), some).counts().outcomes)
    return outcomes["corrected"] == len(patterns)


def confined(of: Composed) -> dict[str, Positions]:
    """Name -> patterns that leave all chips but one whole."""
    n = of.inside.n
    pairs = np.array(list(combinations(range(n), 2)))
    return {
        "single flips": np.arange(of.n)[:, None],
        "pairs of flips in one chip": np.concatenate([pairs + n * chip for chip in range(of.chips)]),
        "chips with every bit flipped": np.arange(of.n).reshape(of.chips, n),
    }


def spoiled(of: Composed, chips: int, flips: int, random: np.random.Generator) -> Positions:
    """``int64[COMPARED, chips * flips]``: so many flips in each of so many chips."""
    return np.array(
        [
            [
                of.inside.n * chip + bit
                for chip in random.choice(of.chips, chips, replace=False)
                for bit in random.choice(of.inside.n, flips, replace=False)
            ]
            for _ in range(COMPARED)
        ]
    )


def as_reference(rig: AnyRig, of: Composed, chips: int, flips: int, random: np.random.Generator) -> bool:
    """Whether each codeword comes to what the reference says; prints what they come to."""
    positions, data = spoiled(of, chips, flips, random), random_data(of, COMPARED, random)
    found = decoded(rig, of, data, positions)
    checks = (of.rank.n - of.rank.k) // 8
    said = [
        fate
        for trial, at in zip(
            data.reshape(COMPARED, of.codewords, -1).tolist(), positions.tolist(), strict=True
        )
        for fate in fates(of.inside.columns, checks, trial, [divmod(bit, of.inside.n) for bit in at])
    ]
    equal = said == [OUTCOMES[fate] for fate in found.codewords.tolist()]
    counts = ", ".join(f"{number} {name}" for name, number in sorted(Counter(said).items()))
    print(f"{of.name}, {flips} flips in each of {chips} chips: {counts}{'' if equal else ' NOT EQUAL'}")
    return equal


def main() -> int:
    """0 where the claim holds."""
    registry, random = discover(), np.random.default_rng(8)
    engine, good = Engine(origin(registry, BACKEND).request()), True
    for name in (name for name in NAMES if name.endswith("+chipkill-10-8")):
        of = composed(name)
        assert of is not None
        way = find_way(registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), of)
        assert not isinstance(way, NoWay), way.reason
        rig = rig_of(engine, of, way)
        for what, patterns in confined(of).items():
            right = delivered(rig, of, patterns, random)
            good &= right
            print(f"{name}, {len(patterns)} {what}: {'all delivered right' if right else 'NOT ALL RIGHT'}")
        for chips, flips in SPOILED:
            good &= as_reference(rig, of, chips, flips, random)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
