"""Multiply-adds of 32-bit integers into 64 bits, as long numbers and carry-less products are made of.

A step of a state x is x + (the upper 32 bits of x) * factor, modulo 2^64. Both halves of the sum are needed:
the lower one's carry makes the upper one, and that is what the next step multiplies.
"""

from __future__ import annotations

import numpy as np

from benchsuite.workloads.machine.chains import Chain, MachineChainsParams, States, workload_of
from benchsuite.workloads.streams import Bytes


def _factor(drawn: Bytes) -> bytes:
    """An odd number."""
    return (int.from_bytes(drawn[:4].tobytes(), "little") | 1).to_bytes(4, "little")


def _after(start: States, constant: bytes, steps: int) -> States:
    """Step by step: there is no shorter way."""
    factor, half = np.uint64(int.from_bytes(constant, "little")), np.uint64(32)
    state = start.copy()
    for _ in range(steps):
        state += (state >> half) * factor
    return state


MACHINE_WIDE_MULTIPLY = workload_of(
    Chain(
        operation="wide-multiply",
        dtype=np.uint64,
        start=(),
        end=(),
        drawn=np.uint64,
        constant=_factor,
        after=_after,
        core=MachineChainsParams(chains=2**14, steps=256),
        gpu=MachineChainsParams(chains=2**20, steps=2048),
    )
)
"""One multiply-add a step: 32 x 32 + 64 -> 64 bits."""
