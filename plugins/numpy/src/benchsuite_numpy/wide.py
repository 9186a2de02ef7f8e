"""Systematic codes with many check bits: rows of tables to encode; words that fail are picked out and mended.

Knows no family: what mends the words that fail is handed in, and sees only their remainders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane

U8 = NDArray[np.uint8]
Words = NDArray[np.unsignedinteger[Any]]
"""``[codewords, words]``: bits, little-endian, padded with zeros to what numpy moves at once."""

CLEAN, CORRECTED, DETECTED = 0, 1, 2

Mend = Callable[[U8, U8 | None], tuple[U8, U8]]
"""From remainders ``uint8[words, ceil(r / 8)]``, check bits received less those of the data received, none of
them zero, and the words' erased symbols, where they are known, to (``flips: uint8[words, ceil(k / 8)]``,
``outcome: uint8[words]``)."""


def _word_layout(bits: int) -> tuple[str, int]:
    """(dtype, words) that hold so many bits; numpy copies rows of 1 ... 32 bytes by a single move."""
    size = -(-bits // 8)
    padded = 1 << (size - 1).bit_length() if size <= 32 else -(-size // 8) * 8
    return f"<u{min(padded, 8)}", -(-padded // 8)


BLOCKS = {13: 32768, 11: 8192, 8: 4096}
"""Bits of a digit -> rows at a time: sums, terms, indices and a table stay in a cache of 1 MiB."""


def _digit_bits(size: int) -> int:
    """Of an index into tables of rows of ``size`` bytes, the fastest that were measured.

    All tables of a code come anew from the third-level cache for each block: 16 bits would take longer.
    """
    return 13 if size <= 8 else 11 if size <= 16 else 8


@dataclass(frozen=True, eq=False)
class LinearMap:
    """``tables[i][value]`` is what ``value`` in digit i of the input adds to the output."""

    bits: int
    digit: int
    """Bits of the input that are looked up at once, of each 64 from the lowest on."""
    tables: Words
    """``[digits, 2^digit, words]``."""

    @property
    def block(self) -> int:
        """Rows at a time."""
        return BLOCKS[self.digit]

    def apply(self, data: U8, scratch: Scratch) -> Words:
        """The sum of a row of each table, in the scratch; ``data: uint8[rows, bytes]``, at most a block."""
        rows = len(data)
        term, sums = scratch.term[:rows], scratch.sums[:rows]
        indices = self._bytes(data, scratch) if self.digit == 8 else self._digits(data, scratch)
        for i, (table, index) in enumerate(zip(self.tables, indices, strict=True)):
            table.take(index, axis=0, out=term if i else sums, mode="wrap")
            if i:
                np.bitwise_xor(sums, term, out=sums)
        return sums

    def _bytes(self, data: U8, scratch: Scratch) -> Iterator[NDArray[np.intp]]:
        """The columns of the data; eight bytes are first brought together, which spares cache lines."""
        rows = len(data)
        index, eight = scratch.index[:rows], scratch.eight[:rows]
        for start in range(0, data.shape[1], 8):
            near = data[:, start : start + 8]
            if near.shape[1] == 8:
                _copy_rows(near, eight)
                near = eight
            for column in near.T:
                np.copyto(index, column)
                yield index

    def _digits(self, data: U8, scratch: Scratch) -> Iterator[NDArray[np.intp]]:
        """What masks and shifts leave of each eight bytes."""
        rows = len(data)
        index, eight = scratch.index[:rows], scratch.eight[:rows]
        word, masked = eight.view(np.uint64)[:, 0], index.view(np.uint64)
        # numpy converts a scalar anew at every call, an array of no dimension not
        mask, shift = np.array((1 << self.digit) - 1, np.uint64), np.array(self.digit, np.uint64)
        for start in range(0, data.shape[1], 8):
            near = data[:, start : start + 8]
            size = near.shape[1]
            if size < 8:
                word.fill(0)
            _copy_rows(near, eight[:, :size])
            for _ in range(-(-8 * size // self.digit) - 1):
                np.bitwise_and(word, mask, masked)
                np.right_shift(word, shift, word)
                yield index
            yield word.view(np.intp)

    def __call__(self, data: U8) -> U8:
        """``uint8[rows, ceil(bits / 8)]`` of a few rows, with allocations."""
        sums = self.apply(data, Scratch(self, len(data))).view(np.uint8)
        return sums[:, : -(-self.bits // 8)]


@cache
def linear_map(columns: tuple[int, ...], bits: int) -> LinearMap:
    """``columns[i]`` is what bit i of the input adds to the ``bits`` bits of the output."""
    dtype, words = _word_layout(bits)
    size = words * int(dtype[2:])
    digit = _digit_bits(size)
    # of the last byte, bits that only fill it up count for nothing
    columns += (0,) * (-len(columns) % 8)
    full, rest = divmod(len(columns), 64)
    tables = np.zeros((full * -(-64 // digit) + -(-rest // digit), 1 << digit, size), np.uint8)
    for i, column in enumerate(columns):
        word, bit = divmod(i, 64)
        table, half = tables[word * -(-64 // digit) + bit // digit], 1 << bit % digit
        table[half : 2 * half] = table[:half] ^ np.frombuffer(column.to_bytes(size, "little"), np.uint8)
    return LinearMap(bits, digit, tables.view(dtype))


class Scratch:
    """The buffers of a lane for one layout of rows; shared by its slots."""

    def __init__(self, encoder: LinearMap, rows: int) -> None:
        shape, dtype = (rows, encoder.tables.shape[2]), encoder.tables.dtype
        self.index: NDArray[np.intp] = np.empty(rows, np.intp)
        self.eight: U8 = np.empty((rows, 8), np.uint8)
        self.failing: NDArray[np.bool_] = np.empty(rows, np.bool_)
        self.sums: Words = np.empty(shape, dtype)
        self.term: Words = np.empty(shape, dtype)
        self.received: Words = np.zeros(shape, dtype)


_SCRATCH: WeakKeyDictionary[HostLane, dict[tuple[str, int], Scratch]] = WeakKeyDictionary()


def scratch_of(lane: HostLane, encoder: LinearMap) -> Scratch:
    """The buffers of this lane for the map's blocks."""
    layouts = _SCRATCH.setdefault(lane, {})
    layout = (str(encoder.tables.dtype), encoder.tables.shape[2])
    if layout not in layouts:
        layouts[layout] = Scratch(encoder, encoder.block)
    return layouts[layout]


