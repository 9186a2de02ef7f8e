from __future__ import annotations

import pytest

from benchsuite.workloads.codes import CODES, code
from benchsuite.workloads.codes.algebra import algebra
from benchsuite.workloads.codes.bch import BCH
from benchsuite.workloads.codes.chipkill import CHIPKILL
from benchsuite.workloads.codes.reed_solomon import REED_SOLOMON
from benchsuite.workloads.reference.galois_field import field

GIVEN_BY_ROOTS = [name for name, of in CODES.items() if of.family in (BCH, CHIPKILL, REED_SOLOMON)]


@pytest.mark.parametrize("name", GIVEN_BY_ROOTS)
def test_the_generator_has_the_roots_that_are_told_and_not_the_one_before(name: str) -> None:
    given = algebra(code(name))
    assert given is not None
    gf = field(given.m)
    assert gf.polynomial == given.polynomial
    lowest_first = given.generator[::-1]
    last = given.first_root + given.roots
    assert not any(gf.evaluate(lowest_first, gf.alpha(at)) for at in range(given.first_root, last))
    assert gf.evaluate(lowest_first, gf.alpha(given.first_root - 1))


def test_of_a_matrix_of_symbols_the_field_alone_is_known() -> None:
    given = algebra(code("matrix:hexacode"))
    assert given is not None
    assert (given.m, given.polynomial, given.roots, given.generator) == (2, 0b111, 0, ())


def test_codes_of_bits_that_are_given_by_columns_have_none() -> None:
    assert algebra(code("hsiao-72-64")) is algebra(code("matrix:hsiao-72-64")) is None
