"""What CRCs are sure to detect, exactly: errors of few bits, by length of the message, and bursts.

An error passes in silence where it is a multiple of the polynomial P. Initial value, final addition and order
of bits play no part, so that all algorithms of one polynomial promise the same.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.codes.analysis.refusal import NoFormula
from benchsuite.workloads.reference.crc import Algorithm

MOST_SUMS = 2**24  # of powers, kept at once: a second or two, and half a gigabyte


def detects(algorithm: Algorithm, data_bits: int, flips: int) -> bool:
    """Whether no error of 1 to ``flips`` bits in so many bits of data and their CRC passes in silence.

    The Hamming distance is then above ``flips``. Raises NoFormula where that takes too many sums, and
    ValueError for a polynomial that x divides: its CRC has a bit that never changes.
    """
    _require_odd(algorithm)
    if flips % 2 and algorithm.polynomial.bit_count() % 2:
        flips -= 1  # x + 1 divides P, and so no multiple has an odd number of terms
    others = data_bits + algorithm.width - 1
    if flips < 2 or others < 1:
        return True
    less, more = (flips - 1) // 2, flips // 2
    if comb(others, more) > MOST_SUMS:
        raise NoFormula(
            f"{flips} flips in {data_bits} bits of data take {comb(others, more):,} sums, "
            f"more than {MOST_SUMS:,}: ask for fewer flips or bits"
        )
    # x does not divide P, so that a lightest multiple can be shifted until it has the term 1: the rest of it
    # are two sums of half the terms that differ by 1
    powers = _powers(algorithm, others)
    left, right = np.sort(_sums(powers, less) ^ np.uint64(1)), np.sort(_sums(powers, more))
    places = np.minimum(np.searchsorted(right, left), right.size - 1)
    return not np.any(right[places] == left)


def undetected_bursts(algorithm: Algorithm, length: int) -> Fraction:
    """The part that passes of the bursts: errors of ``length`` bits whose first and last ones are wrong.

    Raises ValueError as ``detects`` does.
    """
    _require_odd(algorithm)
    width = algorithm.width
    if length <= width:
        return Fraction(0)
    # only P itself, or the products of P with a polynomial of both ends; all bits between the ends are free
    return Fraction(1, 2 ** (width - 1)) if length == width + 1 else Fraction(1, 2**width)


def _require_odd(algorithm: Algorithm) -> None:
    if not algorithm.polynomial & 1:
        raise ValueError(
            f"x divides the polynomial 0x{algorithm.polynomial:x}: take one whose lowest bit is 1"
        )


def _powers(algorithm: Algorithm, count: int) -> npt.NDArray[np.uint64]:
    """``[count]``: x, x^2, ... modulo P; bit i belongs to x^i."""
    top, power, found = 1 << algorithm.width, 1, []
    for _ in range(count):
        power <<= 1
        if power & top:
            power ^= top | algorithm.polynomial
        found.append(power)
    return np.array(found, np.uint64)


def _sums(powers: npt.NDArray[np.uint64], most: int) -> npt.NDArray[np.uint64]:
    """Of at most so many different ones."""
    found = [np.zeros(1, np.uint64)]
    for size in range(most):
        # sums stand in the order of their last power: those of the first i powers are the first ones
        found.append(np.concatenate([found[size][: comb(i, size)] ^ power for i, power in enumerate(powers)]))
    return np.concatenate(found)
