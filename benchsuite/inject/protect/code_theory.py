"""What becomes of an object of several codewords, exactly: from what becomes of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from math import comb
from typing import TypeVar

from benchsuite.inject.access import access_outcomes
from benchsuite.inject.built_in import ADJACENT, BSC, BURST, FLIPS
from benchsuite.inject.models import Model
from benchsuite.inject.protect.scheme import exactly, not_struck
from benchsuite.record.protection import Theory
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.analysis import Box, Boxes, NoFormula, outcomes

DIGITS = 80  # silence of 1e-40 is a difference of numbers near 1, and keeps those of a float
N = TypeVar("N", Decimal, Fraction)
MOST_WINDOWS = 2000  # of which each takes milliseconds


def theory(code: Code, data_bytes: int, model: Model) -> dict[str, Theory]:
    """All outcomes where they can be counted; else those that are sure, or only how often all is mended."""
    words = -(-8 * data_bytes // code.k)
    bits = words * code.n - (words * code.k - 8 * data_bytes)
    if _surely_mended(code, model):
        return exactly(corrected=1.0, detected=0.0, silent=0.0)
    try:
        if 8 * data_bytes == words * code.k:
            found = _counted(code, words, model)
            if found:
                return found
    except NoFormula:
        pass  # of what a decoder does beyond its correction
    if model.kind is BSC and code.corrects:
        return not_struck(model, bits) | _mended(code, data_bytes, Fraction(model.arguments))
    return {}


def _surely_mended(code: Code, model: Model) -> bool:
    """Whether no codeword can have more wrong symbols than are mended."""
    if model.kind is FLIPS:
        return 0 < int(model.arguments) <= code.corrects
    if model.kind not in (BURST, ADJACENT) or code.bits != tuple(range(code.n)):
        return False
    length, m = int(model.arguments), code.linear.symbol_bits
    return (length - 2) // m + 2 <= code.corrects or (length == 1 and code.corrects > 0)


def _counted(code: Code, words: int, model: Model) -> dict[str, Theory]:
    if model.kind is BSC:
        return _independent(BSC.exact(model.arguments, code) or {}, words)
    if model.kind is FLIPS:
        found = access_outcomes(code, model, words) or {}
        return exactly(**{name: above / below for name, (above, below) in found.items() if name != "lost"})
    if model.kind in (BURST, ADJACENT) and 2 * code.n <= MOST_WINDOWS:
        return _windows(code, words, int(model.arguments), all_flip=model.kind is ADJACENT)
    return {}


def _independent(one: Mapping[str, tuple[int, int]], words: int) -> dict[str, Theory]:
    """Of so many codewords that fare alike, each on its own; none where what is lost is not told apart."""
    if "lost" in one:
        return {}
    with localcontext(Context(prec=DIGITS)):
        share = {name: Decimal(above) / Decimal(below) for name, (above, below) in one.items()}
        silent = share["miscorrected"] + share["undetected"]
        untouched = share["not_injected"]
        mended = untouched + share["corrected"]
        powers = [part**words for part in (untouched, mended, mended + share["detected"], mended + silent)]
        return exactly(**{name: float(p) for name, p in _named("not_injected", *powers).items()})


def _named(nothing: str, clean: N, mended: N, loud: N, silent: N) -> dict[str, N]:
    """From the probabilities that every codeword is clean; or mended; or detected too; or silent instead."""
    return {
        nothing: clean,
        "corrected": mended - clean,
        "detected": loud - mended,
        "detected_hiding_silent": 1 - loud - silent + mended,
        "silent": silent - mended,
    }


Fate = tuple[Fraction, Fraction, Fraction, Fraction]
"""The probabilities that all codewords so far are clean; or mended; or detected too; or silent instead."""


def _windows(code: Code, words: int, length: int, *, all_flip: bool) -> dict[str, Theory]:
    """Of windows that begin anywhere and may reach over several codewords, whose parts are independent."""
    n, bits = code.n, words * code.n

    def fate(start: int, stop: int, begins: bool, ends: bool) -> Fate:
        """Of a codeword of which the window covers ``start ... stop - 1``, flipping the ends that it has."""
        inside = range(start + begins, stop - ends)
        fixed = tuple(at for at in range(start, stop) if all_flip or at not in inside)
        counts = outcomes(code.linear, Boxes((Box(fixed=fixed, free=() if all_flip else tuple(inside)),)))
        share = {name: Fraction(above, below) for name, (above, below) in counts.items()}
        mended = share["clean"] + share["corrected"]
        silent = share["miscorrected"] + share["undetected"]
        return share["clean"], mended, mended + share["detected"], mended + silent

    total: Counter[str] = Counter()
    for offset in range(n):
        places = max(0, (bits - length - offset) // n + 1)  # codewords in which a window begins here
        if not places:
            continue
        if offset + length <= n:
            parts = [fate(offset, offset + length, True, True)]
        else:
            whole, rest = divmod(length - (n - offset), n)
            parts = [fate(offset, n, True, False), *[fate(0, n, False, False)] * (whole - (not rest))]
            parts.append(fate(0, rest or n, False, True))
        total.update(_weighed(parts, Fraction(places, bits - length + 1)))
    del total["clean"]
    return exactly(**{name: float(p) for name, p in total.items()})


def _weighed(parts: Iterable[Fate], weight: Fraction) -> dict[str, Fraction]:
    clean = mended = loud = silent = Fraction(1)
    for part in parts:
        clean, mended, loud, silent = (
            a * b for a, b in zip((clean, mended, loud, silent), part, strict=True)
        )
    return {name: p * weight for name, p in _named("clean", clean, mended, loud, silent).items()}


def _mended(code: Code, data_bytes: int, p: Fraction) -> dict[str, Theory]:
    """That no codeword has more wrong symbols than are mended, whatever the decoder does to others."""
    m, t = code.linear.symbol_bits, code.corrects
    words = -(-8 * data_bytes // code.k)
    missing = (words * code.k - 8 * data_bytes) // m
    with localcontext(Context(prec=DIGITS)):
        right = (1 - Decimal(p.numerator) / Decimal(p.denominator)) ** m

        def within(symbols: int) -> Decimal:
            return sum(
                (comb(symbols, j) * (1 - right) ** j * right ** (symbols - j) for j in range(t + 1)),
                Decimal(0),
            )

        every = code.linear.symbols
        mended = within(every) ** (words - 1) * within(every - missing)
        nothing = right ** (words * every - missing)
        return exactly(corrected=float(mended - nothing))
