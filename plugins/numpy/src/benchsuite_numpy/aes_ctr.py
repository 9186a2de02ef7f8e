"""AES in counter mode: table look-ups over batches of blocks, which may belong to many messages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.aes.ctr import AES_CTR, AesCtrInputs, AesCtrOutputs, AesCtrParams
from benchsuite_numpy.aes import U8, U32, U64, Cipher, column_tables, encryption
from benchsuite_numpy.aes_blocks import BATCH, Batch, finish_rounds, pieces, shared, substitute
from benchsuite_numpy.backend import backend

GROUP = 256
"""Aligned counters that differ in their last byte only."""

SHORTEST_GROUPED = 8 * GROUP
"""Blocks of one message from which sharing two rounds within groups pays for its forty more calls."""

_LAST_32 = np.uint64(2**32 - 1)


@dataclass(frozen=True, eq=False)
class Schedule:
    """A key, ready: ``last_byte: uint32[256]`` says what byte 15 of a counter changes.

    ``last_byte[j]`` is what j there, instead of 0, adds to column 0 after round 1.
    """

    cipher: Cipher
    last_byte: U32


@lru_cache(maxsize=64)
def schedule(key: bytes) -> Schedule:
    """The schedule of a key of 16, 24 or 32 bytes."""
    cipher = encryption(key)
    whitened = np.arange(256) ^ int(cipher.round_keys[0, 3, 0] >> 24)
    row = column_tables()[3]
    return Schedule(cipher, row[whitened] ^ row[whitened[0]])


@cache
def _row_differences() -> tuple[U32, ...]:
    """``[r][b]``: what byte b in row r adds to its column beyond what byte 0 would."""
    return tuple(row ^ row[0] for row in column_tables())


class Counters(Batch):
    """Buffers for ``count`` counters, which become the keystream in ``blocks: uint8[count, 16]``."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.blocks: U8 = np.empty((count, 16), np.uint8)
        self.halves: U64 = self.blocks.view(">u8")
        self.columns: U32 = self.blocks.view("<u4").T
        self.start: U64 = np.empty((count, 2), np.uint64)
        self.low: U64 = np.empty(count, np.uint64)
        self.carry: NDArray[np.bool_] = np.empty(count, np.bool_)


class Groups:
    """Buffers for the shared rounds of all the groups that ``count`` consecutive blocks can touch."""

    def __init__(self, count: int) -> None:
        groups = (count + 2 * GROUP - 2) // GROUP
        self.shared = Counters(groups)
        self.steps: U64 = np.arange(groups, dtype=np.uint64) * np.uint64(GROUP)
        self.column: U32 = np.empty((groups, GROUP), np.uint32)
        self.rows: U8 = self.column.view(np.uint8).reshape(-1, 4)
        self.index: NDArray[np.intp] = np.empty(groups * GROUP, np.intp)
        self.state: U32 = np.empty((4, groups * GROUP), np.uint32)
        self.by_group: U32 = self.state.reshape(4, groups, GROUP)


def _steps() -> U64:
    return np.arange(BATCH, dtype=np.uint64)


def count_blocks(batch: Counters, high: U64, low: U64, steps: U64, *, wrap_at_32: bool) -> None:
    """Write counter ``high·2^64 + low + step`` as a big-endian block for each message and step.

    ``high, low: uint64[messages, 1]``; ``steps: uint64[steps]``. Wraps at 2^128 (SP 800-38A B.1), or in the
    last 32 bits alone (SP 800-38D §6.2).
    """
    shape = (len(low), len(steps))
    sums, carry = batch.low.reshape(shape), batch.carry.reshape(shape)
    halves = batch.halves.reshape(*shape, 2)
    np.add(low, steps, out=sums)
    if wrap_at_32:
        _keep_upper_bits(sums, low)
        halves[:, :, 0] = high
    else:
        np.less(sums, low, out=carry)
        np.add(high, carry, out=halves[:, :, 0])
    halves[:, :, 1] = sums


def _keep_upper_bits(sums: U64, low: U64) -> None:
    """Take all but the last 32 bits of ``sums`` from ``low``."""
    np.bitwise_xor(sums, low, out=sums)
    np.bitwise_and(sums, _LAST_32, out=sums)
    np.bitwise_xor(sums, low, out=sums)


