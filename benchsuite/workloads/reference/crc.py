"""Cyclic redundancy checks, one bit at a time: division by the polynomial as Rocksoft's model spells it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Algorithm:
    """One CRC by its parameters, as the CRC catalogue lists them."""

    width: int
    polynomial: int
    """Without its highest term; bit i belongs to x^i."""
    initial: int
    reflected_in: bool
    """Whether the least significant bit of each byte comes first."""
    reflected_out: bool
    xor_out: int
    check: int | None = field(default=None, compare=False)
    """The CRC of the ASCII bytes ``123456789``, where the catalogue gives it."""


def reflect(value: int, width: int) -> int:
    """The lowest ``width`` bits of ``value`` in the opposite order.

    >>> bin(reflect(0b1101, 8))
    '0b10110000'
    """
    return sum((value >> i & 1) << (width - 1 - i) for i in range(width))


def of_nothing(algorithm: Algorithm) -> int:
    """The CRC of the empty message."""
    register = algorithm.initial
    if algorithm.reflected_out:
        register = reflect(register, algorithm.width)
    return register ^ algorithm.xor_out


def crc(algorithm: Algorithm, data: bytes) -> int:
    """The CRC of ``data``, of any length.

    >>> castagnoli = dict(width=32, polynomial=0x1EDC6F41, initial=0xFFFFFFFF, xor_out=0xFFFFFFFF)
    >>> hex(crc(Algorithm(**castagnoli, reflected_in=True, reflected_out=True), b"123456789"))
    '0xe3069283'
    """
    return update(algorithm, of_nothing(algorithm), data)


def update(algorithm: Algorithm, before: int, data: bytes) -> int:
    """The CRC of a message whose CRC was ``before``, with ``data`` appended."""
    top, mask = algorithm.width - 1, (1 << algorithm.width) - 1
    register = before ^ algorithm.xor_out
    if algorithm.reflected_out:
        register = reflect(register, algorithm.width)
    for byte in data:
        for i in range(8):
            bit = byte >> (i if algorithm.reflected_in else 7 - i) & 1
            leaving = register >> top ^ bit
            register = register << 1 & mask ^ (algorithm.polynomial if leaving else 0)
    if algorithm.reflected_out:
        register = reflect(register, algorithm.width)
    return register ^ algorithm.xor_out
