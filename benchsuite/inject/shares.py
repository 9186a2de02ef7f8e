"""With what probability every codeword of an access has one of some outcomes, for each built-in error model.

An access is lost by its worst codeword, so these probabilities are all that its outcomes need. They are
products of the codewords' own wherever the codewords are struck independently of each other: by noise; by a
window or a part, once it is known which; by a number of flips, once it is known how many fall on each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, lcm, prod

from benchsuite.api import ErrorModel
from benchsuite.inject.built_in import (
    CHANNELS,
    MIXTURE,
    adjacent_length,
    burst_length,
    pattern_of,
    symbol_shape,
)
from benchsuite.inject.cells import STUCK_AT, stuck_bits
from benchsuite.inject.devices import PARTS, layouts_of
from benchsuite.inject.erasures import ERASURES
from benchsuite.inject.outcomes import MENDED, UNTOUCHED
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.analysis import Box, Boxes, Kind, NoFormula, known_outcomes, symbols
from benchsuite.workloads.codes.analysis.outcomes import MOST_SUMS
from benchsuite.workloads.codes.errors import flips_of

MOST_STEPS = 20_000_000  # some seconds of counting
MOST_BITS = 300_000  # of a denominator: a second or two of fractions
MOST_WINDOW = 2**14  # bits of a window: as long

_KNOWN = UNTOUCHED | MENDED

Outcomes = Mapping[str, tuple[int, int]]
Within = Callable[[Collection[str]], Fraction]
"""Outcomes of codewords, clean among them -> the probability that each codeword of an access has one.

