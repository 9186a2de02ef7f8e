"""On-die codes of memory: eight check bits correct one flip in 128 bits of data within a chip.

How many double flips are then miscorrected depends on the columns, which manufacturers do not publish: so the
matrix is a parameter. Codeword positions are the data bits, then the check bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import Any

from benchsuite.workloads.codes.hamming import hamming_columns
from benchsuite.workloads.codes.linear import Family, LinearCode, decoder, encoder
from benchsuite.workloads.params import require_positive

N, K = 136, 128
ROWS = N - K


def _sequential() -> tuple[int, ...]:
    """1 ... 136 but for powers of two: Hamming's own, shortened."""
    return hamming_columns(N, K)[:K]


def _low_weight() -> tuple[int, ...]:
    """All of weights 2 and 3, then the first of weight 4: the fewest gates."""
    return tuple(islice(chain.from_iterable(_of_weight(weight) for weight in (2, 3, 4)), K))


def _odd_weight() -> tuple[int, ...]:
    """All odd weights, as in Hsiao's codes, then the first of weight 2, for there are eight too few."""
    return tuple(islice(chain.from_iterable(_of_weight(weight) for weight in (3, 5, 7, 2)), K))


def _of_weight(weight: int) -> list[int]:
    return [column for column in range(1 << ROWS) if column.bit_count() == weight]


MATRICES: Mapping[str, Callable[[], tuple[int, ...]]] = {
    "sequential": _sequential,
    "low-weight": _low_weight,
    "odd-weight": _odd_weight,
}
"""Name -> the data columns."""


@cache
def on_die_code(matrix: str) -> LinearCode:
    """The (136,128) code of that matrix; raises ValueError for one that has no name."""
    if matrix not in MATRICES:
        raise ValueError(f"no on-die matrix {matrix!r}: choose {', '.join(MATRICES)}")
    columns = (*MATRICES[matrix](), *(1 << row for row in range(ROWS)))
    return LinearCode(k=K, columns=columns, matrix=columns, bits=tuple(range(N)), distance=3)


def _code(params: Any) -> LinearCode:
    require_positive("n", params.n)
    require_positive("k", params.k)
    if (params.n, params.k) != (N, K):
        raise ValueError(f"no workload for on-die ({params.n},{params.k}): choose n and k of ({N},{K})")
    return on_die_code(params.matrix)


ON_DIE = Family(
    name="on-die",
    codes={f"on-die-{N}-{K}:{matrix}": {"n": N, "k": K, "matrix": matrix} for matrix in MATRICES},
    code=_code,
    title=lambda params: f"on-die ({params.n},{params.k}) {params.matrix}",
)


@dataclass(frozen=True)
class OnDieEncodeParams:
    """Raises ValueError for a size or matrix that does not exist, or no codeword."""

    n: int = N
    k: int = K
    matrix: str = "sequential"
    codewords: int = 1024

    def __post_init__(self) -> None:
        ON_DIE.require(self)


@dataclass(frozen=True)
class OnDieDecodeParams:
    """Raises ValueError for a size or matrix that is none, no codeword, or a fraction outside 0 ... 1."""

    n: int = N
    k: int = K
    matrix: str = "sequential"
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords that carry one flipped bit, data or check; above 0, at least one does."""

    def __post_init__(self) -> None:
        ON_DIE.require_received(self)


CODEWORDS = 2**17  # 2 MiB of data

ON_DIE_ENCODE = encoder(
    ON_DIE,
    OnDieEncodeParams,
    standard=(OnDieEncodeParams(codewords=CODEWORDS),),
    publication=tuple(OnDieEncodeParams(matrix=matrix, codewords=CODEWORDS) for matrix in MATRICES),
)
"""The check bits of every word of data."""

ON_DIE_DECODE = decoder(
    ON_DIE,
    OnDieDecodeParams,
    standard=tuple(OnDieDecodeParams(codewords=CODEWORDS, wrong=wrong) for wrong in (0.0, 0.01)),
    publication=tuple(
        OnDieDecodeParams(matrix=matrix, codewords=CODEWORDS, wrong=wrong)
        for matrix in MATRICES
        for wrong in (0.0, 0.01)
    ),
)
"""Every received codeword mended, with its outcome: clean, corrected or detected."""
