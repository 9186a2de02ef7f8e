"""RSA in residues against published vectors, the oracle, and the edges of the range, through prepare."""

import math
from typing import Any

import numpy as np
import pytest
from benchsuite_numpy import rsa_sign, rsa_verify
from benchsuite_numpy.rsa_sign import Signer

from benchsuite.workloads import RSA_SIGN, RSA_VERIFY
from benchsuite.workloads.reference import rsa
from benchsuite.workloads.rsa import RsaSignParams, RsaVerifyInputs, RsaVerifyParams
from benchsuite.workloads.rsa.keys import benchmark_key, generate
from benchsuite.workloads.rsa.verify import edge_signatures, malformed_blocks

VECTORS = [(workload, vector) for workload in (RSA_SIGN, RSA_VERIFY) for vector in workload.vectors()]
every_size = pytest.mark.parametrize("bits", [2048, 3072, 4096])


def check_all(workload: Any, params: Any, inputs: Any, outputs: Any) -> None:
    workload.check(params, inputs, outputs, [(message, None) for message in range(params.messages)])


def verify_inputs(key: rsa.PrivateKey, digests: list[bytes], signatures: list[bytes]) -> RsaVerifyInputs:
    digest, signature = (np.array([list(row) for row in rows], np.uint8) for rows in (digests, signatures))
    return RsaVerifyInputs(key.n, key.e, digest, signature, digest[:0], signature[:0])


@pytest.mark.parametrize(("workload", "vector"), VECTORS, ids=lambda value: getattr(value, "name", ""))
def test_published_vectors_hold(prepare: Any, workload: Any, vector: Any) -> None:
    outputs = workload.outputs(vector.params)
    prepare(workload, vector.params, vector.inputs, outputs).run()
    assert workload.canonical(outputs) == workload.canonical(vector.outputs)


@every_size
@pytest.mark.parametrize("messages", [1, 2, 3, 17, rsa_verify.BLOCK, rsa_verify.BLOCK + 1])
def test_batches_of_any_size_are_verified_as_by_the_oracle(prepare: Any, bits: int, messages: int) -> None:
    params = RsaVerifyParams(key_bits=bits, messages=messages, wrong=0.5)
    inputs, outputs = RSA_VERIFY.inputs(params, 1, 0), RSA_VERIFY.outputs(params)
    outputs.ok[...] = 165
    received = inputs.signature.copy(), inputs.digest.copy()
    prepare(RSA_VERIFY, params, inputs, outputs).run()
    check_all(RSA_VERIFY, params, inputs, outputs)
    np.testing.assert_array_equal(inputs.signature, received[0])
    np.testing.assert_array_equal(inputs.digest, received[1])


@pytest.mark.parametrize(
    ("bits", "messages"),
    [(2048, 1), (2048, 2), (2048, 3), (2048, rsa_sign.BLOCK + 1), (3072, 2), (3072, 5), (4096, 1), (4096, 3)],
)
def test_batches_of_any_size_are_signed_as_by_the_oracle(prepare: Any, bits: int, messages: int) -> None:
    params = RsaSignParams(key_bits=bits, messages=messages)
    inputs, outputs = RSA_SIGN.inputs(params, 1, 0), RSA_SIGN.outputs(params)
    prepare(RSA_SIGN, params, inputs, outputs).run()
    check_all(RSA_SIGN, params, inputs, outputs)


@every_size
def test_edges_of_the_range_and_malformed_blocks_are_rejected(prepare: Any, bits: int) -> None:
    key, digest, size = benchmark_key(bits), bytes(range(32)), bits // 8
    valid = rsa.sign_digest(key, digest)
    blocks = [
        rsa.private_power(key, int.from_bytes(block)).to_bytes(size)
        for block in malformed_blocks(size, digest)
    ]
    signatures = [valid, *blocks, *edge_signatures(key.n, valid), (key.n + 1).to_bytes(size)]
    inputs = verify_inputs(key, [digest] * len(signatures), signatures)
    params = RsaVerifyParams(key_bits=bits, messages=len(signatures))
    outputs = RSA_VERIFY.outputs(params)
    prepare(RSA_VERIFY, params, inputs, outputs).run()
    assert outputs.ok.tolist() == [1] + [0] * (len(signatures) - 1)


