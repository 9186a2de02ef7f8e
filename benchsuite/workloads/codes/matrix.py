"""Any systematic linear code, given by its matrix: of bits, or of symbols of 2, 4 or 8 bits.

The parameters hold the whole matrix in one spelling, so that a run file tells what was measured and a case
has one key wherever the matrix came from. Codeword positions are those of the matrix that was imported.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import takewhile
from typing import Any, Protocol

from benchsuite.workloads.codes.analysis import NoFormula, symbol_weights
from benchsuite.workloads.codes.family import Family
from benchsuite.workloads.codes.hsiao import hsiao_columns
from benchsuite.workloads.codes.leaders import MOST_LEADERS, MOST_ROWS, is_listable
from benchsuite.workloads.codes.linear import decoder, encoder
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.codes.matrix_text import MOST_BITS
from benchsuite.workloads.codes.symbol_distance import distance
from benchsuite.workloads.codes.symbol_matrix import POLYNOMIALS, Systematic, products
from benchsuite.workloads.params import require_positive
from benchsuite.workloads.reference.linear import oracle

CODEWORDS = 2**18
"""Of the longer presets, as of the other families."""


class MatrixParams(Protocol):
    """What picks the code."""

    @property
    def n(self) -> int: ...
    @property
    def k(self) -> int: ...
    @property
    def columns(self) -> str: ...
    @property
    def order(self) -> str: ...
    @property
    def symbol_bits(self) -> int: ...
    @property
    def polynomial(self) -> int: ...
    @property
    def corrects(self) -> int: ...


def spelled(form: Systematic, symbol_bits: int, polynomial: int, corrects: int) -> Mapping[str, int | str]:
    """The parameters of a code of this form, the field of ``polynomial``, and so many wrong symbols mended.

    >>> two_sums = Systematic((b"\\1\\1", b"\\1\\2"), (0, 1, 2, 3))
    >>> spelled(two_sums, 2, 0b111, 1)["columns"]
    '5 9'
    """
    k, r = len(form.sums[0]), len(form.sums)
    digits = _digits(r, symbol_bits)
    numbers = (sum(row[at] << symbol_bits * i for i, row in enumerate(form.sums)) for at in range(k))
    in_place = form.order == tuple(range(k + r))
    return {
        "n": k + r,
        "k": k,
        "columns": " ".join(f"{number:0{digits}x}" for number in numbers),
        "order": "" if in_place else " ".join(map(str, form.order)),
        "symbol_bits": symbol_bits,
        "polynomial": polynomial,
        "corrects": corrects,
    }


def most_corrected(form: Systematic, symbol_bits: int, polynomial: int) -> int:
    """Wrong symbols that the distance allows to mend and that are few enough to be listed."""
    least, _ = _distance(form, symbol_bits, polynomial)
    code = _linear(form, symbol_bits, polynomial, 0, least, exact=True)
    listable = takewhile(
        lambda corrects: is_listable(replace(code, corrects=corrects)), range(1, (least + 1) // 2)
    )
    return max(listable, default=0)


def form_of(params: MatrixParams) -> Systematic:
    """The code as ``systematic`` gave it. Raises ValueError for what spells none, naming the parameter."""
    k, r = params.k, params.n - params.k
    numbers = _numbers("columns", params.columns, k, 16)
    if max(numbers) >> r * params.symbol_bits:
        raise ValueError(f"columns must have {r} symbols of {params.symbol_bits} bits each: one has more")
    mask = (1 << params.symbol_bits) - 1
    sums = tuple(bytes(number >> params.symbol_bits * row & mask for number in numbers) for row in range(r))
    order = tuple(range(params.n))
    if params.order:
        order = tuple(_numbers("order", params.order, params.n, 10))
        if sorted(order) != list(range(params.n)):
            raise ValueError(f"order must name each of the symbols 0 ... {params.n - 1} once")
    return Systematic(sums, order)


def fingerprint(code: LinearCode) -> str:
    """The first 16 hexadecimal digits of SHA-256 of the columns, as docs/reference/codes.md has them: of the
    check matrix in the order of the codeword, in decimal, joined by commas."""
    return hashlib.sha256(",".join(map(str, code.matrix)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class _Chosen:
    """The parameters of a code alone, by which it is made once."""

    n: int
    k: int
    columns: str
    order: str
    symbol_bits: int
    polynomial: int
    corrects: int


def _code(params: MatrixParams) -> LinearCode:
    return _made(_Chosen(*(getattr(params, field.name) for field in fields(_Chosen))))


@cache
def _made(params: _Chosen) -> LinearCode:
    form = form_of(params)
    for at, column in enumerate(zip(*form.sums, strict=True)):
        if not any(column):
            raise ValueError(f"data symbol {at} is in no check symbol's sum, so never checked: leave it out")
    for at, row in enumerate(form.sums):
        if not any(row):
            raise ValueError(f"check symbol {at} sums nothing, it is always 0: leave it out")
    corrects, field = params.corrects, (params.symbol_bits, params.polynomial)
    least, exact = _distance(form, *field)
    if 2 * corrects + 1 > least:
        raise ValueError(
            f"corrects must be at most {(least - 1) // 2}, not {corrects}: the minimum distance is "
            f"{'' if exact else 'known to be at least '}{least}"
        )
    code = _linear(form, *field, corrects, least, exact=exact)
    if is_listable(code):
        return code
    if corrects:
        raise ValueError(
            f"corrects = {corrects} is more than can be listed: at most {MOST_LEADERS} patterns of at most "
            f"{MOST_ROWS} check bits; give a smaller one, 0 to check only"
        )
    return replace(code, oracle=oracle(code.columns, code.k, code.symbol_bits, 0))


def _require(params: MatrixParams) -> None:
    require_positive("n", params.n)
    require_positive("k", params.k)
    if type(params.symbol_bits) is not int or params.symbol_bits not in POLYNOMIALS:
        raise ValueError(f"symbol_bits must be 1, 2, 4 or 8, not {params.symbol_bits!r}")
    if params.k >= params.n or params.n * params.symbol_bits > MOST_BITS:
        raise ValueError(
            f"no matrix ({params.n},{params.k}): k must be less than n, and n at most "
            f"{MOST_BITS // params.symbol_bits}, which are {MOST_BITS} bits"
        )
    if type(params.polynomial) is not int:
        raise ValueError(f"polynomial must be a whole number, such as {POLYNOMIALS[params.symbol_bits]}")
    products(params.symbol_bits, params.polynomial)
    if type(params.corrects) is not int or params.corrects < 0:
        raise ValueError(f"corrects must be a whole number of symbols, or 0, not {params.corrects!r}")


@cache
def _distance(form: Systematic, symbol_bits: int, polynomial: int) -> tuple[int, bool]:
    """The minimum distance, and whether it is exact: by few patterns, else by all words of the dual code."""
    least, exact = distance(form.sums, products(symbol_bits, polynomial))
    if exact:
        return least, True
    try:
        weights = symbol_weights(_linear(form, symbol_bits, polynomial, 0, least, exact=False))
    except NoFormula:
        return least, False
    return next(weight for weight, words in enumerate(weights) if weight and words), True


def _linear(
    form: Systematic, symbol_bits: int, polynomial: int, corrects: int, least: int, *, exact: bool
) -> LinearCode:
    k, table = len(form.sums[0]), products(symbol_bits, polynomial)
    columns = [
        sum(table[row[at]][1 << bit] << symbol_bits * i for i, row in enumerate(form.sums))
        for at in range(k)
        for bit in range(symbol_bits)
    ]
    columns += [1 << row for row in range(len(form.sums) * symbol_bits)]
    bits = tuple(symbol_bits * symbol + bit for symbol in form.order for bit in range(symbol_bits))
    return LinearCode(
        k=k * symbol_bits,
        columns=tuple(columns),
        matrix=tuple(columns[bit] for bit in bits),
        bits=bits,
        distance=least,
        exact_distance=exact,
        symbol_bits=symbol_bits,
        corrects=corrects,
    )


def _digits(r: int, symbol_bits: int) -> int:
    return -(-r * symbol_bits // 4)


def _numbers(name: str, text: object, count: int, base: int) -> list[int]:
    """``count`` numbers parted by blanks. Raises ValueError naming the parameter."""
    number = f"[0-9{'a-fA-F' if base == 16 else ''}]{{1,{MOST_BITS}}}"
    if type(text) is not str or not re.fullmatch(f"{number}( {number})*", text):
        kind = "hexadecimal" if base == 16 else "whole"
        raise ValueError(f"{name} must be {kind} numbers parted by single blanks, not {str(text)[:40]!r}")
    words = text.split(" ")
    if len(words) != count:
        raise ValueError(f"{name} must have {count} numbers, not {len(words)}")
    return [int(word, base) for word in words]


def _spell(params: MatrixParams) -> None:
    """Give equal matrices one spelling: upper case and missing zeros would make other keys."""
    _require(params)
    form = form_of(params)
    for name, value in spelled(form, params.symbol_bits, params.polynomial, params.corrects).items():
        object.__setattr__(params, name, value)


def matrix_name(chosen: Mapping[str, int | str]) -> str:
    """Of the code that the parameters pick: ``matrix-72-64:a7e81f78``. Raises ValueError as they do."""
    params = MatrixDecodeParams(**chosen)  # type: ignore[arg-type]
    return f"matrix-{params.n}-{params.k}:{':'.join(_told(params))}"


def _told(params: MatrixParams) -> list[str]:
    """What tells codes of one size: the matrix and, where it could be more, how many symbols are mended."""
    code = _code(params)
    most = (code.distance - 1) // 2
    return [fingerprint(code)[:8], *([f"corrects-{code.corrects}"] if code.corrects < most else [])]


def _title(params: MatrixParams) -> str:
    size = f"({params.n},{params.k})" + (f"/{1 << params.symbol_bits}" if params.symbol_bits > 1 else "")
    return f"matrix {size} {' '.join(_told(params))}"


_HSIAO: Mapping[str, int | str] = spelled(
    Systematic(
        tuple(bytes(column >> row & 1 for column in hsiao_columns(72, 64)[:64]) for row in range(8)),
        tuple(range(72)),
    ),
    symbol_bits=1,
    polynomial=POLYNOMIALS[1],
    corrects=1,
)

EXAMPLES: Mapping[str, Mapping[str, int | str]] = {
    "matrix:hsiao-72-64": _HSIAO,
    # a, b, c, f(1), f(x), f(x + 1), where f(z) = a z^2 + b z + c: Conway and Sloane, Sphere Packings, ch. 11
    "matrix:hexacode": spelled(
        Systematic((b"\1\1\1", b"\3\2\1", b"\2\3\1"), tuple(range(6))),
        symbol_bits=2,
        polynomial=POLYNOMIALS[2],
        corrects=1,
    ),
}
"""Known codes given by their matrices, so that published figures prove this family too."""

MATRIX = Family(name="matrix", codes={}, code=_code, parse=EXAMPLES.get, title=_title)


@dataclass(frozen=True)
class MatrixEncodeParams:
    """Raises ValueError for what spells no code, or no codeword. By default Hsiao's (72,64)."""

    n: int = 72
    """Symbols of a codeword."""
    k: int = 64
    """Data symbols."""
    columns: str = str(_HSIAO["columns"])
    """For each data symbol, in hexadecimal, its factors in the check symbols' sums: that of check symbol i in
    bits ``symbol_bits`` i and up."""
    order: str = ""
    """Which symbol is at each position of the codeword: i is data symbol i, k + i check symbol i. Empty: the
    data symbols, then the check symbols."""
    symbol_bits: int = 1
    """1, 2, 4 or 8."""
    polynomial: int = POLYNOMIALS[1]
    """Of the symbols' field, bit i being the coefficient of x^i."""
    corrects: int = 1
    """Wrong symbols that are mended; 0: none, they are detected."""
    codewords: int = 1024

    def __post_init__(self) -> None:
        _spell(self)
        MATRIX.require(self)


