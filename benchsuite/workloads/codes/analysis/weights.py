"""How many codewords there are of each weight, in symbols: of the dual, of the code, or by being MDS."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import comb

import numpy as np

from benchsuite.workloads.codes.analysis.dual import MOST_ROWS, dual_classes, missed_groups, require_rows
from benchsuite.workloads.codes.analysis.krawtchouk import transformed
from benchsuite.workloads.codes.analysis.refusal import NoFormula
from benchsuite.workloads.codes.linear_code import LinearCode


def weight_distribution(columns: Sequence[int], r: int) -> list[int]:
    """A_0 ... A_n: how many codewords have each weight, for the check matrix of these columns of r bits.

    Raises ValueError for a column outside r bits, NoFormula for more than 24 rows.

    >>> weight_distribution([1, 2, 3, 4, 5, 6, 7], 3)  # Hamming (7,4)
    [1, 0, 0, 7, 7, 0, 0, 1]
    """
    outside = [column for column in columns if not 0 <= column < 1 << r]
    if outside:
        raise ValueError(f"column {outside[0]} does not fit into r = {r} rows")
    require_rows(r)
    missed = np.bincount(missed_groups([[column] for column in columns], r), minlength=len(columns) + 1)
    return [weight >> r for weight in transformed(missed[::-1].tolist(), 2)]


@cache
def symbol_weights(code: LinearCode) -> tuple[int, ...]:
    """A_0 ... A_n: how many codewords have each number of symbols that are not zero.

    Raises NoFormula where both the code and its dual are too large and it is not MDS.
    """
    if is_mds(code):
        return mds_weights(code.symbols, code.k // code.symbol_bits, 1 << code.symbol_bits)
    if code.r > MOST_ROWS and code.k <= MOST_ROWS:
        return _of_codewords(code)
    return tuple(weight >> code.r for weight in transformed(dual_weights(code), 1 << code.symbol_bits))


@cache
def dual_weights(code: LinearCode) -> tuple[int, ...]:
    """``symbol_weights`` of the dual code, whose words are the sums of rows of the check matrix."""
    if is_mds(code):  # and so is its dual
        return mds_weights(code.symbols, code.r // code.symbol_bits, 1 << code.symbol_bits)
    if code.r > MOST_ROWS and code.k <= MOST_ROWS:
        weights = transformed(_of_codewords(code), 1 << code.symbol_bits)
        return tuple(weight >> code.k for weight in weights)
    if code.r > MOST_ROWS:
        raise NoFormula(
            f"2^{code.k} codewords and 2^{code.r} of the dual code are both more than the 2^{MOST_ROWS} that "
            "are gone through"
        )
    found = [0] * (code.symbols + 1)
    for (_, _, met), words in dual_classes(code, code.symbol_bits).items():
        found[met] += words
    return tuple(found)


def is_mds(code: LinearCode) -> bool:
    """Whether symbols are of more than one bit and the distance is the largest there is, r + 1 symbols."""
    return (
        code.symbol_bits > 1
        and code.exact_distance
        and code.k % code.symbol_bits == 0
        and code.distance == code.r // code.symbol_bits + 1
    )


def mds_weights(n: int, k: int, q: int) -> tuple[int, ...]:
    """The weights of every MDS code of q^k words of n symbols (MacWilliams and Sloane, chapter 11).

    >>> mds_weights(3, 2, 4)
    (1, 0, 9, 6)
    """
    d = n - k + 1
    found = [1, *[0] * n]
    for w in range(d, n + 1):
        terms = ((-1) ** j * comb(w, j) * (q ** (w - d + 1 - j) - 1) for j in range(w - d + 1))
        found[w] = comb(n, w) * sum(terms)
    return tuple(found)


def _of_codewords(code: LinearCode) -> tuple[int, ...]:
    """By going through the 2^k codewords: they are the dual of the code that the generator checks."""
    generator = [1 << i for i in range(code.k)]
    generator += [sum((code.columns[i] >> row & 1) << i for i in range(code.k)) for row in range(code.r)]
    groups = [generator[start : start + code.symbol_bits] for start in range(0, code.n, code.symbol_bits)]
    missed = np.bincount(missed_groups(groups, code.k), minlength=code.symbols + 1)
    return tuple(missed[::-1].tolist())
