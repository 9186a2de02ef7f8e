"""Systematic linear codes of up to 16 check bits: check bits by look-up, errors by syndrome."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes import FAMILIES
from benchsuite.workloads.codes.leaders import leaders
from benchsuite.workloads.codes.linear import (
    CheckOutputs,
    DecodeInputs,
    DecodeOutputs,
    EncodeInputs,
    EncodeOutputs,
    Family,
    LinearCode,
    Received,
)
from benchsuite_numpy import wide_codes
from benchsuite_numpy.backend import backend
from benchsuite_numpy.folding import FoldBlock, is_foldable

U8 = NDArray[np.uint8]
Checks = NDArray[np.unsignedinteger]
"""The check bits of a codeword in one element, ``uint8`` for up to eight of them, else ``uint16``."""
Words = NDArray[np.unsignedinteger]
"""Data bits, little-endian: the whole of a codeword's or, where no integer is as long, an equal part."""

BLOCK = 32768
"""Codewords at a time: words, indices and the tables then stay in a second-level cache of 1 MiB."""

MOST_CHECK_BITS = 16
"""Of the tables here; codes of more are left to ``wide_codes``."""

SPARSE = 1 / 20
"""Measured: below this share of wrong codewords, picking them out beats looking up every syndrome."""

CLEAN, CORRECTED, DETECTED = 0, 1, 2


def _check_dtype(check_bits: int) -> str:
    return "u1" if check_bits <= 8 else "<u2"


def _linear_table(columns: Sequence[int], dtype: str) -> Checks:
    """``dtype[2^len(columns)]``: the sum of the columns that the bits of the index select."""
    table = np.zeros(1, dtype)
    for column in columns:
        table = np.concatenate([table, table ^ table.dtype.type(column)])
    return table


@cache
def check_tables(columns: tuple[int, ...], k: int) -> tuple[Checks, ...]:
    """For each 16 bits of the data, at most 65536 entries: what they add to the check bits.

    ``columns`` are k data columns of the check matrix, then the identity. A last byte without a partner has
    a table of 256. An index beyond the last data bit wraps around: bits that only fill up count for nothing.
    """
    dtype = _check_dtype(len(columns) - k)
    return tuple(_linear_table(columns[start : min(start + 16, k)], dtype) for start in range(0, k, 16))


def _tables(code: LinearCode) -> tuple[Checks, ...]:
    """Of all the data or, where they are folded, of the last word."""
    folded = code.k - 64 if is_foldable(code.columns, code.k) else 0
    return check_tables(code.columns[folded:], code.k - folded)


class Action(NamedTuple):
    """By syndrome, 2^r of each: the data bits to flip, for each word of the data, and ``outcome: uint8``."""

    flips: tuple[Words, ...]
    outcome: U8


