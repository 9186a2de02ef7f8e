"""Look-ups in a table of 256 entries, each at the place that the one before gave, as in ciphers by tables."""

from __future__ import annotations

import numpy as np

from benchsuite.workloads.machine.chains import Chain, MachineChainsParams, States, power, workload_of
from benchsuite.workloads.streams import Bytes


def _table(drawn: Bytes) -> bytes:
    """A permutation: chains that differ never meet. Its cycles differ in length: no lost step goes unseen."""
    return np.argsort(drawn.view("<u4"), kind="stable").astype(np.uint8).tobytes()


def _after(start: States, constant: bytes, steps: int) -> States:
    return power(np.frombuffer(constant, np.uint8), steps)[start]


MACHINE_LOOKUP = workload_of(
    Chain(
        operation="lookup",
        dtype=np.uint8,
        start=(),
        end=(),
        drawn=np.uint8,
        constant=_table,
        after=_after,
        core=MachineChainsParams(chains=2**14, steps=256),
        gpu=MachineChainsParams(chains=2**20, steps=2048),
    )
)
"""One look-up a step."""
