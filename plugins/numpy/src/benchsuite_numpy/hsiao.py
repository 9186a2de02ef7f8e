"""Hsiao SEC-DED codes of 16, 32 or 64 data bits: check bits by look-up, errors by syndrome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes.hsiao import (
    HSIAO_DECODE,
    HSIAO_ENCODE,
    DecodeInputs,
    DecodeOutputs,
    EncodeInputs,
    EncodeOutputs,
    HsiaoDecodeParams,
    HsiaoEncodeParams,
    hsiao_columns,
)
from benchsuite_numpy.backend import backend

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
Words = NDArray[np.unsignedinteger]
"""k bits each, little-endian."""

BLOCK = 32768
"""Codewords at a time: words, indices and the tables then stay in a second-level cache of 1 MiB."""

SPARSE = 1 / 20
"""Measured: below this share of wrong codewords, picking them out beats looking up every syndrome."""

CLEAN, CORRECTED, DETECTED = 0, 1, 2


def _linear_table(columns: Sequence[int]) -> U8:
    """``uint8[2^len(columns)]``: the sum of the columns that the bits of the index select."""
    table = np.zeros(1, np.uint8)
    for column in columns:
        table = np.concatenate([table, table ^ np.uint8(column)])
    return table


@cache
def check_tables(n: int, k: int) -> tuple[U8, ...]:
    """For each 16 bits of the data, ``uint8[65536]``: what they add to the check bits."""
    columns = hsiao_columns(n, k)
    return tuple(_linear_table(columns[start : start + 16]) for start in range(0, k, 16))


class Action(NamedTuple):
    """By syndrome: the data bits to flip, a word of k bits, and the outcome, ``uint8``; 256 of each."""

    flips: Words
    outcome: U8


@cache
def action(n: int, k: int) -> Action:
    """What a decoder of (n, k) does; syndromes that are no column are detected errors."""
    columns = hsiao_columns(n, k)
    flips, outcome = np.zeros(256, f"<u{k // 8}"), np.full(256, DETECTED, np.uint8)
    outcome[0] = CLEAN
    outcome[list(columns)] = CORRECTED
    flips[list(columns[:k])] = [1 << bit for bit in range(k)]
    return Action(flips, outcome)


class Scratch:
    """The buffers of one lane, for a block of codewords; shared by its slots."""

    def __init__(self) -> None:
        self.index: NDArray[np.intp] = np.empty(BLOCK, np.intp)
        self.part: U8 = np.empty(BLOCK, np.uint8)
        self.syndrome: U8 = np.empty(BLOCK, np.uint8)
        self.wrong: NDArray[np.bool_] = np.empty(BLOCK, np.bool_)
        self.flips: U8 = np.empty(BLOCK * 8, np.uint8)


_SCRATCH: WeakKeyDictionary[HostLane, Scratch] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class EncodeBlock:
    """Views of one block, made once a slot: ``sixteens`` are the columns of ``uint16[codewords, k / 16]``."""

    sixteens: Sequence[U16]
    check: U8
    index: NDArray[np.intp]
    part: U8

    def run(self, tables: Sequence[U8]) -> None:
        """Write the check bits of the data to ``check: uint8[codewords]``."""
        np.copyto(self.index, self.sixteens[0])
        tables[0].take(self.index, out=self.check, mode="wrap")
        for sixteen, table in zip(self.sixteens[1:], tables[1:], strict=True):
            np.copyto(self.index, sixteen)
            table.take(self.index, out=self.part, mode="wrap")
            np.bitwise_xor(self.check, self.part, out=self.check)


@dataclass(frozen=True, eq=False)
class DecodeBlock:
    """Views of one block, made once a slot; ``recheck`` encodes the received data again, to ``syndrome``."""

    recheck: EncodeBlock
    check: U8
    syndrome: U8
    wrong: NDArray[np.bool_]
    received: Words
    flips: Words
    data: Words
    outcome: U8

    def run(self, tables: Sequence[U8], action: Action) -> None:
        """Correct ``received`` to ``data`` and say what was done in ``outcome``."""
        self.recheck.run(tables)
        np.bitwise_xor(self.syndrome, self.check, out=self.syndrome)
        np.not_equal(self.syndrome, 0, out=self.wrong)
        if np.count_nonzero(self.wrong) < SPARSE * len(self.wrong):
            np.copyto(self.data, self.received)
            self.outcome.fill(CLEAN)
            # The one allocation: how many are wrong is not known before.
            positions = self.wrong.nonzero()[0]
            syndromes = self.syndrome[positions]
            self.data[positions] ^= action.flips[syndromes]
            self.outcome[positions] = action.outcome[syndromes]
        else:
            index = self.recheck.index
            np.copyto(index, self.syndrome)
            action.outcome.take(index, out=self.outcome, mode="wrap")
            action.flips.take(index, out=self.flips, mode="wrap")
            np.bitwise_xor(self.received, self.flips, out=self.data)


def _encode_block(data: U8, check: U8, scratch: Scratch) -> EncodeBlock:
    """``data: uint8[codewords, k / 8]`` to ``check: uint8[codewords]``, at most BLOCK codewords."""
    count = len(data)
    return EncodeBlock(tuple(data.view("<u2").T), check, scratch.index[:count], scratch.part[:count])


def _decode_block(rows: slice, inputs: DecodeInputs, outputs: DecodeOutputs, scratch: Scratch) -> DecodeBlock:
    received = inputs.data[rows]
    count, word = len(received), f"<u{received.shape[1]}"
    syndrome = scratch.syndrome[:count]
    return DecodeBlock(
        recheck=_encode_block(received, syndrome, scratch),
        check=inputs.check[rows, 0],
        syndrome=syndrome,
        wrong=scratch.wrong[:count],
        received=received.view(word)[:, 0],
        flips=scratch.flips[: received.size].view(word),
        data=outputs.data[rows].view(word)[:, 0],
        outcome=outputs.outcome[rows],
    )


def _blocks(codewords: int) -> list[slice]:
    return [slice(start, min(start + BLOCK, codewords)) for start in range(0, codewords, BLOCK)]


@backend.implements(HSIAO_ENCODE, version=1, constant_time="no")
def hsiao_encode(job: Job[HsiaoEncodeParams, EncodeInputs, EncodeOutputs, HostLane]) -> Prepared:
    """One look-up for each 16 data bits.

    Bound: four look-ups a codeword of 8 bytes in tables of 64 KiB (0.4 ns each, second-level cache) and four
    widenings of 16 bits to an index (0.2 ns each); its 9 bytes of memory traffic hide behind them.
    Source: Hsiao 1970; one table for 16 columns of the parity-check matrix.
    """
    tables = check_tables(job.params.n, job.params.k)
    scratch = _SCRATCH.setdefault(job.lane, Scratch())
    data, check = job.inputs.data, job.outputs.check[:, 0]
    blocks = tuple(_encode_block(data[rows], check[rows], scratch) for rows in _blocks(job.params.codewords))

    def run() -> None:
        for block in blocks:
            block.run(tables)

    return Prepared(run=run)


@backend.implements(HSIAO_DECODE, version=1, constant_time="no")
def hsiao_decode(job: Job[HsiaoDecodeParams, DecodeInputs, DecodeOutputs, HostLane]) -> Prepared:
    """Encode again; where the check bits differ, look up what the syndrome asks for.

    Bound: the encoder's look-ups, and a copy of the data; wrong codewords one by one where they are few, two
    more look-ups a codeword where they are many. Source: Hsiao 1970, decoding by syndrome.
    """
    tables, actions = check_tables(job.params.n, job.params.k), action(job.params.n, job.params.k)
    scratch = _SCRATCH.setdefault(job.lane, Scratch())
    blocks = tuple(
        _decode_block(rows, job.inputs, job.outputs, scratch) for rows in _blocks(job.params.codewords)
    )

    def run() -> None:
        for block in blocks:
            block.run(tables, actions)

    return Prepared(run=run)
