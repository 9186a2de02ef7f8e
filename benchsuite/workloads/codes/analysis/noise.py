"""Errors as whole-number weights of patterns, which are their probabilities times ``total``.

Positions are those of the codeword. What is asked of each is how many of a code's symbols its patterns make
wrong; of noise that treats groups of bits alike, its character too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from itertools import groupby
from math import comb, lcm
from typing import Literal

from benchsuite.workloads.codes.analysis.krawtchouk import krawtchouk
from benchsuite.workloads.codes.analysis.refusal import NoFormula
from benchsuite.workloads.codes.linear_code import LinearCode


@dataclass(frozen=True)
class Symbols:
    """``count`` different ones of the aligned groups of ``bits`` bits, in each a pattern other than none.

    The last group of the n bits is short where ``bits`` does not divide n. Uniform over the sets of groups,
    then over the patterns.
    """

    n: int
    bits: int
    count: int

    @property
    def total(self) -> int:
        """The sum of all weights."""
        return int(comb(-(-self.n // self.bits), self.count) * self._scale**self.count)

    @property
    def _short(self) -> int:
        """Bits of the short last group; 0 where there is none."""
        return self.n % self.bits

    @property
    def _scale(self) -> int:
        """The weight of all patterns of a group, whether short or not."""
        full = (1 << self.bits) - 1
        return lcm(full, (1 << self._short) - 1) if self._short else full

    def _sum(self, of_full: int, of_all: int) -> int:
        """``of_full`` patterns in full groups alone and ``of_all`` with the short one, by their weights."""
        full = self._scale // ((1 << self.bits) - 1)
        if not self._short or not self.count:
            return int(of_full * full**self.count)
        short = self._scale // ((1 << self._short) - 1)
        return int(of_full * full**self.count + of_all * full ** (self.count - 1) * short)

    def character(self, met: int, short: bool) -> int:
        """Of a dual word that meets that many full groups, and perhaps the short one."""
        n, q = self.n // self.bits, 2**self.bits
        of_short = -1 if short else 2**self._short - 1
        return self._sum(
            krawtchouk(self.count, met, n, q),
            krawtchouk(self.count - 1, met, n, q) * of_short if self._short and self.count else 0,
        )

    def wrong(self, code: LinearCode, j: int) -> int:
        """The weight of the patterns with j wrong symbols.

        Raises NoFormula where groups and symbols cross.
        """
        m, groups, full = code.symbol_bits, self.n // self.bits, 2**self.bits - 1
        if m % self.bits == 0 and (self.bits == 1 or is_aligned(code)):
            sets = comb(code.symbols, j) * _covers(j, m // self.bits, 0, self.count)
            return self._sum(sets * full**self.count, 0)
        if self.bits % m == 0 and is_aligned(code):
            each, rest, c = self.bits // m, self._short // m, self.count
            of_full = comb(groups, c) * _covers(c, each, 0, j)
            with_short = _covers(c - 1, each, rest, j) - _covers(c - 1, each, 0, j) if c else 0
            of_all = comb(groups, max(c - 1, 0)) * with_short
            return self._sum(of_full, of_all) * int((2**m - 1) ** j)
        raise NoFormula(f"groups of {self.bits} bits and symbols of {m} cross")


def _covers(groups: int, size: int, more: int, number: int) -> int:
    """Ways to choose ``number`` things out of groups of ``size``, some of each, and ``more`` others."""
    return sum(
        (-1) ** (groups - i) * comb(groups, i) * comb(i * size + more, number) for i in range(groups + 1)
    )


@dataclass(frozen=True)
class BinarySymmetric:
    """Every one of n bits flips with probability p, on its own."""

    n: int
    p: Fraction
    bits: int = 1

    @property
    def total(self) -> int:
        """The sum of all weights."""
        return int(self.p.denominator**self.n)

    def character(self, met: int, short: bool) -> int:
        """Of a dual word of that weight."""
        even, odd = self.p.denominator, self.p.denominator - 2 * self.p.numerator
        return int(even ** (self.n - met) * odd**met)

    def wrong(self, code: LinearCode, j: int) -> int:
        """The weight of the patterns with j wrong symbols."""
        total = self.p.denominator**code.symbol_bits
        right = (self.p.denominator - self.p.numerator) ** code.symbol_bits
        return int(comb(code.symbols, j) * (total - right) ** j * right ** (code.symbols - j))


@dataclass(frozen=True)
class Box:
    """All patterns that flip every ``fixed`` position, any ``free`` ones and no other, each of ``weight``.

    A negative weight takes patterns away.
    """

    fixed: tuple[int, ...] = ()
    free: tuple[int, ...] = ()
    weight: int = 1


@dataclass(frozen=True)
class Boxes:
    """The sum of some boxes: patterns that are few, or that differ by what is free."""

    boxes: tuple[Box, ...]

    @property
    def total(self) -> int:
        """The sum of all weights."""
        return sum(box.weight << len(box.free) for box in self.boxes)

    def wrong(self, code: LinearCode, j: int) -> int:
        """The weight of the patterns with j wrong symbols."""
        return sum(_wrong(code, box, j) * box.weight for box in self.boxes)


Noise = Symbols | BinarySymmetric | Boxes


def _wrong(code: LinearCode, box: Box, j: int) -> int:
    """The number of its patterns with j wrong symbols."""
    fixed, inside, sizes = _symbols_of(code, box)
    return _chosen(sizes, j - fixed) << inside


@lru_cache(4096)
def _symbols_of(code: LinearCode, box: Box) -> tuple[int, int, tuple[int, ...]]:
    """How many symbols have fixed bits, how many free bits these have, how many each of the others has."""
    fixed = {symbol_of(code, position) for position in box.fixed}
    free = sorted(symbol_of(code, position) for position in box.free)
    inside = sum(symbol in fixed for symbol in free)
    sizes = tuple(sorted(len(list(same)) for symbol, same in groupby(free) if symbol not in fixed))
    return len(fixed), inside, sizes


@cache
def _chosen(sizes: tuple[int, ...], number: int) -> int:
    """The patterns that are not zero on exactly ``number`` groups of these sizes."""
    if number < 0:
        return 0
    product = [1, *[0] * number]
    for size in sizes:
        for at in range(number, 0, -1):
            product[at] += product[at - 1] * (2**size - 1)
    return product[number]


def symbol_of(code: LinearCode, position: int) -> int:
    """The symbol that a position of the codeword belongs to."""
    return code.bits[position] // code.symbol_bits


def is_aligned(code: LinearCode) -> bool:
    """Whether each symbol is an aligned group of neighbours, in codeword order, wherever it stands."""
    starts = range(0, code.n, code.symbol_bits)
    groups = (code.bits[start : start + code.symbol_bits] for start in starts)
    return all(len({bit // code.symbol_bits for bit in group}) == 1 for group in groups)


def flips(n: int, count: int) -> Symbols:
    """``count`` different bits of n; raises ValueError where there are not so many."""
    if not 0 <= count <= n:
        raise ValueError(f"{count} flips need 0 <= flips <= {n}")
    return Symbols(n, 1, count)


def symbols(n: int, bits: int, count: int) -> Symbols | Boxes:
    """``Symbols``; one alone as a box for each, which any symbols of a code may cross."""
    if count > 1:
        return Symbols(n, bits, count)
    return within_one([range(start, min(start + bits, n)) for start in range(0, n, bits)], "uniform")


def burst(n: int, length: int) -> Boxes:
    """A window of ``length`` bits anywhere, both ends flipped and what lies inside with probability 1/2."""
    return Boxes(
        tuple(
            Box(fixed=tuple({start, start + length - 1}), free=tuple(range(start + 1, start + length - 1)))
            for start in range(n - length + 1)
        )
    )


def adjacent(n: int, length: int) -> Boxes:
    """A window of ``length`` bits anywhere, all flipped."""
    return Boxes(tuple(Box(tuple(range(start, start + length))) for start in range(n - length + 1)))


Kind = Literal["uniform", "ones", "one"]
"""What a part does to its positions: a uniform pattern other than none, all of them flipped, or one."""


def within_one(parts: Iterable[Sequence[int]], kind: Kind) -> Boxes:
    """One of some sets of positions, a device's or a pin's, all sets equally likely, as ``kind`` says."""
    chosen = [tuple(positions) for positions in parts]
    patterns = [{"uniform": 2 ** len(set_) - 1, "ones": 1, "one": len(set_)}[kind] for set_ in chosen]
    scale = lcm(*patterns)
    boxes = []
    for set_, number in zip(chosen, patterns, strict=True):
        weight = scale // number
        if kind == "uniform":
            boxes += [Box(free=set_, weight=weight), Box(weight=-weight)]
        elif kind == "ones":
            boxes.append(Box(fixed=set_, weight=weight))
        else:
            boxes += [Box(fixed=(position,), weight=weight) for position in set_]
    return Boxes(tuple(boxes))
