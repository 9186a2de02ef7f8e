"""A systematic linear code that detects, or corrects a few symbols by syndrome, one word at a time.

``columns`` are the columns of the check matrix in codeword order, bit i of a column being row i: k data
columns, then the identity. Words are integers: bit i of ``data`` belongs to column i, bit i of ``check`` to
column k + i.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

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


def oracle(columns: Sequence[int], k: int, symbol_bits: int, corrects: int) -> Callable[[int], int | None]:
    """A decoder of up to ``corrects`` wrong symbols, by a list of all such errors.

    It takes a received word, bit i being column i's, and gives what to flip: 0 for a codeword, None where no
    such error explains the word.
    """
    data = (1 << k) - 1
    errors = {
        syndrome(columns, k, error & data, error >> k): error
        for error in _errors(len(columns) // symbol_bits, symbol_bits, corrects)
    }

    def mend(word: int) -> int | None:
        return errors.get(syndrome(columns, k, word & data, word >> k))

    return mend


def _errors(symbols: int, symbol_bits: int, most: int) -> Iterator[int]:
    values = range(1, 1 << symbol_bits)
    for number in range(most + 1):
        for chosen in combinations(range(symbols), number):
            for added in product(values, repeat=number):
                yield sum(value << at * symbol_bits for at, value in zip(chosen, added, strict=True))


def mend_word(mend: Callable[[int], int | None], k: int, data: int, check: int) -> tuple[int, int]:
    """(data, outcome) by what ``mend`` flips: the data as received where it is None."""
    error = mend(data | check << k)
    if error is None:
        return data, DETECTED
    return data ^ error & (1 << k) - 1, CORRECTED if error else CLEAN
