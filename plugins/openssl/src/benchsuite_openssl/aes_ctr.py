"""AES in counter mode by OpenSSL: one context a key, a new counter for each message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.aes.ctr import AES_CTR, AesCtrInputs, AesCtrOutputs, AesCtrParams
from benchsuite_openssl.backend import backend
from benchsuite_openssl.contexts import shared

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import CipherContext


def _counter_mode(key: bytes) -> CipherContext:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CTR

    return Cipher(AES(key), CTR(bytes(16))).encryptor()


@backend.implements(AES_CTR, version=1, constant_time="claimed")
def aes_ctr(job: Job[AesCtrParams, AesCtrInputs, AesCtrOutputs, HostLane]) -> Prepared:
    """Two calls a message, straight from the inputs to the outputs.

    Bound: AES instructions, 10 to 14 a block of 16 bytes, 4 to 16 blocks at a time; calls 0.5 us a message.
    OpenSSL claims constant time where the CPU has AES or vector instructions (crypto/aes/asm).
    """
    context = shared(job.lane, _counter_mode, job.inputs.key)
    reset, update = context.reset_nonce, context.update_into
    counters, data, output = job.inputs.counters, job.inputs.data, job.outputs.data
    if job.params.messages == 1:
        views: list[Any] = [memoryview(rows[0]) for rows in (counters, data, output)]
        counter, message, answer = views  # of an array they would be made anew in each call

        def run_one() -> None:
            reset(counter)
            update(message, answer)

        return Prepared(run=run_one)

    def run() -> None:
        for counter, message, answer in zip(counters, data, output, strict=True):
            reset(counter)
            update(message, answer)

    return Prepared(run=run)
