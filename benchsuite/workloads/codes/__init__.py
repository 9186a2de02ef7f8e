"""Error-correcting codes by name, as ``family-n-k``. Knows no engine and no error model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from benchsuite.api import Workload
from benchsuite.workloads.codes.bch import BCH, BCH_DECODE, BCH_ENCODE
from benchsuite.workloads.codes.chipkill import CHIPKILL, CHIPKILL_DECODE, CHIPKILL_ENCODE
from benchsuite.workloads.codes.crc import CRC, CRC_UPDATE
from benchsuite.workloads.codes.erasure import ERASURE_ENCODE, ERASURE_REBUILD, ERASURE_UPDATE
from benchsuite.workloads.codes.extended_hamming import (
    EXTENDED_HAMMING,
    EXTENDED_HAMMING_DECODE,
    EXTENDED_HAMMING_ENCODE,
)
from benchsuite.workloads.codes.hamming import HAMMING, HAMMING_DECODE, HAMMING_ENCODE
from benchsuite.workloads.codes.hsiao import HSIAO, HSIAO_DECODE, HSIAO_ENCODE
from benchsuite.workloads.codes.inject import HSIAO_INJECT
from benchsuite.workloads.codes.linear import Family, LinearCode, SizedFamily
from benchsuite.workloads.codes.matrix import MATRIX, MATRIX_DECODE, MATRIX_ENCODE, matrix_name
from benchsuite.workloads.codes.on_die import ON_DIE, ON_DIE_DECODE, ON_DIE_ENCODE
from benchsuite.workloads.codes.parity import PARITY, PARITY_CHECK, PARITY_ENCODE
from benchsuite.workloads.codes.reed_solomon import REED_SOLOMON, REED_SOLOMON_DECODE, REED_SOLOMON_ENCODE
from benchsuite.workloads.codes.reed_solomon_erasures import REED_SOLOMON_DECODE_ERASURES
from benchsuite.workloads.reference.linear import CLEAN, CORRECTED, DETECTED, OUTCOMES

__all__ = [
    "BCH_DECODE",
    "BCH_ENCODE",
    "CHIPKILL_DECODE",
    "CHIPKILL_ENCODE",
    "CLEAN",
    "CODES",
    "CORRECTED",
    "CRC",
    "CRC_UPDATE",
    "DETECTED",
    "ERASURE_ENCODE",
    "ERASURE_REBUILD",
    "ERASURE_UPDATE",
    "EXTENDED_HAMMING_DECODE",
    "EXTENDED_HAMMING_ENCODE",
    "FAMILIES",
    "HAMMING_DECODE",
    "HAMMING_ENCODE",
    "HSIAO_DECODE",
    "HSIAO_ENCODE",
    "HSIAO_INJECT",
    "MATRIX_DECODE",
    "MATRIX_ENCODE",
    "ON_DIE",
    "ON_DIE_DECODE",
    "ON_DIE_ENCODE",
    "OUTCOMES",
    "PARITY_CHECK",
    "PARITY_ENCODE",
    "REED_SOLOMON_DECODE",
    "REED_SOLOMON_DECODE_ERASURES",
    "REED_SOLOMON_ENCODE",
    "SINGLE_BIT",
    "Code",
    "code",
    "imported",
    "requested",
]

SINGLE_BIT: tuple[tuple[SizedFamily, Workload[Any, Any, Any], Workload[Any, Any, Any]], ...] = (
    (PARITY, PARITY_ENCODE, PARITY_CHECK),
    (HAMMING, HAMMING_ENCODE, HAMMING_DECODE),
    (EXTENDED_HAMMING, EXTENDED_HAMMING_ENCODE, EXTENDED_HAMMING_DECODE),
    (HSIAO, HSIAO_ENCODE, HSIAO_DECODE),
)
"""(family, encoder, decoder or check) of the binary codes of n and k that correct one flipped bit at most."""

FAMILIES: tuple[tuple[Family, Workload[Any, Any, Any], Workload[Any, Any, Any]], ...] = (
    *SINGLE_BIT,
    (ON_DIE, ON_DIE_ENCODE, ON_DIE_DECODE),
    (BCH, BCH_ENCODE, BCH_DECODE),
    (REED_SOLOMON, REED_SOLOMON_ENCODE, REED_SOLOMON_DECODE),
    (CHIPKILL, CHIPKILL_ENCODE, CHIPKILL_DECODE),
    (MATRIX, MATRIX_ENCODE, MATRIX_DECODE),
)
"""(family, encoder, decoder or check) of every systematic linear code."""


@dataclass(frozen=True)
class Code:
    """One code by its name: what it is, and the workloads that encode and decode it."""

    name: str
    family: Family
    encode: Workload[Any, Any, Any]
    decode: Workload[Any, Any, Any]
    params: Mapping[str, int | str]
    """The parameters of both workloads that pick this code."""

    def request(self) -> dict[str, Any]:
        """What ``requested`` makes it of again, elsewhere."""
        return {
            "name": self.name,
            "encode": self.encode.id,
            "decode": self.decode.id,
            "params": dict(self.params),
        }

    @property
    def workloads(self) -> tuple[Workload[Any, Any, Any], ...]:
        """Those that an engine has to implement, the last decoder last."""
        return self.encode, self.decode

    @cached_property
    def linear(self) -> LinearCode:
        """The code itself."""
        return self.family.code(self.decode.params(**self.params))

    @property
    def n(self) -> int:
        """Bits of a codeword."""
        return self.linear.n

    @property
    def k(self) -> int:
        """Data bits."""
        return self.linear.k

    @property
    def columns(self) -> tuple[int, ...]:
        """The check matrix by columns in codeword order, bit i of a column being row i."""
        return self.linear.matrix

    @property
    def bits(self) -> tuple[int, ...]:
        """Which bit is at each position of the codeword: i is data bit i, k + i check bit i."""
        return self.linear.bits

    @property
    def corrects(self) -> int:
        """Wrong symbols that are mended; 0 where the code is only checked."""
        return self.linear.corrects


_TOLD = (
    (REED_SOLOMON, REED_SOLOMON_ENCODE, REED_SOLOMON_DECODE_ERASURES),
    (REED_SOLOMON, CHIPKILL_ENCODE, REED_SOLOMON_DECODE_ERASURES),
)
"""Decoders that are told what is erased, in place of the family's own."""

