#!/usr/bin/env python3
"""Claim: every backend accepts and rejects the same RSA signatures, at every size, alone and in batches.

Valid ones; a flipped bit in each byte of the signature and of the digest; malformed blocks; s = 0, 1, n - 1,
n, n + 1, valid + n, the largest of the length; the published vectors. The oracle is the judge.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import sys
from typing import Any

import benchsuite_numpy
import benchsuite_openssl

from benchsuite.api import Backend, HostLane, Job
from benchsuite.workloads import RSA_VERIFY
from benchsuite.workloads.reference.rsa import PrivateKey, accepts, private_power, sign_digest
from benchsuite.workloads.rsa.keys import KEY_BITS, benchmark_key
from benchsuite.workloads.rsa.verify import edge_signatures, malformed_blocks, vector

BACKENDS = (benchsuite_numpy.backend, benchsuite_openssl.backend)
Answers = list[tuple[bytes, bytes, bool]]


def flipped(data: bytes, byte: int) -> bytes:
    return data[:byte] + bytes([data[byte] ^ 1 << byte % 8]) + data[byte + 1 :]


def questions(key: PrivateKey, size: int) -> Answers:
    """(digest, signature, what the oracle answers)."""
    digests = [bytes([i]) * 32 for i in range(4)]
    valid = [(digest, sign_digest(key, digest)) for digest in digests]
    digest, signature = valid[0]
    powers = [private_power(key, int.from_bytes(block)) for block in malformed_blocks(size, digest)]
    numbers = [*powers, key.n + 1, 256**size - 1]
    asked = [
        *valid,
        (digests[1], signature),
        *((digest, flipped(signature, byte)) for byte in range(size)),
        *((flipped(digest, byte), signature) for byte in range(len(digest))),
        *((digest, number.to_bytes(size)) for number in numbers),
        *((digest, edge) for edge in edge_signatures(key.n, signature)),
    ]
    return [(d, s, accepts(key.n, key.e, d, s)) for d, s in asked]


def wrong_answers(backend: Backend[HostLane], asked: list[Any]) -> int:
    wrong = 0
    (device,) = backend.probe()
    prepare = backend.implementations[RSA_VERIFY.id, ""].prepare
    with device.lanes(1) as (lane,):
        for each in asked:
            outputs = RSA_VERIFY.outputs(each.params)
            outputs.ok[...] = 165
            prepare(
                Job(
                    params=each.params,
                    device=device,
                    lane=lane,
                    scope="end-to-end",
                    inputs=each.inputs,
                    outputs=outputs,
                )
            ).run()
            wrong += int((outputs.ok != each.outputs.ok).sum())
    return wrong


def main() -> int:
    wrong = 0
    for bits in KEY_BITS:
        key = benchmark_key(bits)
        answers = questions(key, bits // 8)
        asked = [vector("batch", "", key.n, key.e, answers)]
        asked += [vector("alone", "", key.n, key.e, [answer]) for answer in answers]
        asked += [each for each in RSA_VERIFY.vectors() if each.params.key_bits == bits]
        number = sum(each.params.messages for each in asked)
        valid = sum(int(each.outputs.ok.sum()) for each in asked)
        for backend in BACKENDS:
            differ = wrong_answers(backend, asked)
            print(f"RSA-{bits} {backend.name}: {number} signatures, {valid} valid, {differ} answers differ")
            wrong += differ
    return 0 if not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
