"""Reed-Solomon codes of any field up to GF(256): what mends the words that fail."""

from __future__ import annotations

from functools import cache

import numpy as np

from benchsuite_numpy import key_equation
from benchsuite_numpy.galois_field import field
from benchsuite_numpy.wide import CORRECTED, DETECTED, U8, LinearMap, Mend, linear_map, scatter


@cache
def syndromes_of_remainder(m: int, r: int) -> LinearMap:
    """From the r check symbols of a word whose data are zero to its values at alpha^1 ... alpha^r.

    Symbols of m bits go in, elements of whole bytes come out.
    """
    gf = field(m)
    powers = np.outer(np.arange(r)[::-1], np.arange(1, r + 1)) % gf.order
    # bit j of a symbol is alpha^j
    columns = gf.power(powers[:, None] + np.arange(m)[:, None]).reshape(r * m, r)
    packed = tuple(int.from_bytes(column.tobytes(), "little") for column in columns)
    return linear_map(packed, 8 * columns.itemsize * r)


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
