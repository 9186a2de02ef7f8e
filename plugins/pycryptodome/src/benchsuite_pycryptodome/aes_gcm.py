"""AES-GCM by PyCryptodome: a new object for each message, straight from the inputs to the outputs."""

from __future__ import annotations

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
from benchsuite_pycryptodome.backend import backend
from benchsuite_pycryptodome.views import rows_of

EncryptJob = Job[AesGcmEncryptParams, AesGcmInputs, AesGcmEncryptOutputs, HostLane]
DecryptJob = Job[AesGcmDecryptParams, AesGcmInputs, AesGcmDecryptOutputs, HostLane]


@backend.implements(AES_GCM_ENCRYPT, version=1)
def aes_gcm_encrypt(job: EncryptJob) -> Prepared:
    """A new object a message, key schedules and hash key included: none can be given another nonce.

    Bound: AES instructions, then carry-less multiply instructions; 40 us an object.
    """
    from Crypto.Cipher import AES

    key, mode, new, size = job.inputs.key, AES.MODE_GCM, AES.new, job.params.message_bytes
    inputs, output = job.inputs, job.outputs.data
    messages = rows_of(inputs.nonces, inputs.associated_data, inputs.data, output[:, :size], output[:, size:])

    def run() -> None:
        for nonce, associated_data, message, answer, tag in messages():
            cipher = new(key, mode, nonce=nonce)
            cipher.update(associated_data)
            cipher.encrypt(message, answer)
            tag[:] = cipher.digest()

    return Prepared(run=run)


@backend.implements(AES_GCM_DECRYPT, version=1)
def aes_gcm_decrypt(job: DecryptJob) -> Prepared:
    """As ``aes_gcm_encrypt``; PyCryptodome decrypts first: what it then rejects is overwritten by zeros."""
    from Crypto.Cipher import AES

    key, mode, new, size = job.inputs.key, AES.MODE_GCM, AES.new, job.params.message_bytes
    inputs, ok, zeros = job.inputs, job.outputs.ok.data, bytes(size)
    bodies, tags = inputs.data[:, :size], inputs.data[:, size:]
    messages = rows_of(inputs.nonces, inputs.associated_data, bodies, tags, job.outputs.data)

    def run() -> None:
        for i, (nonce, associated_data, message, tag, answer) in enumerate(messages()):
            cipher = new(key, mode, nonce=nonce)
            cipher.update(associated_data)
            cipher.decrypt(message, answer)
            try:
                cipher.verify(tag)
                ok[i] = 1
            except ValueError:
                answer[:] = zeros
                ok[i] = 0

    return Prepared(run=run)