def share_two_rounds(groups: Groups, schedule: Schedule, high: U64, low: U64, *, wrap_at_32: bool) -> U32:
    """The state after two rounds of the aligned groups of counters from the one that holds (high, low) on.

    Within a group only byte 15 differs. After round 1 that touches column 0 alone, and in round 2 each column
    takes one byte of column 0: so both rounds are done once a group, and four byte look-ups a block remain.
    """
    shared, cipher = groups.shared, schedule.cipher
    keys = cipher.round_keys
    count_blocks(shared, high, low & ~np.uint64(GROUP - 1), groups.steps, wrap_at_32=wrap_at_32)
    np.bitwise_xor(shared.columns, keys[0], out=shared.state)
    substitute(shared, shared.state, cipher.full)
    np.bitwise_xor(shared.state, keys[1], out=shared.state)
    np.bitwise_xor(shared.state[0][:, None], schedule.last_byte, out=groups.column)
    shared.state[0] = 0
    substitute(shared, shared.state, cipher.full)
    np.bitwise_xor(shared.state, keys[2], out=shared.state)
    for column, difference in zip((0, 3, 2, 1), _row_differences(), strict=True):
        row = -column & 3
        np.copyto(groups.index, groups.rows[:, row])
        difference.take(groups.index, out=groups.state[column], mode="wrap")
        by_group = groups.by_group[column]
        np.bitwise_xor(by_group, shared.state[column][:, None], out=by_group)
    return groups.state


class Keystream:
    """The keystream of some blocks, from ``first`` on, of messages: views, made once a slot.

    ``counters: uint8[messages, 16]`` are read in every ``run``; ``stream: uint8[messages, 16 * blocks]``.
    """

    def __init__(
        self, lane: HostLane, counters: U8, first: int, blocks: int, *, wrap_at_32: bool = False
    ) -> None:
        messages = len(counters)
        self._batch = shared(lane, Counters, messages * blocks)
        grouped = messages == 1 and blocks >= SHORTEST_GROUPED
        self._groups = shared(lane, Groups, blocks) if grouped else None
        self._steps = shared(lane, _steps)[:blocks]
        self._first = np.uint64(first)
        self._counters: U64 = counters.view(">u8")
        self._start = self._batch.start[:messages]
        self._wrap_at_32 = wrap_at_32
        self.stream = self._batch.blocks.reshape(messages, 16 * blocks)

    def run(self, schedule: Schedule) -> None:
        """Fill ``stream``."""
        batch, cipher, wrap_at_32 = self._batch, schedule.cipher, self._wrap_at_32
        high, low = self._advance()
        if self._groups is None:
            count_blocks(batch, high, low, self._steps, wrap_at_32=wrap_at_32)
            np.bitwise_xor(batch.columns, cipher.round_keys[0], out=batch.state)
            finish_rounds(batch, batch.state, cipher, 0, batch.columns)
        else:
            state = share_two_rounds(self._groups, schedule, high, low, wrap_at_32=wrap_at_32)
            offset = int(low[0, 0]) % GROUP
            state = state[:, offset : offset + len(batch.blocks)]
            finish_rounds(batch, state, cipher, 2, batch.columns)

    def _advance(self) -> tuple[U64, U64]:
        """The counters' halves, ``first`` blocks on."""
        np.copyto(self._start, self._counters)
        high, low = self._start[:, :1], self._start[:, 1:]
        sums, carry = self._batch.low[: len(low), None], self._batch.carry[: len(low), None]
        np.add(low, self._first, out=sums)
        if self._wrap_at_32:
            _keep_upper_bits(sums, low)
        else:
            np.less(sums, low, out=carry)
            np.add(high, carry, out=high)
        np.copyto(low, sums)
        return high, low


@backend.implements(AES_CTR, version=1, constant_time="no")
def aes_ctr(job: Job[AesCtrParams, AesCtrInputs, AesCtrOutputs, HostLane]) -> Prepared:
    """Two look-ups a column and round in tables of 65536 pairs of bytes.

    Bound: a block and round take 8 look-ups of 4 bytes in half a MiB of tables (0.6 ns each, half the time)
    and 8 element-wise passes over 16 bytes; the first two rounds of a long message, 4 look-ups together.
    Source: FIPS 197; SP 800-38A §6.5; shared rounds are the counter caching of Bernstein and Schwabe 2008.
    """
    inputs, output, size = job.inputs, job.outputs.data, job.params.message_bytes
    ready = schedule(inputs.key)
    parts = []
    for rows, blocks in pieces(job.params.messages, -(-size // 16)):
        keystream = Keystream(job.lane, inputs.counters[rows], blocks.start, blocks.stop - blocks.start)
        place = slice(16 * blocks.start, min(16 * blocks.stop, size))
        stream = keystream.stream[:, : place.stop - place.start]
        parts.append((keystream, stream, inputs.data[rows, place], output[rows, place]))

    def run() -> None:
        for keystream, stream, data, answer in parts:
            keystream.run(ready)
            np.bitwise_xor(data, stream, out=answer)

    return Prepared(run=run)
