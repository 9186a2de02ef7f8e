"""Two engines, OpenSSL through ``cryptography`` and libsodium through PyNaCl, one call a message.

Straight from the inputs to the outputs. The libraries are imported in ``probe`` and ``prepare`` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchsuite.api import Backend, Device, HostLane, Job, Prepared, Unavailable, host_cpu
from benchsuite_chacha20_poly1305.workloads import (
    CHACHA20_POLY1305_DECRYPT,
    CHACHA20_POLY1305_ENCRYPT,
    DecryptOutputs,
    DecryptParams,
    EncryptOutputs,
    EncryptParams,
    Inputs,
)

REMEDY = "pip install benchsuite-chacha20-poly1305"

EncryptJob = Job[EncryptParams, Inputs, EncryptOutputs, HostLane]
DecryptJob = Job[DecryptParams, Inputs, DecryptOutputs, HostLane]


def probe_cryptography() -> Sequence[Device[HostLane]]:
    """The host CPU; Unavailable where ``cryptography`` does not import, or its OpenSSL lacks the cipher."""
    try:
        import cryptography
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    except ImportError as error:
        raise Unavailable(f"cryptography does not import ({error}): {REMEDY}") from error
    try:
        ChaCha20Poly1305(bytes(32))
    except UnsupportedAlgorithm as error:
        raise Unavailable(f"{error}: install cryptography's own wheel, which brings its OpenSSL") from error
    return host_cpu({"cryptography": cryptography.__version__})


def probe_libsodium() -> Sequence[Device[HostLane]]:
    """The host CPU; Unavailable where PyNaCl does not import."""
    try:
        import nacl

        _sodium()
    except ImportError as error:
        raise Unavailable(f"PyNaCl does not import ({error}): {REMEDY}") from error
    return host_cpu({"pynacl": nacl.__version__})


cryptography: Backend[HostLane] = Backend(name="cryptography", probe=probe_cryptography)
libsodium: Backend[HostLane] = Backend(name="libsodium", probe=probe_libsodium)


def _rows(*arrays: Any) -> list[tuple[Any, ...]]:
    """For every message a view of its row in each array: the host changes the content, never the place."""
    return list(zip(*([row.data for row in array] for array in arrays), strict=True))


@cryptography.implements(CHACHA20_POLY1305_ENCRYPT, version=1, constant_time="claimed")
def encrypt_by_cryptography(job: EncryptJob) -> Prepared:
    """Bound: vector additions and rotations of ChaCha20; an empty message takes 0.6 us."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    inputs, seal = job.inputs, ChaCha20Poly1305(job.inputs.key).encrypt_into
    rows = _rows(inputs.nonces, inputs.data, inputs.associated_data, job.outputs.data)

    def run() -> None:
        for nonce, message, associated_data, answer in rows:
            seal(nonce, message, associated_data, answer)

    return Prepared(run=run)


@cryptography.implements(CHACHA20_POLY1305_DECRYPT, version=1, constant_time="claimed")
def decrypt_by_cryptography(job: DecryptJob) -> Prepared:
    """Bound: as encryption; what is left of a rejected message is overwritten with zeros."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    inputs, output, ok = job.inputs, job.outputs.data, job.outputs.ok.data
    unseal = ChaCha20Poly1305(job.inputs.key).decrypt_into
    rows = _rows(inputs.nonces, inputs.data, inputs.associated_data, output)

    def run() -> None:
        for i, (nonce, message, associated_data, answer) in enumerate(rows):
            try:
                unseal(nonce, message, associated_data, answer)
                ok[i] = 1
            except InvalidTag:
                output[i] = 0
                ok[i] = 0

    return Prepared(run=run)


def _sodium() -> tuple[Any, Any]:
    """cffi's view of libsodium, and the library. Its public functions would copy every message twice."""
    import nacl.bindings  # noqa: F401  has libsodium choose the code for this CPU
    from nacl._sodium import ffi, lib

    return ffi, lib


def _pointers(array: Any) -> list[Any]:
    """``unsigned char[]`` of every row, each of which keeps the array alive as a bare address would not."""
    ffi, _ = _sodium()
    return [ffi.from_buffer("unsigned char[]", row) if row.size else ffi.NULL for row in array]


@libsodium.implements(CHACHA20_POLY1305_ENCRYPT, version=1, constant_time="claimed")
def encrypt_by_libsodium(job: EncryptJob) -> Prepared:
    """Bound: as OpenSSL's; an empty message takes 0.4 us."""
    ffi, lib = _sodium()
    inputs, seal, null = job.inputs, lib.crypto_aead_chacha20poly1305_ietf_encrypt, ffi.NULL
    key, size, associated = inputs.key, job.params.message_bytes, job.params.associated_bytes
    arrays = (job.outputs.data, inputs.data, inputs.associated_data, inputs.nonces)
    rows = list(zip(*map(_pointers, arrays), strict=True))

    def run() -> None:
        for answer, message, associated_data, nonce in rows:
            seal(answer, null, message, size, associated_data, associated, null, nonce, key)

    return Prepared(run=run)


@libsodium.implements(CHACHA20_POLY1305_DECRYPT, version=1, constant_time="claimed")
def decrypt_by_libsodium(job: DecryptJob) -> Prepared:
    """Bound: as encryption; it compares the tag before it decrypts, so a rejected message is faster."""
    ffi, lib = _sodium()
    inputs, unseal, null = job.inputs, lib.crypto_aead_chacha20poly1305_ietf_decrypt, ffi.NULL
    key, received, associated = inputs.key, inputs.data.shape[1], job.params.associated_bytes
    output, ok = job.outputs.data, job.outputs.ok.data
    rows = list(
        zip(*map(_pointers, (output, inputs.data, inputs.associated_data, inputs.nonces)), strict=True)
    )

    def run() -> None:
        for i, (answer, message, associated_data, nonce) in enumerate(rows):
            rejected = unseal(answer, null, null, message, received, associated_data, associated, nonce, key)
            ok[i] = not rejected
            if rejected:
                output[i] = 0

    return Prepared(run=run)
