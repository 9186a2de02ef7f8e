"""The field and the generator polynomial of the codes that are given by roots: BCH and Reed-Solomon's."""

from __future__ import annotations

from dataclasses import dataclass

from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.bch import BCH
from benchsuite.workloads.codes.chipkill import CHIPKILL
from benchsuite.workloads.codes.reed_solomon import REED_SOLOMON
from benchsuite.workloads.reference.bch import bch_code
from benchsuite.workloads.reference.galois_field import PRIMITIVE_POLYNOMIALS, field
from benchsuite.workloads.reference.reed_solomon import generator


@dataclass(frozen=True, kw_only=True)
class Algebra:
    """GF(2^m), made by ``polynomial``, of which alpha = 2 is a root; of the field alone ``roots`` is 0."""

    m: int
    polynomial: int
    """Bit i is the coefficient of x^i."""
    first_root: int = 1
    """The exponent of the first of consecutive powers of alpha that are roots of the generator."""
    roots: int = 0
    """How many powers of alpha follow one another."""
    generator: tuple[int, ...] = ()
    """Its coefficients, elements of the field, the highest power's first."""


def algebra(of: Code) -> Algebra | None:
    """What ``of`` is given by; None for a code that is given otherwise."""
    code = of.linear
    if of.family in (REED_SOLOMON, CHIPKILL):
        m, r = code.symbol_bits, code.r // code.symbol_bits
        coefficients = generator(field(m), r)[::-1]
        return Algebra(m=m, polynomial=PRIMITIVE_POLYNOMIALS[m], roots=r, generator=coefficients)
    if of.family is BCH:
        bch = bch_code(code.n, code.k)
        bits = tuple(map(int, f"{bch.generator:b}"))
        return Algebra(m=bch.m, polynomial=PRIMITIVE_POLYNOMIALS[bch.m], roots=2 * bch.t, generator=bits)
    if "polynomial" in of.params and code.symbol_bits > 1:
        return Algebra(m=code.symbol_bits, polynomial=int(of.params["polynomial"]))
    return None
