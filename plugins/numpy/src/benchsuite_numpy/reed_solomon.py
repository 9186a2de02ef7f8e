"""Reed-Solomon codes of any field up to GF(256): what mends the words that fail."""

from __future__ import annotations

from functools import cache

import numpy as np

from benchsuite.workloads.reference import galois_field as reference
from benchsuite_numpy import key_equation
from benchsuite_numpy.galois_field import field
from benchsuite_numpy.wide import CORRECTED, DETECTED, U8, LinearMap, Mend, linear_map, scatter


@cache
def syndromes_of_remainder(m: int, r: int) -> LinearMap:
    """From the r check symbols of a word whose data are zero to its values at alpha^1 ... alpha^r.

    Symbols of m bits go in, elements of whole bytes come out.
    """
    gf, width = reference.field(m), 8 * field(m).exp.itemsize
    columns = tuple(
        sum(gf.multiply(gf.alpha(j * (r - 1 - symbol)), 1 << bit) << width * (j - 1) for j in range(1, r + 1))
        for symbol in range(r)
        for bit in range(m)
    )
    return linear_map(columns, width * r)


@cache
def mend_symbols(m: int, n: int, k: int) -> Mend:
    """By the algebra of ``key_equation``: symbol i of the n is the coefficient of x^(n - 1 - i)."""
    gf, r, exponents = field(m), n - k, np.arange(n)[::-1].copy()
    to_syndromes = syndromes_of_remainder(m, r)

    def mend(remainders: U8, erased: U8 | None) -> tuple[U8, U8]:
        flips = np.zeros((len(remainders), -(-m * k // 8)), np.uint8)
        outcome = np.full(len(remainders), DETECTED, np.uint8)
        for start in range(0, len(remainders), key_equation.BLOCK):
            rows = slice(start, start + key_equation.BLOCK)
            syndromes = to_syndromes(remainders[rows]).view(gf.exp.dtype).T.copy()
            known = None if erased is None else erased[rows] != 0
            located = key_equation.locate(gf, syndromes, exponents, known)
            values = key_equation.values(gf, syndromes, exponents, located)
            outcome[rows][located.mended] = CORRECTED
            in_data = located.position < k
            word, position = located.word[in_data], located.position[in_data]
            scatter(flips[rows], word, m * position, values[in_data])
        return flips, outcome

    return mend
