"""Logic of three 32-bit words, as ciphers in bit slices are made of.

A state is 8 words w[0] ... w[7]. A step does, for i from 0 to 7, w[i] ^= w[i + 1] | w[i + 5], indices modulo
8: a nonlinear feedback register whose words stay in place. The bits at one place of the words come back after
255 steps, whatever they are, unless all are zero.
"""

from __future__ import annotations

import numpy as np

from benchsuite.workloads.machine.chains import Chain, MachineChainsParams, States, power, workload_of
from benchsuite.workloads.streams import Bytes

WORDS = 8
"""Of a state; a step has as many operations."""


def _after(start: States, constant: bytes, steps: int) -> States:
    """The bits at one place of the words have 256 states, apart from all other places: a table of them."""
    bits = np.unpackbits(start.view(np.uint8).reshape(len(start), WORDS, 4), axis=2)
    columns = np.packbits(bits, axis=1, bitorder="little")
    columns = power(_step(), steps)[columns]
    bits = np.unpackbits(columns, axis=1, bitorder="little")
    return np.packbits(bits, axis=2).view(np.uint32).reshape(start.shape)


def _step() -> Bytes:
    """``uint8[256]``: what a step makes of 8 bits, bit i of which is in word i."""
    bits = list(np.arange(256) >> np.arange(WORDS)[:, None] & 1)
    for i in range(WORDS):
        bits[i] = bits[i] ^ (bits[(i + 1) % WORDS] | bits[(i + 5) % WORDS])
    table: Bytes = np.packbits(bits, axis=0, bitorder="little")[0]
    return table


MACHINE_LOGIC = workload_of(
    Chain(
        operation="logic",
        dtype=np.uint32,
        start=(WORDS,),
        end=(WORDS,),
        drawn=np.uint32,
        constant=lambda drawn: b"",
        after=_after,
        core=MachineChainsParams(chains=2**11, steps=256),
        gpu=MachineChainsParams(chains=2**20, steps=1024),
    )
)
"""Eight operations of three words a step."""
