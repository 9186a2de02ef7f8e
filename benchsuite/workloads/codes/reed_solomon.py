"""Reed-Solomon codes over GF(2^m): (n - k) / 2 wrong symbols of m bits are corrected, whatever their bits.

Symbol i of a codeword, data symbols first, is the coefficient of x^(n - 1 - i), and bits m i ... m i + m - 1;
a codeword has the roots alpha^1 ... alpha^(n - k). Names are ``reed-solomon-N-K``, over the smallest field
that has codes so long, or ``reed-solomon-N-K:M``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from benchsuite.workloads.codes.linear import Family, LinearCode, decoder, encoder
from benchsuite.workloads.params import require_positive
from benchsuite.workloads.reference.galois_field import Field, field
from benchsuite.workloads.reference.reed_solomon import error_word, generator

SYMBOL_BITS = (3, 4, 5, 6, 7, 8)

CODEWORDS = 2**13
"""At the longer presets: 1.8 MiB of data in codewords of 223 bytes."""


@cache
def reed_solomon_columns(n: int, k: int, symbol_bits: int) -> tuple[int, ...]:
    """The check matrix by columns of bits: the k data symbols', then the identity; bit i is row i.

    >>> reed_solomon_columns(4, 2, 3)
    (9, 18, 36, 30, 55, 61, 1, 2, 4, 8, 16, 32)
    """
    gf, r = field(symbol_bits), n - k
    exp, log = np.array(gf.exp), np.array(gf.log)
    divisor = np.array(generator(gf, r)[-2::-1])
    check = np.empty((k, r), np.int64)  # x^(n - 1 - i) modulo the generator, highest coefficient first
    left = divisor
    for i in range(k - 1, -1, -1):
        check[i] = left
        left = np.append(left[1:], 0) ^ exp[log[left[0]] + log[divisor]]
    # None of these is 0, which has no logarithm: a codeword of a single data symbol has weight n - k + 1.
    places = np.arange(symbol_bits)
    symbols = exp[log[check][:, None] + places[:, None]]
    bits = (symbols[..., None] >> places & 1).astype(np.uint8).reshape(k * symbol_bits, r * symbol_bits)
    packed = np.packbits(bits, axis=1, bitorder="little")
    columns = [int.from_bytes(row.tobytes(), "little") for row in packed]
    return (*columns, *(1 << row for row in range(r * symbol_bits)))


def _packed(symbols: list[int], symbol_bits: int) -> int:
    return sum(symbol << i * symbol_bits for i, symbol in enumerate(symbols))


def _oracle(gf: Field, n: int, k: int) -> Callable[[int], int | None]:
    def oracle(received: int) -> int | None:
        word = [received >> i * gf.m & gf.order for i in range(n)]
        error = error_word(gf, n - k, word)
        return None if error is None else _packed(error, gf.m)

    return oracle


@cache
def reed_solomon_code(n: int, k: int, symbol_bits: int) -> LinearCode:
    """n and k in symbols; raises ValueError for a code that does not exist or has under two check symbols."""
    if symbol_bits not in SYMBOL_BITS:
        raise ValueError(
            f"no Reed-Solomon code of symbols of {symbol_bits!r} bits: choose {SYMBOL_BITS[0]} ... 8"
        )
    most = 2**symbol_bits - 1
    if not 1 <= k <= n - 2 <= most - 2:
        raise ValueError(
            f"no Reed-Solomon ({n},{k}) with symbols of {symbol_bits} bits: at most {most} symbols, two or "
            "more of them for checking"
        )
    columns = reed_solomon_columns(n, k, symbol_bits)
    return LinearCode(
        k=k * symbol_bits,
        columns=columns,
        matrix=columns,
        bits=tuple(range(n * symbol_bits)),
        distance=n - k + 1,
        symbol_bits=symbol_bits,
        corrects=(n - k) // 2,
        oracle=_oracle(field(symbol_bits), n, k),
    )


def _code(params: Any) -> LinearCode:
    require_positive("n", params.n)
    require_positive("k", params.k)
    return reed_solomon_code(params.n, params.k, params.symbol_bits)


def _parse(name: str) -> Mapping[str, int | str] | None:
    """Raises ValueError for a code that does not exist."""
    found = re.fullmatch(r"reed-solomon-([1-9]\d{0,2})-([1-9]\d{0,2})(?::([1-9]))?", name, re.ASCII)
    if not found:
        return None
    n, k = int(found[1]), int(found[2])
    symbol_bits = int(found[3] or _smallest_field(n))
    reed_solomon_code(n, k, symbol_bits)
    return {"n": n, "k": k, "symbol_bits": symbol_bits}


def _smallest_field(n: int) -> int:
    """The bits of a symbol, where a name does not say them."""
    return min(max(n.bit_length(), SYMBOL_BITS[0]), SYMBOL_BITS[-1])


def _spelled(chosen: Mapping[str, int | str]) -> str:
    """
    >>> _spelled({"n": 7, "k": 3, "symbol_bits": 3})
    'reed-solomon-7-3'
    """
    n, k, symbol_bits = (int(chosen[name]) for name in ("n", "k", "symbol_bits"))
    return f"reed-solomon-{n}-{k}" + (f":{symbol_bits}" if symbol_bits != _smallest_field(n) else "")


def _title(params: Any) -> str:
    field_name = "" if params.symbol_bits == 8 else f" over GF({2**params.symbol_bits})"
    return f"reed-solomon ({params.n},{params.k}){field_name}"


SIZES = ((7, 3, 3), (15, 11, 4), (31, 25, 5), (63, 55, 6), (127, 111, 7), (255, 239, 8), (255, 223, 8))
"""(n, k, bits of a symbol) of the named codes: one a field, and the two of 255 bytes that links use."""

REED_SOLOMON = Family(
    name="reed-solomon",
    codes={f"reed-solomon-{n}-{k}": {"n": n, "k": k, "symbol_bits": m} for n, k, m in SIZES},
    code=_code,
    parse=_parse,
    spelled=_spelled,
    title=_title,
)


@dataclass(frozen=True)
class ReedSolomonEncodeParams:
    """Raises ValueError for a code that does not exist, or no codeword."""

    n: int = 255
    """Symbols of a codeword."""
    k: int = 223
    """Data symbols."""
    symbol_bits: int = 8
    codewords: int = 1024

    def __post_init__(self) -> None:
        REED_SOLOMON.require(self)


@dataclass(frozen=True)
class ReedSolomonDecodeParams:
    """Raises ValueError for a code that does not exist, no codeword, or a fraction outside 0 ... 1."""

    n: int = 255
    """Symbols of a codeword."""
    k: int = 223
    """Data symbols."""
    symbol_bits: int = 8
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords that carry 1 to (n - k) / 2 wrong symbols; above 0, at least one does."""

    def __post_init__(self) -> None:
        REED_SOLOMON.require_received(self)


REED_SOLOMON_ENCODE = encoder(
    REED_SOLOMON,
    ReedSolomonEncodeParams,
    standard=(ReedSolomonEncodeParams(codewords=CODEWORDS),),
    publication=tuple(
        ReedSolomonEncodeParams(n=n, k=k, symbol_bits=m, codewords=CODEWORDS) for n, k, m in SIZES
    ),
)
"""The check symbols of every word of data."""

REED_SOLOMON_DECODE = decoder(
    REED_SOLOMON,
    ReedSolomonDecodeParams,
    standard=tuple(ReedSolomonDecodeParams(codewords=CODEWORDS, wrong=wrong) for wrong in (0.0, 0.01)),
    publication=tuple(
        ReedSolomonDecodeParams(n=n, k=k, symbol_bits=m, codewords=CODEWORDS, wrong=wrong)
        for n, k, m in SIZES
        for wrong in (0.0, 0.01)
    ),
)
"""Every received codeword mended, with its outcome: clean, corrected or detected."""
