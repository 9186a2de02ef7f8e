"""Exact outcomes where no formula tells them: every pattern is judged by what the reference mends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import reduce
from operator import or_

import numpy as np
import numpy.typing as npt

from benchsuite.inject.access import by_codeword
from benchsuite.inject.devices import layouts_of
from benchsuite.inject.models import Model
from benchsuite.inject.outcomes import Fates, classify
from benchsuite.inject.patterns import every_pattern, patterns, said
from benchsuite.inject.rig import BLOCK
from benchsuite.workloads.codes import CLEAN, CORRECTED, DETECTED, Code
from benchsuite.workloads.codes.leaders import leaders
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.streams import Bytes, Positions

MOST_JUDGED = 1 << 22  # codewords, where all that is mended is listed: some seconds
MOST_ASKED = 5000  # codewords, where the reference is asked one by one: some seconds


class TooMany(Exception):
    """More patterns than are judged one by one; the message is their number."""


def judged_outcomes(of: Code, model: Model, codewords: int) -> Mapping[str, tuple[int, int]]:
    """Outcome -> (patterns, all patterns), of a codeword or of an access of several.

    A pattern alone decides, as the code is linear: the reference decodes it in place of a codeword. Raises
    TooMany, and UsageError for a model whose patterns have no numbers.
    """
    layouts, n = layouts_of(of, codewords), of.n * codewords
    count = every_pattern(model, n, layouts)
    most = MOST_ASKED if leaders(of.linear) is None else MOST_JUDGED
    if count * codewords > most:
        raise TooMany(
            f"{model.text} has {said(count)} patterns, and {most // codewords:,} are judged one by one"
        )
    found: Counter[str] = Counter()
    together = max(1, BLOCK // codewords)
    for first in range(0, count, together):
        struck = patterns(model, n, first, min(together, count - first), layouts)
        found.update(_fates(of.linear, by_codeword(struck, of.n, codewords), codewords).counts().outcomes)
    return {name: (number, count) for name, number in found.items()}


def _fates(code: LinearCode, positions: Positions, codewords: int) -> Fates:
    bits = np.where(positions >= 0, np.array(code.bits)[positions], -1)
    claims, right = (_by_leaders if leaders(code) is not None else _by_oracle)(code, bits)
    flips = (positions >= 0).sum(axis=1, dtype=np.int32)
    return classify(flips, claims, right, injecting=True, codewords=codewords)


def _by_leaders(code: LinearCode, bits: Positions) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """What the decoder claims and whether it is right, of ``bits: int64[words, flips]``, -1 for none.

    A word is mended to what was stored where no more symbols are wrong than are corrected.
    """
    known = leaders(code)
    assert known is not None, "asked only where all that is mended is listed"
    columns = np.array([*code.columns, 0], np.int64)
    syndromes = np.bitwise_xor.reduce(columns[bits], axis=1)
    claims = np.where(known.find(syndromes) >= 0, CORRECTED, DETECTED)
    claims[syndromes == 0] = CLEAN
    symbols = np.sort(np.where(bits >= 0, bits // code.symbol_bits, -1), axis=1)
    wrong = (np.diff(symbols, axis=1, prepend=-1) != 0).sum(axis=1)
    return claims.astype(np.uint8), wrong <= code.corrects


def _by_oracle(code: LinearCode, bits: Positions) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """As ``_by_leaders``, word by word."""
    assert code.oracle is not None, "a code has leaders or an oracle"
    claims, right = np.full(len(bits), DETECTED, np.uint8), np.zeros(len(bits), np.bool_)
    for row, flipped in enumerate(bits.tolist()):
        error = reduce(or_, (1 << bit for bit in flipped if bit >= 0), 0)
        found = code.oracle(error)
        if found is not None:
            claims[row], right[row] = CORRECTED if found else CLEAN, found == error
    return claims, right
