"""RSA signatures by OpenSSL: PKCS#1 v1.5 over digests made before, one call a message."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.rsa.sign import RSA_SIGN, RsaSignInputs, RsaSignOutputs, RsaSignParams
from benchsuite.workloads.rsa.verify import RSA_VERIFY, RsaVerifyInputs, RsaVerifyOutputs, RsaVerifyParams
from benchsuite_openssl.backend import backend

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey


def _scheme() -> tuple[Any, Any]:
    """Padding and hash as ``sign`` and ``verify`` take them."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from cryptography.hazmat.primitives.hashes import SHA256

    return PKCS1v15(), Prehashed(SHA256())


@cache
def _private_key(n: int, e: int, d: int, p: int, q: int, dp: int, dq: int, qinv: int) -> RSAPrivateKey:
    """One object for all slots; the workload's keys are tested, so OpenSSL need not look for primes again."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers

    numbers = RSAPrivateNumbers(p, q, d, dp, dq, qinv, RSAPublicNumbers(e, n))
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


@cache
def _public_key(n: int, e: int) -> RSAPublicKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    return RSAPublicNumbers(e, n).public_key()


@backend.implements(RSA_VERIFY, version=1, constant_time="claimed")
def rsa_verify(job: Job[RsaVerifyParams, RsaVerifyInputs, RsaVerifyOutputs, HostLane]) -> Prepared:
    """One call a signature; one that is rejected costs an exception, a microsecond.

    Bound: 17 Montgomery products of the whole width. Nothing here is secret: constant time is not needed.
    """
    from cryptography.exceptions import InvalidSignature

    inputs, ok = job.inputs, job.outputs.ok
    verify, (padding, algorithm) = _public_key(inputs.n, inputs.e).verify, _scheme()

    def run() -> None:
        for row, (digest, signature) in enumerate(zip(inputs.digest, inputs.signature, strict=True)):
            try:
                verify(signature, digest, padding, algorithm)
            except InvalidSignature:
                ok[row] = 0
            else:
                ok[row] = 1

    return Prepared(run=run)


@backend.implements(RSA_SIGN, version=1, constant_time="claimed")
def rsa_sign(job: Job[RsaSignParams, RsaSignInputs, RsaSignOutputs, HostLane]) -> Prepared:
    """One call a signature, copied to the outputs: ``cryptography`` signs into new bytes only.

    Bound: two powers of half the width; beyond that, OpenSSL blinds each message and checks each signature
    by the public power, doing without the Chinese remainder theorem where that fails (crypto/rsa/rsa_ossl.c).
    """
    inputs, size = job.inputs, job.params.key_bits // 8
    key = _private_key(inputs.n, inputs.e, inputs.d, inputs.p, inputs.q, inputs.dp, inputs.dq, inputs.qinv)
    sign, (padding, algorithm) = key.sign, _scheme()
    answers: Any = memoryview(job.outputs.signature.reshape(-1))  # type: ignore[arg-type]
    places = [slice(start, start + size) for start in range(0, job.params.messages * size, size)]

    def run() -> None:
        for place, digest in zip(places, inputs.digest, strict=True):
            answers[place] = sign(digest, padding, algorithm)

    return Prepared(run=run)
