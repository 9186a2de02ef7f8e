"""Error-correcting codes by name, as ``family-n-k``. Knows no engine and no error model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from benchsuite.api import Workload
from benchsuite.workloads.codes.crc import CRC
from benchsuite.workloads.codes.extended_hamming import (
    EXTENDED_HAMMING,
    EXTENDED_HAMMING_DECODE,
    EXTENDED_HAMMING_ENCODE,
)
from benchsuite.workloads.codes.hamming import HAMMING, HAMMING_DECODE, HAMMING_ENCODE
from benchsuite.workloads.codes.hsiao import HSIAO, HSIAO_DECODE, HSIAO_ENCODE
from benchsuite.workloads.codes.inject import HSIAO_INJECT
from benchsuite.workloads.codes.linear import Family
from benchsuite.workloads.codes.parity import PARITY, PARITY_CHECK, PARITY_ENCODE
from benchsuite.workloads.reference.linear import CLEAN, CORRECTED, DETECTED, OUTCOMES

__all__ = [
    "CLEAN",
    "CODES",
    "CORRECTED",
    "CRC",
    "DETECTED",
    "EXTENDED_HAMMING_DECODE",
    "EXTENDED_HAMMING_ENCODE",
    "FAMILIES",
    "HAMMING_DECODE",
    "HAMMING_ENCODE",
    "HSIAO_DECODE",
    "HSIAO_ENCODE",
    "HSIAO_INJECT",
    "OUTCOMES",
    "PARITY_CHECK",
    "PARITY_ENCODE",
    "Code",
    "code",
]

FAMILIES: tuple[tuple[Family, Workload[Any, Any, Any], Workload[Any, Any, Any]], ...] = (
    (PARITY, PARITY_ENCODE, PARITY_CHECK),
    (HAMMING, HAMMING_ENCODE, HAMMING_DECODE),
    (EXTENDED_HAMMING, EXTENDED_HAMMING_ENCODE, EXTENDED_HAMMING_DECODE),
    (HSIAO, HSIAO_ENCODE, HSIAO_DECODE),
)
"""(family, encoder, decoder or check) of every systematic binary linear code."""


@dataclass(frozen=True)
class Code:
    """One binary code: its check matrix and the workloads that encode and decode it."""

    name: str
    n: int
    k: int
    columns: tuple[int, ...]
    """The check matrix by columns in codeword order, bit i of a column being row i."""
    bits: tuple[int, ...]
    """Which bit is at each position of the codeword: i is data bit i, k + i check bit i."""
    corrects: int
    """Flipped bits that ``decode`` corrects: 1, or 0 where it only checks and its outputs have no data."""
    encode: Workload[Any, Any, Any]
    decode: Workload[Any, Any, Any]
    params: Mapping[str, int]
    """The parameters of both workloads that pick this code."""


CODES = {
    f"{family.name}-{n}-{k}": Code(
        name=f"{family.name}-{n}-{k}",
        n=n,
        k=k,
        columns=family.matrix(n, k),
        bits=family.bits(n, k),
        corrects=family.corrects,
        encode=encode,
        decode=decode,
        params=MappingProxyType({"n": n, "k": k}),
    )
    for family, encode, decode in FAMILIES
    for n, k in family.sizes
}
"""Every code by its name."""


def code(name: str) -> Code:
    """The code of that name; raises ValueError with the known names and the nearest."""
    if name not in CODES:
        from difflib import get_close_matches

        nearest = get_close_matches(name, CODES, n=1, cutoff=0.0)[0]
        raise ValueError(f"no code {name!r}: known are {', '.join(CODES)}; nearest is {nearest}")
    return CODES[name]
