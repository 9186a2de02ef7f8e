"""Noise that looks at what is stored, over random data: stuck bits, and bits that flip more easily one way.

What a dual word u sees of it, the mean of (-1)^(u e) over patterns e and codewords c, is a product over the
ones of u of terms a + b (-1)^c. Multiplied out, the mean over c leaves the products in which the positions of
the (-1)^c are the ones of a dual word v. So it all hangs on how many pairs u, v there are of each weight.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import comb

import numpy as np

from benchsuite.workloads.codes.analysis.dual import dual_classes, missed_groups, symbol_groups
from benchsuite.workloads.codes.analysis.krawtchouk import krawtchouk
from benchsuite.workloads.codes.analysis.noise import flips
from benchsuite.workloads.codes.analysis.outcomes import OUTCOMES, known_outcomes
from benchsuite.workloads.codes.analysis.refusal import NoFormula
from benchsuite.workloads.codes.analysis.weights import dual_weights
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.streams import Words

MOST_PAIR_ROWS = 12  # 16 million pairs of dual words: a second


@dataclass(frozen=True)
class Stuck:
    """``count`` different bits of n, every set equally likely, that read ``value`` whatever is stored."""

    n: int
    value: int
    count: int

    def seen(self, u: int, v: int) -> Fraction:
        """By a dual word of weight ``u`` from one of weight ``v`` inside it."""
        ways = _choose(self.n - u, self.count - v)
        return Fraction(-ways if self.value * v % 2 else ways, comb(self.n, self.count))

    def spared(self, bits: int, v: int) -> Fraction:
        """The share of a dual word of weight ``v`` among ``bits`` positions in that none of them flips."""
        ways = sum(
            _choose(bits - v, stuck - v) * _choose(self.n - bits, self.count - stuck) << self.count - stuck
            for stuck in range(self.count + 1)
        )
        return Fraction(-ways if self.value * v % 2 else ways, comb(self.n, self.count) << self.count)


@dataclass(frozen=True)
class Asymmetric:
    """Every stored 0 of n bits flips with probability ``up``, every stored 1 with ``down``, on its own."""

    n: int
    up: Fraction
    down: Fraction

    def seen(self, u: int, v: int) -> Fraction:
        """As of ``Stuck``."""
        return (1 - self.up - self.down) ** (u - v) * (self.down - self.up) ** v

    def spared(self, bits: int, v: int) -> Fraction:
        """As of ``Stuck``."""
        return (1 - (self.up + self.down) / 2) ** (bits - v) * ((self.down - self.up) / 2) ** v


def _choose(n: int, k: int) -> int:
    return comb(n, k) if 0 <= k <= n else 0


def stored_outcomes(code: LinearCode, noise: Stuck | Asymmetric) -> dict[str, Fraction]:
    """Outcome -> probability over uniformly random data; all of OUTCOMES, clean being what flips nothing.

    Fewer stuck bits than a dual word has ones are random and independent whatever the code, so each flips or
    not by a coin of its own. Where the pairs of dual words are too many there are only ``clean``,
    ``corrected`` and ``lost``, which is all the rest. Raises NoFormula where the dual words are too many.
    """
    if isinstance(noise, Stuck) and noise.count < _least_dual_weight(code, noise.count):
        return _by_coins(code, noise)
    clean, *mended = _wrong(code, noise)
    found = {"clean": clean, "corrected": sum(mended, Fraction(0))}
    if code.r > MOST_PAIR_ROWS:
        return found | {"lost": 1 - clean - found["corrected"]}
    q, t, n = 1 << code.symbol_bits, code.corrects, code.symbols
    near = [sum(krawtchouk(j, met, n, q) for j in range(1, t + 1)) for met in range(n + 1)]
    codewords = mendable = Fraction(0)
    for (u, met, v), number in nested_pairs(code).items():
        seen = number * noise.seen(u, v)
        codewords += seen
        mendable += seen * near[met]
    found["undetected"] = codewords / 2**code.r - clean
    found["miscorrected"] = mendable / 2**code.r - found["corrected"]
    found["detected"] = 1 - sum(found.values(), Fraction(0))
    return {outcome: found[outcome] for outcome in OUTCOMES}


def _least_dual_weight(code: LinearCode, beyond: int) -> int:
    """A lower bound, in bits; 0 where only the pairs could tell."""
    try:
        return next((w for w, words in enumerate(dual_weights(code)) if w and words), beyond + 1)
    except NoFormula:
        return 0


def _by_coins(code: LinearCode, noise: Stuck) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for number in range(noise.count + 1):
        share = Fraction(comb(noise.count, number), 2**noise.count)
        for outcome, counts in known_outcomes(code, flips(code.n, number)).items():
            found[outcome] = found.get(outcome, Fraction(0)) + share * Fraction(*counts)
    if "lost" in found:  # of some numbers of flips: then it is not told apart of the others either
        found["lost"] += sum((found.pop(outcome, Fraction(0)) for outcome in OUTCOMES[2:]), Fraction(0))
    return found


def _wrong(code: LinearCode, noise: Stuck | Asymmetric) -> list[Fraction]:
    """The probabilities of 0 ... ``corrects`` wrong symbols.

    That all wrong symbols are among s given ones, summed over all sets of s, counts those of j wrong symbols
    once for each set around them.
    """
    n, m = code.symbols, code.symbol_bits
    found: list[Fraction] = []
    for s in range(code.corrects + 1):
        among = Fraction(0)
        for (v, _, met), number in dual_classes(code, 1).items():
            if met <= n - s:
                among += number * comb(n - met, s) * noise.spared(m * (n - s), v)
        found.append(among - sum(p * comb(n - j, s - j) for j, p in enumerate(found)))
    return found


@cache
def nested_pairs(code: LinearCode) -> Counter[tuple[int, int, int]]:
    """(ones of u, symbols that u meets, ones of v) -> dual words u, v with no one of v where u has none.

    Takes MOST_PAIR_ROWS rows at most.
    """
    ones = code.n - missed_groups([[column] for column in code.columns], code.r)
    met = code.symbols - missed_groups(symbol_groups(code), code.r)
    words = _dual_words(code)
    found: Counter[tuple[int, int, int]] = Counter()
    for u, word in enumerate(words):
        inside = ~(words & ~word).any(axis=1)
        for v, number in enumerate(np.bincount(ones[inside]).tolist()):
            if number:
                found[int(ones[u]), int(met[u]), v] += number
    return found


def _dual_words(code: LinearCode) -> Words:
    """``uint64[2^r, ceil(n / 64)]``: the sums of all sets of rows, bit i of the index being row i."""
    size = 8 * -(-code.n // 64)
    words = np.zeros((1, size // 8), np.uint64)
    for row in range(code.r):
        ones = sum((column >> row & 1) << at for at, column in enumerate(code.columns))
        words = np.concatenate([words, words ^ np.frombuffer(ones.to_bytes(size, "little"), "<u8")])
    return words
