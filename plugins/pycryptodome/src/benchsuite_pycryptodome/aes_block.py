"""AES-ECB and AES-CBC by PyCryptodome, whole blocks without padding, straight into the outputs."""

from __future__ import annotations

from typing import Any

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
from benchsuite_pycryptodome.backend import backend
from benchsuite_pycryptodome.views import rows_of

EcbJob = Job[AesEcbParams, AesEcbInputs, AesEcbOutputs, HostLane]
CbcJob = Job[AesCbcParams, AesCbcInputs, AesCbcOutputs, HostLane]


def _whole(array: Any) -> memoryview:
    return memoryview(array.reshape(-1))


@backend.implements(AES_ECB_ENCRYPT, version=1)
def aes_ecb_encrypt(job: EcbJob) -> Prepared:
    """One call a batch, whose messages are one row of blocks; the object is made once.

    Bound: AES instructions, 8 blocks at a time.
    """
    from Crypto.Cipher import AES

    encrypt = AES.new(job.inputs.key, AES.MODE_ECB).encrypt
    data, output = _whole(job.inputs.data), _whole(job.outputs.data)
    return Prepared(run=lambda: encrypt(data, output))


@backend.implements(AES_ECB_DECRYPT, version=1)
def aes_ecb_decrypt(job: EcbJob) -> Prepared:
    """As ``aes_ecb_encrypt``."""
    from Crypto.Cipher import AES

    decrypt = AES.new(job.inputs.key, AES.MODE_ECB).decrypt
    data, output = _whole(job.inputs.data), _whole(job.outputs.data)
    return Prepared(run=lambda: decrypt(data, output))


@backend.implements(AES_CBC_ENCRYPT, version=1)
def aes_cbc_encrypt(job: CbcJob) -> Prepared:
    """A new object a message, key schedule included: none can be given another initial vector.

    Bound: the latency of AES instructions, and a call from C a block; 8 us an object.
    """
    from Crypto.Cipher import AES

    key, mode, new = job.inputs.key, AES.MODE_CBC, AES.new
    messages = rows_of(job.inputs.initial_vectors, job.inputs.data, job.outputs.data)

    def run() -> None:
        for vector, message, answer in messages():
            new(key, mode, iv=vector).encrypt(message, answer)

    return Prepared(run=run)


@backend.implements(AES_CBC_DECRYPT, version=1)
def aes_cbc_decrypt(job: CbcJob) -> Prepared:
    """One object: to decrypt an initial vector and drop the answer starts a message with it.

    Bound: AES instructions, and a call from C a block; calls 4 us a message.
    """
    from Crypto.Cipher import AES

    decrypt = AES.new(job.inputs.key, AES.MODE_CBC, iv=bytes(AES.block_size)).decrypt
    messages = rows_of(job.inputs.initial_vectors, job.inputs.data, job.outputs.data)
    dropped = bytearray(AES.block_size)

    def run() -> None:
        for vector, message, answer in messages():
            decrypt(vector, dropped)
            decrypt(message, answer)

    return Prepared(run=run)
