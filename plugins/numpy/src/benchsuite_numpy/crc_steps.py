"""Steps that CRCs are made of: each is bound to its arrays in ``prepare`` and runs without an allocation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane
from benchsuite_numpy.crc_algebra import Cells, Fold, advance_tables, last_tables, place_tables

U8 = NDArray[np.uint8]
Index = NDArray[np.intp]

LONGEST_BY_BYTES = 1024
"""Beyond, tables of bytes would leave the second-level cache, and new messages take longer than known ones:
bytes are halved, and each half has a table of one cache line, which is read whatever the data."""
TOGETHER = 16384
"""Bytes looked up at a time."""

_LOW_HALF, _HALF_BITS = np.uint8(15), np.uint8(4)


class Scratch:
    """The buffers of one lane, made when first asked for and shared by its slots."""

    def __init__(self) -> None:
        self.buffers: dict[object, Any] = {}

    def get(self, name: str, shape: tuple[int, ...], dtype: Any) -> Any:
        """A buffer that is all zero when it is made."""
        key = name, shape, np.dtype(dtype)
        if key not in self.buffers:
            self.buffers[key] = np.zeros(shape, dtype)
        return self.buffers[key]


_SCRATCH: WeakKeyDictionary[HostLane, Scratch] = WeakKeyDictionary()


def scratch_of(lane: HostLane) -> Scratch:
    return _SCRATCH.setdefault(lane, Scratch())


class Step(Protocol):
    def run(self) -> None: ...


class Copy(NamedTuple):
    target: NDArray[Any]
    source: NDArray[Any]

    def run(self) -> None:
        np.copyto(self.target, self.source)


class Addition(NamedTuple):
    """``target`` ^= ``source``."""

    target: NDArray[Any]
    source: NDArray[Any]

    def run(self) -> None:
        np.bitwise_xor(self.target, self.source, out=self.target)


def additions(plan: Sequence[Fold], cells: NDArray[Any]) -> tuple[Addition, ...]:
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
    """Sums of a few short rows' entries in one table a place: ``digits: uint8[messages, places]``."""

    digits: U8
    places: Index
    index: Index
    found: Cells
    table: Cells
    constant: Any
    """Added to every sum."""
    crc: Cells

    def run(self) -> None:
        np.copyto(self.index, self.digits)
        np.add(self.index, self.places, out=self.index)
        self.table.take(self.index, out=self.found, mode="wrap")
        np.bitwise_xor.reduce(self.found, axis=1, out=self.crc)
        np.bitwise_xor(self.crc, self.constant, out=self.crc)


def look_up(table: Cells, bits: int, digits: U8, constant: Any, crc: Cells, scratch: Scratch) -> LookUp:
    """``digits: uint8[messages, places]`` of 8 or 4 bits to ``crc: [messages]``."""
    return LookUp(
        digits=digits,
        places=np.arange(digits.shape[1], dtype=np.intp) << bits,
        index=scratch.get("index", digits.shape, np.intp),
        found=scratch.get("found", digits.shape, crc.dtype),
        table=table,
        constant=constant,
        crc=crc,
    )


def remainders(algorithm: str, rows: U8, constant: Any, crc: Cells, scratch: Scratch) -> list[Step]:
    """``rows: uint8[messages, bytes]`` to ``crc: [messages]``, some messages at a time."""
    number, length = rows.shape
    bits = 8 if length <= LONGEST_BY_BYTES else 4
    together = max(1, TOGETHER // max(1, length))
    table = place_tables(algorithm, length, bits)
    steps: list[Step] = []
    for start in range(0, number, together):
        digits, out = rows[start : start + together], crc[start : start + together]
        if bits == 4:
            halves = scratch.get("halves", (len(out), 2, length), np.uint8)
            steps.append(Halving(halves, digits))
            digits = halves.reshape(len(out), 2 * length)
        steps.append(look_up(table, bits, digits, constant, out, scratch))
    return steps


@dataclass(frozen=True, eq=False)
class TableProduct:
    """Each of the cells ``register`` times the same power of x, by tables of 16 bits, to ``out``."""

    halves: tuple[NDArray[np.uint16], ...]
    tables: tuple[Cells, ...]
    index: Index
    found: tuple[Cells, ...]
    out: Cells

    def run(self) -> None:
        index = self.index
        for half, table, found in zip(self.halves, self.tables, self.found, strict=True):
            np.copyto(index, half)
            table.take(index, out=found, mode="wrap")
        np.bitwise_xor(self.found[0], self.found[1], out=self.out)
        for found in self.found[2:]:
            np.bitwise_xor(self.out, found, out=self.out)


def table_product(register: Cells, tables: Cells, out: Cells, scratch: Scratch) -> TableProduct:
    halves = register.view("<u2").reshape(*register.shape, len(tables))
    return TableProduct(
        halves=tuple(halves[..., half] for half in range(len(tables))),
        tables=tuple(tables),
        index=scratch.get("index", register.shape, np.intp),
        found=tuple(scratch.get(f"found {half}", register.shape, out.dtype) for half in range(len(tables))),
        out=out,
    )


@dataclass(frozen=True, eq=False)
class Division:
    """Remainders of many messages across, cell by cell: ``words: [cells, messages]``."""

    words: Cells
    register: Cells
    advance: TableProduct
    last: TableProduct
    constant: Any
    crc: Cells

    def run(self) -> None:
        register, words = self.register, self.words
        np.copyto(register, words[0])
        for word in words[1:]:
            self.advance.run()
            np.bitwise_xor(register, word, out=register)
        self.last.run()
        np.bitwise_xor(self.crc, self.constant, out=self.crc)


def division(algorithm: str, words: Cells, constant: Any, crc: Cells, scratch: Scratch) -> Division:
    register = scratch.get("register", crc.shape, crc.dtype)
    return Division(
        words=words,
        register=register,
        advance=table_product(register, advance_tables(algorithm, 1), register, scratch),
        last=table_product(register, last_tables(algorithm), crc, scratch),
        constant=constant,
        crc=crc,
    )


@dataclass(frozen=True, eq=False)
class Dealing:
    """Messages dealt out by cells to lanes: the register becomes a short message of the same remainder."""

    head: U8
    """The first bytes, as many as fill no row of cells."""
    front: U8
    """Of the register: where they are copied to."""
    padding: U8
    """Of the register: what stands before them."""
    rows: Cells
    """The rest: ``[rows, messages, lanes]``."""
    register: Cells
    advance: TableProduct

    def run(self) -> None:
        register = self.register
        self.padding.fill(0)
        np.copyto(self.front, self.head)
        for row in self.rows:
            self.advance.run()
            np.bitwise_xor(register, row, out=register)


def dealing(algorithm: str, data: U8, register: Cells, scratch: Scratch) -> Dealing:
    """Of ``data: uint8[messages, bytes]`` to ``register: [messages, lanes]``."""
    number, lanes = register.shape
    flat = register.view(np.uint8)
    head = data.shape[1] % flat.shape[1]
    return Dealing(
        head=data[:, :head],
        front=flat[:, flat.shape[1] - head :],
        padding=flat[:, : flat.shape[1] - head],
        rows=data[:, head:].view(register.dtype).reshape(number, -1, lanes).swapaxes(0, 1),
        register=register,
        advance=table_product(register, advance_tables(algorithm, lanes), register, scratch),
    )
