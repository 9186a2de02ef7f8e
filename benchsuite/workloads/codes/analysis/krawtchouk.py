"""Krawtchouk's polynomials: what a word of weight w sees of all words of weight j, n symbols of q values."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb


def krawtchouk(j: int, w: int, n: int, q: int) -> int:
    """K_j(w): the sum, over the words of weight j, of their characters with one word of weight w.

    >>> krawtchouk(1, 2, 7, 2)  # of seven single flips, five miss the two ones
    3
    """
    terms = range(max(0, j - n + w), min(j, w) + 1)
    return sum((-1) ** i * (q - 1) ** (j - i) * comb(w, i) * comb(n - w, j - i) for i in terms)


def transformed(weights: Sequence[int], q: int) -> list[int]:
    """The sums over w of ``weights[w]`` times K_j(w), for j = 0 ... n.

    By MacWilliams' identity these are the weights of the dual code, times the number of words of this one.

    >>> transformed([1, 0, 0, 7, 7, 0, 0, 1], 2)  # Hamming (7,4): its dual has seven words of weight 4
    [16, 0, 0, 0, 112, 0, 0, 0]
    """
    n = len(weights) - 1
    total = [0] * (n + 1)
    terms = [comb(n, j) * (q - 1) ** j for j in range(n + 1)]  # of (1 - x)^w (1 + (q - 1) x)^(n - w), w = 0
    for weight in weights:
        if weight:
            total = [sum_ + weight * term for sum_, term in zip(total, terms, strict=True)]
        terms = _next(terms, q)
    return total


def _next(terms: Sequence[int], q: int) -> list[int]:
    """The coefficients times (1 - x) / (1 + (q - 1) x)."""
    following = [terms[0]]
    for j in range(1, len(terms)):
        following.append(terms[j] - terms[j - 1] - (q - 1) * following[-1])
    return following
