"""AES over many blocks at once, as plain as numpy allows: what ``check`` compares with.

The pure-Python oracle is ``benchsuite.workloads.reference.aes``; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.reference import aes
from benchsuite.workloads.streams import Bytes


def encrypt_blocks(round_keys: Sequence[bytes], blocks: Bytes) -> Bytes:
    """``uint8[blocks, 16]`` -> the same, encrypted under the round keys of ``reference.aes.expand_key``."""
    box, twice = np.frombuffer(aes.sbox(), np.uint8), np.frombuffer(aes.doubles(), np.uint8)
    keys = [np.frombuffer(round_key, np.uint8)[:, None] for round_key in round_keys]
    state = blocks.T ^ keys[0]  # byte i of every block is one contiguous row
    for key in keys[1:-1]:
        columns = box[state[list(aes.SHIFTED)]].reshape(4, 4, -1)
        every = np.bitwise_xor.reduce(columns, axis=1, keepdims=True)
        columns ^= every ^ twice[columns ^ np.roll(columns, -1, axis=1)]  # MixColumns, as in the oracle
        state = columns.reshape(16, -1) ^ key
    return np.ascontiguousarray((box[state[list(aes.SHIFTED)]] ^ keys[-1]).T)


def counter_blocks(initial: Bytes, offsets: npt.NDArray[np.uint64]) -> Bytes:
    """``uint8[blocks, 16]``: row i is ``initial[i] + offsets[i]``, big-endian, modulo 2^128."""
    high, low = np.ascontiguousarray(initial).view(">u8").T.astype(np.uint64)
    advanced = low + offsets
    counters = np.stack([high + (advanced < low), advanced], axis=1)
    return counters.astype(">u8").view(np.uint8)