@dataclass(frozen=True)
class MatrixDecodeParams:
    """Raises ValueError for what spells no code, no codeword, or a fraction outside 0 ... 1."""

    n: int = 72
    k: int = 64
    columns: str = str(_HSIAO["columns"])
    order: str = ""
    symbol_bits: int = 1
    polynomial: int = POLYNOMIALS[1]
    corrects: int = 1
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords that carry 1 to ``corrects`` wrong symbols (one flipped bit where none is
    mended); above 0, at least one does."""

    def __post_init__(self) -> None:
        _spell(self)
        MATRIX.require_received(self)


def _every(params: type[Any], **others: object) -> list[Any]:
    return [params(**chosen, codewords=CODEWORDS, **others) for chosen in EXAMPLES.values()]


MATRIX_ENCODE = encoder(
    MATRIX,
    MatrixEncodeParams,
    standard=[MatrixEncodeParams(codewords=CODEWORDS)],
    publication=_every(MatrixEncodeParams),
)
"""The check symbols of every word of data, by a matrix that the parameters hold."""

MATRIX_DECODE = decoder(
    MATRIX,
    MatrixDecodeParams,
    standard=[MatrixDecodeParams(codewords=CODEWORDS, wrong=0.01)],
    publication=[*_every(MatrixDecodeParams), *_every(MatrixDecodeParams, wrong=0.01)],
)
"""Every received codeword mended as far as ``corrects`` goes, with its outcome."""
