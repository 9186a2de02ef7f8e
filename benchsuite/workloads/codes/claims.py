"""What of a decoder's answers proves itself, so that the oracle of a long code need not decode every word."""

from __future__ import annotations

import numpy as np

from benchsuite.workloads.codes import bulk
from benchsuite.workloads.codes.leaders import is_listable
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.reference.linear import CLEAN, CORRECTED, DETECTED
from benchsuite.workloads.streams import Bytes, Positions

ASKED = 32
"""Words called detected that are decoded again, drawn by the system: nothing proves that none is near."""


def unproven(code: LinearCode, data: Bytes, check: Bytes, mended: Bytes, outcome: Bytes) -> Positions:
    """The rows, increasing, whose answers must be compared with the oracle's: all where that is quick.

    Else those that prove themselves are left out: a codeword called clean, and what was mended to a codeword
    no more than ``corrects`` symbols away, for no two are so near. Of the detected some are asked for.
    """
    if is_listable(code):
        return np.arange(len(data))
    as_received = (mended == data).all(axis=1)
    errors = bulk.check_bits(code.columns, code.k, mended) ^ check
    wrong = _wrong_symbols(code, mended ^ data, errors)
    clean = (outcome == CLEAN) & as_received & (wrong == 0)
    corrected = (outcome == CORRECTED) & (wrong > 0) & (wrong <= code.corrects)
    given_up = np.flatnonzero((outcome == DETECTED) & as_received)
    asked = np.random.default_rng().permutation(given_up)[:ASKED]
    proven = clean | corrected
    proven[given_up] = True
    proven[asked] = False
    return np.flatnonzero(~proven)


def _wrong_symbols(code: LinearCode, data: Bytes, check: Bytes) -> Positions:
    """``int64[codewords]``: symbols that are not 0."""
    parts = [np.unpackbits(data, axis=1, count=code.k, bitorder="little")]
    parts.append(np.unpackbits(check, axis=1, count=code.r, bitorder="little"))
    symbols = np.concatenate(parts, axis=1).reshape(len(data), code.symbols, code.symbol_bits)
    numbers: Positions = symbols.any(axis=2).sum(axis=1, dtype=np.int64)
    return numbers
