"""AES-GCM: the object is stored as a ciphertext and its tag; what is not authentic is not released."""

from __future__ import annotations

import re

import numpy as np

from benchsuite.host.engine import Engine
from benchsuite.inject.protect.scheme import Cases, Flags, Scheme, passing
from benchsuite.inject.protect.step import Route, Step, flip
from benchsuite.workloads.aes.gcm import (
    AES_GCM_DECRYPT,
    AES_GCM_ENCRYPT,
    TAG_BYTES,
    AesGcmDecryptParams,
    AesGcmEncryptParams,
)
from benchsuite.workloads.streams import Bytes, Positions

FORGED = 2.0**-128
"""Of changed messages an ideal tag of 16 bytes lets this part pass."""


def scheme(name: str, data_bytes: int) -> Scheme | None:
    """``aes-BITS-gcm``; None of another name. Raises ValueError for a key that AES has not."""
    found = re.fullmatch(r"aes-([0-9]{1,4})-gcm", name)
    if not found:
        return None
    key_bits, bits = int(found[1]), 8 * (data_bytes + TAG_BYTES)

    def sizes(objects: int) -> dict[str, int]:
        return {
            "key_bits": key_bits,
            "messages": objects,
            "message_bytes": data_bytes,
            "associated_bytes": 0,
        }

    def writes(objects: int) -> Cases:
        return [(AES_GCM_ENCRYPT, AesGcmEncryptParams(**sizes(objects)))]

    def reads(objects: int) -> Cases:
        return [(AES_GCM_DECRYPT, AesGcmDecryptParams(**sizes(objects)))]

    writes(1)
    return Scheme(
        name=name,
        data_bytes=data_bytes,
        stored_bits=bits,
        writes=writes,
        reads=reads,
        repairs=lambda objects: [],
        guard=lambda engine, route, objects: GcmGuard(engine, route, writes(objects), reads(objects)),
        theory=lambda model: passing(model, bits, FORGED),
    )


class GcmGuard:
    """See ``scheme.Guard``. The nonce is the object's number, which is not stored with it."""

    def __init__(self, engine: Engine, route: Route, writes: Cases, reads: Cases) -> None:
        objects = writes[0][1].messages
        self._encrypt = Step(engine, route.way(*writes[0]), objects)
        self._decrypt = Step(engine, route.way(*reads[0]), objects, key=self._encrypt.inputs.key)
        self._stored = np.zeros((0, 0), np.uint8)

    def store(self, first: int, data: Bytes) -> None:
        numbers = np.arange(first, first + len(data), dtype="<u8")
        for step in (self._encrypt, self._decrypt):
            step.inputs.nonces[: len(data)] = 0
            step.inputs.nonces[: len(data), :8] = numbers.view(np.uint8).reshape(-1, 8)
        self._encrypt.inputs.data[: len(data)] = data
        self._encrypt.run(first)
        self._stored = self._encrypt.outputs.data[: len(data)].copy()

    def flip(self, objects: Positions, places: Positions) -> None:
        flip(self._stored, objects, places)

    def read(self, first: int, data: Bytes) -> tuple[Flags, Flags]:
        self._decrypt.inputs.data[: len(data)] = self._stored
        self._decrypt.run(first)
        reported: Flags = self._decrypt.outputs.ok[: len(data)] == 0
        return reported, ~reported & (self._decrypt.outputs.data[: len(data)] != data).any(axis=1)

    def close(self) -> None:
        self._encrypt.close()
        self._decrypt.close()
