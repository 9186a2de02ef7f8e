"""What a decoder does with flipped bits, counted exactly: integers, no sampling, no engine.

Flips of a fixed number go by the weights of the code (MacWilliams 1963). Any other ``Noise`` goes by its
characters: the patterns with syndrome s are the mean, over the 2^r words u of the dual code, of
(-1)^(u s) times the sum of (-1)^(u e) over all patterns e; only that last sum depends on the noise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import accumulate, pairwise
from math import comb, lcm

OUTCOMES = ("clean", "corrected", "detected", "miscorrected", "undetected")


def weight_distribution(columns: Sequence[int], r: int) -> list[int]:
    """A_0 ... A_n: how many codewords have each weight, for the check matrix of these columns of r bits.

    Raises ValueError for a column outside r bits. Costs n 2^r steps.

    >>> weight_distribution([1, 2, 3, 4, 5, 6, 7], 3)  # Hamming (7,4)
    [1, 0, 0, 7, 7, 0, 0, 1]
    """
    _require_columns(columns, r)
    n = len(columns)
    dual = Counter(sum((column & rows).bit_count() & 1 for column in columns) for rows in range(1 << r))
    total = [0] * (n + 1)
    krawtchouk = [comb(n, j) for j in range(n + 1)]  # coefficients of (1 - x)^w (1 + x)^(n - w), here w = 0
    for w in range(n + 1):
        total = [sum_ + dual[w] * term for sum_, term in zip(total, krawtchouk, strict=True)]
        krawtchouk = _next_krawtchouk(krawtchouk)
    return [sum_ >> r for sum_ in total]


def _next_krawtchouk(terms: list[int]) -> list[int]:
    """The coefficients times (1 - x) / (1 + x)."""
    following = [terms[0]]
    for j in range(1, len(terms)):
        following.append(terms[j] - terms[j - 1] - following[-1])
    return following


def single_error_outcomes(
    columns: Sequence[int], r: int, k: int, corrects: int = 1
) -> dict[str, tuple[int, int]]:
    """Outcome -> (patterns, C(n, k)), unreduced, of exactly k flips through a decoder that corrects one bit.

    All five outcomes are there: clean, corrected, detected, miscorrected, undetected. A pattern miscorrects
    where flipping one bit more, or one less, makes a codeword; ``corrects = 0`` detects those instead.
    Raises ValueError for a k outside 0 ... n and, where one bit is to be corrected, for columns that are zero
    or equal, since then not every single error is.
    """
    _require_columns(columns, r)
    n = len(columns)
    if not 0 <= k <= n:
        raise ValueError(f"k flips need 0 <= k <= {n}, not {k}")
    _require_correctable(columns, corrects)
    patterns = comb(n, k)
    counts = dict.fromkeys(OUTCOMES, 0)
    if k == 0:
        counts["clean"] = patterns
    elif k == 1 and corrects:
        counts["corrected"] = patterns
    else:
        weights = [*weight_distribution(columns, r), 0]
        counts["undetected"] = weights[k]
        if corrects:
            counts["miscorrected"] = (k + 1) * weights[k + 1] + (n - k + 1) * weights[k - 1]
        counts["detected"] = patterns - counts["undetected"] - counts["miscorrected"]
    return {outcome: (count, patterns) for outcome, count in counts.items()}


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Error patterns with whole-number weights, which are their probabilities times ``total``."""

    total: int
    none: int
    """The weight of the pattern that flips nothing."""
    single: int
    """The weight of the patterns that flip exactly one bit."""
    character: Callable[[Sequence[int]], int]
    """Word of the dual code, as bits -> the weights of the patterns that meet it in an even number of ones,
    less those of the others."""


def binary_symmetric(n: int, p: Fraction) -> Noise:
    """Every bit flips with probability p, on its own.

    >>> noise_outcomes([1, 1, 1], 1, binary_symmetric(3, Fraction(1, 10)), corrects=0)["undetected"]
    (27, 1000)
    """
    flip, base = p.numerator, p.denominator
    keep = base - flip

    @cache
    def of_weight(weight: int) -> int:
        even, odd = base, keep - flip
        return int(even ** (n - weight) * odd**weight)

    return Noise(
        total=base**n,
        none=keep**n,
        single=n * flip * keep ** (n - 1),
        character=lambda dual: of_weight(sum(dual)),
    )


