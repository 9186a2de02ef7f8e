"""An access to memory: the codewords that together carry, say, 64 bytes of data, and what becomes of them.

A trial is then an access: its positions are those of its codewords one after another. The access is lost if
one codeword is, so its outcome is the worst of theirs, and a detected codeword may hide a silent one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from math import comb, lcm

import numpy as np

from benchsuite.host.plugins import UsageError
from benchsuite.inject.built_in import BSC, BUILT_IN, FLIPS, part_outcomes
from benchsuite.inject.devices import PARTS, layouts_of
from benchsuite.inject.models import Model
from benchsuite.inject.outcomes import MENDED, REPORTED, SILENT, UNTOUCHED
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.analysis import NoFormula
from benchsuite.workloads.codes.composed import Composed, Target
from benchsuite.workloads.codes.errors import flips_of
from benchsuite.workloads.streams import Positions

MOST_STEPS = 20_000_000  # some seconds of counting
_PRINTED = 10**4300  # Python prints integers below it

Within = Callable[[Collection[str]], Fraction]
"""Outcomes of codewords, clean among them -> the probability that each codeword of an access has one."""


def codewords_of(code: Target, data_bytes: int | None) -> int:
    """The codewords of a trial: one, or those of an access to so many bytes of data.

    A composition has the codewords that its chips' words hold, and no other number of them. Raises UsageError
    where they are no whole number.

    >>> from benchsuite.workloads.codes import code
    >>> codewords_of(code("hsiao-72-64"), 64)
    8
    """
    if isinstance(code, Composed):
        if data_bytes not in (None, code.k // 8):
            raise UsageError(
                f"--access {data_bytes}: the words of the chips of {code.name} hold {code.k // 8} bytes of "
                f"data, two bursts of {code.codewords // 2} codewords, and go wrong together: give "
                f"--access {code.k // 8}, or leave it out"
            )
        return code.codewords
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

    Known for ``bsc``, as codewords are independent then; for ``flips``, by how many fall on each; for
    ``device`` and ``pin``, device by device: there too they are independent, but for the pattern of none.
    Raises NoFormula where ``flips`` are too many to count.
    """
    if model.kind is not BUILT_IN.get(model.name):
        return None
    within = _within(code, model, codewords)
    if within is None:
        return None
    clean, mended = within(UNTOUCHED), within(UNTOUCHED | MENDED)
    loud, silent = within(UNTOUCHED | MENDED | REPORTED), within(UNTOUCHED | MENDED | SILENT)
    outcomes = {
        "not_injected" if model.kind is BSC else "clean": clean,
        "corrected": mended - clean,
        "detected": loud - mended,
        "detected_hiding_silent": 1 - loud - silent + mended,
        "silent": silent - mended,
    }
    below = lcm(*(share.denominator for share in outcomes.values()))
    if below >= _PRINTED:
        return None
    return {name: (int(share * below), below) for name, share in outcomes.items() if share or name != "clean"}


def _within(code: Code, model: Model, codewords: int) -> Within | None:
    if model.kind is BSC:
        return _independent(BSC.exact(model.arguments, code), codewords)
    if model.kind is FLIPS:
        return _spread_flips(code, flips_of(model.arguments, codewords * code.n), codewords)
    if model.name in PARTS:
        return _broken_part(code, model, codewords)
    return None


def _share(outcomes: Mapping[str, tuple[int, int]], names: Collection[str]) -> Fraction:
    return sum((Fraction(*outcomes[name]) for name in names if name in outcomes), Fraction(0))


def _independent(outcomes: Mapping[str, tuple[int, int]] | None, codewords: int) -> Within | None:
    if outcomes is None:
        return None
    return lambda names: _share(outcomes, names) ** codewords


def _spread_flips(code: Code, flips: int, codewords: int) -> Within | None:
    """The patterns of a codeword by their flips are a polynomial, those of an access its power."""
    if codewords * min(flips, code.n) * flips > MOST_STEPS:
        raise NoFormula(f"{flips} flips fall on {codewords} codewords in too many ways to count")
    by_flips = []
    for few in range(min(flips, code.n) + 1):
        outcomes = FLIPS.exact(str(few), code)
        if outcomes is None:
            return None
        by_flips.append((outcomes, comb(code.n, few)))

    def within(names: Collection[str]) -> Fraction:
        one = [int(_share(outcomes, names) * patterns) for outcomes, patterns in by_flips]
        every = [1, *[0] * flips]
        for _ in range(codewords):
            every = [
                sum(every[at - few] * count for few, count in enumerate(one[: at + 1]))
                for at in range(flips + 1)
            ]
        return Fraction(every[flips], comb(codewords * code.n, flips))

    return within


def _broken_part(code: Code, model: Model, codewords: int) -> Within:
    parts, kind = PARTS[model.name](model.arguments, layouts_of(code))
    each = [part_outcomes(code, [part], kind) for part in parts]

    def within(names: Collection[str]) -> Fraction:
        shares = [_share(outcomes, names) for outcomes in each]
        if kind == "uniform":
            shares = [_some_pattern(s, len(p), codewords) for s, p in zip(shares, parts, strict=True)]
        return sum(shares, Fraction(0)) / len(parts)

    return within


def _some_pattern(share: Fraction, bits: int, codewords: int) -> Fraction:
    """Of an access, from the share of a codeword given that any of the part's bits in it is flipped.

    All patterns of the part are equally likely but none, which would be within as nothing was flipped.
    """
    blank = Fraction(1, 2**bits)
    every = (blank + (1 - blank) * share) ** codewords
    return (every - blank**codewords) / (1 - blank**codewords)
