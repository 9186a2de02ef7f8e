"""AES and its counter mode, straight from FIPS 197 and SP 800-38A: the oracle, at about 40 µs a block."""

from __future__ import annotations

import functools
from collections.abc import Sequence

SHIFTED = tuple(4 * ((column + row) % 4) + row for column in range(4) for row in range(4))
"""ShiftRows: byte i of the new state is byte ``SHIFTED[i]`` of the old one (FIPS 197 §5.1.2)."""


def double(a: int) -> int:
    """``a`` times x in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197 §4.2.1)."""
    return (a << 1) ^ (0x11B if a & 0x80 else 0)


def multiply(a: int, b: int) -> int:
    """The product in GF(2^8).

    >>> hex(multiply(0x57, 0x83))  # FIPS 197 §4.2
    '0xc1'
    """
    product = 0
    while b:
        if b & 1:
            product ^= a
        a, b = double(a), b >> 1
    return product


@functools.cache
def doubles() -> bytes:
    """``double`` of every byte."""
    return bytes(double(a) for a in range(256))


@functools.cache
def sbox() -> bytes:
    """The substitution table: inverse in GF(2^8), then the affine map (FIPS 197 §5.1.1).

    >>> hex(sbox()[0x53])
    '0xed'
    """
    powers = [1]  # of x + 1, which generates the multiplicative group
    for _ in range(254):
        powers.append(multiply(powers[-1], 3))
    inverse = {0: 0} | {power: powers[-i % 255] for i, power in enumerate(powers)}
    return bytes(_affine(inverse[a]) for a in range(256))


def _affine(a: int) -> int:
    twice = a | a << 8  # a rotation to the left is a window of the byte written twice
    return (twice ^ twice >> 4 ^ twice >> 5 ^ twice >> 6 ^ twice >> 7) & 0xFF ^ 0x63


def expand_key(key: bytes) -> list[bytes]:
    """The 11, 13 or 15 round keys of a key of 16, 24 or 32 bytes (FIPS 197 §5.2).

    Raises ValueError for any other length.
    """
    if len(key) not in (16, 24, 32):
        raise ValueError(f"an AES key has 16, 24 or 32 bytes, not {len(key)}")
    box, length = sbox(), len(key) // 4
    words = [key[i : i + 4] for i in range(0, len(key), 4)]
    constant = 1
    for i in range(length, 4 * (length + 7)):
        word = words[-1]
        if i % length == 0:
            word = bytes(box[a] for a in word[1:] + word[:1])
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = double(constant)
        elif length == 8 and i % 8 == 4:
            word = bytes(box[a] for a in word)
        words.append(bytes(a ^ b for a, b in zip(words[-length], word, strict=True)))
    return [b"".join(words[i : i + 4]) for i in range(0, len(words), 4)]


def encrypt_block(round_keys: Sequence[bytes], block: bytes) -> bytes:
    """One block of 16 bytes under the round keys of ``expand_key`` (FIPS 197 §5.1)."""
    box, twice = sbox(), doubles()
    state = [a ^ b for a, b in zip(block, round_keys[0], strict=True)]
    for round_key in round_keys[1:-1]:
        state = [box[state[i]] for i in SHIFTED]
        for i in range(0, 16, 4):
            a, b, c, d = state[i : i + 4]
            every = a ^ b ^ c ^ d  # 2a + 3b + c + d = a + (a + b + c + d) + 2(a + b)
            state[i : i + 4] = (
                a ^ every ^ twice[a ^ b],
                b ^ every ^ twice[b ^ c],
                c ^ every ^ twice[c ^ d],
                d ^ every ^ twice[d ^ a],
            )
        state = [a ^ b for a, b in zip(state, round_key, strict=True)]
    return bytes(box[state[i]] ^ b for i, b in zip(SHIFTED, round_keys[-1], strict=True))


def ctr_keystream(key: bytes, counter: bytes, first: int, count: int) -> bytes:
    """Blocks ``first ... first + count - 1`` of the key stream that starts at the counter block ``counter``.

    The whole block counts, big-endian, modulo 2^128 (SP 800-38A §6.5 and B.1 with m = 128).
    """
    round_keys, start = expand_key(key), int.from_bytes(counter, "big") + first
    blocks = (((start + i) % 2**128).to_bytes(16, "big") for i in range(count))
    return b"".join(encrypt_block(round_keys, block) for block in blocks)


def ctr(key: bytes, counter: bytes, data: bytes) -> bytes:
    """Encrypt or decrypt ``data``, of any length (SP 800-38A §6.5)."""
    keystream = ctr_keystream(key, counter, 0, -(-len(data) // 16))
    return bytes(a ^ b for a, b in zip(data, keystream, strict=False))
