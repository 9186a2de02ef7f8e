"""Binary BCH codes: t flipped bits are corrected, and with an overall parity bit t + 1 always detected.

Codeword positions are the data bits, then the check bits, the overall parity last. Names are ``bch-N-K`` for
any size that ``benchsuite.workloads.reference.bch.bch_code`` knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial, reduce
from itertools import combinations, islice
from math import comb
from operator import xor
from typing import Any

from benchsuite.workloads.codes.linear import Family, LinearCode, decoder, encoder
from benchsuite.workloads.params import require_positive
from benchsuite.workloads.reference.bch import Bch, bch_code, check_bits, error_pattern

CODEWORDS = 2**16
"""At the longer presets: about 2 MiB of data in codewords of 255 bits."""

SIZES = ((15, 7), (31, 21), (63, 51), (127, 113), (255, 239), (78, 64), (79, 64), (144, 128))
"""(n, k) of the named codes, all with t = 2; the last three are memory's, (79,64) with an overall parity."""

MOST_SUMS = 2**15  # of columns: tens of milliseconds


@cache
def bch_columns(n: int, k: int) -> tuple[int, ...]:
    """k data columns of the check matrix, then the identity; bit i is row i. Raises as ``bch_code`` does.

    >>> bch_columns(7, 4)
    (5, 7, 3, 6, 1, 2, 4)
    """
    code = bch_code(n, k)
    return (*(check_bits(code, 1 << i) for i in range(k)), *(1 << row for row in range(n - k)))


@cache
def _linear(n: int, k: int) -> LinearCode:
    code, columns = bch_code(n, k), bch_columns(n, k)
    return LinearCode(
        k=k,
        columns=columns,
        matrix=columns,
        bits=tuple(range(n)),
        distance=2 * code.t + 1 + code.extended,
        exact_distance=_has_lightest_word(code, columns),
        corrects=code.t,
        oracle=partial(error_pattern, code),
    )


def _has_lightest_word(code: Bch, columns: tuple[int, ...]) -> bool:
    """Whether a codeword is known to have 2t + 1 ones, less the overall parity: then no more can be promised.

    A code of full length has an odd distance. Were it 2t + 3, words of t + 1 errors would have syndromes of
    their own: more than there are, says Farr's bound. The generator may be such a word. Else t columns with
    the sum of t + 1 others are searched for.
    """
    degree = code.generator.bit_length() - 1
    if code.length == 2**code.m - 1 and sum(comb(code.length, i) for i in range(code.t + 2)) > 1 << degree:
        return True
    if code.generator.bit_count() == 2 * code.t + 1:
        return True
    if comb(code.n, code.t) > MOST_SUMS:
        return False
    rows = (1 << degree) - 1
    inner = [column & rows for column in columns[: code.length]]
    sums = {reduce(xor, some) for some in combinations(inner, code.t)}
    return any(reduce(xor, some) in sums for some in islice(combinations(inner, code.t + 1), MOST_SUMS))


def _code(params: Any) -> LinearCode:
    require_positive("n", params.n)
    require_positive("k", params.k)
    return _linear(params.n, params.k)


def _parse(name: str) -> Mapping[str, int | str] | None:
    """Raises ValueError for a size that does not exist."""
    found = re.fullmatch(r"bch-([1-9]\d{0,3})-([1-9]\d{0,3})", name, re.ASCII)
    if not found:
        return None
    code = bch_code(int(found[1]), int(found[2]))
    return {"n": code.n, "k": code.k}


BCH = Family(
    name="bch",
    codes={f"bch-{n}-{k}": {"n": n, "k": k} for n, k in SIZES},
    code=_code,
    parse=_parse,
    title=lambda params: f"bch ({params.n},{params.k})",
)


@dataclass(frozen=True)
class BchEncodeParams:
    """Raises ValueError for a size that does not exist, or no codeword."""

    n: int = 255
    k: int = 239
    codewords: int = 1024

    def __post_init__(self) -> None:
        BCH.require(self)


@dataclass(frozen=True)
class BchDecodeParams:
    """Raises ValueError for a size that does not exist, no codeword, or a fraction outside 0 ... 1."""

    n: int = 255
    k: int = 239
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords that carry 1 to t flipped bits, data or check; above 0, at least one does."""

    def __post_init__(self) -> None:
        BCH.require_received(self)


BCH_ENCODE = encoder(
    BCH,
    BchEncodeParams,
    standard=(BchEncodeParams(codewords=CODEWORDS),),
    publication=tuple(BchEncodeParams(n=n, k=k, codewords=CODEWORDS) for n, k in SIZES),
)
"""The check bits of every word of data."""

BCH_DECODE = decoder(
    BCH,
    BchDecodeParams,
    standard=tuple(BchDecodeParams(codewords=CODEWORDS, wrong=wrong) for wrong in (0.0, 0.01)),
    publication=tuple(
        BchDecodeParams(n=n, k=k, codewords=CODEWORDS, wrong=wrong) for n, k in SIZES for wrong in (0.0, 0.01)
    ),
)
"""Every received codeword mended, with its outcome: clean, corrected or detected."""
