"""AES block by block, each on its own (SP 800-38A §6.1): the bare cipher, which hides no pattern."""

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
class AesEcbParams:
    """Raises ValueError for a key size that AES has not, no message, or one that is not of whole blocks."""

    key_bits: int = 128
    messages: int = 1
    message_bytes: int = 16

    def __post_init__(self) -> None:
        require_whole_blocks(self, "ECB")


@dataclass(frozen=True, eq=False)
class AesEcbInputs:
    """One batch. The key belongs to (params, seed), so every slot of a pool has the same one."""

    key: bytes
    data: Bytes
    """``uint8[messages, message_bytes]``."""


@dataclass(frozen=True, eq=False)
class AesEcbOutputs:
    data: Bytes
    """``uint8[messages, message_bytes]``."""


def _workload(
    operation: str,
    cipher: Callable[[Sequence[bytes], Bytes], Bytes],
    quick: Sequence[AesEcbParams],
    texts: tuple[str, str],
) -> Workload[AesEcbParams, AesEcbInputs, AesEcbOutputs]:
    """Encryption or decryption; ``texts`` names what a vector's record has of data in and out."""

    def inputs(params: AesEcbParams, seed: int, slot: int) -> AesEcbInputs:
        case = case_key(workload, params)
        data = drawn_rows(case, "data", seed, slot, (params.messages, params.message_bytes))
        return AesEcbInputs(key=drawn_key(case, params, seed), data=data)

    def check(params: AesEcbParams, inputs: AesEcbInputs, outputs: AesEcbOutputs, items: Items) -> None:
        def answer(message: Positions, block: Positions) -> Bytes:
            blocks = blocks_at(inputs.data, params.message_bytes, message, block)
            return cipher(round_keys_of(inputs.key), blocks)

        compare(params, items, outputs.data, answer)

    def vectors() -> Iterable[Vector[AesEcbParams, AesEcbInputs, AesEcbOutputs]]:
        for record in load("aes-ecb.txt"):
            key, (data, expected) = bytes.fromhex(record["key"]), (hex_rows(record[name]) for name in texts)
            messages, size = data.shape
            yield Vector(
                name=record["name"],
                source=record["source"],
                params=AesEcbParams(key_bits=8 * len(key), messages=messages, message_bytes=size),
                inputs=AesEcbInputs(key=key, data=data),
                outputs=AesEcbOutputs(data=expected),
            )

    workload = Workload(
        id=f"aes-ecb-{operation}",
        version=1,
        params=AesEcbParams,
        label=lambda params: label(params, f"ECB {operation}"),
        presets=lambda preset: cases_of(preset, AesEcbParams, quick=quick, sizes=WHOLE_BLOCK_BYTES),
        inputs=inputs,
        outputs=_outputs,
        vary=_vary,
        work=_work,
        check=check,
        canonical=canonical_bytes,
        vectors=vectors,
    )
    return workload


def _outputs(params: AesEcbParams) -> AesEcbOutputs:
    return AesEcbOutputs(data=np.zeros((params.messages, params.message_bytes), np.uint8))


def _vary(params: AesEcbParams, inputs: AesEcbInputs, rng: Random, count: int | None) -> Items:
    return vary(params, inputs.data, [], rng, count)


def _work(params: AesEcbParams) -> Work:
    payload = params.messages * params.message_bytes
    return Work(params.messages, "message", payload_bytes=payload, bytes_in=payload, bytes_out=payload)


AES_ECB_ENCRYPT = _workload(
    "encrypt", encrypt_blocks, [AesEcbParams(message_bytes=16 * KIB)], ("plaintext", "ciphertext")
)
"""Encrypt ``messages`` messages of ``message_bytes`` bytes, whole blocks, under one key."""

AES_ECB_DECRYPT = _workload("decrypt", decrypt_blocks, [], ("ciphertext", "plaintext"))
"""Decrypt ``messages`` messages of ``message_bytes`` bytes, whole blocks, under one key."""
