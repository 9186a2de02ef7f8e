"""What a CRC's polynomial P gives the kernels: powers of x, look-up tables, sparse multiples and their use.

A *cell* is 32 bits of a message, or 64 for CRCs wider than 32; its bits stand as the message has them, so
that a register is added to it by one exclusive or. A message is linear in the register, so kernels compute
its *remainder*, with a register that starts at zero; ``of_zeros`` adds what the definition asks for beyond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchsuite.workloads.codes.crc_bulk import register_type
from benchsuite.workloads.codes.crc_catalogue import algorithm as definition
from benchsuite.workloads.reference.crc import Algorithm, of_nothing, reflect

Cells = NDArray[Any]
"""``uint32``, or ``uint64`` for CRCs wider than 32 bits."""
U64 = NDArray[np.uint64]

MULTIPLES: dict[int, tuple[tuple[int, ...], ...]] = {
    0x04C11DB7: (
        (1927, 2181, 4018),
        (241, 339, 366, 438, 444),
        (181, 199, 255, 263, 274),
        (37, 49, 60, 62, 75, 80, 109),
    ),
    0x1EDC6F41: (
        (1747, 2830, 5321),
        (260, 261, 266, 379, 437),
        (154, 177, 183, 258, 290),
        (65, 155, 170, 195, 209),
        (47, 51, 55, 85, 90, 100, 104),
    ),
}
"""Of two polynomials of 32 bits. For each set of distances d, P divides x^m + sum of x^(m - d), m being the
largest: a symbol may be taken out of a message when it is added to those d places on. Squaring makes that
true of any symbol of 2^j bits, in either order. Found by sorting sums of pairs and triples of powers: the
last distance is small, the first one large."""


def multiples(algorithm: str) -> tuple[tuple[int, ...], ...]:
    """Those of MULTIPLES, or none."""
    found = definition(algorithm)
    return MULTIPLES.get(found.polynomial, ()) if found.width == 32 else ()


def cell_bytes(algorithm: str) -> int:
    return np.dtype(register_type(definition(algorithm).width)).itemsize


def _times(of: Algorithm, a: int, b: int) -> int:
    """The product of two polynomials modulo P; bit i belongs to x^i."""
    product = 0
    for bit in reversed(range(of.width)):
        product <<= 1
        if product >> of.width:
            product ^= of.polynomial | 1 << of.width
        if b >> bit & 1:
            product ^= a
    return product


def _power(of: Algorithm, exponent: int) -> int:
    """x^exponent modulo P, by squaring."""
    power, square = 1, 2
    while exponent:
        if exponent & 1:
            power = _times(of, power, square)
        square, exponent = _times(of, square, square), exponent >> 1
    return power


@lru_cache(maxsize=8)
def powers(algorithm: str, first: int, count: int) -> U64:
    """``uint64[count]``: x^first, x^(first + 1), ... modulo P; bit i belongs to x^i."""
    of = definition(algorithm)
    power, found = _power(of, first), []
    for _ in range(count):
        found.append(power)
        power <<= 1
        if power >> of.width:
            power ^= of.polynomial | 1 << of.width
    return np.array(found, np.uint64)


def _sent(algorithm: str, length: int) -> NDArray[np.intp]:
    """``intp[8 * length]``: the power of x of every bit of so many bytes, the least significant bit first."""
    byte, bit = np.divmod(np.arange(8 * length), 8)
    places: NDArray[np.intp] = 7 - bit if definition(algorithm).reflected_in else bit
    return 8 * (length - 1 - byte) + places


def _spread(values: U64, bits: Sequence[int], type_: type[Any]) -> Cells:
    """``values`` with bit i at ``bits[i]``."""
    found = np.zeros(values.shape, np.uint64)
    for i, bit in enumerate(bits):
        found |= (values >> np.uint64(i) & np.uint64(1)) << np.uint64(bit)
    return found.astype(type_)


def _as_crc(algorithm: str, values: U64) -> Cells:
    """Remainders in the order of bits that the CRC has."""
    of = definition(algorithm)
    order = range(of.width - 1, -1, -1) if of.reflected_out else range(of.width)
    return _spread(values, order, register_type(of.width))


def _linear_table(images: Cells) -> Cells:
    """``[..., 2^bits]``: sums of ``images: [..., bits]`` that the bits of the index select."""
    table = np.zeros((*images.shape[:-1], 1), images.dtype)
    for bit in range(images.shape[-1]):
        table = np.concatenate([table, table ^ images[..., bit : bit + 1]], axis=-1)
    return table


@lru_cache(maxsize=16)
def advance_tables(algorithm: str, cells: int) -> Cells:
    """``[halves, 65536]``: what each 16 bits of a cell become ``cells`` cells later, as a cell."""
    of, length = definition(algorithm), cell_bytes(algorithm)
    sent = _sent(algorithm, length)
    images = powers(algorithm, 8 * length * cells, 8 * length)[sent]
    return _linear_table(_spread(images, np.argsort(sent).tolist(), register_type(of.width)).reshape(-1, 16))


@lru_cache(maxsize=16)
def last_tables(algorithm: str) -> Cells:
    """``[halves, 65536]``: what each 16 bits of the last cell are in the remainder, in the CRC's order."""
    of, length = definition(algorithm), cell_bytes(algorithm)
    images = _as_crc(algorithm, powers(algorithm, of.width, 8 * length))[_sent(algorithm, length)]
    found, same = _linear_table(images.reshape(-1, 16)), advance_tables(algorithm, 1)
    return same if np.array_equal(found, same) else found  # the same ones share the cache


@lru_cache(maxsize=64)
def place_tables(algorithm: str, length: int, bits: int) -> Cells:
    """``[8 / bits * length * 2^bits]``: the remainder of each digit of 8 or 4 bits of ``length`` bytes.

    Tables follow each other as the digits do: the lowest ones of all bytes, then the next ones.
    """
    images = _as_crc(algorithm, powers(algorithm, definition(algorithm).width, 8 * length))
    digits = images[_sent(algorithm, length)].reshape(length, 8 // bits, bits).swapaxes(0, 1)
    return _linear_table(digits).reshape(-1)


@lru_cache(maxsize=64)
def before_tables(algorithm: str, size: int) -> Cells:
    """``[bytes of a cell * 256]``: what each byte of a CRC adds to that ``size`` bytes later."""
    of = definition(algorithm)
    images = _as_crc(algorithm, powers(algorithm, 8 * size, of.width))
    places = np.zeros(8 * cell_bytes(algorithm), images.dtype)
    places[: of.width] = images[::-1] if of.reflected_out else images
    return _linear_table(places.reshape(-1, 8)).reshape(-1)


@lru_cache(maxsize=1024)
def of_zeros(algorithm: str, size: int, before: int | None = None) -> Any:
    """The CRC of ``size`` bytes of zeros, by squaring; appended to what has the CRC ``before``."""
    of = definition(algorithm)

    def turned(register: int) -> int:
        return reflect(register, of.width) if of.reflected_out else register

    register = turned((of_nothing(of) if before is None else before) ^ of.xor_out)
    after = turned(_times(of, register, _power(of, 8 * size))) ^ of.xor_out
    return register_type(of.width)(after)


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
    for distances in multiples(algorithm):
        scale = 1
        while scale * distances[-1] <= longest:
            found.append(tuple(scale * distance for distance in distances))
            scale *= 2
    return tuple(found)
