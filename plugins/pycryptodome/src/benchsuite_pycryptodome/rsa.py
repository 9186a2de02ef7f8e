"""RSA signatures by PyCryptodome: PKCS#1 v1.5 over digests made before, one call a message."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.rsa.sign import RSA_SIGN, RsaSignInputs, RsaSignOutputs, RsaSignParams
from benchsuite_pycryptodome.backend import backend

if TYPE_CHECKING:
    from Crypto.PublicKey.RSA import RsaKey

SHA256_OID = "2.16.840.1.101.3.4.2.1"


class Digest:
    """A SHA-256 digest in the place of a hash object: PyCryptodome asks such for these two things only."""

    oid = SHA256_OID

    def __init__(self, row: Any) -> None:
        self.digest = row.tobytes  # the row as it is when asked


@cache
def _private_key(n: int, e: int, d: int, p: int, q: int) -> RsaKey:
    """One object for all slots; the workload's keys are tested, so no primes need be looked for again."""
    from Crypto.PublicKey import RSA

    return RSA.construct((n, e, d, p, q), consistency_check=False)


@backend.implements(RSA_SIGN, version=1)
def rsa_sign(job: Job[RsaSignParams, RsaSignInputs, RsaSignOutputs, HostLane]) -> Prepared:
    """One call a signature, copied to the outputs: PyCryptodome signs into new bytes only.

    Bound: two powers of half the width; beyond that, PyCryptodome blinds each message and checks each
    signature by the public power.
    """
    from Crypto.Signature import pkcs1_15

    inputs = job.inputs
    sign = pkcs1_15.new(_private_key(inputs.n, inputs.e, inputs.d, inputs.p, inputs.q)).sign
    pairs = [
        (Digest(digest), memoryview(answer))
        for digest, answer in zip(inputs.digest, job.outputs.signature, strict=True)
    ]

    def run() -> None:
        for digest, answer in pairs:
            answer[:] = sign(digest)

    return Prepared(run=run)
