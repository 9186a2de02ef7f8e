"""Products of bit matrices, counted: what binary matrix units do, and maps over GF(2) need.

A state is a row of 8 words of 32 bits. A step adds to each word c the number of ones in the row that meet
ones of column c of a matrix of 256 x 8 bits: w[c] += sum over i of popcount(w[i] & matrix[i][c]), all from
the state before, modulo 2^32.
"""

from __future__ import annotations

import numpy as np

from benchsuite.workloads.machine.chains import Chain, MachineChainsParams, States, workload_of

WORDS = 8
"""Of a row; the matrix has as many columns, each of as many words."""


def _after(start: States, constant: bytes, steps: int) -> States:
    """Step by step: there is no shorter way."""
    matrix = np.frombuffer(constant, "<u4").reshape(WORDS, WORDS)
    state = start
    for _ in range(steps):
        ones = np.bitwise_count(state[:, :, None] & matrix)
        state = state + ones.sum(axis=1, dtype=np.uint32)
    return state


MACHINE_BINARY_PRODUCT = workload_of(
    Chain(
        operation="binary-product",
        dtype=np.uint32,
        start=(WORDS,),
        end=(WORDS,),
        drawn=np.uint32,
        constant=lambda drawn: drawn[: 4 * WORDS * WORDS].tobytes(),
        after=_after,
        core=MachineChainsParams(chains=2**10, steps=64),
        gpu=MachineChainsParams(chains=2**20, steps=512),
    )
)
"""2048 ands of bits a step, each counted."""
