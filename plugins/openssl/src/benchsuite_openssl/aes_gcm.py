"""AES-GCM by OpenSSL: one call a message, straight from the inputs to the outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.aes.gcm import (
    AES_GCM_DECRYPT,
    AES_GCM_ENCRYPT,
    AesGcmDecryptOutputs,
    AesGcmDecryptParams,
    AesGcmEncryptOutputs,
    AesGcmEncryptParams,
    AesGcmInputs,
)
from benchsuite_openssl.backend import backend
from benchsuite_openssl.contexts import shared

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

EncryptJob = Job[AesGcmEncryptParams, AesGcmInputs, AesGcmEncryptOutputs, HostLane]
DecryptJob = Job[AesGcmDecryptParams, AesGcmInputs, AesGcmDecryptOutputs, HostLane]

SHORTEST_NONCE, LONGEST_NONCE = 8, 128  # cryptography's own limits


def _unless(params: AesGcmEncryptParams | AesGcmDecryptParams) -> str | None:
    if SHORTEST_NONCE <= params.nonce_bytes <= LONGEST_NONCE:
        return None
    return f"cryptography takes nonces of 8 to 128 bytes, not of {params.nonce_bytes}"


def _authenticated(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _each_message(*arrays: Any) -> Callable[[], Iterable[tuple[Any, ...]]]:
    """The rows of every message together; of a single one as views, which a row would be made into anew."""
    if len(arrays[0]) == 1:
        views = [tuple(memoryview(array[0]) for array in arrays)]
        return lambda: views
    return lambda: zip(*arrays, strict=True)


@backend.implements(AES_GCM_ENCRYPT, version=1, constant_time="claimed", unless=_unless)
def aes_gcm_encrypt(job: EncryptJob) -> Prepared:
    """One call a message.

    Bound: AES and carry-less multiply instructions, interleaved; calls 0.5 us a message.
    """
    seal = shared(job.lane, _authenticated, job.inputs.key).encrypt_into
    inputs = job.inputs
    arrays = inputs.nonces, inputs.data, inputs.associated_data, job.outputs.data
    messages = _each_message(*arrays)
    if job.params.messages == 1:
        (views,) = messages()
        # without a frame of Python's: 0.1 us less; the length that it returns is dropped
        return Prepared(run=partial(seal, *views))  # type: ignore[arg-type]

    def run() -> None:
        for nonce, message, associated_data, answer in messages():
            seal(nonce, message, associated_data, answer)

    return Prepared(run=run)


@backend.implements(AES_GCM_DECRYPT, version=1, constant_time="claimed", unless=_unless)
def aes_gcm_decrypt(job: DecryptJob) -> Prepared:
    """One call a message; what cryptography leaves of a rejected one is overwritten with zeros.

    Bound: as ``aes_gcm_encrypt``; the exception of a rejected message costs 0.5 us more.
    """
    from cryptography.exceptions import InvalidTag

    unseal = shared(job.lane, _authenticated, job.inputs.key).decrypt_into
    inputs, output, ok = job.inputs, job.outputs.data, job.outputs.ok.data
    messages = _each_message(inputs.nonces, inputs.data, inputs.associated_data, output)

    def run() -> None:
        for i, (nonce, message, associated_data, answer) in enumerate(messages()):
            try:
                unseal(nonce, message, associated_data, answer)
                ok[i] = 1
            except InvalidTag:
                output[i] = 0
                ok[i] = 0

    return Prepared(run=run)
