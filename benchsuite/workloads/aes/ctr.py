"""AES in counter mode (SP 800-38A §6.5): messages under one key, each from its own counter block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

import numpy as np

from benchsuite.api import Items, Vector, Work, Workload
from benchsuite.workloads.aes.bulk import counter_blocks, encrypt_blocks, round_keys_of
from benchsuite.workloads.aes.messages import (
    KIB,
    MIB,
    blocks_at,
    cases_of,
    compare,
    drawn_key,
    label,
    require_batch,
)
from benchsuite.workloads.messages import drawn_rows, hex_rows, vary
from benchsuite.workloads.params import require_positive
from benchsuite.workloads.streams import Bytes, Positions, canonical_bytes, case_key
from benchsuite.workloads.vectors import load


@dataclass(frozen=True)
class AesCtrParams:
    """Raises ValueError for a key size that AES has not, no message, or an empty one."""

    key_bits: int = 128
    messages: int = 1
    message_bytes: int = 16

    def __post_init__(self) -> None:
        require_batch(self)
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


def _presets(preset: str) -> Iterable[AesCtrParams]:
    quick = [AesCtrParams(message_bytes=size) for size in (16 * KIB, 2 * MIB, 16, KIB)]
    quick.append(AesCtrParams(key_bits=256, message_bytes=16 * KIB))
    return cases_of(preset, AesCtrParams, smoke=[AesCtrParams(message_bytes=16 * KIB)], quick=quick)


def _inputs(params: AesCtrParams, seed: int, slot: int) -> AesCtrInputs:
    case = case_key(AES_CTR, params)
    return AesCtrInputs(
        key=drawn_key(case, params, seed),
        counters=drawn_rows(case, "counters", seed, slot, (params.messages, 16)),
        data=drawn_rows(case, "data", seed, slot, (params.messages, params.message_bytes)),
    )


def _outputs(params: AesCtrParams) -> AesCtrOutputs:
    return AesCtrOutputs(data=np.zeros((params.messages, params.message_bytes), np.uint8))


def _vary(params: AesCtrParams, inputs: AesCtrInputs, rng: Random, count: int | None) -> Items:
    return vary(params, inputs.data, [inputs.counters], rng, count)


def _work(params: AesCtrParams) -> Work:
    payload = params.messages * params.message_bytes
    return Work(
        items=params.messages,
        unit="message",
        payload_bytes=payload,
        bytes_in=payload + 16 * params.messages,
        bytes_out=payload,
    )


def _check(params: AesCtrParams, inputs: AesCtrInputs, outputs: AesCtrOutputs, items: Items) -> None:
    def answer(message: Positions, block: Positions) -> Bytes:
        counters = counter_blocks(inputs.counters[message], block.astype(np.uint64))
        keystream = encrypt_blocks(round_keys_of(inputs.key), counters)
        return keystream ^ blocks_at(inputs.data, params.message_bytes, message, block)

    compare(params, items, outputs.data, answer)


def _vectors() -> Iterable[Vector[AesCtrParams, AesCtrInputs, AesCtrOutputs]]:
    for record in load("aes-ctr.txt"):
        key = bytes.fromhex(record["key"])
        counters, data, expected = (
            hex_rows(record[name]) for name in ("counters", "plaintext", "ciphertext")
        )
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=AesCtrParams(key_bits=8 * len(key), messages=data.shape[0], message_bytes=data.shape[1]),
            inputs=AesCtrInputs(key=key, counters=counters, data=data),
            outputs=AesCtrOutputs(data=expected),
        )


AES_CTR = Workload(
    id="aes-ctr",
    version=1,
    params=AesCtrParams,
    label=lambda params: label(params, "CTR"),
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