Raises NoFormula where no formula tells these outcomes from others.
"""
Formula = Callable[[str, Code, int], Within]


def _share(outcomes: Outcomes, names: Collection[str]) -> Fraction:
    if "lost" in outcomes and not _KNOWN.issuperset(names):
        raise NoFormula("no formula tells what becomes of the codewords that are lost")
    return sum((Fraction(*outcomes[name]) for name in names if name in outcomes), Fraction(0))


def _independent(model: ErrorModel) -> Formula:
    def formula(arguments: str, code: Code, codewords: int) -> Within:
        outcomes = model.exact(arguments, code)
        if outcomes is None:
            raise NoFormula("none is known of a codeword")
        bits = codewords * max(below.bit_length() for _, below in outcomes.values())
        if bits > MOST_BITS:
            raise NoFormula(f"its fractions have {bits:,} bits, more than {MOST_BITS:,}")
        return lambda names: _share(outcomes, names) ** codewords

    return formula


def _spread(
    each: Callable[[int], Outcomes], patterns: Callable[[int], int], most: int, count: int, codewords: int
) -> Within:
    """So many bits or symbols, ``most`` of them in one codeword.

    ``patterns(few)`` of a codeword have so many, of outcomes ``each(few)``: a polynomial by
    their number, and that of an access is its power.
    """
    if codewords * most * count > MOST_STEPS:
        raise NoFormula(f"{count} bits or symbols fall on {codewords} codewords in too many ways to count")
    by_number = [(each(few), patterns(few)) for few in range(most + 1)]

    def within(names: Collection[str]) -> Fraction:
        weights = [_share(outcomes, names) * every for outcomes, every in by_number]
        scale = lcm(*(weight.denominator for weight in weights))
        one = [int(weight * scale) for weight in weights]
        return Fraction(_power(one, count, codewords), scale**codewords * total)

    total = _power([every for _, every in by_number], count, codewords)
    return within


def _power(one: Sequence[int], count: int, codewords: int) -> int:
    """The coefficient of x^count in the polynomial of these coefficients to the power of ``codewords``."""
    every = [1, *[0] * count]
    for _ in range(codewords):
        every = [
            sum(every[at - few] * number for few, number in enumerate(one[: at + 1]))
            for at in range(count + 1)
        ]
    return every[count]


@dataclass(frozen=True)
class _Strike:
    """What strikes an access: boxes of codewords, each of so many of them; all others are clean."""

    boxes: frozenset[tuple[Box, int]]
    free: int
    """Bits of any value."""
    some: bool
    """Whether they are not all 0, though the boxes have that pattern too."""


def _struck(code: Code, strikes: Counter[_Strike]) -> Within:
    """One of some strikes, each as likely as it is often."""
    boxes = {box for strike in strikes for box, _ in strike.boxes}
    each = {
        box: known_outcomes(code.linear, Boxes((box,)), most_sums=MOST_SUMS // len(boxes)) for box in boxes
    }

    def within(names: Collection[str]) -> Fraction:
        shares = {box: _share(outcomes, names) for box, outcomes in each.items()}
        found = Fraction(0)
        for strike, often in strikes.items():
            every = prod(shares[box] ** codewords for box, codewords in strike.boxes)
            if strike.some:
                none = Fraction(1, 2**strike.free)
                every = (every - none) / (1 - none)
            found += often * every
        return found / strikes.total()

    return within


def _strike(fixed: Iterable[int], free: Sequence[int], n: int, *, some: bool = False) -> _Strike:
    """The strike of positions of the access, some flipped and some free, on its codewords of n bits."""
    parts: dict[int, tuple[list[int], list[int]]] = {}
    for which, positions in enumerate((fixed, free)):
        for position in positions:
            parts.setdefault(position // n, ([], []))[which].append(position % n)
    boxes = Counter(Box(tuple(flipped), tuple(any_)) for flipped, any_ in parts.values())
    return _Strike(frozenset(boxes.items()), len(free), some)


def _windows(length: int, n: int, codewords: int, *, ends_only: bool = False) -> Counter[_Strike]:
    """Every window of the access, all of it flipped, or its ends and the bits inside with probability 1/2."""
    if length > MOST_WINDOW:
        raise NoFormula(f"windows of {length} bits are longer than {MOST_WINDOW}")
    places = n * codewords - length + 1
    strikes = Counter[_Strike]()
    for start in range(min(n, places)):
        window = range(start, start + length)
        ends = {window[0], window[-1]}
        strike = _strike(ends, window[1:-1], n) if ends_only else _strike(window, (), n)
        strikes[strike] += len(range(start, places, n))
    return strikes


def _parts(parts: Sequence[Sequence[int]], kind: Kind, n: int) -> Counter[_Strike]:
    """One of some sets of positions of the access, all equally likely, as ``kind`` says."""
    scale = lcm(*map(len, parts))
    strikes = Counter[_Strike]()
    for part in parts:
        if kind == "one":
            for position in part:
                strikes[_strike((position,), (), n)] += scale // len(part)
        else:
            strike = _strike((), part, n, some=True) if kind == "uniform" else _strike(part, (), n)
            strikes[strike] += scale
    return strikes


def _of_parts(name: str) -> Formula:
    return lambda arguments, code, codewords: _struck(
        code, _parts(*PARTS[name](arguments, layouts_of(code, codewords)), code.n)
    )


def _flips(arguments: str, code: Code, codewords: int) -> Within:
    return _of_symbols(code, 1, flips_of(arguments, code.n * codewords), codewords)


def _symbols(arguments: str, code: Code, codewords: int) -> Within:
    n = code.n * codewords
    bits, count = symbol_shape(arguments, n)
    if code.n % bits == 0:
        return _of_symbols(code, bits, count, codewords)
    if count > 1:
        raise NoFormula(f"symbols of {bits} bits reach from one codeword of {code.n} bits into the next")
    parts = [range(at, min(at + bits, n)) for at in range(0, n, bits)]
    return _struck(code, _parts(parts, "uniform", code.n))


def _of_symbols(code: Code, bits: int, count: int, codewords: int) -> Within:
    there = code.n // bits

    def each(few: int) -> Outcomes:
        return known_outcomes(code.linear, symbols(code.n, bits, few)) if few else {"clean": (1, 1)}

    return _spread(
        each, lambda few: comb(there, few) * (2**bits - 1) ** few, min(count, there), count, codewords
    )


def _stuck(arguments: str, code: Code, codewords: int) -> Within:
    value, count = stuck_bits(arguments, code.n * codewords)

    def each(few: int) -> Outcomes:
        outcomes = STUCK_AT.exact(f"{value}:{few}", code)
        assert outcomes is not None
        return outcomes

    return _spread(each, lambda few: comb(code.n, few), min(count, code.n), count, codewords)


def _at(arguments: str, code: Code, codewords: int) -> Within:
    positions = pattern_of(arguments, code.n * codewords)
    return _struck(code, Counter([_strike(positions, (), code.n)]))


def _mix(arguments: str, code: Code, codewords: int) -> Within:
    parts = MIXTURE.parts(arguments)
    each = [(part.weight, FORMULAS[part.kind.name](part.arguments, code, codewords)) for part in parts]
    total = sum(part.weight for part in parts)
    return lambda names: sum((weight * within(names) for weight, within in each), Fraction(0)) / total


def _adjacent(arguments: str, code: Code, codewords: int) -> Within:
    return _struck(code, _windows(adjacent_length(arguments, code.n * codewords), code.n, codewords))


def _burst(arguments: str, code: Code, codewords: int) -> Within:
    length = burst_length(arguments, code.n * codewords)
    return _struck(code, _windows(length, code.n, codewords, ends_only=True))


FORMULAS: Mapping[str, Formula] = {
    **{model.name: _independent(model) for model in (*CHANNELS, ERASURES)},
    "flips": _flips,
    "symbol": _symbols,
    "adjacent": _adjacent,
    "burst": _burst,
    "at": _at,
    "stuck-at": _stuck,
    "mix": _mix,
    **{name: _of_parts(name) for name in PARTS},
}
"""Built-in error model -> arguments, code and codewords of an access -> ``Within``.

They raise NoFormula where counting takes too long.
"""

SPARING = frozenset({*(model.name for model in (*CHANNELS, ERASURES)), "stuck-at", "mix"})
"""Models that may flip nothing."""
