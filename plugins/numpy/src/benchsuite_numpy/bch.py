"""Binary BCH codes of more check bits than tables of syndromes hold: what mends the words that fail."""

from __future__ import annotations

from functools import cache

import numpy as np

from benchsuite.workloads.reference import galois_field as reference
from benchsuite.workloads.reference.bch import Bch, bch_code
from benchsuite_numpy import key_equation
from benchsuite_numpy.galois_field import field
from benchsuite_numpy.wide import CORRECTED, DETECTED, U8, LinearMap, Mend, linear_map, scatter


def syndromes_of_remainder(code: Bch) -> LinearMap:
    """From the check bits of a word whose data are zero to its values at alpha^1 ... alpha^2t.

    An overall parity bit is none of the polynomial's. Elements of whole bytes come out.
    """
    gf, width = reference.field(code.m), 8 * field(code.m).exp.itemsize
    degree, values = code.generator.bit_length() - 1, 2 * code.t
    columns = [
        sum(gf.alpha(j * (degree - 1 - i)) << width * (j - 1) for j in range(1, values + 1))
        for i in range(degree)
    ]
    return linear_map((*columns, 0) if code.extended else tuple(columns), width * values)


@cache
def mend_bits(n: int, k: int) -> Mend:
    """By the algebra of ``key_equation``: position i is the coefficient of x^(N - 1 - i).

    N is the length without an overall parity bit. Whether that is wrong too follows from the number of wrong
    bits elsewhere: an odd number of them all makes the remainder odd.
    """
    code = bch_code(n, k)
    gf, exponents = field(code.m), np.arange(code.length)[::-1].copy()
    to_syndromes = syndromes_of_remainder(code)

    def mend(remainders: U8, _: U8 | None) -> tuple[U8, U8]:
        flips = np.zeros((len(remainders), -(-k // 8)), np.uint8)
        outcome = np.full(len(remainders), DETECTED, np.uint8)
        for start in range(0, len(remainders), key_equation.BLOCK):
            rows = slice(start, start + key_equation.BLOCK)
            syndromes = to_syndromes(remainders[rows]).view(gf.exp.dtype).T.copy()
            located = key_equation.locate(gf, syndromes, exponents)
            mended, word, position = located.mended, located.word, located.position
            if code.extended:
                number = np.bincount(word, minlength=len(mended))
                odd = np.bitwise_count(remainders[rows]).sum(axis=1, dtype=np.intp) % 2
                mended = mended & (number + (number + odd) % 2 <= code.t)
            outcome[rows][mended] = CORRECTED
            in_data = (position < k) & mended[word]
            scatter(flips[rows], word[in_data], position[in_data], np.ones(in_data.sum(), np.uint8))
        return flips, outcome

    return mend
