"""Error-correcting codes by name, as ``family-n-k``. Knows no engine and no error model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from benchsuite.api import Workload
from benchsuite.workloads.codes.crc import CRC
from benchsuite.workloads.codes.hsiao import HSIAO_DECODE, HSIAO_ENCODE, SIZES, hsiao_columns
from benchsuite.workloads.reference.hsiao import CLEAN, CORRECTED, DETECTED, OUTCOMES

__all__ = [
    "CLEAN",
    "CODES",
    "CORRECTED",
    "CRC",
    "DETECTED",
    "HSIAO_DECODE",
    "HSIAO_ENCODE",
    "OUTCOMES",
    "Code",
    "code",
]


@dataclass(frozen=True)
class Code:
    """One binary code: its check matrix and the workloads that encode and decode it."""

    name: str
    n: int
    k: int
    columns: tuple[int, ...]
    """The check matrix by columns in codeword order, bit i of a column being row i."""
    encode: Workload[Any, Any, Any]
    decode: Workload[Any, Any, Any]
    params: Mapping[str, int]
    """The parameters of both workloads that pick this code."""


CODES = {
    f"hsiao-{n}-{k}": Code(
        name=f"hsiao-{n}-{k}",
        n=n,
        k=k,
        columns=hsiao_columns(n, k),
        encode=HSIAO_ENCODE,
        decode=HSIAO_DECODE,
        params=MappingProxyType({"n": n, "k": k}),
    )
    for n, k in SIZES
}
"""Every code by its name."""


def code(name: str) -> Code:
    """The code of that name; raises ValueError with the known names and the nearest."""
    if name not in CODES:
        from difflib import get_close_matches

        nearest = get_close_matches(name, CODES, n=1, cutoff=0.0)[0]
        raise ValueError(f"no code {name!r}: known are {', '.join(CODES)}; nearest is {nearest}")
    return CODES[name]
