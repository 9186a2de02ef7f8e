"""RSA by PyCryptodome against published vectors; why it verifies nothing here."""

from typing import Any

import pytest
from benchsuite_pycryptodome import backend
from benchsuite_pycryptodome.rsa import Digest
from Crypto.PublicKey import RSA
from Crypto.Signature import pkcs1_15

from benchsuite.workloads import RSA_SIGN, RSA_VERIFY
from benchsuite.workloads.reference.rsa import accepts, private_power
from benchsuite.workloads.rsa import RsaSignParams
from benchsuite.workloads.rsa.keys import benchmark_key
from benchsuite.workloads.rsa.verify import malformed_blocks


def check_all(params: Any, inputs: Any, outputs: Any) -> None:
    RSA_SIGN.check(params, inputs, outputs, [(message, None) for message in range(params.messages)])


@pytest.mark.parametrize("vector", list(RSA_SIGN.vectors()), ids=lambda vector: vector.name)
def test_published_vectors_hold(prepare: Any, vector: Any) -> None:
    outputs = RSA_SIGN.outputs(vector.params)
    prepare(RSA_SIGN, vector.params, vector.inputs, outputs).run()
    assert RSA_SIGN.canonical is not None
    assert RSA_SIGN.canonical(outputs) == RSA_SIGN.canonical(vector.outputs)


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_every_run_signs_the_digests_as_they_are_then(prepare: Any, bits: int) -> None:
    params = RsaSignParams(key_bits=bits, messages=3)
    inputs, outputs = RSA_SIGN.inputs(params, 4, 0), RSA_SIGN.outputs(params)
    prepared = prepare(RSA_SIGN, params, inputs, outputs)
    for change in (0, 1, 0x80):
        inputs.digest[0] ^= change
        prepared.run()
        check_all(params, inputs, outputs)


def test_slots_share_one_key_object_and_sign_their_own_digests(prepare: Any) -> None:
    params = RsaSignParams(messages=2)
    slots = [(RSA_SIGN.inputs(params, 1, slot), RSA_SIGN.outputs(params)) for slot in range(3)]
    for prepared in [prepare(RSA_SIGN, params, *slot) for slot in slots]:
        prepared.run()
    for inputs, outputs in slots:
        check_all(params, inputs, outputs)


def test_pycryptodome_still_accepts_what_the_workload_rejects_so_rsa_verify_stays_unsupported() -> None:
    key = benchmark_key(2048)
    inputs = RSA_SIGN.inputs(RsaSignParams(), 1, 0)
    digest = inputs.digest[0].tobytes()
    without_null = malformed_blocks(256, digest)[3]
    signature = private_power(key, int.from_bytes(without_null)).to_bytes(256)
    assert not accepts(key.n, key.e, digest, signature)
    pkcs1_15.new(RSA.construct((key.n, key.e))).verify(Digest(inputs.digest[0]), signature)  # raises nothing
    assert (RSA_VERIFY.id, "") not in backend.implementations
    assert "without its NULL" in backend.reasons[RSA_VERIFY.id]
