"""Hamming codes, perfect and shortened: one flipped bit is corrected, two are mostly miscorrected.

The columns of the check matrix are 1 ... n: powers of two are check bits, the others data (Hamming 1950).
Codeword positions are the data bits in increasing order of their columns, then the check bits.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from benchsuite.workloads.codes.linear import decoder, encoder, sized


@functools.cache
def hamming_columns(n: int, k: int) -> tuple[int, ...]:
    """The check matrix by columns in codeword order: the data columns, then the identity; bit i is row i.

    A syndrome beyond n, in a shortened code, is no column: the error is detected. Raises ValueError where
    1 ... n are not k data columns and n - k powers of two.

    >>> hamming_columns(7, 4)
    (3, 5, 6, 7, 1, 2, 4)
    """
    r = n.bit_length()
    if k < 1 or n - k != r:
        raise ValueError(f"no Hamming ({n},{k}): columns 1 ... {n} are {n - r} data bits and {r} check bits")
    data = (column for column in range(1, n + 1) if column.bit_count() > 1)
    return (*data, *(1 << row for row in range(r)))


HAMMING = sized(
    "hamming",
    sizes=(
        *((2**r - 1, 2**r - 1 - r) for r in range(2, 9)),
        *((12, 8), (21, 16), (38, 32), (71, 64), (136, 128)),
    ),
    columns=hamming_columns,
    distance=3,
)


@dataclass(frozen=True)
class HammingEncodeParams:
    """Raises ValueError for a size that does not exist, or no codeword."""

    n: int = 71
    k: int = 64
    codewords: int = 1024

    def __post_init__(self) -> None:
        HAMMING.require(self)


@dataclass(frozen=True)
class HammingDecodeParams:
    """Raises ValueError for a size that does not exist, no codeword, or a fraction outside 0 ... 1."""

    n: int = 71
    k: int = 64
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords that carry one flipped bit, data or check; above 0, at least one does."""

    def __post_init__(self) -> None:
        HAMMING.require_received(self)


HAMMING_ENCODE = encoder(HAMMING, HammingEncodeParams)
"""The check bits of every word of data."""

HAMMING_DECODE = decoder(
    HAMMING, HammingDecodeParams, quick=(HammingDecodeParams(codewords=2**17, wrong=0.01),)
)
"""Every received codeword mended, with its outcome: clean, corrected, or, if shortened, detected."""
