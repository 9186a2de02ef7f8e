"""Decryption in every mode, of many messages at once, any of which may be struck on the way.

What measures faults: as plain as numpy allows, without a loop over messages. CFB, OFB and XTS are here only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.aes.bulk import (
    RoundKeys,
    Strike,
    counter_blocks,
    decrypt_blocks,
    encrypt_blocks,
    gcm_counter_blocks,
)
from benchsuite.workloads.streams import Bytes, Words

TAG_BYTES = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Received:
    """Messages to decrypt, and under which keys."""

    schedule: Bytes
    """``uint8[rounds + 1, messages or 1, 16]``: round keys as ``bulk.expand_keys`` gives them."""
    tweak_schedule: Bytes
    """The same of the second key, of XTS only; empty otherwise."""
    iv: Bytes
    """``uint8[messages, iv_bytes]``: what the mode begins with."""
    data: Bytes
    """``uint8[messages, message_bytes]``."""
    associated_data: Bytes
    """``uint8[messages, associated_bytes]``, of GCM only."""
    tag: Bytes
    """``uint8[messages, 16]``, of GCM only."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StruckCall:
    """A fault within the call of the cipher that answers for block ``block`` of every message."""

    block: int
    rounds: int
    flips: Bytes
    """``uint8[messages, 16]``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Deciphered:
    data: Bytes
    """``uint8[messages, message_bytes]``; zeros where ``ok`` is not."""
    ok: npt.NDArray[np.bool_]
    """Whether the message is accepted; every mode but GCM accepts all."""


Cipher = Callable[[RoundKeys, Bytes, Strike | None], Bytes]


def _called(
    cipher: Cipher, schedule: Bytes, blocks: Bytes, strike: StruckCall | None = None, first: int = 0
) -> Bytes:
    """``cipher`` on ``uint8[messages, count, 16]``, calls ``first`` and on of each message."""
    messages, count, _ = blocks.shape
    keys = schedule if schedule.shape[1] == 1 else np.repeat(schedule, count, axis=1)
    within = None
    if strike is not None and first <= strike.block < first + count:
        flips = np.zeros((messages, count, 16), np.uint8)
        flips[:, strike.block - first] = strike.flips
        within = Strike(strike.rounds, flips.reshape(-1, 16))
    return cipher(keys, blocks.reshape(-1, 16), within).reshape(messages, count, 16)


def _in_blocks(data: Bytes) -> Bytes:
    return data.reshape(len(data), -1, 16)


def _chained(received: Received) -> Bytes:
    """Before each block the one that the mode adds or encrypts: the initial vector, then the ciphertexts."""
    return np.concatenate([received.iv[:, None], _in_blocks(received.data)[:, :-1]], axis=1)


def _ecb(received: Received, strike: StruckCall | None) -> Bytes:
    return _called(decrypt_blocks, received.schedule, _in_blocks(received.data), strike)


def _cbc(received: Received, strike: StruckCall | None) -> Bytes:
    return _ecb(received, strike) ^ _chained(received)


def _cfb(received: Received, strike: StruckCall | None) -> Bytes:
    """Segments of 128 bits (SP 800-38A §6.3)."""
    mask = _called(encrypt_blocks, received.schedule, _chained(received), strike)
    return mask ^ _in_blocks(received.data)


def _ofb(received: Received, strike: StruckCall | None) -> Bytes:
    data, feedback = _in_blocks(received.data), received.iv[:, None]
    masks = []
    for block in range(data.shape[1]):
        feedback = _called(encrypt_blocks, received.schedule, feedback, strike, block)
        masks.append(feedback)
    return np.concatenate(masks, axis=1) ^ data


def _counted(received: Received, count: int) -> tuple[Bytes, Words]:
    """Each message's first counter block and the number of each of its blocks, both once a block."""
    numbers = np.tile(np.arange(count, dtype=np.uint64), len(received.iv))
    return np.repeat(received.iv, count, axis=0), numbers


def _ctr(received: Received, strike: StruckCall | None) -> Bytes:
    data = _in_blocks(received.data)
    counters = counter_blocks(*_counted(received, data.shape[1])).reshape(data.shape)
    return _called(encrypt_blocks, received.schedule, counters, strike) ^ data


def _gcm(received: Received, strike: StruckCall | None) -> Bytes:
    """Counter mode that begins behind the block that masks the tag; nonces of 12 bytes (SP 800-38D §7.2)."""
    data = _in_blocks(received.data)
    nonces, numbers = _counted(received, data.shape[1])
    first = np.pad(nonces, ((0, 0), (0, 4)))
    counters = gcm_counter_blocks(first, numbers + np.uint64(2)).reshape(data.shape)
    return _called(encrypt_blocks, received.schedule, counters, strike) ^ data


