"""CRCs of 32 bits: fold by sparse multiples of the polynomial, then look up the little that is left.

Many short messages lie across, place by place, so that each addition is one long run over the batch; others
are folded along, one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes.crc import CRC, CrcInputs, CrcOutputs, CrcParams
from benchsuite_numpy.backend import backend
from benchsuite_numpy.crc_algebra import (
    MULTIPLES,
    U32,
    Fold,
    folds,
    of_zeros,
    place_tables,
    scaled,
    word_tables,
)

U8 = NDArray[np.uint8]
Index = NDArray[np.intp]

CALL_BYTES = 12288
"""Measured: a call of numpy costs as much as adding so many bytes to others (0.35 us at 35 GB/s)."""
LOOK_UP_BYTES = 38
"""Measured: ... as looking up one byte by its place (1.1 ns)."""
HALVED_BYTES = 80
"""Measured: ... as looking up both halves of one byte (2.5 ns)."""
LONGEST_BY_BYTES = 1024
"""Beyond, tables of bytes would leave the second-level cache, and new messages take longer than known ones:
bytes are halved, and each half has a table of one cache line, which is read whatever the data."""
DIVIDE_BYTES = 80
"""Measured: ... as dividing a word of each of many messages (2.3 ns)."""
SPLIT_CELLS = 8
"""Folding 8 bytes at a time costs 5 of its cells by six terms; beyond, 4 bytes at a time is cheaper."""

FEWEST_ACROSS = 16
LONGEST_ACROSS = 32768
BLOCK_BYTES = 2**20
"""Messages across at a time: measured, more would not fit the caches, fewer pay more for calls."""
GROUP = 16384
"""Messages divided at a time: enough to hide the calls, few enough to leave the tables in that cache."""
FEWEST_DIVIDED = 512
"""Of fewer messages the rest is looked up by place: seven calls a word would cost more."""
BUFFER, KEPT = 2**19, 2**17
"""A long message passes through so many bytes, of which the last ones are kept as each piece is folded."""
TOGETHER = 16384
"""Bytes looked up at a time."""


_LOW_HALF, _HALF_BITS = np.uint8(15), np.uint8(4)


class Scratch:
    """The buffers of one lane, made when first asked for and shared by its slots."""

    def __init__(self) -> None:
        self.buffers: dict[object, Any] = {}

    def get(self, name: str, shape: tuple[int, ...], dtype: type[Any]) -> Any:
        """A buffer that is all zero when it is made."""
        key = name, shape, dtype
        if key not in self.buffers:
            self.buffers[key] = np.zeros(shape, dtype)
        return self.buffers[key]


_SCRATCH: WeakKeyDictionary[HostLane, Scratch] = WeakKeyDictionary()


class Addition(NamedTuple):
    """``target`` ^= ``source``."""

    target: U8
    source: U8

    def run(self) -> None:
        np.bitwise_xor(self.target, self.source, out=self.target)


def _additions(plan: Sequence[Fold], cells: NDArray[Any]) -> tuple[Addition, ...]:
    """The folds of ``cells``, C-contiguous, whose first axis counts the places."""
    flat, cell = cells.reshape(-1).view(np.uint8), cells.nbytes // len(cells)
    return tuple(
        Addition(
            flat[(fold.start + distance) * cell : (fold.start + distance + fold.count) * cell],
            flat[fold.start * cell : (fold.start + fold.count) * cell],
        )
        for fold in plan
        for distance in fold.distances
    )


def _folded(plan: Sequence[Fold]) -> int:
    return plan[-1].start + plan[-1].count if plan else 0


@dataclass(frozen=True, eq=False)
class Halving:
    """The low and then the high halves of all bytes of a row: ``halves: uint8[messages, 2, bytes]``."""

    halves: U8
    rows: U8

    def run(self) -> None:
        np.bitwise_and(self.rows, _LOW_HALF, out=self.halves[:, 0])
        np.right_shift(self.rows, _HALF_BITS, out=self.halves[:, 1])


@dataclass(frozen=True, eq=False)
class LookUp:
    """Remainders of a few short rows by one table a place: ``digits: uint8[messages, places]``."""

    digits: U8
    places: Index
    index: Index
    found: U32
    table: U32
    zeros: np.uint32
    crc: U32

    def run(self) -> None:
        np.copyto(self.index, self.digits)
        np.add(self.index, self.places, out=self.index)
        self.table.take(self.index, out=self.found, mode="wrap")
        np.bitwise_xor.reduce(self.found, axis=1, out=self.crc)
        np.bitwise_xor(self.crc, self.zeros, out=self.crc)


def _look_up(params: CrcParams, rows: U8, crc: U32, scratch: Scratch) -> list[Step]:
    """``rows: uint8[messages, bytes]`` to ``crc: uint32[messages]``, some messages at a time."""
    number, length = rows.shape
    bits = 8 if length <= LONGEST_BY_BYTES else 4
    together = max(1, TOGETHER // max(1, length))
    steps: list[Step] = []
    for start in range(0, number, together):
        digits, out = rows[start : start + together], crc[start : start + together]
        if bits == 4:
            halves = scratch.get("halves", (len(out), 2, length), np.uint8)
            steps.append(Halving(halves, digits))
            digits = halves.reshape(len(out), 2 * length)
        look_up = LookUp(
            digits=digits,
            places=np.arange(digits.shape[1], dtype=np.intp) << bits,
            index=scratch.get("index", digits.shape, np.intp),
            found=scratch.get("found", digits.shape, np.uint32),
            table=place_tables(params.algorithm, length, bits),
            zeros=of_zeros(params.algorithm, params.message_bytes),
            crc=out,
        )
        steps.append(look_up)
    return steps


@dataclass(frozen=True, eq=False)
class Division:
    """Remainders of many messages across, word by word: ``words: uint32[words, messages]``."""

    words: U32
    register: U32
    low: NDArray[np.uint16]
    high: NDArray[np.uint16]
    index: Index
    found: U32
    tables: tuple[U32, U32]
    zeros: np.uint32
    crc: U32

    def run(self) -> None:
        register, index, found = self.register, self.index, self.found
        low_table, high_table = self.tables
        register.fill(0)
        for word in self.words:
            np.bitwise_xor(register, word, out=register)
            np.copyto(index, self.high)
            high_table.take(index, out=found, mode="wrap")
            np.copyto(index, self.low)
            low_table.take(index, out=register, mode="wrap")
            np.bitwise_xor(register, found, out=register)
        np.bitwise_xor(register, self.zeros, out=self.crc)


def _division(params: CrcParams, words: U32, crc: U32, scratch: Scratch) -> Division:
    register = scratch.get("register", crc.shape, np.uint32)
    halves = register.view("<u2").reshape(-1, 2)
    return Division(
        words=words,
        register=register,
        low=halves[:, 0],
        high=halves[:, 1],
        index=scratch.get("index", crc.shape, np.intp),
        found=scratch.get("found", crc.shape, np.uint32),
        tables=word_tables(params.algorithm),
        zeros=of_zeros(params.algorithm, params.message_bytes),
        crc=crc,
    )


class Copy(NamedTuple):
    target: NDArray[Any]
    source: NDArray[Any]

    def run(self) -> None:
        np.copyto(self.target, self.source)


Step = Addition | Copy | Halving | LookUp | Division


def _across(params: CrcParams, data: U8, crc: U32, scratch: Scratch) -> list[Step]:
    """Blocks of messages are transposed and folded; the rest of a whole group of them is then divided."""
    messages, steps = len(data), []
    divided = messages >= FEWEST_DIVIDED
    finish = (DIVIDE_BYTES if divided else 4 * LOOK_UP_BYTES) / 4
    cells = -(-params.message_bytes // 8)
    block = min(max(FEWEST_ACROSS, BLOCK_BYTES // (8 * cells)), GROUP, messages)
    wide = folds(MULTIPLES[params.algorithm], cells, 0, CALL_BYTES / (8 * block), SPLIT_CELLS)
    words = 2 * (cells - _folded(wide))
    narrow = folds(MULTIPLES[params.algorithm], words, 0, CALL_BYTES / (4 * block), finish)
    rest = words - _folded(narrow)
    for first in range(0, messages, GROUP):
        group = slice(first, min(first + GROUP, messages))
        left = scratch.get("rest", (rest, group.stop - first), np.uint32)
        for start in range(first, group.stop, block):
            some = slice(start, min(start + block, group.stop))
            target = left[:, start - first : some.stop - first]
            steps += _block(data[some], target, wide, narrow, scratch)
        if divided:
            steps.append(_division(params, left, crc[group], scratch))
        else:
            rows = scratch.get("rows", left.shape[::-1], np.uint32)
            steps.append(Copy(rows, left.T))
            steps += _look_up(params, rows.view(np.uint8), crc[group], scratch)
    return steps


def _block(data: U8, rest: U32, wide: Sequence[Fold], narrow: Sequence[Fold], scratch: Scratch) -> list[Step]:
    """From ``data: uint8[messages, bytes]`` to ``rest: uint32[words, messages]``."""
    number, size = data.shape
    cells = -(-size // 8)
    steps: list[Step] = []
    rows = data
    if size % 8 or size > 256:
        # Rows a power of two apart would share few sets of the cache: an odd number of lines parts them.
        # Each size has its own buffer, so that the bytes in front of the messages stay zero.
        lines = -(-cells // 8) | 1
        padded = scratch.get(f"padded {size}", (number, 64 * lines), np.uint8)
        rows = padded[:, : 8 * cells]
        steps.append(Copy(rows[:, 8 * cells - size :], data))
    words = 2 * (cells - _folded(wide))
    narrow_cells = scratch.get("narrow", (words, number), np.uint32) if narrow else rest
    if wide:
        wide_cells = scratch.get("wide", (cells, number), np.uint64)
        steps += [Copy(wide_cells, rows.view("<u8").T), *_additions(wide, wide_cells)]
        halves = wide_cells[_folded(wide) :].view("<u4").reshape(-1, number, 2)
        steps += [Copy(narrow_cells[half::2], halves[:, :, half]) for half in (0, 1)]
    else:
        steps.append(Copy(narrow_cells, rows.view("<u4").T))
    if narrow:
        steps += [*_additions(narrow, narrow_cells), Copy(rest, narrow_cells[_folded(narrow) :])]
    return steps


def _along(params: CrcParams, message: U8, crc: U32, scratch: Scratch) -> list[Step]:
    """One message, ``uint8[bytes]``, through a buffer; zeros in front of it mean nothing."""
    size = len(message)
    buffer = scratch.get("buffer", (min(size, BUFFER),), np.uint8)
    length = len(buffer)
    later = max(0, -(-(size - BUFFER) // (BUFFER - KEPT)))
    first = size - later * (BUFFER - KEPT)
    steps: list[Step] = []
    if first < length:
        steps.append(Copy(buffer[: length - first], np.zeros((), np.uint8)))
    steps.append(Copy(buffer[length - first :], message[:first]))
    every = scaled(params.algorithm, length)
    for start in range(first, size, BUFFER - KEPT):
        steps += _additions(folds(every, length, KEPT, CALL_BYTES, length), buffer)
        steps.append(Copy(buffer[:KEPT], buffer[-KEPT:]))
        steps.append(Copy(buffer[KEPT:], message[start : start + BUFFER - KEPT]))
    plan = folds(every, length, 0, CALL_BYTES, HALVED_BYTES)
    steps += _additions(plan, buffer)
    return [*steps, *_look_up(params, buffer[None, _folded(plan) :], crc, scratch)]


@backend.implements(CRC, version=1, constant_time="no")
def crc(job: Job[CrcParams, CrcInputs, CrcOutputs, HostLane]) -> Prepared:
    """Take words from the front of a message by adding each to a few later ones; the rest is looked up.

    Bound, across: 5 additions a word (0.03 ns a byte each, second-level cache) and three copies, one of them
    a transposition (0.6 ns for 8 bytes); then two look-ups for each of the last 104 words (2.3 ns a word),
    which is all that short messages take. Along: 3 additions a byte and one copy; then one look-up for each
    half of the last 2 KiB (2.5 ns a byte). Source: tables as in Sarwate 1988; folding divides by a multiple
    of the polynomial that has few terms.
    """
    params, data, out = job.params, job.inputs.data, job.outputs.crc
    scratch = _SCRATCH.setdefault(job.lane, Scratch())
    size = params.message_bytes
    if params.messages >= FEWEST_ACROSS and 0 < size <= LONGEST_ACROSS:
        steps = _across(params, data, out, scratch)
    elif size <= LONGEST_BY_BYTES:
        steps = _look_up(params, data, out, scratch)
    else:
        rows = zip(data, out[:, None], strict=True)
        steps = [step for message, crc in rows for step in _along(params, message, crc, scratch)]

    def run() -> None:
        for step in steps:
            step.run()

    return Prepared(run=run)
