from __future__ import annotations

from functools import reduce
from itertools import product
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes.symbol_distance import distance
from benchsuite.workloads.codes.symbol_matrix import POLYNOMIALS, Kind, Systematic, products, systematic
from benchsuite.workloads.reference.galois_field import field

Rows = list[bytes]
HAMMING = [bytes(position >> row & 1 for position in range(1, 8)) for row in range(3)]


def multiplied(a: int, b: int, polynomial: int) -> int:
    """By the school's method: shift and add, then divide."""
    total = reduce(xor, (a << bit for bit in range(8) if b >> bit & 1), 0)
    while total.bit_length() >= polynomial.bit_length():
        total ^= polynomial << total.bit_length() - polynomial.bit_length()
    return total


@pytest.mark.parametrize(("bits", "polynomial"), [*POLYNOMIALS.items(), (4, 0x19), (4, 0x1F), (8, 0x11B)])
def test_the_table_of_products_is_that_of_the_school(bits: int, polynomial: int) -> None:
    table = products(bits, polynomial)
    elements = range(1 << bits)
    assert all(table[a][b] == multiplied(a, b, polynomial) for a, b in product(elements, elements))


@pytest.mark.parametrize("bits", (2, 4, 8))
def test_the_usual_polynomials_are_those_of_the_reference(bits: int) -> None:
    gf, table = field(bits), products(bits, POLYNOMIALS[bits])
    assert gf.polynomial == POLYNOMIALS[bits]
    assert all(table[a][b] == gf.multiply(a, b) for a, b in product(range(1 << bits), repeat=2))


@pytest.mark.parametrize(
    ("bits", "polynomial", "message"),
    [
        (3, 0b1011, "symbol_bits must be 1, 2, 4 or 8, not 3"),
        (4, 0x7, "polynomial 0x7 has not the degree 4"),
        (4, 0x113, "the usual one is 0x13"),
        (8, 0x101, "polynomial 0x101 is a product of others"),
        (2, 0b101, "the usual one is 0x7"),
    ],
)
def test_what_makes_no_field_is_refused(bits: int, polynomial: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        products(bits, polynomial)


def test_columns_with_one_entry_become_the_check_symbols_and_nothing_moves() -> None:
    form = systematic(HAMMING, "check", products(1, 3))
    assert form.order == (4, 5, 0, 6, 1, 2, 3)
    assert form.sums == (b"\1\1\0\1", b"\1\0\1\1", b"\0\1\1\1")


@st.composite
def matrices(draw: st.DrawFn) -> tuple[Rows, int]:
    bits = draw(st.sampled_from((1, 2, 4, 8)))
    n = draw(st.integers(2, 7 if bits < 4 else 4))
    count = draw(st.integers(1, min(n - 1, 2 if bits > 2 else 4)))
    values = st.lists(st.integers(0, (1 << bits) - 1), min_size=n, max_size=n)
    return [bytes(draw(values)) for _ in range(count)], bits


def codewords(form: Systematic, bits: int) -> list[bytes]:
    """In the order of the positions."""
    table = products(bits, POLYNOMIALS[bits])
    found = []
    for data in product(range(1 << bits), repeat=len(form.sums[0])):
        check = [reduce(xor, (table[a][b] for a, b in zip(row, data, strict=True))) for row in form.sums]
        symbols = [*data, *check]
        found.append(bytes(symbols[symbol] for symbol in form.order))
    return found


@given(matrices(), st.sampled_from(("check", "generator")))
def test_the_systematic_form_has_the_codewords_of_the_matrix(given: tuple[Rows, int], kind: Kind) -> None:
    rows, bits = given
    table = products(bits, POLYNOMIALS[bits])

    def dot(row: bytes, word: bytes) -> int:
        return reduce(xor, (table[a][b] for a, b in zip(row, word, strict=True)))

    columns = list(zip(*rows, strict=True))
    spanned = {
        bytes(dot(bytes(factors), bytes(column)) for column in columns)
        for factors in product(range(1 << bits), repeat=len(rows))
    }
    zero = any(not any(column) for column in columns)
    if zero or len(spanned) < (1 << bits) ** len(rows):
        with pytest.raises(ValueError, match="is zero" if zero else "have rank"):
            systematic(rows, kind, table)
        return
    form = systematic(rows, kind, table)
    if kind == "generator":
        assert set(codewords(form, bits)) == spanned
    elif (1 << bits) ** len(form.sums[0]) <= 256:
        words = codewords(form, bits)
        assert len(set(words)) == len(words) == (1 << bits) ** (len(rows[0]) - len(rows))
        assert not any(dot(row, word) for row in rows for word in words)


@pytest.mark.parametrize(
    ("rows", "kind", "message"),
    [
        ([b"\1\0\1", b"\0\1\1", b"\1\1\0"], "check", "fewer rows than columns, this one has 3 rows of 3"),
        ([b"\1\1", b"\1\0", b"\0\1"], "generator", "is it the other way round"),
        ([b"\1\1\0\1", b"\1\1\0\1"], "check", "column 3 is zero, an error there is never seen: leave it out"),
        ([b"\1\1\0\1"], "generator", "column 3 is zero, that symbol is always 0: leave it out"),
        (
            [b"\1\1\0\1", b"\0\1\1\0", b"\1\0\1\1"],
            "check",
            "row 3: a sum of multiples of other rows, so that the 3 rows have rank 2",
        ),
    ],
)
def test_a_matrix_of_no_code_is_refused(rows: Rows, kind: Kind, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        systematic(rows, kind, products(1, 3))


@given(matrices())
def test_the_distance_is_the_least_weight_of_a_codeword(given: tuple[Rows, int]) -> None:
    rows, bits = given
    table = products(bits, POLYNOMIALS[bits])
    try:
        form = systematic(rows, "generator", table)
    except ValueError:
        return
    least = min(len(word) - word.count(0) for word in codewords(form, bits) if any(word))
    assert distance(form.sums, table) == (least, True)
