"""RSA by OpenSSL against published vectors and the workloads' own checks."""

from typing import Any

import pytest

from benchsuite.workloads import RSA_SIGN, RSA_VERIFY
from benchsuite.workloads.rsa import RsaSignParams, RsaVerifyParams

VECTORS = [(workload, vector) for workload in (RSA_SIGN, RSA_VERIFY) for vector in workload.vectors()]


def check_all(workload: Any, params: Any, inputs: Any, outputs: Any) -> None:
    workload.check(params, inputs, outputs, [(message, None) for message in range(params.messages)])


@pytest.mark.parametrize(("workload", "vector"), VECTORS, ids=lambda value: getattr(value, "name", ""))
def test_published_vectors_hold(prepare: Any, workload: Any, vector: Any) -> None:
    outputs = workload.outputs(vector.params)
    prepare(workload, vector.params, vector.inputs, outputs).run()
    assert workload.canonical(outputs) == workload.canonical(vector.outputs)


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
@pytest.mark.parametrize("messages", [1, 30])
def test_rejections_are_answers(prepare: Any, bits: int, messages: int) -> None:
    params = RsaVerifyParams(key_bits=bits, messages=messages, wrong=0.5)
    inputs, outputs = RSA_VERIFY.inputs(params, 1, 0), RSA_VERIFY.outputs(params)
    outputs.ok[...] = 165
    prepare(RSA_VERIFY, params, inputs, outputs).run()
    check_all(RSA_VERIFY, params, inputs, outputs)


@pytest.mark.parametrize("messages", [1, 3])
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


def test_slots_share_one_key_object_and_sign_their_own_digests(prepare: Any) -> None:
    params = RsaSignParams(messages=2)
    slots = [(RSA_SIGN.inputs(params, 1, slot), RSA_SIGN.outputs(params)) for slot in range(3)]
    for prepared in [prepare(RSA_SIGN, params, *slot) for slot in slots]:
        prepared.run()
    for inputs, outputs in slots:
        check_all(RSA_SIGN, params, inputs, outputs)
