"""Products of bit matrices, counted: what binary matrix units do, and maps over GF(2) need.

A state m is a matrix of 16 x 8 words of 32 bits. A step adds to m[r][c] the number of bits that row r of a
constant matrix a, of the same shape, has in common with row c of m: m[r][c] += sum over w of
popcount(a[r][w] & m[c][w]), all from the state before, modulo 2^32.
"""

from __future__ import annotations

import numpy as np

from benchsuite.workloads.machine.chains import Chain, MachineChainsParams, States, workload_of

ROWS, WORDS = 16, 8


def _after(start: States, constant: bytes, steps: int) -> States:
    """Step by step, two words at a time: there is no shorter way."""
    rows = np.frombuffer(constant, np.uint64).reshape(ROWS, 1, WORDS // 2)
    state = start.copy()
    for _ in range(steps):
        columns = state.view(np.uint64)[:, None, :WORDS]
        pairs = (np.bitwise_count(rows[..., w] & columns[..., w]) for w in range(WORDS // 2))
        state += sum(pairs, np.uint32(0))
    return state


MACHINE_BINARY_PRODUCT = workload_of(
    Chain(
        operation="binary-product",
        dtype=np.uint32,
        start=(ROWS, WORDS),
        end=(ROWS, WORDS),
        drawn=np.uint32,
        constant=lambda drawn: drawn[: 4 * ROWS * WORDS].tobytes(),
        after=_after,
        core=MachineChainsParams(chains=2**6, steps=16),
        gpu=MachineChainsParams(chains=2**16, steps=256),
    )
)
"""16 x 8 x 256 ands of bits a step, each counted."""
