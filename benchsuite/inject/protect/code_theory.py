"""What becomes of an object of several codewords, exactly: from what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from math import comb

from benchsuite.inject.access import access_outcomes
from benchsuite.inject.built_in import ADJACENT, BSC, BURST, FLIPS
from benchsuite.inject.models import Model
from benchsuite.inject.protect.scheme import exactly, not_struck
from benchsuite.record.protection import Theory
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.analysis import NoFormula

DIGITS = 80  # silence of 1e-40 is a difference of numbers near 1, and keeps those of a float


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
    found = access_outcomes(code, model, words) or {}
    if "lost" in found:
        raise NoFormula("nothing tells what becomes of the codewords that are lost")
    return exactly(**{name: above / below for name, (above, below) in found.items() if name != "clean"})


def _independent(one: Mapping[str, tuple[int, int]], words: int) -> dict[str, Theory]:
    """Of so many codewords that fare alike, each on its own."""
    if "lost" in one:
        raise NoFormula("nothing tells what becomes of a codeword that is lost")
    with localcontext(Context(prec=DIGITS)):
        share = {name: Decimal(above) / Decimal(below) for name, (above, below) in one.items()}
        bad = share["miscorrected"] + share["undetected"]
        clean = share["not_injected"]
        good = clean + share["corrected"]
        untouched, mended, loud, silent = (
            part**words for part in (clean, good, good + share["detected"], good + bad)
        )
        found = {
            "not_injected": untouched,
            "corrected": mended - untouched,
            "detected": loud - mended,
            "detected_hiding_silent": 1 - loud - silent + mended,
            "silent": silent - mended,
        }
        return exactly(**{name: float(p) for name, p in found.items()})


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
