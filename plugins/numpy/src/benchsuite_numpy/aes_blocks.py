"""Rounds of AES over batches of blocks: table look-ups in buffers that a lane's slots share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane
from benchsuite_numpy.aes import U32, Cipher, PairTables

BATCH = 32768
"""Blocks at a time: 3.5 MiB of buffers; below 8192 the calls cost more than a nearer cache saves."""

_EVEN_ROWS, _ODD_ROWS = np.uint32(0x00FF00FF), np.uint32(0xFF00FF00)
_LOW_HALF, _HALF_BITS = np.uint32(0xFFFF), np.uint32(16)

R = TypeVar("R")

_BUFFERS: WeakKeyDictionary[HostLane, dict[Hashable, Any]] = WeakKeyDictionary()


def shared(lane: HostLane, make: Callable[..., R], *sizes: int) -> R:
    """``make(*sizes)``, made when this lane first asks for it and shared by its slots, which take turns."""
    buffers = _BUFFERS.setdefault(lane, {})
    if (make, sizes) not in buffers:
        buffers[make, sizes] = make(*sizes)
    room: R = buffers[make, sizes]
    return room


class Batch:
    """Buffers for ``count`` blocks: each ``[4, count]``, a row for each column of the AES state."""

    def __init__(self, count: int) -> None:
        self.state: U32 = np.empty((4, count), np.uint32)
        self.pairs: U32 = np.empty_like(self.state)
        self.spare: U32 = np.empty_like(self.state)
        self.index: NDArray[np.intp] = np.empty((4, count), np.intp)


def together(messages: int, blocks: int, most: int = BATCH) -> Iterator[slice]:
    """Up to ``most`` messages of ``blocks`` each that fit a batch, or one by one where not even two do."""
    step = max(1, min(most, BATCH // blocks))
    for message in range(0, messages, step):
        yield slice(message, min(message + step, messages))


def pieces(messages: int, blocks: int) -> Iterator[tuple[slice, slice]]:
    """(messages, blocks of each) of whole short messages, or of parts of a long one, that fit a batch."""
    for rows in together(messages, blocks):
        for first in range(0, blocks, BATCH):
            yield rows, slice(first, min(first + BATCH, blocks))


def substitute(batch: Batch, state: U32, tables: PairTables) -> None:
    """SubBytes, ShiftRows and what ``tables`` mix in, from ``state`` to ``batch.state``.

    Bytes 0 and 1 of a new column come from columns c and c + 1, bytes 2 and 3 from c + 2 and c + 3. Merging
    the even rows of each column with the odd rows of the next gives both pairs of bytes side by side.
    """
    pairs, spare, index, new = batch.pairs, batch.spare, batch.index, batch.state
    np.bitwise_and(state, _EVEN_ROWS, out=pairs)
    np.bitwise_and(state, _ODD_ROWS, out=spare)
    np.bitwise_or(pairs[:3], spare[1:], out=pairs[:3])
    np.bitwise_or(pairs[3], spare[0], out=pairs[3])
    np.bitwise_and(pairs, _LOW_HALF, out=index)
    tables.low.take(index, out=new, mode="wrap")
    np.right_shift(pairs, _HALF_BITS, out=index)
    tables.high.take(index, out=spare, mode="wrap")
    np.bitwise_xor(new[:2], spare[2:], out=new[:2])
    np.bitwise_xor(new[2:], spare[:2], out=new[2:])


def finish_rounds(batch: Batch, state: U32, cipher: Cipher, done: int, output: U32) -> None:
    """From ``state``, in which ``done`` rounds are done, to the columns ``output``."""
    for round_key in cipher.round_keys[done + 1 : -1]:
        substitute(batch, state, cipher.full)
        np.bitwise_xor(batch.state, round_key, out=batch.state)
        state = batch.state
    substitute(batch, state, cipher.last)
    np.bitwise_xor(batch.state, cipher.round_keys[-1], out=output)


def crypt(batch: Batch, cipher: Cipher, data: U32, output: U32) -> None:
    """Every block, from the columns ``data`` to the columns ``output``."""
    np.bitwise_xor(data, cipher.round_keys[0], out=batch.state)
    finish_rounds(batch, batch.state, cipher, 0, output)
