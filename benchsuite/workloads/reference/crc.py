"""Cyclic redundancy checks, one bit at a time: the division by the polynomial as Rocksoft's model spells it.

Source of the names and figures: the CRC catalogue at https://reveng.sourceforge.io/crc-catalogue/all.htm.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Algorithm:
    """What the catalogue says of one CRC; ``check`` is that of the ASCII bytes ``123456789``."""

    width: int
    polynomial: int
    """Without its highest term; bit i belongs to x^i."""
    initial: int
    reflected_in: bool
    """Whether the least significant bit of each byte comes first."""
    reflected_out: bool
    xor_out: int
    check: int


ALGORITHMS = {
    "CRC-32/ISO-HDLC": Algorithm(
        width=32,
        polynomial=0x04C11DB7,
        initial=0xFFFFFFFF,
        reflected_in=True,
        reflected_out=True,
        xor_out=0xFFFFFFFF,
        check=0xCBF43926,
    ),
    "CRC-32/ISCSI": Algorithm(
        width=32,
        polynomial=0x1EDC6F41,
        initial=0xFFFFFFFF,
        reflected_in=True,
        reflected_out=True,
        xor_out=0xFFFFFFFF,
        check=0xE3069283,
    ),
}
"""By their names in the catalogue; aliases such as CRC-32C are no names here."""


def reflect(value: int, width: int) -> int:
    """The lowest ``width`` bits of ``value`` in the opposite order.

    >>> bin(reflect(0b1101, 8))
    '0b10110000'
    """
    return sum((value >> i & 1) << (width - 1 - i) for i in range(width))


def crc(algorithm: Algorithm, data: bytes) -> int:
    """The CRC of ``data``, of any length.

    >>> hex(crc(ALGORITHMS["CRC-32/ISCSI"], b"123456789"))
    '0xe3069283'
    """
    top, mask = algorithm.width - 1, (1 << algorithm.width) - 1
    register = algorithm.initial
    for byte in data:
        for i in range(8):
            bit = byte >> (i if algorithm.reflected_in else 7 - i) & 1
            leaving = register >> top ^ bit
            register = register << 1 & mask ^ (algorithm.polynomial if leaving else 0)
    if algorithm.reflected_out:
        register = reflect(register, algorithm.width)
    return register ^ algorithm.xor_out