@pytest.mark.parametrize("exponent", [11, 257, 65539, 2**61 + 15])
def test_any_public_exponent_is_raised_to(prepare: Any, exponent: int) -> None:
    p, q = benchmark_key(2048)[3:5]
    key = rsa.PrivateKey.of(p, q, exponent, pow(exponent, -1, math.lcm(p - 1, q - 1)))
    digests = [bytes([message]) * 32 for message in range(3)]
    signatures = [rsa.sign_digest(key, digest) for digest in digests]
    for order, expected in (([0, 1, 2], [1, 1, 1]), ([0, 2, 1], [1, 0, 0])):
        inputs = verify_inputs(key, digests, [signatures[i] for i in order])
        params = RsaVerifyParams(messages=3)
        outputs = RSA_VERIFY.outputs(params)
        prepare(RSA_VERIFY, params, inputs, outputs).run()
        assert outputs.ok.tolist() == expected


def test_a_key_whose_primes_come_in_the_other_order_signs(prepare: Any) -> None:
    key = generate(2048, 7)
    swapped = rsa.PrivateKey.of(key.q, key.p, key.e, key.d)
    params = RsaSignParams(messages=4)
    inputs, outputs = RSA_SIGN.inputs(params, 1, 0), RSA_SIGN.outputs(params)
    inputs = type(inputs)(**swapped._asdict(), digest=inputs.digest)
    prepare(RSA_SIGN, params, inputs, outputs).run()
    check_all(RSA_SIGN, params, inputs, outputs)


@every_size
def test_results_next_to_a_multiple_of_the_modulus_are_settled(bits: int) -> None:
    key = benchmark_key(bits)
    values = [0, 1, 2, key.n - 1, key.n - 2, key.n >> 20, key.n - (key.n >> 20), key.n // 2, key.p, key.q]
    signer = Signer(key, len(values))
    tables = signer.tables
    halves = [[value * tables.a % prime for value in values] for prime in (key.p, key.q)]
    signer.result.rows[...] = tables.residues(*halves)
    # c as a product would leave it, so that the digits stand for the value itself
    ratios = np.matmul(tables.ratios, signer.result.b)
    signer.result.multiple[...] = np.rint(ratios)
    signatures = np.zeros((len(values), bits // 8), np.uint8)
    signer.leave(signatures)
    assert [int.from_bytes(row.tobytes()) for row in signatures] == values


@pytest.mark.parametrize("messages", [1, 5])
def test_every_run_answers_the_inputs_as_they_are_then(prepare: Any, messages: int) -> None:
    for workload, params in (
        (RSA_SIGN, RsaSignParams(messages=messages)),
        (RSA_VERIFY, RsaVerifyParams(messages=messages)),
    ):
        inputs, outputs = workload.inputs(params, 4, 0), workload.outputs(params)
        prepared = prepare(workload, params, inputs, outputs)
        for change in (0, 1, 0x80):
            inputs.digest[0] ^= change
            prepared.run()
            check_all(workload, params, inputs, outputs)


def test_slots_of_a_lane_share_buffers_but_not_answers(prepare: Any) -> None:
    params = RsaVerifyParams(messages=20, wrong=0.5)
    slots = [(RSA_VERIFY.inputs(params, 1, slot), RSA_VERIFY.outputs(params)) for slot in range(3)]
    for prepared in [prepare(RSA_VERIFY, params, *slot) for slot in slots]:
        prepared.run()
    for inputs, outputs in slots:
        check_all(RSA_VERIFY, params, inputs, outputs)
