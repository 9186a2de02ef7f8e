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


@dataclass(frozen=True, eq=False)
class LinearMap:
    """``tables[i][value]`` is what ``value`` in unit i of the input adds to the output."""

    bits: int
    unit: str
    """The dtype of a unit of the input: 16 bits where the tables of a unit fit in a second-level cache."""
    tables: Words
    """``[units, 256 or 65536, words]``."""

    @property
    def block(self) -> int:
        """Rows at a time: sums, terms, indices and a table stay in a second-level cache of 1 MiB."""
        return 4096 if self.unit == "u1" else 32768

    def apply(self, data: U8, scratch: Scratch) -> Words:
        """The sum of a row of each table, in the scratch; ``data: uint8[rows, bytes]``, at most a block."""
        rows = len(data)
        index, term, sums = scratch.index[:rows], scratch.term[:rows], scratch.sums[:rows]
        for i, unit in enumerate(self._units(data, scratch.eight[:rows])):
            np.copyto(index, unit)
            self.tables[i].take(index, axis=0, out=term if i else sums, mode="wrap")
            if i:
                np.bitwise_xor(sums, term, out=sums)
        return sums

    def _units(self, data: U8, eight: U8) -> Iterator[Words]:
        """The columns of the data; eight bytes are first brought together, which spares cache lines."""
        for start in range(0, data.shape[1], 8):
            near = data[:, start : start + 8]
            if near.shape[1] == 8:
                np.copyto(eight.view("<u8")[:, 0], near.view("<u8")[:, 0])
                near = eight
            # An odd byte has no partner: its table has zeros where the missing one is not 0.
            even = near.shape[1] // 2 * 2 if self.unit == "<u2" else near.shape[1]
            yield from near[:, :even].view(self.unit).T
            yield from near[:, even:].T

    def __call__(self, data: U8) -> U8:
        """``uint8[rows, ceil(bits / 8)]`` of a few rows, with allocations."""
        sums = self.apply(data, Scratch(self, len(data))).view(np.uint8)
        return sums[:, : -(-self.bits // 8)]


@cache
def linear_map(columns: tuple[int, ...], bits: int) -> LinearMap:
    """``columns[i]`` is what bit i of the input adds to the ``bits`` bits of the output."""
    dtype, words = _word_layout(bits)
    size = words * int(dtype[2:])
    unit = 16 if size <= 4 else 8
    tables = np.zeros((-(-len(columns) // unit), 1 << unit, size), np.uint8)
    for i, column in enumerate(columns):
        table, half = tables[i // unit], 1 << i % unit
        table[half : 2 * half] = table[:half] ^ np.frombuffer(column.to_bytes(size, "little"), np.uint8)
    # of the last unit, bits that only fill it up count for nothing
    used = 1 << (len(columns) - 1) % unit + 1
    tables[-1] = np.tile(tables[-1][:used], ((1 << unit) // used, 1))
    return LinearMap(bits, "<u2" if unit == 16 else "u1", tables.view(dtype))


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
