"""AES-ECB and AES-CBC by OpenSSL, whole blocks without padding.

cryptography wants 15 bytes of room beyond an answer. In a batch they lie in the rows that follow, where
nothing is written; the last block of all is handed back and copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.aes.cbc import (
    AES_CBC_DECRYPT,
    AES_CBC_ENCRYPT,
    AesCbcInputs,
    AesCbcOutputs,
    AesCbcParams,
)
from benchsuite.workloads.aes.ecb import (
    AES_ECB_DECRYPT,
    AES_ECB_ENCRYPT,
    AesEcbInputs,
    AesEcbOutputs,
    AesEcbParams,
)
from benchsuite_openssl.backend import backend
from benchsuite_openssl.contexts import shared

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext

EcbJob = Job[AesEcbParams, AesEcbInputs, AesEcbOutputs, HostLane]
CbcJob = Job[AesCbcParams, AesCbcInputs, AesCbcOutputs, HostLane]

BLOCK = 16
ROOM = BLOCK - 1


def _ecb(key: bytes) -> Cipher[Any]:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    return Cipher(AES(key), ECB())


def _ecb_encryptor(key: bytes) -> CipherContext:
    return _ecb(key).encryptor()


def _ecb_decryptor(key: bytes) -> CipherContext:
    return _ecb(key).decryptor()


def _cbc_decryptor(key: bytes) -> CipherContext:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    return Cipher(AES(key), CBC(bytes(BLOCK))).decryptor()


def _through(context: CipherContext, data: memoryview, output: memoryview) -> None:
    """All of ``data``, whole blocks, where no room is left behind ``output``."""
    end = len(data) - BLOCK
    if end:
        context.update_into(data[:end], output)
    output[end:] = context.update(data[end:])


def _flat(array: Any) -> memoryview:
    return memoryview(array.reshape(-1))


def _all_blocks(job: EcbJob, context: CipherContext) -> Prepared:
    data, output = _flat(job.inputs.data), _flat(job.outputs.data)
    return Prepared(run=lambda: _through(context, data, output))


@backend.implements(AES_ECB_ENCRYPT, version=1, constant_time="claimed")
def aes_ecb_encrypt(job: EcbJob) -> Prepared:
    """Two calls a batch, whose messages are one row of blocks.

    Bound: AES instructions, 10 to 14 a block of 16 bytes, 8 blocks at a time.
    """
    return _all_blocks(job, shared(job.lane, _ecb_encryptor, job.inputs.key))


@backend.implements(AES_ECB_DECRYPT, version=1, constant_time="claimed")
def aes_ecb_decrypt(job: EcbJob) -> Prepared:
    """As ``aes_ecb_encrypt``."""
    return _all_blocks(job, shared(job.lane, _ecb_decryptor, job.inputs.key))


@backend.implements(AES_CBC_ENCRYPT, version=1, constant_time="claimed")
def aes_cbc_encrypt(job: CbcJob) -> Prepared:
    """A new context a message, key schedule included: cryptography cannot give one another initial vector.

    Bound: the latency of AES instructions, 10 to 14 one after the other a block; 2 to 4 us a context.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    algorithm, size = AES(job.inputs.key), job.params.message_bytes
    vectors = _flat(job.inputs.initial_vectors)
    data, output = _flat(job.inputs.data), _flat(job.outputs.data)
    last = len(data) - size

    def run() -> None:
        for i, start in enumerate(range(0, last, size)):
            context = Cipher(algorithm, CBC(vectors[BLOCK * i : BLOCK * (i + 1)])).encryptor()
            context.update_into(data[start : start + size], output[start : start + size + ROOM])
        _through(Cipher(algorithm, CBC(vectors[-BLOCK:])).encryptor(), data[last:], output[last:])

    return Prepared(run=run)


@backend.implements(AES_CBC_DECRYPT, version=1, constant_time="claimed")
def aes_cbc_decrypt(job: CbcJob) -> Prepared:
    """One context: to decrypt an initial vector and drop the answer starts a message with it.

    Bound: AES instructions, 10 to 14 a block of 16 bytes, 8 blocks at a time; calls 0.4 us a message.
    """
    context, size = shared(job.lane, _cbc_decryptor, job.inputs.key), job.params.message_bytes
    vectors = _flat(job.inputs.initial_vectors)
    data, output = _flat(job.inputs.data), _flat(job.outputs.data)
    dropped, last = bytearray(BLOCK + ROOM), len(data) - size

    def run() -> None:
        for i, start in enumerate(range(0, last, size)):
            context.update_into(vectors[BLOCK * i : BLOCK * (i + 1)], dropped)
            context.update_into(data[start : start + size], output[start : start + size + ROOM])
        context.update_into(vectors[-BLOCK:], dropped)
        _through(context, data[last:], output[last:])

    return Prepared(run=run)
