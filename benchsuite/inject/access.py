"""An access to memory: the codewords that together carry, say, 64 bytes of data, and what becomes of them.

A trial is then an access: its positions are those of its codewords one after another. The access is lost if
one codeword is, so its outcome is the worst of theirs, and a detected codeword may hide a silent one.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm

import numpy as np

from benchsuite.host.plugins import UsageError
from benchsuite.inject.built_in import BUILT_IN
from benchsuite.inject.models import Model
from benchsuite.inject.outcomes import MENDED, REPORTED, SILENT, UNTOUCHED
from benchsuite.inject.shares import FORMULAS, SPARING
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.analysis import NoFormula
from benchsuite.workloads.codes.composed import AnyCode, Composed
from benchsuite.workloads.streams import Positions


def codewords_of(code: AnyCode, data_bytes: int | None) -> int:
    """The codewords of a trial: one, or those of an access to so many bytes of data.

    Of a composition it is both bursts that its chips' words hold, or the first alone. Raises UsageError where
    the bytes are no whole number of codewords.

    >>> from benchsuite.workloads.codes import code
    >>> codewords_of(code("hsiao-72-64"), 64)
    8
    """
    if isinstance(code, Composed):
        both = code.k // 8
        if data_bytes not in (None, both, both // 2):
            raise UsageError(
                f"--access {data_bytes}: the chips' words of {code.name} hold two bursts of {both // 2} "
                f"bytes of data: give --access {both // 2} to read one of them, or {both} for both"
            )
        return code.codewords if data_bytes in (None, both) else code.codewords // 2
    if data_bytes is None:
        return 1
    if code.k % 8 or 8 * data_bytes % code.k:
        raise UsageError(
            f"--access {data_bytes}: the codewords of {code.name} carry {code.k} data bits, and {data_bytes} "
            "bytes are no whole number of them: give a code of 64 data bits, say, or another size"
        )
    return 8 * data_bytes // code.k


def by_codeword(positions: Positions, n: int, codewords: int) -> Positions:
    """``int64[accesses * codewords, flips]`` of ``positions: int64[accesses, flips]``, -1 for none."""
    if codewords == 1:
        return positions
    word, at = np.divmod(positions, n)
    mine = word[:, None, :] == np.arange(codewords)[:, None]
    return np.where(mine, at[:, None, :], -1).reshape(len(positions) * codewords, positions.shape[1])


def access_outcomes(code: Code, model: Model, codewords: int) -> Mapping[str, tuple[int, int]] | None:
    """Outcome -> (numerator, denominator) of an access of so many codewords; None where none is known.

    ``lost`` stands for all but ``corrected`` and nothing flipped where no formula tells what becomes of that.
    Known for the built-in models. Raises NoFormula where counting takes too long.
    """
    if model.kind is not BUILT_IN.get(model.name):
        return None
    formula = FORMULAS.get(model.name)
    if formula is None:
        return None
    share = formula(model.arguments, code, codewords)
    untouched, mended = share(UNTOUCHED), share(UNTOUCHED | MENDED)
    outcomes = {
        "not_injected" if model.name in SPARING else "clean": untouched,
        "corrected": mended - untouched,
    }
    try:
        loud, silent = share(UNTOUCHED | MENDED | REPORTED), share(UNTOUCHED | MENDED | SILENT)
    except NoFormula:
        outcomes["lost"] = 1 - mended
    else:
        outcomes |= {
            "detected": loud - mended,
            "detected_hiding_silent": 1 - loud - silent + mended,
            "silent": silent - mended,
        }
    below = lcm(*(share.denominator for share in outcomes.values()))
    return {
        name: (share.numerator * (below // share.denominator), below)
        for name, share in outcomes.items()
        if share or name != "clean"
    }
