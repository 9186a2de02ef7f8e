"""AES and its modes, straight from FIPS 197, SP 800-38A and 38D: the oracle, at about 40 µs a block."""

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


@functools.cache
def inverse_sbox() -> bytes:
    """The table that undoes ``sbox`` (FIPS 197 §5.3.2)."""
    box = sbox()
    return bytes(box.index(a) for a in range(256))


@functools.cache
def multiples(factor: int) -> bytes:
    """``factor`` times every byte in GF(2^8)."""
    return bytes(multiply(a, factor) for a in range(256))


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


def decrypt_block(round_keys: Sequence[bytes], block: bytes) -> bytes:
    """What ``encrypt_block`` undoes: the inverse cipher, step by step (FIPS 197 §5.3)."""
    box = inverse_sbox()
    by_9, by_11, by_13, by_14 = (multiples(factor) for factor in (9, 11, 13, 14))
    state = [a ^ b for a, b in zip(block, round_keys[-1], strict=True)]
    for round_key in reversed(round_keys[1:-1]):
        state = [box[state[SHIFTED.index(i)]] ^ round_key[i] for i in range(16)]
        for i in range(0, 16, 4):
            a, b, c, d = state[i : i + 4]
            state[i : i + 4] = (
                by_14[a] ^ by_11[b] ^ by_13[c] ^ by_9[d],
                by_9[a] ^ by_14[b] ^ by_11[c] ^ by_13[d],
                by_13[a] ^ by_9[b] ^ by_14[c] ^ by_11[d],
                by_11[a] ^ by_13[b] ^ by_9[c] ^ by_14[d],
            )
    return bytes(box[state[SHIFTED.index(i)]] ^ round_keys[0][i] for i in range(16))


def _blocks(data: bytes) -> list[bytes]:
    return [data[i : i + 16] for i in range(0, len(data), 16)]


def xor(left: bytes, right: bytes) -> bytes:
    """Byte by byte, as far as the shorter one goes."""
    return bytes(a ^ b for a, b in zip(left, right, strict=False))


def ecb_encrypt(key: bytes, data: bytes) -> bytes:
    """Each block of ``data``, whole blocks only, on its own (SP 800-38A §6.1)."""
    round_keys = expand_key(key)
    return b"".join(encrypt_block(round_keys, block) for block in _blocks(data))


def ecb_decrypt(key: bytes, data: bytes) -> bytes:
    """What ``ecb_encrypt`` undoes."""
    round_keys = expand_key(key)
    return b"".join(decrypt_block(round_keys, block) for block in _blocks(data))


def cbc_encrypt(key: bytes, initial_vector: bytes, data: bytes) -> bytes:
    """Each block of ``data``, whole blocks only, after adding the answer before it (SP 800-38A §6.2)."""
    round_keys, chain = expand_key(key), [initial_vector]
    for block in _blocks(data):
        chain.append(encrypt_block(round_keys, xor(block, chain[-1])))
    return b"".join(chain[1:])


def cbc_decrypt(key: bytes, initial_vector: bytes, data: bytes) -> bytes:
    """What ``cbc_encrypt`` undoes."""
    round_keys, blocks = expand_key(key), _blocks(data)
    before = [initial_vector, *blocks]
    return b"".join(
        xor(decrypt_block(round_keys, block), a) for block, a in zip(blocks, before, strict=False)
    )


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
    return xor(data, keystream)


def block_double(y: int) -> int:
    """``y`` times x in GF(2^128) modulo 1 + x + x^2 + x^7 + x^128; x^0 comes first (SP 800-38D §6.3)."""
    return y >> 1 ^ (0xE1 << 120 if y & 1 else 0)


def block_product(x: int, y: int) -> int:
    """The product in the GF(2^128) of GCM (SP 800-38D §6.3)."""
    product = 0
    for i in range(127, -1, -1):
        if x >> i & 1:
            product ^= y
        y = block_double(y)
    return product


def block_power(x: int, exponent: int) -> int:
    """``x`` to the power ``exponent``, at least 0; the exponent 2^128 - 2 inverts."""
    power = 1 << 127  # the block of x^0
    for bit in f"{exponent:b}":
        power = block_product(power, power)
        if bit == "1":
            power = block_product(power, x)
    return power


def ghash(subkey: bytes, data: bytes) -> bytes:
    """GHASH under the hash subkey of ``data``, whole blocks only (SP 800-38D §6.4)."""
    y, h = 0, int.from_bytes(subkey, "big")
    for block in _blocks(data):
        y = block_product(y ^ int.from_bytes(block, "big"), h)
    return y.to_bytes(16, "big")


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 16)


def _bit_lengths(associated_data: bytes, data: bytes) -> bytes:
    return (8 * len(associated_data)).to_bytes(8, "big") + (8 * len(data)).to_bytes(8, "big")


def first_counter(subkey: bytes, nonce: bytes) -> bytes:
    """The pre-counter block J0, which masks the tag (SP 800-38D §7.1, step 2)."""
    if len(nonce) == 12:
        return nonce + b"\0\0\0\1"
    return ghash(subkey, _padded(nonce) + _bit_lengths(b"", nonce))


def nonce_of(subkey: bytes, counter: bytes) -> bytes:
    """The nonce of 16 bytes whose ``first_counter`` is ``counter``: its GHASH, undone."""
    inverse = block_power(int.from_bytes(subkey, "big"), 2**128 - 2)
    lengths = int.from_bytes(_bit_lengths(b"", bytes(16)), "big")
    undone = block_product(int.from_bytes(counter, "big"), inverse) ^ lengths
    return block_product(undone, inverse).to_bytes(16, "big")


def _gctr(round_keys: Sequence[bytes], counter: bytes, data: bytes) -> bytes:
    """Counter mode in which the last 32 bits alone count and wrap (SP 800-38D §6.2 and §6.5)."""
    start = int.from_bytes(counter[12:], "big")
    counters = (counter[:12] + ((start + i) % 2**32).to_bytes(4, "big") for i in range(-(-len(data) // 16)))
    return xor(data, b"".join(encrypt_block(round_keys, block) for block in counters))


def gcm_encrypt(key: bytes, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
    """The ciphertext, then its tag of 16 bytes (SP 800-38D §7.1)."""
    round_keys = expand_key(key)
    subkey = encrypt_block(round_keys, bytes(16))
    counter = first_counter(subkey, nonce)
    first = counter[:12] + ((int.from_bytes(counter[12:], "big") + 1) % 2**32).to_bytes(4, "big")
    ciphertext = _gctr(round_keys, first, data)
    authentic = _padded(associated_data) + _padded(ciphertext) + _bit_lengths(associated_data, ciphertext)
    return ciphertext + _gctr(round_keys, counter, ghash(subkey, authentic))


def gcm_decrypt(key: bytes, nonce: bytes, data: bytes, associated_data: bytes) -> bytes | None:
    """The plaintext of a ciphertext with its tag; None where the tag is wrong (SP 800-38D §7.2)."""
    mask = gcm_encrypt(key, nonce, data[:-16], b"")  # counter mode is its own inverse
    plaintext = mask[:-16]
    return plaintext if gcm_encrypt(key, nonce, plaintext, associated_data) == data else None
