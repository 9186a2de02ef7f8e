"""Many codewords of a systematic linear code at once: what inputs are made with and ``check`` compares with.

Row masks and population counts, unlike the tables of fast engines, so that both cannot be wrong in the same
way. The pure-Python oracle is ``benchsuite.workloads.reference.linear``; a test holds the two equal.
``columns`` are the check matrix in codeword order, k data columns and then the identity; r = n - k.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.codes.leaders import leaders
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.reference.linear import CLEAN, CORRECTED, DETECTED
from benchsuite.workloads.streams import Bytes, Positions, Words

BLOCK = 2**15  # check bits at a time: a word of 64 bits each, 256 KiB, which stays in the second cache


@functools.cache
def _row_masks(columns: tuple[int, ...], k: int) -> Words:
    """``uint64[r, ceil(k / 64)]``: which data bits each check bit sums."""
    r, size = len(columns) - k, -(-k // 64)
    data_columns = b"".join(column.to_bytes(-(-r // 8), "little") for column in columns[:k])
    by_column = np.frombuffer(data_columns, np.uint8).reshape(k, -1)
    by_row = np.unpackbits(by_column, axis=1, count=r, bitorder="little").T
    masks = np.zeros((r, 8 * size), np.uint8)
    masks[:, : -(-k // 8)] = np.packbits(by_row, axis=1, bitorder="little")
    return masks.view("<u8")


def check_bits(columns: tuple[int, ...], k: int, data: Bytes) -> Bytes:
    """``uint8[codewords, ceil(r / 8)]`` of ``data: uint8[codewords, ceil(k / 8)]``."""
    masks = _row_masks(columns, k)
    check = np.zeros((len(data), -(-len(masks) // 8)), np.uint8)
    places = np.arange(8, dtype=np.uint8)[:, None]
    step = max(1, BLOCK // len(masks))
    for start in range(0, len(data), step):
        rows = data[start : start + step]
        padded = np.zeros((len(rows), 8 * masks.shape[1]), np.uint8)
        padded[:, : rows.shape[1]] = rows
        sums = np.zeros((8 * check.shape[1], len(rows)), np.uint64)
        for vector, mask in zip(padded.view("<u8").T, masks.T, strict=True):
            sums[: len(masks)] ^= vector & mask[:, None]
        ones = (np.bitwise_count(sums) & 1).reshape(-1, 8, len(rows)) << places
        check[start : start + step] = np.bitwise_or.reduce(ones, axis=1).T
    return check


def judge(code: LinearCode, data: Bytes, check: Bytes) -> Bytes:
    """``outcome: uint8[codewords]`` where nothing is corrected: clean or detected."""
    wrong = (check_bits(code.columns, code.k, data) != check).any(axis=1)
    return np.where(wrong, DETECTED, CLEAN).astype(np.uint8)


def decode(code: LinearCode, data: Bytes, check: Bytes) -> tuple[Bytes, Bytes]:
    """(data mended, ``outcome: uint8[codewords]``) by syndrome; neither argument is changed.

    Where the code's patterns cannot be listed its oracle decodes the wrong words, one by one.
    """
    difference = check_bits(code.columns, code.k, data) ^ check
    wrong = np.flatnonzero(difference.any(axis=1))
    mended, outcome = data.copy(), np.full(len(data), CLEAN, np.uint8)
    outcome[wrong] = DETECTED
    listed = leaders(code)
    if listed is not None:
        found = listed.find(_as_integers(difference[wrong]))
        index, bits = listed.flips(found[found >= 0])
        rows = wrong[found >= 0]
    else:
        rows, index, bits = _by_oracle(code, wrong, data, check)
    outcome[rows] = CORRECTED
    in_data = bits < code.k
    flip(code.k, mended, check[:0], rows[index[in_data]], bits[in_data])
    return mended, outcome


def _as_integers(rows: Bytes) -> npt.NDArray[np.int64]:
    found = np.zeros(len(rows), np.int64)
    for i in range(rows.shape[1]):
        found |= rows[:, i].astype(np.int64) << 8 * i
    return found


def _by_oracle(
    code: LinearCode, wrong: Positions, data: Bytes, check: Bytes
) -> tuple[Positions, Positions, Positions]:
    """(rows that are mended, index into them, bit) of every flipped bit."""
    assert code.oracle is not None, "a code has a list of correctable patterns or an oracle"
    rows: list[int] = []
    index: list[int] = []
    bits: list[int] = []
    for row in wrong.tolist():
        word = int.from_bytes(data[row].tobytes(), "little")
        pattern = code.oracle(word | int.from_bytes(check[row].tobytes(), "little") << code.k)
        if pattern:
            flipped = [bit for bit in range(code.n) if pattern >> bit & 1]
            index += [len(rows)] * len(flipped)
            bits += flipped
            rows.append(row)
    return np.array(rows, np.int64), np.array(index, np.int64), np.array(bits, np.int64)


def flip(
    k: int, data: Bytes, check: Bytes, rows: npt.NDArray[np.int64], positions: npt.NDArray[np.int64]
) -> None:
    """Flip, in place, bit ``positions[i]`` of codeword ``rows[i]`` for every i; a row may come again."""
    in_data = positions < k
    for bits, chosen, first in ((data, in_data, 0), (check, ~in_data, k)):
        at = positions[chosen] - first
        np.bitwise_xor.at(bits, (rows[chosen], at // 8), (1 << at % 8).astype(np.uint8))
