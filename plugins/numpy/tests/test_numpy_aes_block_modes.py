"""ECB and CBC against published vectors and cryptography, through the plugin's own prepare."""

from typing import Any

import numpy as np
import pytest
from benchsuite_numpy import backend
from benchsuite_numpy.aes_block_modes import LONGEST_CHAIN
from benchsuite_numpy.aes_blocks import BATCH
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads import AES_CBC_DECRYPT, AES_CBC_ENCRYPT, AES_ECB_DECRYPT, AES_ECB_ENCRYPT

ALL = (AES_ECB_ENCRYPT, AES_ECB_DECRYPT, AES_CBC_ENCRYPT, AES_CBC_DECRYPT)
VECTORS = [(workload, vector) for workload in ALL for vector in workload.vectors()]
every = pytest.mark.parametrize("workload", ALL, ids=lambda workload: workload.id)


def answer_of_peer(workload: Any, inputs: Any) -> Any:
    expected = []
    for message, data in enumerate(inputs.data):
        mode = CBC(inputs.initial_vectors[message].tobytes()) if "cbc" in workload.id else ECB()
        cipher = Cipher(AES(inputs.key), mode)
        context = cipher.encryptor() if "encrypt" in workload.id else cipher.decryptor()
        expected.append(np.frombuffer(context.update(data.tobytes()), np.uint8))
    return np.array(expected)


def check_against_peer(prepare: Any, workload: Any, params: Any, seed: int) -> None:
    inputs, outputs = workload.inputs(params, seed, 0), workload.outputs(params)
    outputs.data[...] = 0xA5
    received = inputs.data.copy()
    prepare(workload, params, inputs, outputs).run()
    np.testing.assert_array_equal(outputs.data, answer_of_peer(workload, inputs))
    np.testing.assert_array_equal(inputs.data, received)


@pytest.mark.parametrize(("workload", "vector"), VECTORS, ids=lambda value: getattr(value, "name", None))
def test_published_vectors_hold(prepare: Any, workload: Any, vector: Any) -> None:
    outputs = workload.outputs(vector.params)
    prepare(workload, vector.params, vector.inputs, outputs).run()
    np.testing.assert_array_equal(outputs.data, vector.outputs.data)


@every
@given(
    key_bits=st.sampled_from([128, 192, 256]),
    messages=st.integers(1, 40),
    blocks=st.integers(1, 30),
    seed=st.integers(0, 2**32),
)
def test_any_batch_equals_cryptography(
    prepare: Any, workload: Any, key_bits: int, messages: int, blocks: int, seed: int
) -> None:
    params = workload.params(key_bits=key_bits, messages=messages, message_bytes=16 * blocks)
    check_against_peer(prepare, workload, params, seed)


@every
@pytest.mark.parametrize(
    ("messages", "blocks"), [(BATCH + 3, 1), (70, 1000), (2, BATCH // 2), (2, BATCH // 2 + 1), (1, BATCH)]
)
def test_many_messages_across_batches_equal_cryptography(
    prepare: Any, workload: Any, messages: int, blocks: int
) -> None:
    params = workload.params(messages=messages, message_bytes=16 * blocks)
    if backend.implementations[workload.id, ""].unless(params) is None:
        check_against_peer(prepare, workload, params, 3)


@pytest.mark.parametrize("blocks", [BATCH - 1, BATCH + 1, 2 * BATCH + 5])
@pytest.mark.parametrize("workload", [AES_ECB_DECRYPT, AES_CBC_DECRYPT], ids=lambda workload: workload.id)
def test_long_messages_are_decrypted_across_batches(prepare: Any, workload: Any, blocks: int) -> None:
    check_against_peer(prepare, workload, workload.params(messages=2, message_bytes=16 * blocks), 5)


@every
def test_every_run_answers_the_inputs_as_they_are_then(prepare: Any, workload: Any) -> None:
    params = workload.params(messages=3, message_bytes=80)
    inputs, outputs = workload.inputs(params, 4, 0), workload.outputs(params)
    prepared = prepare(workload, params, inputs, outputs)
    for change in (0, 1, 0x80, 0xFF):
        inputs.data[...] ^= change
        if "cbc" in workload.id:
            inputs.initial_vectors[:, 7:] ^= change
        outputs.data[...] = change
        prepared.run()
        np.testing.assert_array_equal(outputs.data, answer_of_peer(workload, inputs))


@every
def test_slots_of_a_lane_share_buffers_but_not_answers(prepare: Any, workload: Any) -> None:
    params = workload.params(messages=3, message_bytes=64)
    slots = [(workload.inputs(params, seed, 0), workload.outputs(params)) for seed in range(4)]
    prepared = [prepare(workload, params, *slot) for slot in slots]
    for each in prepared:
        each.run()
    for inputs, outputs in slots:
        np.testing.assert_array_equal(outputs.data, answer_of_peer(workload, inputs))


def test_a_chain_that_would_take_seconds_is_refused_with_the_remedy() -> None:
    unless = backend.implementations[AES_CBC_ENCRYPT.id, ""].unless
    assert unless(AES_CBC_ENCRYPT.params(messages=4096, message_bytes=16 * LONGEST_CHAIN)) is None
    reason = unless(AES_CBC_ENCRYPT.params(message_bytes=2**23))
    assert "524288 blocks one after the other" in str(reason)
    assert "choose message_bytes up to 65536" in str(reason)
