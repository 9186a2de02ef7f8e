"""AES in counter mode: table look-ups over batches of blocks, which may belong to many messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.aes.ctr import AES_CTR, AesCtrInputs, AesCtrOutputs, AesCtrParams
from benchsuite_numpy.aes import U32, PairTables, column_tables, expand_key, last_round_tables, round_tables
from benchsuite_numpy.backend import backend

U8 = NDArray[np.uint8]
U64 = NDArray[np.uint64]

BATCH = 32768
"""Blocks at a time: 3.5 MiB of buffers; below 8192 the calls cost more than a nearer cache saves."""

GROUP = 256
"""Aligned counters that differ in their last byte only."""

SHORTEST_GROUPED = 8 * GROUP
"""Blocks of one message from which sharing two rounds within groups pays for its forty more calls."""

_EVEN_ROWS, _ODD_ROWS = np.uint32(0x00FF00FF), np.uint32(0xFF00FF00)
_LOW_HALF, _HALF_BITS = np.uint32(0xFFFF), np.uint32(16)


@dataclass(frozen=True, eq=False)
class Schedule:
    """A key, ready: ``round_keys: uint32[rounds + 1, 4, 1]`` and ``last_byte: uint32[256]``.

    ``last_byte[j]`` is what byte 15 = j of a counter block, instead of 0, changes in column 0 after round 1.
    """

    round_keys: U32
    last_byte: U32


@lru_cache(maxsize=64)
def _schedule(key: bytes) -> Schedule:
    round_keys = expand_key(key)
    whitened = np.arange(256) ^ int(round_keys[0, 3] >> 24)
    row = column_tables()[3]
    return Schedule(round_keys[:, :, None], row[whitened] ^ row[whitened[0]])


@cache
def _row_differences() -> tuple[U32, ...]:
    """``[r][b]``: what byte b in row r adds to its column beyond what byte 0 would."""
    return tuple(row ^ row[0] for row in column_tables())


class Batch:
    """Buffers for ``count`` blocks.

    ``blocks: uint8[count, 16]`` holds the counters first and the keystream last; ``state``, ``pairs`` and
    ``spare`` are ``uint32[4, count]``, a row for each column of the AES state.
    """

    def __init__(self, count: int) -> None:
        self.blocks: U8 = np.empty((count, 16), np.uint8)
        self.halves: U64 = self.blocks.view(">u8")
        self.columns: U32 = self.blocks.view("<u4").T
        self.state: U32 = np.empty((4, count), np.uint32)
        self.pairs: U32 = np.empty_like(self.state)
        self.spare: U32 = np.empty_like(self.state)
        self.index: NDArray[np.intp] = np.empty((4, count), np.intp)
        self.start: U64 = np.empty((count, 2), np.uint64)
        self.low: U64 = np.empty(count, np.uint64)
        self.carry: NDArray[np.bool_] = np.empty(count, np.bool_)


class Groups:
    """Buffers for the shared rounds of all the groups that ``count`` consecutive blocks can touch."""

    def __init__(self, count: int) -> None:
        groups = (count + 2 * GROUP - 2) // GROUP
        self.shared = Batch(groups)
        self.steps: U64 = np.arange(groups, dtype=np.uint64) * np.uint64(GROUP)
        self.column: U32 = np.empty((groups, GROUP), np.uint32)
        self.rows: U8 = self.column.view(np.uint8).reshape(-1, 4)
        self.index: NDArray[np.intp] = np.empty(groups * GROUP, np.intp)
        self.state: U32 = np.empty((4, groups * GROUP), np.uint32)
        self.by_group: U32 = self.state.reshape(4, groups, GROUP)


class Scratch:
    """The buffers of one lane, made when first asked for and shared by its slots."""

    def __init__(self) -> None:
        self.steps: U64 = np.arange(BATCH, dtype=np.uint64)
        self.batches: dict[int, Batch] = {}
        self.groups: dict[int, Groups] = {}

    def batch(self, count: int) -> Batch:
        if count not in self.batches:
            self.batches[count] = Batch(count)
        return self.batches[count]

    def grouped(self, count: int) -> Groups:
        if count not in self.groups:
            self.groups[count] = Groups(count)
        return self.groups[count]


_SCRATCH: WeakKeyDictionary[HostLane, Scratch] = WeakKeyDictionary()


def count_blocks(batch: Batch, high: U64, low: U64, steps: U64) -> None:
    """Write counter ``high·2^64 + low + step`` as a big-endian block for each message and step.

    ``high, low: uint64[messages, 1]``; ``steps: uint64[steps]``. Wraps at 2^128 (SP 800-38A B.1).
    """
    shape = (len(low), len(steps))
    sums, carry = batch.low.reshape(shape), batch.carry.reshape(shape)
    halves = batch.halves.reshape(*shape, 2)
    np.add(low, steps, out=sums)
    np.less(sums, low, out=carry)
    np.add(high, carry, out=halves[:, :, 0])
    halves[:, :, 1] = sums


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


def share_two_rounds(groups: Groups, schedule: Schedule, high: U64, low: U64) -> U32:
    """The state after two rounds of the aligned groups of counters from the one that holds (high, low) on.

    Within a group only byte 15 differs. After round 1 that touches column 0 alone, and in round 2 each column
    takes one byte of column 0: so both rounds are done once a group, and four byte look-ups a block remain.
    """
    shared, keys = groups.shared, schedule.round_keys
    count_blocks(shared, high, low & ~np.uint64(GROUP - 1), groups.steps)
    np.bitwise_xor(shared.columns, keys[0], out=shared.state)
    substitute(shared, shared.state, round_tables())
    np.bitwise_xor(shared.state, keys[1], out=shared.state)
    np.bitwise_xor(shared.state[0][:, None], schedule.last_byte, out=groups.column)
    shared.state[0] = 0
    substitute(shared, shared.state, round_tables())
    np.bitwise_xor(shared.state, keys[2], out=shared.state)
    for column, difference in zip((0, 3, 2, 1), _row_differences(), strict=True):
        row = -column & 3
        np.copyto(groups.index, groups.rows[:, row])
        difference.take(groups.index, out=groups.state[column], mode="wrap")
        by_group = groups.by_group[column]
        np.bitwise_xor(by_group, shared.state[column][:, None], out=by_group)
    return groups.state


def finish_rounds(batch: Batch, state: U32, round_keys: U32) -> None:
    """All rounds that the ``round_keys`` ask for, the last one without MixColumns; to ``batch.blocks``."""
    for round_key in round_keys[:-1]:
        substitute(batch, state, round_tables())
        np.bitwise_xor(batch.state, round_key, out=batch.state)
        state = batch.state
    substitute(batch, state, last_round_tables())
    np.bitwise_xor(batch.state, round_keys[-1], out=batch.columns)


@dataclass(frozen=True, eq=False)
class Piece:
    """Whole short messages, or a part of a long one, that fit a batch: views, made once a slot."""

    batch: Batch
    groups: Groups | None
    steps: U64
    first: np.uint64
    counters: U64
    start: U64
    keystream: U8
    data: U8
    output: U8

    def run(self, schedule: Schedule) -> None:
        """Encrypt from ``data`` to ``output``, both ``uint8[messages, bytes]``."""
        keys = schedule.round_keys
        start = self.start
        np.copyto(start, self.counters)
        high, low = start[:, :1], start[:, 1:]
        np.add(low, self.first, out=low)
        wrapped = self.batch.carry[: len(low), None]
        np.less(low, self.first, out=wrapped)
        np.add(high, wrapped, out=high)
        if self.groups is None:
            count_blocks(self.batch, high, low, self.steps)
            np.bitwise_xor(self.batch.columns, keys[0], out=self.batch.state)
            finish_rounds(self.batch, self.batch.state, keys[1:])
        else:
            state = share_two_rounds(self.groups, schedule, high, low)
            offset = int(low[0, 0]) % GROUP
            finish_rounds(self.batch, state[:, offset : offset + len(self.batch.blocks)], keys[3:])
        np.bitwise_xor(self.data, self.keystream, out=self.output)


def _pieces(
    job: Job[AesCtrParams, AesCtrInputs, AesCtrOutputs, HostLane], scratch: Scratch
) -> Iterator[Piece]:
    params, inputs, outputs = job.params, job.inputs, job.outputs
    length = -(-params.message_bytes // 16)
    together = max(1, BATCH // length)
    for message in range(0, params.messages, together):
        rows = slice(message, min(message + together, params.messages))
        messages = rows.stop - rows.start
        for first in range(0, length, BATCH):
            blocks = min(BATCH, length - first)
            part = slice(16 * first, min(16 * (first + blocks), params.message_bytes))
            batch = scratch.batch(messages * blocks)
            yield Piece(
                batch=batch,
                groups=scratch.grouped(blocks) if messages == 1 and blocks >= SHORTEST_GROUPED else None,
                steps=scratch.steps[:blocks],
                first=np.uint64(first),
                counters=inputs.counters[rows].view(">u8"),
                start=batch.start[:messages],
                keystream=batch.blocks.reshape(messages, 16 * blocks)[:, : part.stop - part.start],
                data=inputs.data[rows, part],
                output=outputs.data[rows, part],
            )


@backend.implements(AES_CTR, version=1, constant_time="no")
def aes_ctr(job: Job[AesCtrParams, AesCtrInputs, AesCtrOutputs, HostLane]) -> Prepared:
    """Two look-ups a column and round in tables of 65536 pairs of bytes.

    Bound: a block and round take 8 look-ups of 4 bytes in half a MiB of tables (0.6 ns each, half the time)
    and 8 element-wise passes over 16 bytes; the first two rounds of a long message, 4 look-ups together.
    Source: FIPS 197; SP 800-38A §6.5; shared rounds are the counter caching of Bernstein and Schwabe 2008.
    """
    schedule = _schedule(job.inputs.key)
    pieces = tuple(_pieces(job, _SCRATCH.setdefault(job.lane, Scratch())))

    def run() -> None:
        for piece in pieces:
            piece.run(schedule)

    return Prepared(run=run)
