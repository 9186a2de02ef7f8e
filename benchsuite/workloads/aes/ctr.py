"""AES in counter mode (SP 800-38A §6.5): messages under one key, each from its own counter block."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.aes.bulk import counter_blocks, encrypt_blocks
from benchsuite.workloads.params import binary_size, preset_cases, require_positive
from benchsuite.workloads.reference.aes import expand_key
from benchsuite.workloads.streams import Bytes, canonical_bytes, case_key, random_bytes, renewed
from benchsuite.workloads.vectors import load

KIB, MIB = 2**10, 2**20
KEY_BITS = (128, 192, 256)
LONG_BYTES = KIB
"""Messages beyond this are varied by one byte, so that an audit costs the same at any size."""
CHECKED_BLOCKS = 4096
"""Blocks checked at a time: 64 KiB, which stays in the second cache with its copies."""


@dataclass(frozen=True)
class AesCtrParams:
    """Raises ValueError for a key size that AES has not, no message, or an empty one."""

    key_bits: int = 128
    messages: int = 1
    message_bytes: int = 16

    def __post_init__(self) -> None:
        if type(self.key_bits) is not int or self.key_bits not in KEY_BITS:
            raise ValueError(f"key_bits must be 128, 192 or 256, as AES has it, not {self.key_bits!r}")
        require_positive("messages", self.messages)
        require_positive("message_bytes", self.message_bytes)


@dataclass(frozen=True, eq=False)
class AesCtrInputs:
    """One batch. The key belongs to (params, seed), so every slot of a pool has the same one."""

    key: bytes
    counters: Bytes
    """``uint8[messages, 16]``: the initial counter blocks; they count big-endian, modulo 2^128."""
    data: Bytes
    """``uint8[messages, message_bytes]``."""


@dataclass(frozen=True, eq=False)
class AesCtrOutputs:
    data: Bytes
    """``uint8[messages, message_bytes]``."""


def _label(params: AesCtrParams) -> str:
    batch = f"{params.messages} x " if params.messages > 1 else ""
    return f"AES-{params.key_bits}-CTR, {batch}{binary_size(params.message_bytes)}"


def _presets(preset: str) -> Iterable[AesCtrParams]:
    def sizes(key_bits: int, *sizes: int) -> list[AesCtrParams]:
        return [AesCtrParams(key_bits=key_bits, message_bytes=size) for size in sizes]

    quick = sizes(128, 16, KIB, 16 * KIB, 2 * MIB) + sizes(192, 16 * KIB) + sizes(256, 16 * KIB)
    every = [case for key_bits in KEY_BITS for case in sizes(key_bits, 16, KIB, 16 * KIB, 8 * MIB)]
    return preset_cases(
        preset,
        {"smoke": sizes(128, 16 * KIB), "quick": quick, "standard": every, "publication": every},
    )


def _inputs(params: AesCtrParams, seed: int, slot: int) -> AesCtrInputs:
    case, shape = case_key(AES_CTR, params), (params.messages, params.message_bytes)
    return AesCtrInputs(
        key=random_bytes(f"{case} key", seed, 0, params.key_bits // 8).tobytes(),
        counters=random_bytes(f"{case} counters", seed, slot, 16 * params.messages).reshape(-1, 16),
        data=random_bytes(f"{case} data", seed, slot, shape[0] * shape[1]).reshape(shape),
    )


def _outputs(params: AesCtrParams) -> AesCtrOutputs:
    return AesCtrOutputs(data=np.zeros((params.messages, params.message_bytes), np.uint8))


def _vary(params: AesCtrParams, inputs: AesCtrInputs, rng: Random, count: int | None) -> Items:
    messages, size = params.messages, params.message_bytes
    if count is None:
        inputs.data[...] = renewed(inputs.data, rng)
        return [(message, None) for message in range(messages)]
    if size > LONG_BYTES:
        places = [divmod(place, size) for place in rng.sample(range(messages * size), count)]
        for place in places:
            inputs.data[place] ^= rng.randrange(1, 256)
        return places
    chosen = rng.sample(range(messages), min(count, messages))
    inputs.data[chosen] = renewed(inputs.data[chosen], rng)
    return [(message, None) for message in chosen]


def _work(params: AesCtrParams) -> Work:
    payload = params.messages * params.message_bytes
    return Work(
        items=params.messages,
        unit="message",
        payload_bytes=payload,
        bytes_in=payload + 16 * params.messages,
        bytes_out=payload,
    )


_round_keys = functools.lru_cache(maxsize=16)(expand_key)


def _check(params: AesCtrParams, inputs: AesCtrInputs, outputs: AesCtrOutputs, items: Items) -> None:
    """Compares the block that holds the byte, or every block of the message."""
    size = params.message_bytes
    length = -(-size // 16)
    spans = np.array([(i, 0, length) if at is None else (i, at // 16, 1) for i, at in items], np.int64)
    messages, firsts, lengths = spans.reshape(-1, 3).T
    ends = np.cumsum(lengths)
    total = int(lengths.sum())
    for start in range(0, total, CHECKED_BLOCKS):
        place = np.arange(start, min(start + CHECKED_BLOCKS, total))
        span = np.searchsorted(ends, place, side="right")
        message = messages[span]
        block = place - (ends - lengths)[span] + firsts[span]
        keystream = encrypt_blocks(
            _round_keys(inputs.key), counter_blocks(inputs.counters[message], block.astype(np.uint64))
        )
        # the last block may be short: its missing bytes repeat the message's last one and never count
        column = block[:, None] * 16 + np.arange(16)
        inside, column = column < size, np.minimum(column, size - 1)
        expected = inputs.data[message[:, None], column] ^ keystream
        got = outputs.data[message[:, None], column]
        wrong = np.flatnonzero(((expected != got) & inside).any(axis=1))
        if wrong.size:
            row = wrong[0]
            where = f"at byte {16 * block[row]}"
            raise Mismatch(
                int(message[row]),
                f"{expected[row, inside[row]].tobytes().hex()} {where}",
                got[row, inside[row]].tobytes().hex(),
            )


def _vectors() -> Iterable[Vector[AesCtrParams, AesCtrInputs, AesCtrOutputs]]:
    for record in load("aes-ctr.txt"):
        key = bytes.fromhex(record["key"])
        counters, data, expected = (_rows(record[name]) for name in ("counters", "plaintext", "ciphertext"))
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=AesCtrParams(key_bits=8 * len(key), messages=data.shape[0], message_bytes=data.shape[1]),
            inputs=AesCtrInputs(key=key, counters=counters, data=data),
            outputs=AesCtrOutputs(data=expected),
        )


def _rows(messages: str) -> Bytes:
    return np.array([list(bytes.fromhex(message)) for message in messages.split()], np.uint8)


AES_CTR = Workload(
    id="aes-ctr",
    version=1,
    params=AesCtrParams,
    label=_label,
    presets=_presets,
    inputs=_inputs,
    outputs=_outputs,
    vary=_vary,
    work=_work,
    check=_check,
    canonical=canonical_bytes,
    vectors=_vectors,
)
"""Encrypt ``messages`` messages of ``message_bytes`` bytes under one key; decrypting is the same."""