def _word_bytes(k: int) -> int:
    """The longest integer of which a codeword's data are a whole number."""
    return math.gcd(-(-k // 8), 8)


@cache
def action(code: LinearCode) -> Action:
    """What a decoder does; syndromes of no pattern that it mends are detected errors."""
    mended = leaders(code)
    assert mended is not None, "a code of 16 check bits has a list of what is mended"
    bits = 8 * _word_bytes(code.k)
    outcome = np.full(1 << code.r, DETECTED, np.uint8)
    outcome[0] = CLEAN
    outcome[mended.syndromes] = CORRECTED
    flips = np.zeros((-(-code.k // bits), 1 << code.r), f"<u{bits // 8}")
    index, flipped = mended.flips(np.arange(len(mended.syndromes)))
    index, flipped = index[flipped < code.k], flipped[flipped < code.k]
    masks = (np.uint64(1) << (flipped % bits).astype(np.uint64)).astype(flips.dtype)
    np.bitwise_xor.at(flips, (flipped // bits, mended.syndromes[index]), masks)
    return Action(tuple(flips), outcome)


class Scratch:
    """The buffers of one lane, for a block of codewords; shared by its slots."""

    def __init__(self) -> None:
        self.index: NDArray[np.intp] = np.empty(BLOCK, np.intp)
        self.part: NDArray[np.uint16] = np.empty(BLOCK, np.uint16)
        self.syndrome: NDArray[np.uint16] = np.empty(BLOCK, np.uint16)
        self.wrong: NDArray[np.bool_] = np.empty(BLOCK, np.bool_)
        self.flips: NDArray[np.uint64] = np.empty(BLOCK, np.uint64)
        self.folded: NDArray[np.uint64] = np.empty(BLOCK, np.uint64)


_SCRATCH: WeakKeyDictionary[HostLane, Scratch] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class EncodeBlock:
    """Views of one block, made once a slot: ``sixteens`` are the 16-bit columns of the data; a last byte.

    Where the data are folded, they are those of the word that is left.
    """

    fold: FoldBlock | None
    sixteens: Sequence[Words]
    check: Checks
    index: NDArray[np.intp]
    part: Checks

    def run(self, tables: Sequence[Checks]) -> None:
        """Write the check bits of the data to ``check``."""
        if self.fold:
            self.fold.run()
        np.copyto(self.index, self.sixteens[0])
        tables[0].take(self.index, out=self.check, mode="wrap")
        for sixteen, table in zip(self.sixteens[1:], tables[1:], strict=True):
            np.copyto(self.index, sixteen)
            table.take(self.index, out=self.part, mode="wrap")
            np.bitwise_xor(self.check, self.part, out=self.check)


@dataclass(frozen=True, eq=False)
class CheckBlock:
    """Views of one block, made once a slot; ``recheck`` encodes the received data again, to ``syndrome``."""

    recheck: EncodeBlock
    check: Checks
    syndrome: Checks
    wrong: NDArray[np.bool_]
    outcome: U8

    def run(self, tables: Sequence[Checks]) -> None:
        """Leave the syndromes in ``syndrome`` and whether they are not 0 in ``wrong``."""
        self.recheck.run(tables)
        np.bitwise_xor(self.syndrome, self.check, out=self.syndrome)
        np.not_equal(self.syndrome, 0, out=self.wrong)

    def judge(self, tables: Sequence[Checks]) -> None:
        """Say in ``outcome`` what is clean and what is detected."""
        self.run(tables)
        np.multiply(self.wrong, DETECTED, out=self.outcome, dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class DecodeBlock:
    """Views of one block, made once a slot; ``received_words`` and ``words`` are columns of integers."""

    checked: CheckBlock
    received: U8
    data: U8
    received_words: Sequence[Words]
    words: Sequence[Words]
    flips: Words

    def run(self, tables: Sequence[Checks], action: Action) -> None:
        """Correct ``received`` to ``data`` and say what was done in ``outcome``."""
        self.checked.run(tables)
        wrong, syndrome, outcome = self.checked.wrong, self.checked.syndrome, self.checked.outcome
        if np.count_nonzero(wrong) < SPARSE * len(wrong):
            np.copyto(self.data, self.received)
            outcome.fill(CLEAN)
            # The one allocation: how many are wrong is not known before.
            positions = wrong.nonzero()[0]
            syndromes = syndrome[positions]
            outcome[positions] = action.outcome[syndromes]
            for word, flips in zip(self.words, action.flips, strict=True):
                word[positions] ^= flips[syndromes]
        else:
            index = self.checked.recheck.index
            np.copyto(index, syndrome)
            action.outcome.take(index, out=outcome, mode="wrap")
            for received, word, flips in zip(self.received_words, self.words, action.flips, strict=True):
                flips.take(index, out=self.flips, mode="wrap")
                np.bitwise_xor(received, self.flips, out=word)


def _sixteens(data: U8) -> tuple[Words, ...]:
    """The columns of ``data: uint8[codewords, bytes]`` by 16 bits, then of an odd byte."""
    even = data.shape[1] // 2 * 2
    return (*data[:, :even].view("<u2").T, *data[:, even:].T)


def _encode_block(code: LinearCode, data: U8, check: Checks, scratch: Scratch) -> EncodeBlock:
    """``data: uint8[codewords, bytes]`` to ``check: [codewords]``, at most BLOCK codewords."""
    count = len(data)
    index, part, fold = scratch.index[:count], scratch.part.view(check.dtype)[:count], None
    if is_foldable(code.columns, code.k):
        folded = scratch.folded[:count]
        fold = FoldBlock(tuple(data.view("<u8").T), folded, index.view(np.uint64), scratch.flips[:count])
        data = folded[:, None].view(np.uint8)
    return EncodeBlock(fold, _sixteens(data), check, index, part)


def _as_integers(check: U8) -> Checks:
    """``uint8[codewords, 1 or 2]`` as ``[codewords]``."""
    return check.view(_check_dtype(8 * check.shape[1]))[:, 0]


def _check_block(
    code: LinearCode, rows: slice, inputs: DecodeInputs, outputs: Received, scratch: Scratch
) -> CheckBlock:
    data, check = inputs.data[rows], _as_integers(inputs.check[rows])
    syndrome = scratch.syndrome.view(check.dtype)[: len(data)]
    return CheckBlock(
        recheck=_encode_block(code, data, syndrome, scratch),
        check=check,
        syndrome=syndrome,
        wrong=scratch.wrong[: len(data)],
        outcome=outputs.outcome[rows],
    )


def _decode_block(
    code: LinearCode, rows: slice, inputs: DecodeInputs, outputs: DecodeOutputs, scratch: Scratch
) -> DecodeBlock:
    received, data, word = inputs.data[rows], outputs.data[rows], f"<u{_word_bytes(code.k)}"
    return DecodeBlock(
        checked=_check_block(code, rows, inputs, outputs, scratch),
        received=received,
        data=data,
        received_words=tuple(received.view(word).T),
        words=tuple(data.view(word).T),
        flips=scratch.flips.view(word)[: len(data)],
    )


def _blocks(codewords: int) -> list[slice]:
    return [slice(start, min(start + BLOCK, codewords)) for start in range(0, codewords, BLOCK)]


def encode(family: Family) -> Callable[[Job[Any, EncodeInputs, EncodeOutputs, HostLane]], Prepared]:
    """One look-up for each 16 data bits, of what is left of them where they can be folded.

    Bound: k / 16 look-ups a codeword in tables of 64 KiB (0.4 ns each, second-level cache; 128 KiB
    for nine check bits) and as many widenings of 16 bits to an index (0.2 ns each); its memory traffic hides
    behind them. Source: Hsiao 1970; one table for 16 columns of the check matrix.
    """

    def prepare(job: Job[Any, EncodeInputs, EncodeOutputs, HostLane]) -> Prepared:
        params = job.params
        code = family.code(params)
        if code.r > MOST_CHECK_BITS:
            return wide_codes.encode(code, job)
        tables = _tables(code)
        scratch = _SCRATCH.setdefault(job.lane, Scratch())
        data, check = job.inputs.data, _as_integers(job.outputs.check)
        blocks = tuple(
            _encode_block(code, data[rows], check[rows], scratch) for rows in _blocks(params.codewords)
        )

        def run() -> None:
            for block in blocks:
                block.run(tables)

        return Prepared(run=run)

    return prepare


def decode(family: Family) -> Callable[[Job[Any, DecodeInputs, DecodeOutputs, HostLane]], Prepared]:
    """Encode again; where the check bits differ, look up what the syndrome asks for.

    Bound: the encoder's look-ups, and a copy of the data; wrong codewords one by one where they are few, two
    more look-ups a codeword where they are many. Source: Hsiao 1970, decoding by syndrome.
    """

    def prepare(job: Job[Any, DecodeInputs, DecodeOutputs, HostLane]) -> Prepared:
        params = job.params
        code = family.code(params)
        if code.r > MOST_CHECK_BITS:
            return wide_codes.decode(code, wide_codes.mender(family, params), job)
        tables, actions = _tables(code), action(code)
        scratch = _SCRATCH.setdefault(job.lane, Scratch())
        blocks = tuple(
            _decode_block(code, rows, job.inputs, job.outputs, scratch) for rows in _blocks(params.codewords)
        )

        def run() -> None:
            for block in blocks:
                block.run(tables, actions)

        return Prepared(run=run)

    return prepare


def check(family: Family) -> Callable[[Job[Any, DecodeInputs, CheckOutputs, HostLane]], Prepared]:
    """Encode again and compare. Bound: the encoder's look-ups."""

    def prepare(job: Job[Any, DecodeInputs, CheckOutputs, HostLane]) -> Prepared:
        params = job.params
        code = family.code(params)
        tables = _tables(code)
        scratch = _SCRATCH.setdefault(job.lane, Scratch())
        blocks = tuple(
            _check_block(code, rows, job.inputs, job.outputs, scratch) for rows in _blocks(params.codewords)
        )

        def run() -> None:
            for block in blocks:
                block.judge(tables)

        return Prepared(run=run)

    return prepare


def _unless(family: Family) -> Callable[[Any], str | None]:
    """Why a code of the family cannot be decoded here; None where it can."""

    def unless(params: Any) -> str | None:
        if family.code(params).r <= MOST_CHECK_BITS:
            return None
        if not family.corrects:
            return f"checks of more than {MOST_CHECK_BITS} check bits are not made here"
        return wide_codes.cannot_mend(family, params)

    return unless


for _family, _encoder, _decoder in FAMILIES:
    backend.implements(_encoder, version=1, constant_time="no")(encode(_family))
    backend.implements(_decoder, version=1, constant_time="no", unless=_unless(_family))(
        decode(_family) if _family.corrects else check(_family)
    )
