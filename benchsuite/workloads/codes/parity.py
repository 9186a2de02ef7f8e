"""Even parity: one check bit, the sum of the data bits. Odd numbers of flips are detected, even never."""

from __future__ import annotations

from dataclasses import dataclass

from benchsuite.workloads.codes.linear import decoder, encoder, sized


def parity_columns(n: int, k: int) -> tuple[int, ...]:
    """The check matrix: one row of ones. Raises ValueError unless n = k + 1 and there are data bits.

    >>> parity_columns(9, 8)
    (1, 1, 1, 1, 1, 1, 1, 1, 1)
    """
    if k < 1 or n != k + 1:
        raise ValueError(f"no parity ({n},{k}): one check bit is added to at least one data bit")
    return (1,) * n


PARITY = sized(
    "parity",
    sizes=tuple((k + 1, k) for k in (8, 16, 32, 64, 128)),
    columns=parity_columns,
    distance=2,
    corrects=0,
)


@dataclass(frozen=True)
class ParityEncodeParams:
    """Raises ValueError for a size that does not exist, or no codeword."""

    n: int = 65
    k: int = 64
    codewords: int = 1024

    def __post_init__(self) -> None:
        PARITY.require(self)


@dataclass(frozen=True)
class ParityCheckParams:
    """Raises ValueError for a size that does not exist, no codeword, or a fraction outside 0 ... 1."""

    n: int = 65
    k: int = 64
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords that carry one flipped bit, data or check; above 0, at least one does."""

    def __post_init__(self) -> None:
        PARITY.require_received(self)


PARITY_ENCODE = encoder(PARITY, ParityEncodeParams)
"""The parity bit of every word of data."""

PARITY_CHECK = decoder(PARITY, ParityCheckParams, quick=(ParityCheckParams(codewords=2**17, wrong=0.01),))
"""The outcome of every received codeword: clean or detected."""
