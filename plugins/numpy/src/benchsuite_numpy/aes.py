"""AES by its definition (FIPS 197), as tables that suit numpy: the S-box, pair tables, the key schedule.

A state column is one little-endian uint32: row r of the column is bits 8r ... 8r + 7.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]


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
def inverse_sbox() -> tuple[int, ...]:
    """What undoes ``sbox`` (FIPS 197 §5.3.2)."""
    return tuple(int(byte) for byte in np.argsort(sbox()))


@cache
def column_tables() -> tuple[U32, ...]:
    """``T[r][b]``, each ``uint32[256]``: what byte b in row r adds to its column in a round."""
    single = np.array(sbox(), np.uint32)
    twice = np.array([double(byte) for byte in sbox()], np.uint32)
    return _rotations(_column(twice, single, single, twice ^ single))


@cache
def inverse_column_tables() -> tuple[U32, ...]:
    """``column_tables`` of the inverse cipher, whose columns are mixed by 14, 9, 13 and 11."""
    single = inverse_sbox()
    twice = [double(byte) for byte in single]
    fourfold = [double(byte) for byte in twice]
    by_1, by_2, by_4 = (np.array(multiples, np.uint32) for multiples in (single, twice, fourfold))
    by_8 = np.array([double(byte) for byte in fourfold], np.uint32)
    by_9, by_12 = by_8 ^ by_1, by_8 ^ by_4
    return _rotations(_column(by_12 ^ by_2, by_9, by_12 ^ by_1, by_9 ^ by_2))


def _column(*rows: U32) -> U32:
    column: U32 = np.bitwise_or.reduce([_rotate(row, 8 * r) for r, row in enumerate(rows)])
    return column


def _rotations(first: U32) -> tuple[U32, ...]:
    return first, _rotate(first, 8), _rotate(first, 16), _rotate(first, 24)


def _rotate(words: U32, bits: int) -> U32:
    return words << np.uint32(bits) | words >> np.uint32(32 - bits)


def _pairs(rows: tuple[U32, ...]) -> PairTables:
    low, high = ((rows[r + 1][:, None] ^ rows[r][None, :]).reshape(-1) for r in (0, 2))
    return PairTables(low, high)


@cache
def round_tables() -> PairTables:
    """Pair tables of a full round."""
    return _pairs(column_tables())


@cache
def last_round_tables() -> PairTables:
    """Pair tables of the last round, which has no MixColumns."""
    return _pairs(_rotations(np.array(sbox(), np.uint32)))


@cache
def inverse_round_tables() -> PairTables:
    """Pair tables of a full round of the inverse cipher."""
    return _pairs(inverse_column_tables())


@cache
def inverse_last_round_tables() -> PairTables:
    """Pair tables of the last round of the inverse cipher."""
    return _pairs(_rotations(np.array(inverse_sbox(), np.uint32)))


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


@dataclass(frozen=True, eq=False)
class Cipher:
    """One direction of AES under a key.

    ``round_keys: uint32[rounds + 1, 4, 1]``, in the order of the rounds. The columns of a state that is
    decrypted stand in reverse: InvShiftRows then takes its bytes from the columns that ShiftRows would.
    """

    round_keys: U32
    full: PairTables
    last: PairTables
    reverse: bool

    def columns(self, blocks: U8) -> U32:
        """A view ``uint32[4, blocks]`` of ``uint8[blocks, 16]``, in the order of the state's columns."""
        columns = blocks.view("<u4").T
        return columns[::-1] if self.reverse else columns


@lru_cache(maxsize=64)
def encryption(key: bytes) -> Cipher:
    """The cipher (FIPS 197 §5.1)."""
    return Cipher(expand_key(key)[:, :, None], round_tables(), last_round_tables(), reverse=False)


@lru_cache(maxsize=64)
def decryption(key: bytes) -> Cipher:
    """The equivalent inverse cipher, with mixed inner round keys (FIPS 197 §5.3.5)."""
    round_keys, box = expand_key(key)[::-1, ::-1].copy(), np.array(sbox())
    inner = round_keys[1:-1]
    rows = [inner >> np.uint32(8 * r) & np.uint32(0xFF) for r in range(4)]
    mixed = [table[box[row]] for table, row in zip(inverse_column_tables(), rows, strict=True)]
    inner[...] = np.bitwise_xor.reduce(mixed)
    return Cipher(round_keys[:, :, None], inverse_round_tables(), inverse_last_round_tables(), reverse=True)
