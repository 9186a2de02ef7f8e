"""AES by its definition (FIPS 197), as tables that suit numpy: the S-box, pair tables, the key schedule.

A state column is one little-endian uint32: row r of the column is bits 8r ... 8r + 7.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

U32 = NDArray[np.uint32]


class PairTables(NamedTuple):
    """Two bytes in one look-up: ``low[b0 | b1 << 8]`` and ``high[b2 | b3 << 8]``, each ``uint32[65536]``."""

    low: U32
    high: U32


def double(element: int) -> int:
    """x times ``element`` in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197 §4.2)."""
    return element << 1 ^ (0x11B if element & 0x80 else 0)


@cache
def sbox() -> tuple[int, ...]:
    """The S-box: the inverse in GF(2^8), then the affine map (FIPS 197 §5.1.1)."""
    power = [1]  # of the generator x + 1
    for _ in range(254):
        power.append(double(power[-1]) ^ power[-1])
    box = [0x63] * 256
    for exponent, element in enumerate(power):
        inverse = power[-exponent % 255]
        rotations = inverse * 0x101  # bits 8-r ... 15-r are the byte rotated left by r
        box[element] ^= inverse
        for rotation in (1, 2, 3, 4):
            box[element] ^= rotations >> (8 - rotation) & 0xFF
    return tuple(box)


@cache
def column_tables() -> tuple[U32, ...]:
    """``T[r][b]``, each ``uint32[256]``: what byte b in row r adds to its column in a round."""
    single = np.array(sbox(), np.uint32)
    twice = np.array([double(byte) for byte in sbox()], np.uint32)
    first = twice | _rotate(single, 8) | _rotate(single, 16) | _rotate(twice ^ single, 24)
    return first, _rotate(first, 8), _rotate(first, 16), _rotate(first, 24)


def _rotate(words: U32, bits: int) -> U32:
    return words << np.uint32(bits) | words >> np.uint32(32 - bits)


def _pair(first: U32, second: U32) -> U32:
    return (second[:, None] ^ first[None, :]).reshape(-1)


@cache
def round_tables() -> PairTables:
    """Pair tables of a full round."""
    rows = column_tables()
    return PairTables(_pair(rows[0], rows[1]), _pair(rows[2], rows[3]))


@cache
def last_round_tables() -> PairTables:
    """Pair tables of the last round, which has no MixColumns."""
    byte = np.array(sbox(), np.uint32)
    return PairTables(_pair(byte, _rotate(byte, 8)), _pair(_rotate(byte, 16), _rotate(byte, 24)))


def expand_key(key: bytes) -> U32:
    """Round keys ``uint32[rounds + 1, 4]`` (FIPS 197 §5.2); the key has 16, 24 or 32 bytes."""
    box, words, constant = sbox(), len(key) // 4, 1
    schedule = [key[4 * i : 4 * i + 4] for i in range(words)]
    for i in range(words, 4 * (words + 7)):
        previous = schedule[-1]
        if i % words == 0:
            rotated = previous[1:] + previous[:1]
            previous = bytes([box[rotated[0]] ^ constant, *(box[byte] for byte in rotated[1:])])
            constant = double(constant)
        elif words == 8 and i % 8 == 4:
            previous = bytes(box[byte] for byte in previous)
        schedule.append(bytes(a ^ b for a, b in zip(schedule[i - words], previous, strict=True)))
    return np.frombuffer(b"".join(schedule), "<u4").astype(np.uint32).reshape(-1, 4)
