"""The minimum distance of any linear code: exact from its weights, or by the sums of few symbols."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb

from benchsuite.workloads.codes.analysis.refusal import NoFormula
from benchsuite.workloads.codes.analysis.weights import symbol_weights
from benchsuite.workloads.codes.linear_code import LinearCode

MOST_PATTERNS = 2**20  # of half the distance, kept at once: a second and 100 MB


def minimum_distance(columns: tuple[int, ...], k: int, symbol_bits: int = 1) -> tuple[int, bool]:
    """(distance, whether it is exact and no lower bound), in symbols, of the code with k data bits.

    ``columns`` are the k data columns of the check matrix, then the identity. Of a code with no codeword but
    zero it is n + 1.

    >>> minimum_distance((3, 5, 6, 7, 1, 2, 4), 4)
    (3, True)
    """
    bits = tuple(range(len(columns)))
    code = LinearCode(
        k=k,
        columns=columns,
        matrix=columns,
        bits=bits,
        distance=1,
        exact_distance=False,
        symbol_bits=symbol_bits,
        corrects=0,
    )
    try:
        weights = symbol_weights(code)
    except NoFormula:
        return _by_collisions(code)
    return next((w for w, words in enumerate(weights) if w and words), code.symbols + 1), True


def _by_collisions(code: LinearCode) -> tuple[int, bool]:
    """A codeword of weight w is two patterns of w / 2 symbols, rounded up and down, of one syndrome."""
    singles = [_values(code.columns[at : at + code.symbol_bits]) for at in range(0, code.n, code.symbol_bits)]
    kept: list[set[int]] = [{0}]
    for w in range(1, code.symbols + 1):
        more, less = -(-w // 2), w // 2
        patterns = comb(code.symbols, more) * (2**code.symbol_bits - 1) ** more
        if patterns > MOST_PATTERNS:
            return w, False
        if len(kept) == more:
            kept.append({s for chosen in combinations(singles, more) for s in _sums(chosen)})
        # below the distance, patterns of one weight have syndromes of their own
        meet = len(kept[more]) < patterns if more == less else not kept[more].isdisjoint(kept[less])
        if meet:
            return w, True
    return code.symbols + 1, True


def _values(columns: Sequence[int]) -> list[int]:
    """The syndromes of a symbol's values but zero."""
    sums = [0]
    for column in columns:
        sums += [known ^ column for known in sums]
    return sums[1:]


def _sums(chosen: Sequence[Sequence[int]]) -> list[int]:
    sums = [0]
    for values in chosen:
        sums = [known ^ value for known in sums for value in values]
    return sums
