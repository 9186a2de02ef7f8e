"""Matrices over GF(2^m), m = 1, 2, 4, 8: the systematic form of the code that such a matrix gives.

A row is ``bytes``, one symbol each: bit i of a symbol is the coefficient of x^i. Times a constant is then one
``bytes.translate`` and a sum one ``^`` of integers, so that matrices of 2048 columns take seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

Kind = Literal["check", "generator"]

POLYNOMIALS = {1: 0x3, 2: 0x7, 4: 0x13, 8: 0x11D}
"""Bits of a symbol -> the usual polynomial of its field, bit i being the coefficient of x^i: x + 1,
x^2 + x + 1, x^4 + x + 1, x^8 + x^4 + x^3 + x^2 + 1."""


class Systematic(NamedTuple):
    """A code written as data symbols and the check symbols that they sum to."""

    sums: tuple[bytes, ...]
    """For each check symbol a row: the factor of every data symbol."""
    order: tuple[int, ...]
    """Which symbol is at each position of the codeword: i is data symbol i, k + i check symbol i."""


@cache
def products(symbol_bits: int, polynomial: int) -> tuple[bytes, ...]:
    """The multiplication table: entry [a][b] is a b modulo the polynomial.

    Raises ValueError for symbols that are not of 1, 2, 4 or 8 bits and for a polynomial of another degree, or
    one that is a product of others: it makes no field.

    >>> products(2, 0b111)[2][3]  # x (x + 1) = x^2 + x = 1
    1
    """
    if symbol_bits not in POLYNOMIALS:
        raise ValueError(f"symbol_bits must be 1, 2, 4 or 8, not {symbol_bits}")
    size = 1 << symbol_bits
    if not size <= polynomial < 2 * size:
        raise ValueError(
            f"polynomial {polynomial:#x} has not the degree {symbol_bits} of a symbol's bits: the usual one "
            f"is {POLYNOMIALS[symbol_bits]:#x}"
        )
    table = []
    for a in range(size):
        row = [0, a]
        while len(row) < size:
            shifted = row[len(row) // 2] << 1  # a x^(i - 1), times x
            top = min(shifted, shifted ^ polynomial) if shifted >= size else shifted
            row += [top ^ other for other in row]
        table.append(bytes(row))
    if any(0 in row[1:] for row in table[1:]):
        raise ValueError(
            f"polynomial {polynomial:#x} is a product of others, which makes no field: the usual one is "
            f"{POLYNOMIALS[symbol_bits]:#x}"
        )
    return tuple(table)


def systematic(
    rows: Sequence[bytes], kind: Kind, table: Sequence[bytes], *, lines: Sequence[int] = ()
) -> Systematic:
    """The code whose generator or check matrix has these ``rows``; ``table`` is that of ``products``.

    The positions stay where they are. Columns with a single entry are taken first: as check symbols, from the
    last one back, of a check matrix; as data symbols, from the first one on, of a generator matrix. Where
    they do not suffice the other columns follow in the same direction. Raises ValueError naming the rule, the
    column or the row, and its line where ``lines`` are given.
    """
    n = len(rows[0])
    _require_shape(rows, kind)
    reduced = list(rows)
    forwards = range(n) if kind == "generator" else range(n - 1, -1, -1)
    columns = {at: bytes(row[at] for row in rows) for at in forwards}
    single = [at for at in forwards if len(rows) - columns[at].count(0) == 1]
    pivots: dict[int, int] = {}  # position -> row
    unused = list(range(len(rows)))
    for at in dict.fromkeys([*single, *forwards]):
        if (row := next((row for row in unused if reduced[row][at]), None)) is not None:
            pivots[at] = row
            unused.remove(row)
            _clear(reduced, row, at, table)
    if unused:
        where = f"line {lines[unused[0]]}" if lines else f"row {unused[0] + 1}"
        raise ValueError(
            f"{where}: a sum of multiples of other rows, so that the {len(rows)} rows have rank "
            f"{len(pivots)}; leave it out"
        )
    chosen, others = sorted(pivots), [at for at in range(n) if at not in pivots]
    data, check = (chosen, others) if kind == "generator" else (others, chosen)
    if kind == "generator":
        sums = tuple(bytes(reduced[pivots[source]][at] for source in data) for at in check)
    else:
        sums = tuple(bytes(reduced[pivots[at]][source] for source in data) for at in check)
    symbols = {at: symbol for symbol, at in enumerate([*data, *check])}
    return Systematic(sums, tuple(symbols[at] for at in range(n)))


def _require_shape(rows: Sequence[bytes], kind: Kind) -> None:
    n = len(rows[0])
    if len(rows) >= n:
        raise ValueError(
            f"a {kind} matrix has fewer rows than columns, this one has {len(rows)} rows of {n}: is it the "
            "other way round, or the wrong file?"
        )
    empty = [at for at in range(n) if not any(row[at] for row in rows)]
    if empty:
        why = {
            "check": "an error there is never seen",
            "generator": "that symbol is always 0",
        }[kind]
        raise ValueError(f"column {empty[0] + 1} is zero, {why}: leave it out")


def _clear(rows: list[bytes], pivot: int, at: int, table: Sequence[bytes]) -> None:
    """Make 1 of the pivot's entry in column ``at``, and 0 of the other rows'."""
    rows[pivot] = times(rows[pivot], table[rows[pivot][at]].index(1), table)
    multiples = {
        factor: int.from_bytes(times(rows[pivot], factor, table))
        for factor in {row[at] for row in rows} - {0}
    }
    for i, row in enumerate(rows):
        if i != pivot and row[at]:
            rows[i] = (int.from_bytes(row) ^ multiples[row[at]]).to_bytes(len(row))


def times(row: bytes, factor: int, table: Sequence[bytes]) -> bytes:
    """Every symbol of the row times ``factor``."""
    return row.translate(table[factor].ljust(256, b"\0"))
