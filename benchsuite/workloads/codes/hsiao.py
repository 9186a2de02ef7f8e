"""Hsiao's odd-weight-column codes: one flipped bit is corrected, two are always detected (Hsiao 1970).

Codeword positions are the data bits, then the check bits.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import combinations

from benchsuite.workloads.codes.linear import decoder, encoder, sized


@functools.cache
def hsiao_columns(n: int, k: int) -> tuple[int, ...]:
    """The check matrix by columns in codeword order: k data columns, then the identity; bit i is row i.

    Whole classes of weight 3, 5, 7, ... in increasing order while they fit; from the last one, again and
    again the column that keeps the row weights most even. Raises ValueError where odd columns do not suffice.

    >>> hsiao_columns(13, 8)
    (7, 25, 14, 19, 28, 11, 21, 22, 1, 2, 4, 8, 16)
    """
    r = n - k
    if not (k >= 1 and r >= 1 and k <= 2 ** (r - 1) - r):
        raise ValueError(
            f"no Hsiao ({n},{k}): {r} check bits protect at most {2 ** max(r - 1, 0) - r} data bits"
        )
    chosen: list[int] = []
    for weight in range(3, r + 1, 2):
        unused = sorted(sum(1 << row for row in rows) for rows in combinations(range(r), weight))
        if len(unused) <= k - len(chosen):
            chosen += unused
            continue
        while len(chosen) < k:
            row_weights = [sum(column >> row & 1 for column in chosen) for row in range(r)]
            chosen.append(_most_even(unused, row_weights))
            unused.remove(chosen[-1])
        break
    return (*chosen, *(1 << row for row in range(r)))


def _most_even(unused: list[int], row_weights: list[int]) -> int:
    """The column that adds least to the sum of the squares of the row weights, of equal ones the smallest."""
    return min(
        unused,
        key=lambda column: (sum(2 * w + 1 for row, w in enumerate(row_weights) if column >> row & 1), column),
    )


HSIAO = sized(
    "hsiao",
    sizes=((13, 8), (22, 16), (39, 32), (72, 64), (137, 128)),
    columns=hsiao_columns,
    distance=4,
)


@dataclass(frozen=True)
class HsiaoEncodeParams:
    """Raises ValueError for a size that does not exist, or no codeword."""

    n: int = 72
    k: int = 64
    codewords: int = 1024

    def __post_init__(self) -> None:
        HSIAO.require(self)


@dataclass(frozen=True)
class HsiaoDecodeParams:
    """Raises ValueError for a size that does not exist, no codeword, or a fraction outside 0 ... 1."""

    n: int = 72
    k: int = 64
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords that carry one flipped bit, data or check; above 0, at least one does."""

    def __post_init__(self) -> None:
        HSIAO.require_received(self)


HSIAO_ENCODE = encoder(
    HSIAO,
    HsiaoEncodeParams,
    smoke=(HsiaoEncodeParams(codewords=2**14),),
    quick=(HsiaoEncodeParams(codewords=2**18),),
)
"""The check bits of every word of data."""

HSIAO_DECODE = decoder(
    HSIAO,
    HsiaoDecodeParams,
    smoke=(HsiaoDecodeParams(codewords=2**14, wrong=0.01),),
    quick=(HsiaoDecodeParams(codewords=2**18), HsiaoDecodeParams(codewords=2**18, wrong=0.01)),
)
"""Every received codeword mended, with its outcome: clean, corrected or detected."""
