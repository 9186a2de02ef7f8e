"""The tables of GF(2^m) against an independent library and the field's axioms."""

import galois
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.reference.galois_field import PRIMITIVE_POLYNOMIALS, field

every_field = pytest.mark.parametrize("m", PRIMITIVE_POLYNOMIALS)
ELEMENTS = st.integers(0, 255)
POLYNOMIALS = st.lists(ELEMENTS, min_size=1, max_size=9)


@every_field
def test_alpha_runs_through_every_element_but_zero(m: int) -> None:
    gf = field(m)
    assert gf.order == 2**m - 1
    assert sorted(gf.exp[: gf.order]) == list(range(1, 2**m))
    assert gf.exp[gf.order :] == gf.exp[: gf.order]
    assert all(gf.exp[gf.log[element]] == element for element in range(1, 2**m))


@pytest.mark.parametrize("m", [m for m in PRIMITIVE_POLYNOMIALS if m > 1])
def test_the_polynomials_are_those_of_published_generators(m: int) -> None:
    assert PRIMITIVE_POLYNOMIALS[m] == int(galois.matlab_primitive_poly(2, m))


@pytest.mark.parametrize("m", [3, 7, 8, 10])
def test_products_and_quotients_are_those_of_an_independent_library(m: int) -> None:
    gf, peer = (
        field(m),
        galois.GF(2**m, irreducible_poly=PRIMITIVE_POLYNOMIALS[m], compile="python-calculate"),
    )
    a, b = np.random.default_rng(m).integers(1, 2**m, (2, 30))
    for operation, theirs in ((gf.multiply, peer(a) * peer(b)), (gf.divide, peer(a) / peer(b))):
        assert [operation(int(x), int(y)) for x, y in zip(a, b, strict=True)] == theirs.tolist()


@given(ELEMENTS, ELEMENTS, ELEMENTS)
def test_multiplication_distributes_and_division_undoes_it(a: int, b: int, c: int) -> None:
    gf = field(8)
    assert gf.multiply(a, b ^ c) == gf.multiply(a, b) ^ gf.multiply(a, c)
    assert gf.multiply(a, 0) == 0
    assert gf.multiply(a, 1) == a
    if b:
        assert gf.divide(gf.multiply(a, b), b) == a


@given(POLYNOMIALS, POLYNOMIALS, ELEMENTS)
def test_a_product_of_polynomials_takes_the_product_of_their_values(
    a: list[int], b: list[int], x: int
) -> None:
    gf = field(8)
    assert gf.evaluate(gf.product(a, b), x) == gf.multiply(gf.evaluate(a, x), gf.evaluate(b, x))


@given(st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_exponents_add(i: int, j: int) -> None:
    gf = field(5)
    assert gf.multiply(gf.alpha(i), gf.alpha(j)) == gf.alpha(i + j)


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no field GF\(2\^11\): m is a whole number, 1 ... 10"):
        field(11)
    with pytest.raises(ZeroDivisionError, match=r"3 / 0 in GF\(2\^8\)"):
        field(8).divide(3, 0)
