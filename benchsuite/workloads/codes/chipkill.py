"""Chipkill: Reed-Solomon codes over bytes in which a symbol is what one memory device adds to a codeword.

So whatever a device does, to one or all of its bits, is one wrong symbol. Symbol i is device i of the rank,
of four pins: its low four bits are pins 0 ... 3 in the first of two beats, its high four bits in the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchsuite.workloads.codes.linear import Family, LinearCode, decoder, encoder
from benchsuite.workloads.codes.reed_solomon import reed_solomon_code
from benchsuite.workloads.params import require_positive

SIZES = ((18, 16), (19, 16), (36, 32), (10, 8))
"""(n, k) in devices: DDR4, the same with a device more (SSC-DSD), two ranks in lockstep, DDR5."""

CODEWORDS = 2**17
"""At the longer presets: 2 MiB of data in codewords of 16 bytes."""


def _code(params: Any) -> LinearCode:
    require_positive("n", params.n)
    require_positive("k", params.k)
    if (params.n, params.k) not in SIZES:
        known = ", ".join(f"({n},{k})" for n, k in SIZES)
        raise ValueError(
            f"no chipkill ({params.n},{params.k}): choose n and k of {known}, or any Reed-Solomon code"
        )
    return reed_solomon_code(params.n, params.k, 8)


CHIPKILL = Family(
    name="chipkill",
    codes={f"chipkill-{n}-{k}": {"n": n, "k": k} for n, k in SIZES},
    code=_code,
    title=lambda params: f"chipkill ({params.n},{params.k})",
)


@dataclass(frozen=True)
class ChipkillEncodeParams:
    """Raises ValueError for a size that does not exist, or no codeword."""

    n: int = 18
    """Devices."""
    k: int = 16
    """Devices that hold data."""
    codewords: int = 1024

    def __post_init__(self) -> None:
        CHIPKILL.require(self)


@dataclass(frozen=True)
class ChipkillDecodeParams:
    """Raises ValueError for a size that does not exist, no codeword, or a fraction outside 0 ... 1."""

    n: int = 18
    """Devices."""
    k: int = 16
    """Devices that hold data."""
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords in which one device errs, or as many as are corrected; above 0, one does."""

    def __post_init__(self) -> None:
        CHIPKILL.require_received(self)


CHIPKILL_ENCODE = encoder(
    CHIPKILL,
    ChipkillEncodeParams,
    standard=(ChipkillEncodeParams(codewords=CODEWORDS),),
    publication=tuple(ChipkillEncodeParams(n=n, k=k, codewords=CODEWORDS) for n, k in SIZES),
)
"""The check symbols of every word of data."""

CHIPKILL_DECODE = decoder(
    CHIPKILL,
    ChipkillDecodeParams,
    standard=tuple(ChipkillDecodeParams(codewords=CODEWORDS, wrong=wrong) for wrong in (0.0, 0.01)),
    publication=tuple(
        ChipkillDecodeParams(n=n, k=k, codewords=CODEWORDS, wrong=wrong)
        for n, k in SIZES
        for wrong in (0.0, 0.01)
    ),
)
"""Every received codeword mended, with its outcome: clean, corrected or detected."""