@dataclass(frozen=True, eq=False)
class WideEncodeBlock:
    """``data: uint8[rows, ceil(k / 8)]`` to ``check: uint8[rows, ceil(r / 8)]``, at most a block of rows."""

    data: U8
    check: U8

    def run(self, encoder: LinearMap, scratch: Scratch) -> None:
        sums = encoder.apply(self.data, scratch)
        _copy_rows(sums.view(np.uint8)[:, : self.check.shape[1]], self.check)


@dataclass(frozen=True, eq=False)
class WideDecodeBlock:
    """Views of one block of received codewords; ``erased`` where it is known which symbols mean nothing."""

    received: U8
    check: U8
    data: U8
    outcome: U8
    erased: U8 | None = None

    def run(self, encoder: LinearMap, mend: Mend, scratch: Scratch) -> None:
        """Encode again; hand the words whose check bits differ to ``mend``."""
        rows, size = self.check.shape
        sums, failing, received = encoder.apply(self.received, scratch), scratch.failing, scratch.received
        as_bytes = received[:rows].view(np.uint8)
        _copy_rows(self.check, as_bytes[:, :size])
        as_bytes[:, size:] = 0  # another code of this layout may have more check bits
        np.bitwise_xor(sums, received[:rows], out=sums)
        failing = failing[:rows]
        failing.fill(False)
        for word in sums.T:
            np.logical_or(failing, word, out=failing)
        np.copyto(self.data, self.received)
        self.outcome.fill(CLEAN)
        # What follows allocates: how many fail is not known before.
        found = failing.nonzero()[0]
        if found.size:
            remainders = sums[found].view(np.uint8)[:, :size]
            flips, outcome = mend(remainders, None if self.erased is None else self.erased[found])
            self.data[found] ^= flips
            self.outcome[found] = outcome


def _copy_rows(source: U8, target: U8) -> None:
    """``target[:] = source``, both ``uint8[rows, bytes]``, column by column of 8, 4, 2 and 1 bytes.

    Rows of a few bytes that do not follow one another would be copied byte by byte.
    """
    start, size = 0, source.shape[1]
    if source.flags.c_contiguous and target.flags.c_contiguous:
        start = size
        np.copyto(target, source)
    while start < size:
        step = 1 << min((size - start).bit_length() - 1, 3)
        if step < 8 and (source.strides[0] % step or target.strides[0] % step):
            step = 1  # numpy takes as long for 2 or 4 bytes that are not aligned as for 6 single ones
        word, columns = f"<u{step}", slice(start, start + step)
        np.copyto(target[:, columns].view(word), source[:, columns].view(word))
        start += step


def blocks(encoder: LinearMap, codewords: int) -> list[slice]:
    """The rows of each block."""
    return [slice(start, start + encoder.block) for start in range(0, codewords, encoder.block)]


def scatter(flips: U8, word: NDArray[np.intp], bit: NDArray[np.intp], value: Words) -> None:
    """Add ``value`` (of at most 9 bits) at bit ``bit`` of row ``word``, in place; a row may come again."""
    shifted = value.astype(np.uint16) << (bit % 8).astype(np.uint16)
    np.bitwise_xor.at(flips, (word, bit // 8), (shifted & 0xFF).astype(np.uint8))
    over = (shifted > 0xFF).nonzero()[0]
    np.bitwise_xor.at(flips, (word[over], bit[over] // 8 + 1), (shifted[over] >> 8).astype(np.uint8))
