"""Hamming codes with an overall parity bit: one flipped bit is corrected, two are always detected.

Codeword positions are those of Hamming's code, 1 ... n - 1, powers of two being check bits, then the overall
parity bit (Hamming 1950): unlike in the other families, data and check bits alternate. Check bit i is that of
position 2^i; the last one is the overall parity.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from benchsuite.workloads.codes.hamming import hamming_columns
from benchsuite.workloads.codes.linear import decoder, encoder, sized


@functools.cache
def extended_hamming_matrix(n: int, k: int) -> tuple[int, ...]:
    """The check matrix by columns in codeword order: 1 ... n - 1 below a row of ones, and its bit alone.

    Raises ValueError where there is no Hamming (n - 1, k).

    >>> extended_hamming_matrix(8, 4)
    (9, 10, 11, 12, 13, 14, 15, 8)
    """
    overall = 1 << len(hamming_columns(n - 1, k)) - k
    return (*(position | overall for position in range(1, n)), overall)


@functools.cache
def extended_hamming_columns(n: int, k: int) -> tuple[int, ...]:
    """Another check matrix of the same code: k data columns, then the identity.

    The sum of all rows above replaces the row of ones: every column has an odd weight then.

    >>> extended_hamming_columns(8, 4)
    (11, 13, 14, 7, 1, 2, 4, 8)
    """
    inner = hamming_columns(n - 1, k)
    overall = 1 << len(inner) - k
    return (*(column | (0 if column.bit_count() & 1 else overall) for column in inner), overall)


@functools.cache
def extended_hamming_bits(n: int, k: int) -> tuple[int, ...]:
    """Which bit is at each position: i is data bit i, k + i check bit i.

    >>> extended_hamming_bits(8, 4)
    (4, 5, 0, 6, 1, 2, 3, 7)
    """
    at = {column: bit for bit, column in enumerate(hamming_columns(n - 1, k))}
    return (*(at[position] for position in range(1, n)), n - 1)


EXTENDED_HAMMING = sized(
    "extended-hamming",
    sizes=((8, 4), (16, 11), (32, 26), (13, 8), (22, 16), (39, 32), (72, 64), (137, 128)),
    columns=extended_hamming_columns,
    distance=4,
    matrix=extended_hamming_matrix,
    bits=extended_hamming_bits,
)


@dataclass(frozen=True)
class ExtendedHammingEncodeParams:
    """Raises ValueError for a size that does not exist, or no codeword."""

    n: int = 72
    k: int = 64
    codewords: int = 1024

    def __post_init__(self) -> None:
        EXTENDED_HAMMING.require(self)


@dataclass(frozen=True)
class ExtendedHammingDecodeParams:
    """Raises ValueError for a size that does not exist, no codeword, or a fraction outside 0 ... 1."""

    n: int = 72
    k: int = 64
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords that carry one flipped bit, data or check; above 0, at least one does."""

    def __post_init__(self) -> None:
        EXTENDED_HAMMING.require_received(self)


EXTENDED_HAMMING_ENCODE = encoder(EXTENDED_HAMMING, ExtendedHammingEncodeParams)
"""The check bits of every word of data, the overall parity last."""

EXTENDED_HAMMING_DECODE = decoder(
    EXTENDED_HAMMING,
    ExtendedHammingDecodeParams,
    quick=(ExtendedHammingDecodeParams(codewords=2**17, wrong=0.01),),
)
"""Every received codeword mended, with its outcome: clean, corrected or detected."""
