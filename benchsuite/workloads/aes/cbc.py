"""AES with cipher block chaining, no padding (SP 800-38A §6.2): each plaintext block meets the last answer.

Encryption is sequential within a message; decryption, and with it the check of either, is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from benchsuite.api import Items, Vector, Work, Workload
from benchsuite.workloads.aes.bulk import decrypt_blocks, encrypt_blocks, round_keys_of
from benchsuite.workloads.aes.messages import (
    KIB,
    WHOLE_BLOCK_BYTES,
    blocks_at,
    cases_of,
    compare,
    drawn_key,
    label,
    require_whole_blocks,
)
from benchsuite.workloads.messages import drawn_rows, hex_rows, vary
from benchsuite.workloads.streams import Bytes, Positions, canonical_bytes, case_key
from benchsuite.workloads.vectors import load


@dataclass(frozen=True)
class AesCbcParams:
    """Raises ValueError for a key size that AES has not, no message, or one that is not of whole blocks."""

    key_bits: int = 128
    messages: int = 1
    message_bytes: int = 16

    def __post_init__(self) -> None:
        require_whole_blocks(self, "CBC")


@dataclass(frozen=True, eq=False)
class AesCbcInputs:
    """One batch. The key belongs to (params, seed), so every slot of a pool has the same one."""

    key: bytes
    initial_vectors: Bytes
    """``uint8[messages, 16]``."""
    data: Bytes
    """``uint8[messages, message_bytes]``."""


@dataclass(frozen=True, eq=False)
class AesCbcOutputs:
    data: Bytes
    """``uint8[messages, message_bytes]``."""


def _encrypted(round_keys: Sequence[bytes], blocks: Bytes, before: Bytes) -> Bytes:
    return encrypt_blocks(round_keys, blocks ^ before)


def _decrypted(round_keys: Sequence[bytes], blocks: Bytes, before: Bytes) -> Bytes:
    return decrypt_blocks(round_keys, blocks) ^ before


def _workload(
    operation: str,
    right: Callable[[Sequence[bytes], Bytes, Bytes], Bytes],
    quick: Sequence[AesCbcParams],
    texts: tuple[str, str],
) -> Workload[AesCbcParams, AesCbcInputs, AesCbcOutputs]:
    """Encryption or decryption; ``texts`` names what a vector's record has of data in and out."""

    def inputs(params: AesCbcParams, seed: int, slot: int) -> AesCbcInputs:
        case = case_key(workload, params)
        return AesCbcInputs(
            key=drawn_key(case, params, seed),
            initial_vectors=drawn_rows(case, "initial vectors", seed, slot, (params.messages, 16)),
            data=drawn_rows(case, "data", seed, slot, (params.messages, params.message_bytes)),
        )

    def check(params: AesCbcParams, inputs: AesCbcInputs, outputs: AesCbcOutputs, items: Items) -> None:
        size = params.message_bytes

        ciphertext = outputs.data if operation == "encrypt" else inputs.data

        def answer(message: Positions, block: Positions) -> Bytes:
            """From the ciphertext before, right if its own check passes: so any block is checked alone."""
            before = blocks_at(ciphertext, size, message, np.maximum(block - 1, 0))
            before = np.where(block[:, None] == 0, inputs.initial_vectors[message], before)
            blocks = blocks_at(inputs.data, size, message, block)
            return right(round_keys_of(inputs.key), blocks, before)

        compare(params, items, outputs.data, answer, reach=2)  # a block meets its neighbour, either way

    def vectors() -> Iterable[Vector[AesCbcParams, AesCbcInputs, AesCbcOutputs]]:
        for record in load("aes-cbc.txt"):
            key, (data, expected) = bytes.fromhex(record["key"]), (hex_rows(record[name]) for name in texts)
            messages, size = data.shape
            yield Vector(
                name=record["name"],
                source=record["source"],
                params=AesCbcParams(key_bits=8 * len(key), messages=messages, message_bytes=size),
                inputs=AesCbcInputs(key=key, initial_vectors=hex_rows(record["initial_vectors"]), data=data),
                outputs=AesCbcOutputs(data=expected),
            )

    workload = Workload(
        id=f"aes-cbc-{operation}",
        version=1,
        params=AesCbcParams,
        label=lambda params: label(params, f"CBC {operation}"),
        presets=lambda preset: cases_of(preset, AesCbcParams, quick=quick, sizes=WHOLE_BLOCK_BYTES),
        inputs=inputs,
        outputs=_outputs,
        vary=_vary,
        work=_work,
        check=check,
        canonical=canonical_bytes,
        vectors=vectors,
    )
    return workload


def _outputs(params: AesCbcParams) -> AesCbcOutputs:
    return AesCbcOutputs(data=np.zeros((params.messages, params.message_bytes), np.uint8))


def _vary(params: AesCbcParams, inputs: AesCbcInputs, rng: Random, count: int | None) -> Items:
    return vary(params, inputs.data, [inputs.initial_vectors], rng, count)


def _work(params: AesCbcParams) -> Work:
    payload = params.messages * params.message_bytes
    return Work(
        items=params.messages,
        unit="message",
        payload_bytes=payload,
        bytes_in=payload + 16 * params.messages,
        bytes_out=payload,
    )


AES_CBC_ENCRYPT = _workload("encrypt", _encrypted, [], ("plaintext", "ciphertext"))
"""Encrypt ``messages`` messages of ``message_bytes`` bytes, whole blocks, each from its initial vector."""

AES_CBC_DECRYPT = _workload(
    "decrypt", _decrypted, [AesCbcParams(message_bytes=16 * KIB)], ("ciphertext", "plaintext")
)
"""Decrypt ``messages`` messages of ``message_bytes`` bytes, whole blocks, each from its initial vector."""
