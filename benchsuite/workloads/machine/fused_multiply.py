"""Multiply-adds of doubles that are whole numbers, so small that fused or not they are exact.

A state is a value, its difference and the difference's difference; width is a whole number. A step is
Babbage's: value += difference * width, then difference += second difference * width.
"""

from __future__ import annotations

import numpy as np

from benchsuite.workloads.machine.chains import Chain, MachineChainsParams, States, workload_of


def _after(start: States, constant: bytes, steps: int) -> States:
    """The polynomial that has these differences, in whole numbers."""
    (width,) = constant
    value, difference, second = start.astype(np.int64).T
    pairs = steps * (steps - 1) // 2
    value = value + steps * width * difference + pairs * width**2 * second
    return np.stack([value, difference + steps * width * second], axis=1).astype(np.float64)


MACHINE_FUSED_MULTIPLY = workload_of(
    Chain(
        operation="fused-multiply",
        dtype=np.float64,
        start=(3,),
        end=(2,),
        drawn=np.uint16,
        constant=lambda drawn: bytes([drawn[0] % 16 + 1]),
        after=_after,
        core=MachineChainsParams(chains=2**13, steps=256),
        gpu=MachineChainsParams(chains=2**20, steps=2048),
    )
)
"""Two multiply-adds a step."""
