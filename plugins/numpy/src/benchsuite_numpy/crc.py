"""CRCs: fold by sparse multiples of the polynomial, then look up the little that is left.

Many short messages lie across, place by place, so that each addition is one long run over the batch; others
are folded along, one by one. Polynomials without sparse multiples divide messages in lanes, cell by cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Any

import numpy as np

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes.crc import (
    CRC,
    CRC_UPDATE,
    CrcInputs,
    CrcOutputs,
    CrcParams,
    CrcUpdateInputs,
)
from benchsuite_numpy.backend import backend
from benchsuite_numpy.crc_algebra import (
    Cells,
    Fold,
    before_tables,
    cell_bytes,
    folds,
    multiples,
    of_zeros,
    scaled,
)
from benchsuite_numpy.crc_steps import (
    LONGEST_BY_BYTES,
    TOGETHER,
    U8,
    Addition,
    Copy,
    Scratch,
    Step,
    additions,
    dealing,
    division,
    look_up,
    remainders,
    scratch_of,
)

CALL_BYTES = 12288
"""Measured: a call of numpy costs as much as adding so many bytes to others (0.35 us at 35 GB/s)."""
LOOK_UP_BYTES = 38
"""Measured: ... as looking up one byte by its place (1.1 ns)."""
HALVED_BYTES = 80
"""Measured: ... as looking up both halves of one byte (2.5 ns)."""
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
LANE_BYTES = 8192
"""Of a message divided in lanes are looked up at most: beyond, the tables would leave the cache."""
CALLS_OF_A_ROW = 2400
"""Measured: the calls for a row of lanes cost as much as looking up so many bytes by halves (6 us)."""


def _folded(plan: Sequence[Fold]) -> int:
    return plan[-1].start + plan[-1].count if plan else 0


def _across(params: CrcParams, data: U8, constant: Any, crc: Cells, scratch: Scratch) -> list[Step]:
    """Blocks of messages are transposed and folded; the rest of a whole group of them is then divided."""
    messages, algorithm = len(data), params.algorithm
    steps: list[Step] = []
    divided = messages >= FEWEST_DIVIDED
    finish = (DIVIDE_BYTES if divided else 4 * LOOK_UP_BYTES) / 4
    cells = -(-params.message_bytes // 8)
    block = min(max(FEWEST_ACROSS, BLOCK_BYTES // (8 * cells)), GROUP, messages)
    wide = folds(multiples(algorithm), cells, 0, CALL_BYTES / (8 * block), SPLIT_CELLS)
    words = 2 * (cells - _folded(wide))
    narrow = folds(multiples(algorithm), words, 0, CALL_BYTES / (4 * block), finish)
    rest = words - _folded(narrow)
    for first in range(0, messages, GROUP):
        group = slice(first, min(first + GROUP, messages))
        left = scratch.get("rest", (rest, group.stop - first), np.uint32)
        for start in range(first, group.stop, block):
            some = slice(start, min(start + block, group.stop))
            target = left[:, start - first : some.stop - first]
            steps += _block(data[some], target, wide, narrow, scratch)
        if divided:
            steps.append(division(algorithm, left, constant, crc[group], scratch))
        else:
            rows = scratch.get("rows", left.shape[::-1], np.uint32)
            steps.append(Copy(rows, left.T))
            steps += remainders(algorithm, rows.view(np.uint8), constant, crc[group], scratch)
    return steps


def _block(
    data: U8, rest: Cells, wide: Sequence[Fold], narrow: Sequence[Fold], scratch: Scratch
) -> list[Step]:
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
        steps += [Copy(wide_cells, rows.view("<u8").T), *additions(wide, wide_cells)]
        halves = wide_cells[_folded(wide) :].view("<u4").reshape(-1, number, 2)
        steps += [Copy(narrow_cells[half::2], halves[:, :, half]) for half in (0, 1)]
    else:
        steps.append(Copy(narrow_cells, rows.view("<u4").T))
    if narrow:
        steps += [*additions(narrow, narrow_cells), Copy(rest, narrow_cells[_folded(narrow) :])]
    return steps


def _along(algorithm: str, message: U8, constant: Any, crc: Cells, scratch: Scratch) -> list[Step]:
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
    every = scaled(algorithm, length)
    for start in range(first, size, BUFFER - KEPT):
        steps += additions(folds(every, length, KEPT, CALL_BYTES, length), buffer)
        steps.append(Copy(buffer[:KEPT], buffer[-KEPT:]))
        steps.append(Copy(buffer[KEPT:], message[start : start + BUFFER - KEPT]))
    plan = folds(every, length, 0, CALL_BYTES, HALVED_BYTES)
    steps += additions(plan, buffer)
    return [*steps, *remainders(algorithm, buffer[None, _folded(plan) :], constant, crc, scratch)]


def _in_lanes(algorithm: str, data: U8, constant: Any, crc: Cells, scratch: Scratch) -> list[Step]:
    """Any polynomial: as many lanes as make the calls for rows cost what looking up the last row does."""
    messages, size = data.shape
    cell = cell_bytes(algorithm)
    lanes = min(isqrt(CALLS_OF_A_ROW * size // messages) // cell, LANE_BYTES // cell)
    if lanes * cell >= size:
        return remainders(algorithm, data, constant, crc, scratch)
    lanes = max(1, lanes)
    together = max(1, GROUP // lanes)
    steps: list[Step] = []
    for start in range(0, messages, together):
        some = slice(start, min(start + together, messages))
        register = scratch.get("lanes", (some.stop - start, lanes), crc.dtype)
        steps.append(dealing(algorithm, data[some], register, scratch))
        steps += remainders(algorithm, register.view(np.uint8), constant, crc[some], scratch)
    return steps


def _steps(params: CrcParams, data: U8, constant: Any, crc: Cells, scratch: Scratch) -> list[Step]:
    """``data: uint8[messages, bytes]`` to ``crc: [messages]``, ``constant`` added to every one."""
    algorithm, size = params.algorithm, params.message_bytes
    if not multiples(algorithm):
        return _in_lanes(algorithm, data, constant, crc, scratch)
    if params.messages >= FEWEST_ACROSS and 0 < size <= LONGEST_ACROSS:
        return _across(params, data, constant, crc, scratch)
    if size <= LONGEST_BY_BYTES:
        return remainders(algorithm, data, constant, crc, scratch)
    rows = zip(data, crc[:, None], strict=True)
    return [step for message, each in rows for step in _along(algorithm, message, constant, each, scratch)]


def _prepared(steps: Sequence[Step]) -> Prepared:
    def run() -> None:
        for step in steps:
            step.run()

    return Prepared(run=run)


@backend.implements(CRC, version=1, constant_time="no")
def crc(job: Job[CrcParams, CrcInputs, CrcOutputs, HostLane]) -> Prepared:
    """Take words from the front of a message by adding each to a few later ones; the rest is looked up.

    Bound, across: 5 additions a word (0.03 ns a byte each, second-level cache) and three copies, one of them
    a transposition (0.6 ns for 8 bytes); then two look-ups for each of the last 104 words (2.3 ns a word),
    which is all that short messages take. Along: 3 additions a byte and one copy; then one look-up for each
    half of the last 2 KiB (2.5 ns a byte). Of polynomials without sparse multiples, one look-up for each
    16 bits. Source: tables as in Sarwate 1988; folding divides by a multiple of the polynomial that has few
    terms.
    """
    params, scratch = job.params, scratch_of(job.lane)
    zeros = of_zeros(params.algorithm, params.message_bytes)
    return _prepared(_steps(params, job.inputs.data, zeros, job.outputs.crc, scratch))


@backend.implements(CRC_UPDATE, version=1, constant_time="no")
def crc_update(job: Job[CrcParams, CrcUpdateInputs, CrcOutputs, HostLane]) -> Prepared:
    """The remainders of what is appended, and the CRCs before it times a power of x, by one look-up a byte.

    Bound: that of ``crc``, and 1.1 ns for each byte of a CRC.
    """
    params, scratch = job.params, scratch_of(job.lane)
    zeros = of_zeros(params.algorithm, params.message_bytes, before=0)
    crc, before = job.outputs.crc, job.inputs.before
    steps = _steps(params, job.inputs.data, zeros, crc, scratch)
    table = before_tables(params.algorithm, params.message_bytes)
    bytes_ = before.view(np.uint8).reshape(len(before), before.itemsize)
    for start in range(0, len(before), TOGETHER // before.itemsize):
        digits, out = bytes_[start : start + TOGETHER // before.itemsize], crc[start:]
        added = scratch.get("added", digits.shape[:1], crc.dtype)
        steps.append(look_up(table, 8, digits, crc.dtype.type(0), added, scratch))
        steps.append(Addition(out[: len(digits)], added))
    return _prepared(steps)
