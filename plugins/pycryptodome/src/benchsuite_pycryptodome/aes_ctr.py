"""AES in counter mode by PyCryptodome: a new object for each message."""

from __future__ import annotations

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.aes.ctr import AES_CTR, AesCtrInputs, AesCtrOutputs, AesCtrParams
from benchsuite_pycryptodome.backend import backend
from benchsuite_pycryptodome.views import rows_of


@backend.implements(AES_CTR, version=1)
def aes_ctr(job: Job[AesCtrParams, AesCtrInputs, AesCtrOutputs, HostLane]) -> Prepared:
    """A new object a message, key schedule included: none can be given another counter.

    The whole block is the counter (no nonce), and wraps at 2^128 as the workload asks.

    Bound: AES instructions, 8 blocks at a time; 9 us an object.
    """
    from Crypto.Cipher import AES

    key, mode, new = job.inputs.key, AES.MODE_CTR, AES.new
    messages = rows_of(job.inputs.counters, job.inputs.data, job.outputs.data)

    def run() -> None:
        for counter, message, answer in messages():
            new(key, mode, nonce=b"", initial_value=counter).encrypt(message, answer)

    return Prepared(run=run)