def burst(n: int, length: int) -> Noise:
    """A window of ``length`` bits anywhere, both ends flipped and what lies inside with probability 1/2."""
    windows, interiors = n - length + 1, 1 << max(length - 2, 0)

    def character(dual: Sequence[int]) -> int:
        if length == 1:
            return n - 2 * sum(dual)
        before = list(accumulate(dual, initial=0))
        # a one of the dual inside makes half of the interiors even and half of them odd
        open_windows = (s for s in range(windows) if before[s + 1] == before[s + length - 1])
        return interiors * sum(1 - 2 * (dual[s] ^ dual[s + length - 1]) for s in open_windows)

    return Noise(total=windows * interiors, none=0, single=n if length == 1 else 0, character=character)


def symbols(n: int, bits: int, count: int) -> Noise:
    """``count`` different symbols of ``bits`` aligned bits, uniform; in each a uniform pattern but zero.

    The last symbol is short where ``bits`` does not divide n.
    """
    bounds = [(start, min(start + bits, n)) for start in range(0, n, bits)]
    patterns = [2 ** (end - start) - 1 for start, end in bounds]
    scale = lcm(*patterns)

    @cache
    def chosen(shares: tuple[tuple[int, int], ...]) -> int:
        """The sum, over the sets of ``count``, of the products of the symbols' shares."""
        product = [1, *[0] * count]  # the coefficients of the product of 1 + share x
        for share, symbols in shares:
            for _ in range(symbols):
                product = [
                    1,
                    *(above + share * below for below, above in pairwise(product)),
                ]
        return product[count]

    def character(dual: Sequence[int]) -> int:
        shares = Counter(
            -scale // number if any(dual[start:end]) else scale
            for (start, end), number in zip(bounds, patterns, strict=True)
        )
        return chosen(tuple(sorted(shares.items())))

    singles = sum(
        (end - start) * scale // number for (start, end), number in zip(bounds, patterns, strict=True)
    )
    return Noise(
        total=comb(len(bounds), count) * scale**count,
        none=0,
        single=singles if count == 1 else 0,
        character=character,
    )


def noise_outcomes(
    columns: Sequence[int], r: int, noise: Noise, corrects: int = 1
) -> dict[str, tuple[int, int]]:
    """Outcome -> (weight, ``noise.total``), unreduced, through a decoder that corrects one bit, or none.

    The five outcomes of ``single_error_outcomes``; clean is what flips nothing. Raises ValueError as it does.
    Costs n 2^r steps.
    """
    _require_columns(columns, r)
    _require_correctable(columns, corrects)
    codewords = one_away = (
        0  # times 2^r: patterns that are codewords, and pairs of one with a bit that makes it one
    )
    for rows in range(1 << r):
        dual = [(column & rows).bit_count() & 1 for column in columns]
        character = noise.character(dual)
        codewords += character
        one_away += character * (len(columns) - 2 * sum(dual))
    counts = dict.fromkeys(OUTCOMES, 0)
    counts["clean"] = noise.none
    counts["undetected"] = (codewords >> r) - noise.none
    if corrects:
        counts["corrected"] = noise.single
        counts["miscorrected"] = (one_away >> r) - noise.single
    counts["detected"] = noise.total - sum(counts.values())
    return {outcome: (count, noise.total) for outcome, count in counts.items()}


def _require_columns(columns: Sequence[int], r: int) -> None:
    outside = [column for column in columns if not 0 <= column < 1 << r]
    if outside:
        raise ValueError(f"column {outside[0]} does not fit into r = {r} rows")


def _require_correctable(columns: Sequence[int], corrects: int) -> None:
    if corrects and (len(set(columns)) < len(columns) or 0 in columns):
        raise ValueError("a code that corrects one bit has distinct columns other than zero")
