"""Multiply-adds of 32-bit integers into 64 bits, as long numbers and carry-less products are made of.

A step of a state x is x + (the lower 32 bits of x) * factor, modulo 2^64. Both halves of the last state
depend on every step: a product of which only one half is needed would be another instruction.
"""

from __future__ import annotations

import numpy as np

from benchsuite.workloads.machine.chains import Chain, MachineChainsParams, States, workload_of
from benchsuite.workloads.streams import Bytes


def _factor(drawn: Bytes) -> bytes:
    """4 modulo 8: each lower half is then 5 modulo 8 times the one before, and odd ones come back last."""
    return (int.from_bytes(drawn[:4].tobytes(), "little") & ~7 | 4).to_bytes(4, "little")


def _after(start: States, constant: bytes, steps: int) -> States:
    """Lower halves are a geometric sequence modulo 2^32, and the factor times their sum is added."""
    factor = int.from_bytes(constant, "little")
    ratios = np.full(steps, (factor + 1) % 2**32, np.uint32)
    ratios[0] = 1
    lower = start.astype(np.uint32)[:, None] * np.multiply.accumulate(ratios, dtype=np.uint32)
    sums: States = lower.sum(axis=1, dtype=np.uint64)
    return start + np.uint64(factor) * sums


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
        gpu=MachineChainsParams(chains=2**22, steps=1024),
    )
)
"""One multiply-add a step: 32 x 32 + 64 -> 64 bits."""
