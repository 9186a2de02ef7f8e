"""The minimum distance of a code over GF(2^m): exact where few patterns tell it, else a lower bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

from benchsuite.workloads.codes.symbol_matrix import times

MOST_PATTERNS = 1 << 19
"""Codewords, or errors of a number of symbols: half a second, and (144,128) with d = 6 still is exact."""


def distance(sums: Sequence[bytes], table: Sequence[bytes]) -> tuple[int, bool]:
    """(d, whether it is exact) of the systematic code with these ``sums`` (``Systematic.sums``).

    Few codewords are weighed one by one. Else errors of 1, 2, ... symbols are compared: where none of s
    symbols or fewer share a syndrome, d is at least 2 s + 1 (multiples of an error count as one). Singleton's
    bound, d <= n - k + 1, may make that exact. ``table`` is that of ``products``.

    >>> from benchsuite.workloads.codes.symbol_matrix import products
    >>> distance([bytes([1, 1, 0, 1]), bytes([1, 0, 1, 1]), bytes([0, 1, 1, 1])], products(1, 0b11))
    (3, True)
    """
    k, r = len(sums[0]), len(sums)
    if len(table) ** k <= MOST_PATTERNS:
        return _least_weight(sums, table), True
    units = (bytes(row == at for row in range(r)) for at in range(r))
    columns = [*(bytes(row[at] for row in sums) for at in range(k)), *units]
    shorter: set[bytes] = {bytes(r)}
    number = 1
    while comb(k + r, number) * (len(table) - 1) ** (number - 1) <= MOST_PATTERNS:
        found: set[bytes] = set()
        repeated = False
        for syndrome in _syndromes(columns, number, table):
            if syndrome in shorter:
                return 2 * number - 1, True
            repeated = repeated or syndrome in found
            found.add(syndrome)
        if repeated:
            return 2 * number, True
        shorter, number = found, number + 1
    at_least = 2 * number - 1
    return at_least, at_least == r + 1


def _least_weight(sums: Sequence[bytes], table: Sequence[bytes]) -> int:
    """Of all codewords but zero: sums of one of the first half of the rows and one of the second."""
    k, n = len(sums[0]), len(sums[0]) + len(sums)
    halves = []
    for half in (range(k // 2), range(k // 2, k)):
        words = [0]
        for at in half:
            row = bytes(i == at for i in range(k)) + bytes(row[at] for row in sums)
            multiples = [int.from_bytes(times(row, factor, table)) for factor in range(len(table))]
            words = [word ^ multiple for word in words for multiple in multiples]
        halves.append(words)
    found = (first ^ second for first in halves[0] for second in halves[1] if first or second)
    if len(table) == 2:
        return min(map(int.bit_count, found))
    return min(n - word.to_bytes(n).count(0) for word in found)


def _syndromes(columns: Sequence[bytes], number: int, table: Sequence[bytes]) -> Iterator[bytes]:
    """Of every error in ``number`` symbols, the first of which is 1, times what makes its first symbol 1."""
    r = len(columns[0])
    multiples = [
        [int.from_bytes(times(column, factor, table)) for factor in range(1, len(table))]
        for column in columns
    ]
    inverses = [0, *(row.index(1) for row in table[1:])]
    for first, *others in combinations(multiples, number):
        sums = first[:1]
        for other in others:
            sums = [known ^ multiple for known in sums for multiple in other]
        for total in sums:
            syndrome = total.to_bytes(r)
            leading = syndrome.lstrip(b"\0")[:1]
            yield times(syndrome, inverses[leading[0]], table) if leading > b"\1" else syndrome


def indistinct(sums: Sequence[bytes], table: Sequence[bytes]) -> tuple[int, int] | None:
    """Two symbols whose columns of the check matrix are multiples of one another; None where d is above 2."""
    k, r = len(sums[0]), len(sums)
    seen: dict[bytes, int] = {}
    for symbol in range(k + r):
        column = (
            bytes(row[symbol] for row in sums) if symbol < k else bytes(at == symbol - k for at in range(r))
        )
        (multiple,) = _syndromes([column], 1, table)
        if multiple in seen:
            return seen[multiple], symbol
        seen[multiple] = symbol
    return None
