"""AES and GHASH over many blocks at once, as plain as numpy allows: what ``check`` compares with.

The pure-Python oracle is ``benchsuite.workloads.reference.aes``; a test holds the two equal.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from benchsuite.workloads.reference import aes
from benchsuite.workloads.streams import Bytes, Positions, Words

_FIRST_ROWS = 256 * np.arange(16)[:, None]

STRIP = 1024
"""Blocks of a message that GHASH takes at a time: their intermediate results stay in the second cache."""

round_keys_of = functools.lru_cache(maxsize=16)(aes.expand_key)

RoundKeys: TypeAlias = Sequence[bytes] | Bytes
"""Those of ``reference.aes.expand_key`` for all blocks, or ``uint8[rounds + 1, blocks or 1, 16]``."""


class Strike(NamedTuple):
    """A fault within calls of the cipher: flips in the state after so many rounds, 0 to all of them."""

    rounds: int
    flips: Bytes
    """``uint8[blocks, 16]``."""


def expand_keys(keys: Bytes) -> Bytes:
    """``uint8[keys, 16, 24 or 32]`` -> ``uint8[rounds + 1, keys, 16]``, their round keys (FIPS 197 §5.2)."""
    box, length = np.frombuffer(aes.sbox(), np.uint8), keys.shape[1] // 4
    words = [keys[:, i : i + 4] for i in range(0, 4 * length, 4)]
    constant = 1
    for i in range(length, 4 * (length + 7)):
        word = words[-1]
        if i % length == 0:
            word = box[np.roll(word, -1, axis=1)]
            word[:, 0] ^= constant
            constant = aes.double(constant)
        elif length == 8 and i % 8 == 4:
            word = box[word]
        words.append(words[-length] ^ word)
    return np.stack([np.concatenate(words[i : i + 4], axis=1) for i in range(0, len(words), 4)])


def encrypt_blocks(round_keys: RoundKeys, blocks: Bytes, strike: Strike | None = None) -> Bytes:
    """``uint8[blocks, 16]`` -> the same, encrypted; where there is a ``strike``, wrongly."""
    box, keys = np.frombuffer(aes.sbox(), np.uint8), _columns(round_keys)
    state = _struck(blocks.T ^ keys[0], 0, strike)  # byte i of every block is one contiguous row
    for rounds, key in enumerate(keys[1:-1], start=1):
        columns = box[state[list(aes.SHIFTED)]].reshape(4, 4, -1)
        state = _struck(_mixed(columns).reshape(16, -1) ^ key, rounds, strike)
    state = _struck(box[state[list(aes.SHIFTED)]] ^ keys[-1], len(keys) - 1, strike)
    return np.ascontiguousarray(state.T)


def decrypt_blocks(round_keys: RoundKeys, blocks: Bytes, strike: Strike | None = None) -> Bytes:
    """What ``encrypt_blocks`` undoes; the rounds of a ``strike`` are those of the inverse (FIPS 197 §5.3)."""
    box, twice = np.frombuffer(aes.inverse_sbox(), np.uint8), np.frombuffer(aes.doubles(), np.uint8)
    keys = _columns(round_keys)
    unshifted = [aes.SHIFTED.index(i) for i in range(16)]
    state = _struck(blocks.T ^ keys[-1], 0, strike)
    for rounds, key in enumerate(reversed(keys[1:-1]), start=1):
        columns = (box[state[unshifted]] ^ key).reshape(4, 4, -1)
        # MixColumns thrice is its inverse, and its square adds to each byte 4 (itself + the one opposite)
        columns ^= twice[twice[columns ^ np.roll(columns, 2, axis=1)]]
        state = _struck(_mixed(columns).reshape(16, -1), rounds, strike)
    state = _struck(box[state[unshifted]] ^ keys[0], len(keys) - 1, strike)
    return np.ascontiguousarray(state.T)


def _columns(round_keys: RoundKeys) -> list[Bytes]:
    """Each ``uint8[16, blocks or 1]``."""
    if isinstance(round_keys, np.ndarray):
        return [key.T for key in round_keys]
    return [np.frombuffer(round_key, np.uint8)[:, None] for round_key in round_keys]


def _struck(state: Bytes, rounds: int, strike: Strike | None) -> Bytes:
    return state if strike is None or strike.rounds != rounds else state ^ strike.flips.T


def _mixed(columns: Bytes) -> Bytes:
    """MixColumns of ``uint8[4, 4, blocks]``, as in the oracle."""
    twice = np.frombuffer(aes.doubles(), np.uint8)
    every = np.bitwise_xor.reduce(columns, axis=1, keepdims=True)
    mixed: Bytes = columns ^ every ^ twice[columns ^ np.roll(columns, -1, axis=1)]
    return mixed


def counter_blocks(initial: Bytes, offsets: Words) -> Bytes:
    """``uint8[blocks, 16]``: row i is ``initial[i] + offsets[i]``, big-endian, modulo 2^128."""
    high, low = np.ascontiguousarray(initial).view(">u8").T.astype(np.uint64)
    advanced = low + offsets
    counters = np.stack([high + (advanced < low), advanced], axis=1)
    return counters.astype(">u8").view(np.uint8)


def gcm_counter_blocks(initial: Bytes, offsets: Words) -> Bytes:
    """As ``counter_blocks``, but the last 32 bits alone count and wrap (SP 800-38D §6.2)."""
    counters = np.array(initial)
    words = counters.view(">u4")
    words[:, 3] = words[:, 3].astype(np.uint32) + offsets.astype(np.uint32)
    return counters


@functools.lru_cache(maxsize=64)
def _multiples(subkey: bytes, exponent: int) -> Words:
    """``uint64[16 * 256, 2]``: row 256 j + b is the block with only b at byte j, times subkey^exponent."""
    term = aes.block_power(int.from_bytes(subkey, "big"), exponent)
    tables = np.zeros((16, 256, 2), np.uint64)
    for bit in range(128):
        with_bit = np.flatnonzero(np.arange(256) & 0x80 >> bit % 8)
        tables[bit // 8, with_bit] ^= np.frombuffer(term.to_bytes(16, "big"), np.uint64)
        term = aes.block_double(term)
    return tables.reshape(-1, 2)


def _times(tables: Words, blocks: Words, rows: Positions, terms: Words) -> Words:
    """The product with ``uint64[n, 2]`` blocks, the sum over their bytes; rows and terms are room for it."""
    count = len(blocks)
    np.add(blocks.view(np.uint8).T, _FIRST_ROWS, out=rows[:, :count])
    tables.take(rows[:, :count], axis=0, out=terms[:, :count], mode="wrap")
    product: Words = np.bitwise_xor.reduce(terms[:, :count], axis=0)
    return product


def ghash(subkey: bytes, blocks: Bytes) -> Bytes:
    """``uint8[messages, blocks, 16]``, at least one block -> GHASH of each message, ``uint8[messages, 16]``.

    Strip after strip of a message, so that neighbours wait for each other once a strip; then halves.
    """
    messages, count, _ = blocks.shape
    width = 1 << min(count, max(1, STRIP // max(1, messages))).bit_length() - 1
    strips = -(-count // width)
    padded = np.zeros((messages, strips * width, 16), np.uint8)  # zeros in front change nothing
    padded[:, strips * width - count :] = blocks
    addends = padded.view(np.uint64).reshape(messages, strips, width, 2)
    rows = np.empty((16, messages * width), np.int64)
    terms = np.empty((16, messages * width, 2), np.uint64)

    def times(power: int, factors: Words) -> Words:
        flat = np.ascontiguousarray(factors).reshape(-1, 2)
        return _times(_multiples(subkey, power), flat, rows, terms).reshape(factors.shape)

    state = addends[:, 0]
    for strip in range(1, strips):
        state = times(width, state) ^ addends[:, strip]
    while width > 1:
        width //= 2
        state = times(width, state[:, :width]) ^ state[:, width:]
    return times(1, state).view(np.uint8).reshape(messages, 16)


def _whole_blocks(rows: Bytes) -> Bytes:
    """``uint8[messages, bytes]`` -> ``uint8[messages, blocks, 16]``, filled up with zeros."""
    messages, size = rows.shape
    return np.pad(rows, ((0, 0), (0, -size % 16))).reshape(messages, -(-size // 16), 16)


def _bit_lengths(messages: int, associated_bytes: int, data_bytes: int) -> Bytes:
    """``uint8[messages, 1, 16]``: the block that ends what is hashed."""
    lengths = np.array([8 * associated_bytes, 8 * data_bytes], ">u8").view(np.uint8)
    return np.broadcast_to(lengths, (messages, 1, 16))


def gcm_first_counters(subkey: bytes, nonces: Bytes) -> Bytes:
    """``uint8[messages, nonce_bytes]`` -> ``uint8[messages, 16]``: pre-counter blocks (SP 800-38D §7.1)."""
    messages, size = nonces.shape
    if size == 12:
        return np.pad(nonces, ((0, 0), (0, 4))) + np.array([0] * 15 + [1], np.uint8)
    blocks = [_whole_blocks(nonces), _bit_lengths(messages, 0, size)]
    return ghash(subkey, np.concatenate(blocks, axis=1))


def gcm_tags(subkey: bytes, masks: Bytes, associated_data: Bytes, ciphertexts: Bytes) -> Bytes:
    """``uint8[messages, 16]``; ``masks`` are the encrypted pre-counter blocks (SP 800-38D §7.1)."""
    lengths = _bit_lengths(len(masks), associated_data.shape[1], ciphertexts.shape[1])
    blocks = [_whole_blocks(associated_data), _whole_blocks(ciphertexts), lengths]
    return ghash(subkey, np.concatenate(blocks, axis=1)) ^ masks
