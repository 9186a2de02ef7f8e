"""Bounded-distance decoding by algebra, of many words at once: from syndromes to places and sizes of errors.

Serves every code whose check matrix is alpha^1 ... alpha^r raised to the exponents of its positions:
Reed-Solomon and, with errors that are all 1, binary BCH. Sources: Berlekamp 1968, Massey 1969, Chien 1964,
Forney 1965; erasures as in Blahut 1983. Polynomials are coefficients, lowest first, one row each; columns are
words, so that one operation serves all words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchsuite_numpy.galois_field import Elements, Field

Positions = NDArray[np.intp]

BLOCK = 512
"""Words at a time: the polynomials and their logarithms of RS(255,223) then stay in a second-level cache."""


@dataclass(frozen=True, eq=False)
class Located:
    """Where the wrong symbols are; ``errors`` is how many of them there are in all words together."""

    mended: NDArray[np.bool_]
    """``bool[words]``: whether a codeword is near enough; the others have no error here."""
    word: Positions
    """``intp[errors]``, of the words in the order of their number."""
    position: Positions
    """``intp[errors]``."""
    locator: Elements
    """``[degree + 1, words]``: the polynomial whose roots are 1 / alpha^exponent of the places."""


def locate(
    gf: Field, syndromes: Elements, exponents: Positions, erasures: NDArray[np.bool_] | None = None
) -> Located:
    """The v wrong symbols of each word where 2 v + (its erasures) <= r.

    ``syndromes: [r, words]`` are the words' values at alpha^1 ... alpha^r, not all zero in any word, and of
    BLOCK words at most if it is to be fast;
    ``exponents: intp[n]`` is the power of x of every position, all different and below 2^m - 1;
    ``erasures: bool[words, n]`` are the positions that mean nothing, and count as found where they are right.
    """
    r, words = syndromes.shape
    started = _erasure_locator(gf, erasures, exponents, r) if erasures is not None else None
    count = np.zeros(words, np.intp) if erasures is None else erasures.sum(axis=1, dtype=np.intp)
    locator, length = _berlekamp_massey(gf, syndromes, count, started)
    roots = _roots(gf, locator, exponents)
    # More roots than the length cannot be; fewer say that the errors are too many, or beyond the positions.
    mended = (2 * length <= r + count) & (count <= r)
    mended &= roots.sum(axis=1, dtype=np.intp) == length
    roots &= mended[:, None]
    word, position = roots.nonzero()
    return Located(mended, word, position, locator)


def values(gf: Field, syndromes: Elements, exponents: Positions, located: Located) -> Elements:
    """``[errors]``: what to subtract at each place found; zero where an erased symbol is right after all.

    Forney's formula for a code with the first root alpha^1.
    """
    log_locator = gf.log[located.locator[:, located.word]]
    log_x = (-exponents[located.position]) % gf.order
    evaluator = _evaluator(gf, gf.log[syndromes], gf.log[located.locator])[:, located.word]
    above = np.zeros(len(log_x), gf.exp.dtype)
    for i, coefficient in enumerate(evaluator):
        above ^= gf.power(gf.log[coefficient] + i * log_x % gf.order)
    below = np.zeros_like(above)
    for i in range(1, len(log_locator), 2):
        below ^= gf.power(log_locator[i] + (i - 1) * log_x % gf.order)
    return gf.divide(above, below)


def _erasure_locator(gf: Field, erasures: NDArray[np.bool_], exponents: Positions, r: int) -> Elements:
    """``[r + 1, words]``: the product of 1 + alpha^exponent x over the first r erased positions."""
    words = len(erasures)
    product = np.zeros((r + 1, words), gf.exp.dtype)
    product[0] = 1
    word, position = erasures.nonzero()
    # the how-manieth erasure of its word
    rank = np.arange(len(word)) - np.searchsorted(word, word)
    for i in range(min(int(rank.max(initial=-1)) + 1, r)):
        chosen = rank == i
        columns, log_x = word[chosen], exponents[position[chosen]]
        factor = product[:, columns]
        factor[1:] ^= gf.power(gf.log[factor[:-1]] + log_x)
        product[:, columns] = factor
    return product


def _berlekamp_massey(
    gf: Field, syndromes: Elements, erased: Positions, started: Elements | None
) -> tuple[Elements, Positions]:
    """(locator, its length): the shortest recurrence of the syndromes, that of the erasures being given.

    A length beyond half of r, and of the erasures, says that the errors are too many, and the locator of that
    word means nothing.
    """
    r, words = syndromes.shape
    size = r // 2 + 1 if started is None else r + 1
    locator = np.zeros((size, words), gf.exp.dtype)
    locator[0] = 1
    if started is not None:
        locator[:] = started
    previous, length = locator.copy(), erased.copy()
    log_syndromes = gf.log[syndromes]
    for i in range(r):
        reach = min(i + 1, size)
        log_locator = gf.log[locator[:reach]]
        latest = log_syndromes[i + 1 - reach : i + 1][::-1]
        discrepancy = np.bitwise_xor.reduce(gf.power(log_locator + latest), axis=0)
        active = i >= erased
        discrepancy *= active
        previous[1:] = np.where(active, previous[:-1], previous[1:])
        previous[0] *= ~active
        log_discrepancy = gf.log[discrepancy]
        following = locator ^ gf.power(gf.log[previous] + log_discrepancy)
        longer = (discrepancy != 0) & (2 * length <= i + erased)
        inverse = (gf.order - log_discrepancy) % gf.order
        previous = np.where(longer, gf.power(gf.log[locator] + inverse), previous)
        length = np.where(longer, i + 1 + erased - length, length)
        locator = following
    return locator, length


def _roots(gf: Field, locator: Elements, exponents: Positions) -> NDArray[np.bool_]:
    """``bool[words, n]``: whether the locator of the word is zero at 1 / alpha^exponent of the position."""
    log_locator = gf.log[locator]
    sums = np.broadcast_to(locator[0][:, None], (locator.shape[1], len(exponents))).copy()
    for i in range(1, len(locator)):
        if locator[i].any():
            sums ^= gf.power(log_locator[i][:, None] + -i * exponents % gf.order)
    found: NDArray[np.bool_] = sums == 0
    return found


def _evaluator(gf: Field, log_syndromes: Positions, log_locator: Positions) -> Elements:
    """``[degree, words]``: syndromes(x) locator(x), of which nothing is left from the locator's length on."""
    rows = min(len(log_locator) - 1, len(log_syndromes))
    return np.stack(
        [
            np.bitwise_xor.reduce(gf.power(log_locator[: i + 1] + log_syndromes[i::-1]), axis=0)
            for i in range(rows)
        ]
    )