def gcm_tags(received: Received) -> Bytes:
    """``uint8[messages, 16]``: the right tags, under each message's own round keys (SP 800-38D §7.1)."""
    messages = len(received.data)
    masked = np.pad(received.iv, ((0, 0), (0, 4)))
    masked[:, 15] = 1
    zeros = np.zeros((messages, 16), np.uint8)
    called = _called(encrypt_blocks, received.schedule, np.stack([zeros, masked], axis=1))
    padding = -received.associated_data.shape[1] % 16
    lengths = np.array([8 * part.shape[1] for part in (received.associated_data, received.data)], ">u8").view(
        np.uint8
    )
    hashed = np.concatenate(
        [
            np.pad(received.associated_data, ((0, 0), (0, padding))),
            received.data,
            np.broadcast_to(lengths, (messages, 16)),
        ],
        axis=1,
    )
    return _ghash(called[:, 0], _in_blocks(hashed)) ^ called[:, 1]


def _ghash(subkeys: Bytes, blocks: Bytes) -> Bytes:
    """GHASH of ``uint8[messages, count, 16]``, each under its own subkey, bit by bit (SP 800-38D §6.4)."""

    def halves(rows: Bytes) -> tuple[Words, Words]:
        high, low = np.ascontiguousarray(rows).view(">u8").T.astype(np.uint64)
        return high, low

    one, reduction = np.uint64(1), np.uint64(0xE1 << 56)
    state = np.zeros_like(subkeys)
    for block in blocks.transpose(1, 0, 2):
        x, (high, low) = halves(state ^ block), halves(subkeys)
        product = [np.zeros_like(high), np.zeros_like(low)]
        for bit in range(128):
            taken = -(x[bit // 64] >> np.uint64(63 - bit % 64) & one)  # all ones where the bit is set
            product[0] ^= high & taken
            product[1] ^= low & taken
            carry = -(low & one) & reduction
            high, low = high >> one ^ carry, low >> one | high << np.uint64(63)
        state = np.stack(product, axis=1).astype(">u8").view(np.uint8)
    return state


def _tweaks(received: Received, count: int) -> Bytes:
    """``uint8[messages, count, 16]``: the encrypted data unit number times x^block (IEEE 1619 §5.2)."""
    first = _called(encrypt_blocks, received.tweak_schedule, received.iv[:, None])
    low, high = first.reshape(-1, 16).view("<u8").T.astype(np.uint64)
    one, top = np.uint64(1), np.uint64(63)
    tweaks = []
    for _ in range(count):
        tweaks.append(np.stack([low, high], axis=1).astype("<u8").view(np.uint8))
        low, high = low << one ^ (high >> top) * np.uint64(0x87), high << one | low >> top
    return np.stack(tweaks, axis=1)


def _xts(received: Received, strike: StruckCall | None) -> Bytes:
    data = _in_blocks(received.data)
    tweaks = _tweaks(received, data.shape[1])
    return _called(decrypt_blocks, received.schedule, data ^ tweaks, strike) ^ tweaks


def _xts_stealing(received: Received, strike: StruckCall | None) -> Bytes:
    """A short last block steals the end of the last whole block's ciphertext (IEEE 1619 §5.4.2)."""
    whole, tail = divmod(received.data.shape[1], 16)
    data, short = _in_blocks(received.data[:, : 16 * whole]), received.data[:, 16 * whole :]
    tweaks = _tweaks(received, whole + 1)

    def decrypted(blocks: Bytes, tweak: Bytes, first: int, strike: StruckCall | None) -> Bytes:
        return _called(decrypt_blocks, received.schedule, blocks ^ tweak, strike, first) ^ tweak

    plain = decrypted(data[:, :-1], tweaks[:, : whole - 1], 0, strike)
    joined = decrypted(data[:, -1:], tweaks[:, whole:], whole - 1, strike)
    stolen = np.concatenate([short[:, None], joined[:, :, tail:]], axis=2)
    last = decrypted(stolen, tweaks[:, whole - 1 : whole], whole, strike)
    rows = [part.reshape(len(data), -1) for part in (plain, last, joined[:, :, :tail])]
    return np.concatenate(rows, axis=1)


_MODES: Mapping[str, Callable[[Received, StruckCall | None], Bytes]] = {
    "ecb": _ecb,
    "cbc": _cbc,
    "cfb": _cfb,
    "ofb": _ofb,
    "ctr": _ctr,
    "gcm": _gcm,
    "xts": _xts,
    "xts-stealing": _xts_stealing,
}


def decipher(mode: str, received: Received, strike: StruckCall | None = None) -> Deciphered:
    """What ``mode`` makes of the messages; ``strike`` hits a call for their data, never one for a tag.

    Modes: ``ecb``, ``cbc``, ``cfb`` (CFB-128), ``ofb``, ``ctr``, ``gcm``, ``xts``, ``xts-stealing``; whole
    blocks only, but for the last. In the last block's stead stealing decrypts the last whole one first: call
    ``whole - 1`` is of that block, call ``whole`` of the one put together.
    """
    data = _MODES[mode](received, strike).reshape(received.data.shape)
    if mode != "gcm":
        return Deciphered(data=data, ok=np.ones(len(data), np.bool_))
    ok = (gcm_tags(received) == received.tag).all(axis=1)
    return Deciphered(data=np.where(ok[:, None], data, np.uint8(0)), ok=ok)
