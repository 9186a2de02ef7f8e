"""What a CRC's polynomial P gives the kernels: powers of x, look-up tables, sparse multiples and their use.

Registers are reflected: bit 31 - i belongs to x^i. A message is linear in the register, so kernels compute
its *remainder*, with a register that starts at zero; ``of_zeros`` adds what the definition asks for beyond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from benchsuite.workloads.reference.crc import ALGORITHMS, reflect

U32 = NDArray[np.uint32]

MULTIPLES: dict[str, tuple[tuple[int, ...], ...]] = {
    "CRC-32/ISO-HDLC": (
        (1927, 2181, 4018),
        (241, 339, 366, 438, 444),
        (181, 199, 255, 263, 274),
        (37, 49, 60, 62, 75, 80, 109),
    ),
    "CRC-32/ISCSI": (
        (1747, 2830, 5321),
        (260, 261, 266, 379, 437),
        (154, 177, 183, 258, 290),
        (65, 155, 170, 195, 209),
        (47, 51, 55, 85, 90, 100, 104),
    ),
}
"""For each set of distances d, P divides x^m + sum of x^(m - d), m being the largest: a symbol may be taken
out of a message when it is added to those d places on. Squaring makes that true of any symbol of 2^j bits.
Found by sorting sums of pairs and triples of powers: the last distance is small, the first one large."""


@lru_cache(maxsize=8)
def powers(algorithm: str, count: int) -> U32:
    """``uint32[count]``: x^0, x^1, ... modulo P."""
    definition = ALGORITHMS[algorithm]
    polynomial = reflect(definition.polynomial, definition.width)
    power, found = 1 << 31, []
    for _ in range(count):
        found.append(power)
        power = power >> 1 ^ (polynomial if power & 1 else 0)
    return np.array(found, np.uint32)


def _linear_table(images: U32) -> U32:
    """``uint32[..., 2^bits]``: sums of ``images: uint32[..., bits]`` that the bits of the index select."""
    table = np.zeros((*images.shape[:-1], 1), np.uint32)
    for bit in range(images.shape[-1]):
        table = np.concatenate([table, table ^ images[..., bit : bit + 1]], axis=-1)
    return table


@cache
def word_tables(algorithm: str) -> tuple[U32, U32]:
    """What the low and the high half of a register become 32 bits later, ``uint32[65536]`` each."""
    images = powers(algorithm, 64)[:31:-1]  # bit b is x^(31 - b) and becomes x^(63 - b)
    return _linear_table(images[:16]), _linear_table(images[16:])


@lru_cache(maxsize=64)
def place_tables(algorithm: str, length: int, bits: int) -> U32:
    """``uint32[8 / bits * length * 2^bits]``: the remainder of each digit of 8 or 4 bits of ``length`` bytes.

    Tables follow each other as the digits do: the lowest ones of all bytes, then the next ones.
    """
    images = powers(algorithm, 32 + 8 * length)[32:][::-1]  # the first bit of the first byte is the highest
    digits = images.reshape(length, 8 // bits, bits).swapaxes(0, 1)
    return _linear_table(digits).reshape(-1)


@cache
def of_zeros(algorithm: str, size: int) -> np.uint32:
    """The CRC of ``size`` bytes of zeros, by squaring."""
    definition = ALGORITHMS[algorithm]

    def multiply(a: int, b: int) -> int:
        product = 0
        for bit in reversed(range(definition.width)):
            product <<= 1
            if product >> definition.width:
                product ^= definition.polynomial | 1 << definition.width
            if b >> bit & 1:
                product ^= a
        return product

    register, square, bits = definition.initial, 2, 8 * size
    while bits:
        if bits & 1:
            register = multiply(register, square)
        square, bits = multiply(square, square), bits >> 1
    return np.uint32(reflect(register, definition.width) ^ definition.xor_out)


@dataclass(frozen=True)
class Fold:
    """Add cells ``start ... start + count - 1`` to those each distance on; afterwards they count no more."""

    start: int
    count: int
    distances: tuple[int, ...]


@cache
def folds(
    distances: Sequence[tuple[int, ...]], length: int, least: int, call: float, finish: float
) -> tuple[Fold, ...]:
    """How to take cells from the front of ``length``, until ``least`` are left or folding no longer pays.

    The unit of cost is adding one cell to another: ``call`` is what a call of numpy costs before it adds,
    ``finish`` what is paid for each cell that is left. Each time, the cheapest for each cell that it takes.
    """
    chosen: list[Fold] = []
    start = 0
    while start < length - least:
        options = []
        for one in distances:
            count = min(one[0], length - start - max(one[-1], least))
            if count > 0:
                options.append((len(one) * (1 + call / count), -count, Fold(start, count, one)))
        if not options:
            break
        cost, _, best = min(options, key=lambda option: option[:2])
        if cost >= finish:
            break
        chosen.append(best)
        start += best.count
    return tuple(chosen)


@cache
def scaled(algorithm: str, longest: int) -> tuple[tuple[int, ...], ...]:
    """The sets of distances in bytes, doubled again and again while the last is at most ``longest``."""
    found = []
    for distances in MULTIPLES[algorithm]:
        scale = 1
        while scale * distances[-1] <= longest:
            found.append(tuple(scale * distance for distance in distances))
            scale *= 2
    return tuple(found)
