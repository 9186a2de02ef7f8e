"""A systematic binary linear code that detects, or corrects one bit by its syndrome, one word at a time.

``columns`` are the columns of the check matrix in codeword order, bit i of a column being row i: k data
columns, then the identity. Words are integers: bit i of ``data`` belongs to column i, bit i of ``check`` to
column k + i.
"""

from __future__ import annotations

from collections.abc import Sequence

CLEAN, CORRECTED, DETECTED = range(3)
OUTCOMES = ("clean", "corrected", "detected")
"""What a decoder says of a word; an ``outcome`` is an index into these."""


def encode_word(columns: Sequence[int], k: int, data: int) -> int:
    """The check bits of ``data``: the sum of the columns of its ones."""
    check = 0
    for i in range(k):
        if data >> i & 1:
            check ^= columns[i]
    return check


def syndrome(columns: Sequence[int], k: int, data: int, check: int) -> int:
    """Zero for a codeword; for one flipped bit, the column of that bit."""
    return encode_word(columns, k, data) ^ check


def check_word(columns: Sequence[int], k: int, data: int, check: int) -> int:
    """The outcome where nothing is corrected: clean, or detected."""
    return DETECTED if syndrome(columns, k, data, check) else CLEAN


def decode_word(columns: Sequence[int], k: int, data: int, check: int) -> tuple[int, int]:
    """(data, outcome): the flipped bit mended, or the data as received where the syndrome is no column."""
    found = syndrome(columns, k, data, check)
    if found == 0:
        return data, CLEAN
    if found not in columns:
        return data, DETECTED
    position = columns.index(found)
    return (data ^ 1 << position if position < k else data), CORRECTED