CODES = {
    name: Code(name, family, encode, decode, MappingProxyType(dict(chosen)))
    for family, encode, decode in FAMILIES
    for name, chosen in family.codes.items()
}
"""Every named code; families know more of them."""


@cache
def code(name: str) -> Code:
    """The code of that name, under its one name; raises ValueError with the nearest and where all are."""
    if name in CODES:
        return CODES[name]
    for family, encode, decode in FAMILIES:
        chosen = family.parse(name)
        if chosen is not None:
            if family.spelled is not None and family.spelled(chosen) != name:
                return code(family.spelled(chosen))
            return Code(name, family, encode, decode, MappingProxyType(dict(chosen)))
    from difflib import get_close_matches

    nearest = get_close_matches(name, CODES, n=1, cutoff=0.0)[0]
    raise ValueError(f"no code {name!r}: nearest is {nearest}; benchsuite list codes has them all")


def requested(request: Mapping[str, Any]) -> Code:
    """The code of a ``Code.request()``."""
    for family, encode, decode in (*FAMILIES, *_TOLD):
        if (encode.id, decode.id) == (request["encode"], request["decode"]):
            return Code(request["name"], family, encode, decode, MappingProxyType(dict(request["params"])))
    raise ValueError(f"no code is made by {request['encode']} and {request['decode']}")


def imported(chosen: Mapping[str, int | str]) -> Code:
    """The code of a user's matrix, given by the parameters of ``matrix-encode`` and ``matrix-decode``.

    Raises ValueError for what spells none.
    """
    return Code(matrix_name(chosen), MATRIX, MATRIX_ENCODE, MATRIX_DECODE, MappingProxyType(dict(chosen)))
