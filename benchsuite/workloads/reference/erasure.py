"""Erasure codes over GF(2^8), one byte at a time: n shards of which any k give all the others.

Shards 0 ... k - 1 are the data. Parity shard i, k <= i < n, is the sum of every data shard j times
1 / (i + j): a Cauchy matrix, of which every square part has an inverse, so that any n - k shards may be lost.
Elements are bytes as in ``galois_field``, modulo x^8 + x^4 + x^3 + x^2 + 1.

Source: Bloemer and others, An XOR-based erasure-resilient coding scheme, ICSI TR-95-048, 1995; the
matrix is that of ISA-L's ``gf_gen_cauchy1_matrix``, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from benchsuite.workloads.reference.galois_field import field

Matrix = tuple[tuple[int, ...], ...]
"""By rows: what each shard that is wanted takes of each shard that is there."""

GF = field(8)


@cache
def parity_matrix(n: int, k: int) -> Matrix:
    """n - k rows of k elements.

    >>> parity_matrix(5, 3)  # 1 / 3, 1 / 2, 1 / 1; 1 / 4, 1 / 5, 1 / 6
    ((244, 142, 1), (71, 167, 122))
    """
    return tuple(tuple(GF.divide(1, i ^ j) for j in range(k)) for i in range(k, n))


def survivors(n: int, k: int, lost: Sequence[int]) -> tuple[int, ...]:
    """The k shards that a rebuild reads: the first ones that are not lost.

    >>> survivors(6, 3, (1, 3))
    (0, 2, 4)
    """
    return tuple(shard for shard in range(n) if shard not in lost)[:k]


def inverse(matrix: Matrix) -> Matrix:
    """Of a square matrix, by Gauss and Jordan; raises ZeroDivisionError where there is none."""
    size = len(matrix)
    rows = [[*row, *(int(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for at in range(size):
        pivot = next((i for i in range(at, size) if rows[i][at]), at)
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [GF.divide(element, rows[at][at]) for element in rows[at]]
        for i in range(size):
            if i != at and rows[i][at]:
                factor = rows[i][at]
                rows[i] = [a ^ GF.multiply(factor, b) for a, b in zip(rows[i], rows[at], strict=True)]
    return tuple(tuple(row[size:]) for row in rows)


@cache
def rebuild_matrix(n: int, k: int, lost: tuple[int, ...]) -> Matrix:
    """A row for each lost shard, by the shards of ``survivors``; at most n - k may be lost."""
    parity, there = parity_matrix(n, k), survivors(n, k, lost)
    missing = [shard for shard in lost if shard < k]
    used = [parity[shard - k] for shard in there if shard >= k]
    # what the parities read have of the missing data is known once that of the other data is taken away
    solution = inverse(tuple(tuple(row[j] for j in missing) for row in used))
    known = [
        [row[shard] if shard < k else int(k + parity.index(row) == shard) for shard in there] for row in used
    ]
    data = {shard: [int(shard == each) for each in there] for shard in range(k) if shard not in lost}
    data |= dict(zip(missing, product(solution, known), strict=True))
    every = [data[shard] for shard in range(k)]
    return tuple(
        tuple(data[shard] if shard < k else product([parity[shard - k]], every)[0]) for shard in lost
    )


def product(matrix: Sequence[Sequence[int]], shards: Sequence[Sequence[int]]) -> list[list[int]]:
    """Every row's sum of its elements times the shards, byte by byte: parity, or what was lost.

    >>> product(parity_matrix(5, 3), [[1, 0], [0, 0], [0, 3]])
    [[244, 3], [71, 142]]
    """
    length = len(shards[0]) if shards else 0
    found = [[0] * length for _ in matrix]
    for row, into in zip(matrix, found, strict=True):
        for factor, shard in zip(row, shards, strict=True):
            for place, byte in enumerate(shard):
                into[place] ^= GF.multiply(factor, byte)
    return found
