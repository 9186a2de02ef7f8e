"""RSA signing: RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.1) of SHA-256 digests under one key.

The digests are the inputs: every engine pads and exponentiates, none hashes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.params import preset_cases
from benchsuite.workloads.reference.rsa import DIGEST_BYTES, PrivateKey, encode_digest
from benchsuite.workloads.rsa.keys import KEY_BITS, benchmark_key
from benchsuite.workloads.rsa.params import require_batch, title
from benchsuite.workloads.rsa.published import published, rows
from benchsuite.workloads.streams import Bytes, canonical_bytes, case_key, random_bytes, renewed

PUBLISHED_BATCH = 8
"""Each published signature is also made so many times at once, as engines treat batches otherwise."""


@dataclass(frozen=True)
class RsaSignParams:
    """Raises ValueError for a size of key that is not shipped, or no message."""

    key_bits: int = 2048
    messages: int = 1

    def __post_init__(self) -> None:
        require_batch(self.key_bits, self.messages)


@dataclass(frozen=True, eq=False)
class RsaSignInputs:
    """One batch. The key belongs to its size alone: modulus, exponents, primes, and their CRT parts."""

    n: int
    e: int
    d: int
    p: int
    q: int
    dp: int
    dq: int
    qinv: int
    digest: Bytes
    """``uint8[messages, 32]``."""


@dataclass(frozen=True, eq=False)
class RsaSignOutputs:
    signature: Bytes
    """``uint8[messages, key_bits / 8]``, big-endian."""


def _presets(preset: str) -> Iterable[RsaSignParams]:
    def sizes(*messages: int) -> list[RsaSignParams]:
        return [RsaSignParams(key_bits=bits, messages=count) for bits in KEY_BITS for count in messages]

    # Batches end at 256: an engine that makes 200 signatures of 4096 bits a second still ends in time.
    return preset_cases(
        preset,
        {
            "smoke": [],
            "quick": [RsaSignParams(messages=4)],
            "standard": sizes(1, 4),
            "publication": sizes(1, 64, 256),
        },
    )


def _inputs(params: RsaSignParams, seed: int, slot: int) -> RsaSignInputs:
    label = f"{case_key(RSA_SIGN, params)} digest"
    digest = random_bytes(label, seed, slot, params.messages * DIGEST_BYTES).reshape(-1, DIGEST_BYTES)
    return RsaSignInputs(**benchmark_key(params.key_bits)._asdict(), digest=digest)


def _outputs(params: RsaSignParams) -> RsaSignOutputs:
    return RsaSignOutputs(signature=np.zeros((params.messages, params.key_bits // 8), np.uint8))


def _vary(params: RsaSignParams, inputs: RsaSignInputs, rng: Random, count: int | None) -> Items:
    every = range(params.messages)
    chosen = list(every) if count is None else rng.sample(every, min(count, params.messages))
    inputs.digest[chosen] = renewed(inputs.digest[chosen], rng)
    return [(message, None) for message in chosen]


def _work(params: RsaSignParams) -> Work:
    digests = params.messages * DIGEST_BYTES
    return Work(
        items=params.messages,
        unit="signature",
        payload_bytes=0,  # signatures a second, not bytes, are what RSA is asked for
        bytes_in=digests,
        bytes_out=params.messages * params.key_bits // 8,
    )


def _check(params: RsaSignParams, inputs: RsaSignInputs, outputs: RsaSignOutputs, items: Items) -> None:
    """Compares by the public half: below n, only one signature has the padded digest as its power."""
    size = params.key_bits // 8
    for message, _ in items:
        digest, signature = inputs.digest[message].tobytes(), outputs.signature[message].tobytes()
        s = int.from_bytes(signature)
        if s >= inputs.n or pow(s, inputs.e, inputs.n).to_bytes(size) != encode_digest(digest, size):
            raise Mismatch(message, f"the signature of digest {digest.hex()}", f"not it: {signature.hex()}")


def _vectors() -> Iterable[Vector[RsaSignParams, RsaSignInputs, RsaSignOutputs]]:
    for record in published():
        if record.key is not None:
            yield vector(record.name, record.source, record.key, [record.digest], [record.signature])
            yield vector(
                f"{record.name}, {PUBLISHED_BATCH} times at once",
                record.source,
                record.key,
                [record.digest] * PUBLISHED_BATCH,
                [record.signature] * PUBLISHED_BATCH,
            )


def vector(
    name: str, source: str, key: PrivateKey, digests: list[bytes], signatures: list[bytes]
) -> Vector[RsaSignParams, RsaSignInputs, RsaSignOutputs]:
    """A vector of signatures under one key, of any source."""
    return Vector(
        name=name,
        source=source,
        params=RsaSignParams(key_bits=8 * len(signatures[0]), messages=len(digests)),
        inputs=RsaSignInputs(**key._asdict(), digest=rows(digests)),
        outputs=RsaSignOutputs(signature=rows(signatures)),
    )


RSA_SIGN = Workload(
    id="rsa-sign",
    version=1,
    params=RsaSignParams,
    label=lambda params: title(params.key_bits, "sign", params.messages),
    presets=_presets,
    inputs=_inputs,
    outputs=_outputs,
    vary=_vary,
    work=_work,
    check=_check,
    canonical=canonical_bytes,
    vectors=_vectors,
)
"""Sign ``messages`` SHA-256 digests under one key: PKCS#1 v1.5 padding and the private operation."""
