"""Rare outcomes: trials spread over numbers of flips, whose probabilities are known and need no sampling.

Bits that go wrong independently make j of n flips with a binomial probability, all sets of j alike. So a
trial may have any number of flips, as long as what becomes of it is weighted by that number's probability:
the numbers are strata. Of few flips every pattern is gone through, of more there is a sample, of very many,
which hardly ever happen, nothing. All of this is fixed by n and the probability of a flip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import accumulate, takewhile
from math import comb, isqrt

import msgspec
import numpy as np

from benchsuite.host.plugins import UsageError
from benchsuite.inject.built_in import AWGN, BSC
from benchsuite.inject.devices import stored_words
from benchsuite.inject.models import Model
from benchsuite.inject.patterns import combinations
from benchsuite.record.types import Stratum
from benchsuite.workloads.codes.awgn import flip_probability
from benchsuite.workloads.codes.composed import AnyCode
from benchsuite.workloads.codes.errors import Draw, scattered
from benchsuite.workloads.streams import Positions

MOST_WHOLE = 1 << 16
"""Patterns that are gone through one by one: of 0, 1, 2, ... flips while all together are no more."""
TAIL_BITS = 64
"""What is not sampled is less likely than the first sampled stratum by this power of two."""
ROOT_BITS = 256  # of a quotient before its root is taken: the smallest share is then right to many digits


def require_rare(model: Model, n: int) -> None:
    """Raise UsageError where trials of n bits cannot be spread over numbers of flips."""
    if model.kind not in (BSC, AWGN):
        raise UsageError(
            "--rare weights the numbers of flips of independent bits: give bsc:P or awgn:XdB, "
            f"not {model.text}"
        )
    if 2**n <= MOST_WHOLE:
        raise UsageError(f"--rare samples nothing of {n} bits, as all their patterns are few: give --exact")


def spread_of(code: AnyCode, model: Model, codewords: int = 1) -> Spread:
    """Of a model that ``require_rare`` lets pass, on trials of so many codewords."""
    chance = model.arguments
    if model.kind is AWGN:
        chance = flip_probability(chance, Fraction(code.k, code.n))
    words, bits = stored_words(code, codewords)
    return _spread(words * bits, Fraction(chance))


def counted_strata(strata: Sequence[Stratum], by_flips: Mapping[str, dict[str, int]]) -> list[Stratum]:
    """The strata with their part of ``by_flips``: number of flips, in digits -> outcome -> trials."""
    return [
        msgspec.structs.replace(stratum, trials=sum(found.values()), outcomes=found)
        for stratum in strata
        for found in (by_flips.get(str(stratum.flips), {}),)
    ]


@cache
def _spread(n: int, p: Fraction) -> Spread:
    return Spread(n, p)


@dataclass(frozen=True)
class Spread:
    """Trials of n bits that flip with probability p each, over numbers of flips."""

    n: int
    p: Fraction

    @cached_property
    def whole(self) -> tuple[int, ...]:
        """How many patterns there are of 0, 1, ... flips, as far as they are gone through."""
        sizes = [comb(self.n, flips) for flips in range(self.n + 1)]
        return tuple(sizes[: sum(1 for _ in takewhile(lambda sum_: sum_ <= MOST_WHOLE, accumulate(sizes)))])

    @cached_property
    def _weights(self) -> tuple[int, ...]:
        """Of 0 ... n flips, their probabilities in units of one by p's denominator to the n-th."""
        flip, base, n = self.p.numerator, self.p.denominator, self.n
        return tuple(comb(n, j) * flip**j * (base - flip) ** (n - j) for j in range(n + 1))

    @cached_property
    def _sampled(self) -> range:
        """The numbers of flips that are drawn."""
        first, rest = len(self.whole), sum(self._weights[len(self.whole) :])
        for last in range(first, self.n + 1):
            rest -= self._weights[last]
            if rest << TAIL_BITS <= self._weights[first]:
                break
        return range(first, last + 1)

    @cached_property
    def _roots(self) -> tuple[int, ...]:
        """What the sampled strata are drawn in proportion to: the roots of their probabilities.

        Between those themselves, which would leave less likely strata without a trial, and equal parts.
        """
        weights = [self._weights[flips] for flips in self._sampled]
        return tuple(max(1, isqrt((weight << ROOT_BITS) // max(weights))) for weight in weights)

    def strata(self) -> list[Stratum]:
        """Without a trial; the last one is of all that are not sampled, if there are any."""
        total = self.p.denominator**self.n
        whole = [
            Stratum(flips=flips, probability=self._weights[flips] / total, patterns=patterns)
            for flips, patterns in enumerate(self.whole)
        ]
        sampled = [
            Stratum(flips=flips, probability=self._weights[flips] / total, share=root / sum(self._roots))
            for flips, root in zip(self._sampled, self._roots, strict=True)
        ]
        tail = range(self._sampled.stop, self.n + 1)
        rest = sum(self._weights[flips] for flips in tail) / total
        return [*whole, *sampled, *([Stratum(flips=tail.start, probability=rest)] if tail else [])]

    def positions(self, first: int, count: int, words: Draw) -> Positions:
        """``int64[count, flips]`` of trials ``first ... first + count - 1``; -1 for none.

        The first trials are the patterns that are gone through, in lexicographic order of each number of
        flips. Of any other, word 0 says how many flip, by thresholds, and words 1, ... say which, as in
        ``bsc``.
        """
        ends = np.cumsum(self.whole)
        roots = list(accumulate(self._roots))
        thresholds = np.array([(root << 64) // roots[-1] for root in roots[:-1]], np.uint64)
        drawn, trials = words(0, 4), np.arange(first, first + count)
        flips = np.where(
            trials < ends[-1],
            np.searchsorted(ends, trials, side="right"),
            self._sampled.start + np.searchsorted(thresholds, drawn[:, 0], side="right"),
        )
        most = int(flips.max(initial=1))
        if most >= drawn.shape[1]:
            drawn = words(0, 1 + most)
        positions = scattered(flips, drawn[:, 1 : 1 + most], self.n)
        for number, (end, patterns) in enumerate(zip(ends.tolist(), self.whole, strict=True)):
            start, stop = max(first, end - patterns), min(first + count, end)
            if start < stop:
                found = combinations(self.n, number, start - end + patterns, stop - start)
                positions[start - first : stop - first, :number] = found
        return positions
