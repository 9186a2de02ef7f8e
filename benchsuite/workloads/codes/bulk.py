"""Many codewords of a binary systematic code at once: what inputs are made with and ``check`` compares with.

Row masks and population counts, unlike the tables of fast engines, so that both cannot be wrong in the same
way. The pure-Python oracle is ``benchsuite.workloads.reference.linear``; a test holds the two equal.
``columns`` are the check matrix in codeword order, k data columns and then the identity; r = n - k.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.reference.linear import CLEAN, CORRECTED, DETECTED
from benchsuite.workloads.streams import Bytes, Words

BLOCK = 2**15  # codewords: with 64 data bits, 256 KiB, which stays in the second cache


@functools.cache
def _row_masks(columns: tuple[int, ...], k: int) -> Words:
    """``uint64[r, ceil(k / 64)]``: which data bits each check bit sums."""
    masks = [sum((columns[i] >> row & 1) << i for i in range(k)) for row in range(len(columns) - k)]
    return np.array([[mask >> i & (2**64 - 1) for i in range(0, k, 64)] for mask in masks], np.uint64)


def check_bits(columns: tuple[int, ...], k: int, data: Bytes) -> Bytes:
    """``uint8[codewords, ceil(r / 8)]`` of ``data: uint8[codewords, ceil(k / 8)]``."""
    masks = _row_masks(columns, k)
    check = np.zeros((len(data), -(-len(masks) // 8)), np.uint8)
    for start in range(0, len(data), BLOCK):
        rows = data[start : start + BLOCK]
        padded = np.zeros((len(rows), 8 * masks.shape[1]), np.uint8)
        padded[:, : rows.shape[1]] = rows
        vectors = padded.view("<u8").T
        for row, mask in enumerate(masks):
            ones = np.zeros(len(rows), np.uint8)
            for vector, part in zip(vectors, mask, strict=True):
                ones += np.bitwise_count(vector & part)
            check[start : start + BLOCK, row // 8] |= (ones & 1) << row % 8
    return check


@functools.cache
def _actions(columns: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Syndrome -> the position to flip, -1 where there is nothing to do, -2 where nothing can be done."""
    actions = np.full(1 << max(columns).bit_length(), -2)
    actions[list(columns)] = np.arange(len(columns))
    actions[0] = -1
    return actions


def syndromes(columns: tuple[int, ...], k: int, data: Bytes, check: Bytes) -> npt.NDArray[np.int64]:
    """``int64[codewords]``: 0 for a codeword; for one flipped bit, its column."""
    difference = check_bits(columns, k, data) ^ check
    found = np.zeros(len(data), np.int64)
    for i in range(difference.shape[1]):
        found |= difference[:, i].astype(np.int64) << 8 * i
    return found


def judge(columns: tuple[int, ...], k: int, data: Bytes, check: Bytes) -> Bytes:
    """``outcome: uint8[codewords]`` where nothing is corrected: clean or detected."""
    return np.where(syndromes(columns, k, data, check) == 0, CLEAN, DETECTED).astype(np.uint8)


def decode(columns: tuple[int, ...], k: int, data: Bytes, check: Bytes) -> tuple[Bytes, Bytes]:
    """(data mended, ``outcome: uint8[codewords]``) by syndrome; neither argument is changed."""
    position = _actions(columns)[syndromes(columns, k, data, check)]
    outcome = np.where(position >= 0, CORRECTED, np.where(position == -1, CLEAN, DETECTED)).astype(np.uint8)
    mended, rows = data.copy(), np.flatnonzero((position >= 0) & (position < k))
    flip(k, mended, check[:0], rows, position[rows])
    return mended, outcome


def flip(
    k: int, data: Bytes, check: Bytes, rows: npt.NDArray[np.int64], positions: npt.NDArray[np.int64]
) -> None:
    """Flip, in place, bit ``positions[i]`` of codeword ``rows[i]`` for every i; a row may come again."""
    in_data = positions < k
    for bits, chosen, first in ((data, in_data, 0), (check, ~in_data, k)):
        at = positions[chosen] - first
        np.bitwise_xor.at(bits, (rows[chosen], at // 8), (1 << at % 8).astype(np.uint8))
