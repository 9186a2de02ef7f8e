#!/usr/bin/env python3
"""Claim: on a host lane the engine's own cost is at most 100 ns a repetition, hot and cold (goal 60).

The timed loop, marks and all, over a pool whose ``run`` does nothing: whatever it lasts is the suite's, and
in every figure, since nothing is subtracted. The best of several tries of 200,000 repetitions.
"""

import sys
from random import Random

from benchsuite.api import Prepared
from benchsuite.api.host import host_cpu
from benchsuite.measure.bench import Bench, Slot
from benchsuite.measure.sample import MOST_REPETITIONS, timed
from benchsuite.workloads import CRC

GATE = 100e-9
TRIES = 15
SLOTS = {"hot": 1, "cold": 64}


def seconds_of_a_repetition(slots: int) -> float:
    """The best try of a pool of so many slots."""
    params = CRC.params()
    (device,) = host_cpu()
    with device.lanes(1) as (lane,):
        pool = [Slot(Prepared(run=lambda: None), CRC.inputs(params, 0, 0), CRC.outputs(params), None)] * slots
        bench = Bench(CRC, params, lane, pool, Random(0))
        return min(timed(bench, 0, MOST_REPETITIONS)[0] for _ in range(TRIES)) / MOST_REPETITIONS


def main() -> int:
    good = True
    for pool, slots in SLOTS.items():
        found = seconds_of_a_repetition(slots)
        good &= found <= GATE
        print(f"engine's own cost, {pool} pool: {found * 1e9:.0f} ns a repetition (gate 100, goal 60)")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
