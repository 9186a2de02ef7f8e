"""Two error models that need nothing but a length: K distinct flips, and a binary symmetric channel.

Each is parsed from what stands behind its name (``3``, ``0.001``) and draws positions from a trial's words:
word 0 is the first of block 0; positions that are not flipped are -1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache

import numpy as np

from benchsuite.workloads.streams import Positions, Words, distinct_positions

Draw = Callable[[int, int], Words]
"""(block, number) -> ``uint64[trials, number]`` of the trials' streams."""

PLACES = 15
"""Of a probability: with 255 bits the exact fractions then have fewer digits than Python prints (4300)."""


def is_whole(text: str) -> bool:
    """Whether ``text`` is a whole number in plain digits."""
    return text.isascii() and text.isdigit()


def parse_flips(arguments: str) -> str:
    """K in its canonical spelling; raises ValueError for what is no whole number."""
    if not is_whole(arguments):
        raise ValueError(f"flips:K needs a whole number of distinct flips, as in flips:3, not {arguments!r}")
    return str(int(arguments))


def flips_of(arguments: str, n: int) -> int:
    """K; raises ValueError for more than the n bits of a codeword."""
    flips = int(arguments)
    if flips > n:
        raise ValueError(f"flips:{flips} flips more bits than the {n} of a codeword: give 0 to {n}")
    return flips


def flip_positions(arguments: str, n: int, words: Draw) -> Positions:
    """``int64[trials, K]``, by Floyd's algorithm from word 0 on."""
    flips = flips_of(arguments, n)
    return distinct_positions(words(0, flips), n, flips)


def probability(text: str) -> Fraction | None:
    """The number from 0 to 1 that ``text`` spells in at most PLACES decimals; None where it spells none."""
    if not re.fullmatch(r"(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", text, re.ASCII):
        return None
    p = Fraction(text)
    return p if p <= 1 and (p * 10**PLACES).denominator == 1 else None


def spelled(p: Fraction) -> str:
    """The canonical spelling of a probability below 1 of at most PLACES decimals.

    >>> spelled(Fraction(1, 8))
    '0.125'
    """
    return f"0.{int(p * 10**PLACES):0{PLACES}d}".rstrip("0").rstrip(".")


def parse_bsc(arguments: str) -> str:
    """P in its canonical spelling; raises ValueError for what is no probability of PLACES decimals."""
    p = probability(arguments)
    if p is None or not 0 < p < 1:
        raise ValueError(
            "bsc:P needs the probability that a bit flips, above 0, below 1 and of at most "
            f"{PLACES} decimal places, as in bsc:0.001 or bsc:1e-3, not {arguments!r}"
        )
    return spelled(p)


@cache
def bsc_thresholds(arguments: str, n: int) -> Words:
    """``uint64[n]``: floor(2^64 P(at most j flips)), j = 0 ... n - 1, exactly: floats differ by machine."""
    p, last = Fraction(arguments), 2**64 - 1
    flip, keep, base = p.numerator, p.denominator - p.numerator, p.denominator**n
    below = np.full(n, last, np.uint64)
    term = reached = keep**n
    for j in range(n):
        below[j] = threshold = (reached << 64) // base
        if threshold == last:  # and so are all that follow
            break
        term = term * (n - j) * flip // ((j + 1) * keep)
        reached += term
    return below


def bsc_flips(arguments: str, n: int, words: Draw) -> Positions:
    """``int64[trials]``: as many flips as there are thresholds up to word 0."""
    return np.searchsorted(bsc_thresholds(arguments, n), words(0, 1)[:, 0], side="right")


def scattered(flips: Positions, drawn: Words, n: int) -> Positions:
    """So many distinct positions of each trial, by Floyd's algorithm from the first of its words, then -1.

    ``flips: int64[trials]`` and ``drawn: uint64[trials, most]`` give ``int64[trials, most]``; every column
    lies in one piece.
    """
    positions = np.full(drawn.shape[::-1], -1, np.int64).T
    for number in range(1, drawn.shape[1] + 1):
        rows = np.flatnonzero(flips == number)
        positions[rows, :number] = distinct_positions(drawn[rows, :number], n, number)
    return positions


def bsc_positions(arguments: str, n: int, words: Draw) -> Positions:
    """``int64[trials, flips]``: how many, says word 0; where, the words from 1 on."""
    drawn = words(0, 4)  # a block of the stream: mostly enough
    flips = bsc_flips(arguments, n, lambda block, number: drawn)
    most = int(flips.max(initial=1))
    return scattered(flips, (drawn if most < 4 else words(0, 1 + most))[:, 1 : 1 + most], n)
