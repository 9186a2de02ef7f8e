"""Trials of an injection counted many at once: what ``check`` of the inject workloads compares with.

Every trial's data are drawn and encoded, and every received word is decoded, whatever an engine may spare
itself. The pure-Python oracle is ``benchsuite.workloads.reference.inject``; a test holds the two equal.
"""

from __future__ import annotations

import numpy as np

from benchsuite.workloads.codes import bulk
from benchsuite.workloads.codes.errors import bsc_positions, flip_positions
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.codes.outcomes import OUTCOMES, trial_outcomes
from benchsuite.workloads.streams import Bytes, Words, trial_data, trial_words

BLOCK = 2**15  # trials: with their words and positions a few MB, in the last cache


def tally(code: LinearCode, model: str, trials: int, key: Words, first: Words) -> Words:
    """``uint64[tallies, 7]``: outcomes of trials ``first ... first + trials - 1`` of each key.

    ``key: uint64[tallies, 2]``, ``first: uint64[tallies]``; ``model`` is ``flips:K`` or ``bsc:P``.
    """
    together = max(1, BLOCK // trials)
    counts = np.zeros((len(first), len(OUTCOMES)), np.uint64)
    for start in range(0, len(first), together):
        rows = slice(start, start + together)
        found = _outcomes(code, model, trials, key[rows], first[rows]).reshape(-1, trials)
        for outcome in range(len(OUTCOMES)):
            counts[rows, outcome] = np.count_nonzero(found == outcome, axis=1)
    return counts


def _outcomes(code: LinearCode, model: str, trials: int, key: Words, first: Words) -> Bytes:
    """``uint8[tallies * trials]``, tally after tally."""
    streams = [((k0, k1), start) for (k0, k1), start in zip(key.tolist(), first.tolist(), strict=True)]

    def words(block: int, number: int) -> Words:
        return np.concatenate([trial_words(own, start, trials, block, number) for own, start in streams])

    name, _, arguments = model.partition(":")
    draw = flip_positions if name == "flips" else bsc_positions
    positions = draw(arguments, code.n, words)
    sent = np.concatenate([trial_data(own, start, trials, code.k) for own, start in streams])
    check, received = bulk.check_bits(code.columns, code.k, sent), sent.copy()
    rows, at = (positions >= 0).nonzero()
    bulk.flip(code.k, received, check, rows, positions[rows, at])
    mended, claims = bulk.decode(code, received, check)
    return trial_outcomes(
        (positions >= 0).sum(axis=1), claims, (mended == sent).all(axis=1), injecting=positions.shape[1] > 0
    )
