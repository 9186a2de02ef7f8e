"""Counter mode against published vectors and against cryptography, through the plugin's own prepare."""

from typing import Any

import numpy as np
import pytest
from benchsuite_numpy.aes_blocks import BATCH
from benchsuite_numpy.aes_ctr import SHORTEST_GROUPED
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.aes.ctr import AES_CTR, AesCtrInputs, AesCtrParams

VECTORS = {vector.name: vector for vector in AES_CTR.vectors()}

NEAR_A_CARRY = [
    bytes(16),
    bytes(15) + b"\x01",
    bytes(15) + b"\xff",
    bytes(12) + b"\xff\xff\xff\x17",
    bytes(8) + b"\xff" * 7 + b"\xc0",
    b"\xff" * 16,
    b"\xff" * 14 + b"\x80\x00",
]


def encrypt_with_peer(inputs: AesCtrInputs) -> Any:
    expected = np.empty_like(inputs.data)
    for counter, message, answer in zip(inputs.counters, inputs.data, expected, strict=True):
        Cipher(AES(inputs.key), CTR(counter.tobytes())).encryptor().update_into(message, answer)
    return expected


def check_against_peer(prepare: Any, params: AesCtrParams, inputs: AesCtrInputs) -> None:
    outputs = AES_CTR.outputs(params)
    outputs.data[...] = 0xA5
    received = inputs.data.copy(), inputs.counters.copy()
    prepare(AES_CTR, params, inputs, outputs).run()
    np.testing.assert_array_equal(outputs.data, encrypt_with_peer(inputs))
    np.testing.assert_array_equal(inputs.data, received[0])
    np.testing.assert_array_equal(inputs.counters, received[1])


@pytest.mark.parametrize("name", VECTORS)
def test_published_vectors_hold(prepare: Any, name: str) -> None:
    vector = VECTORS[name]
    outputs = AES_CTR.outputs(vector.params)
    prepare(AES_CTR, vector.params, vector.inputs, outputs).run()
    np.testing.assert_array_equal(outputs.data, vector.outputs.data)


@given(
    key_bits=st.sampled_from([128, 192, 256]),
    messages=st.integers(1, 40),
    message_bytes=st.integers(1, 400),
    seed=st.integers(0, 2**32),
    ones=st.integers(0, 15),
)
def test_any_batch_of_short_messages_equals_cryptography(
    prepare: Any, key_bits: int, messages: int, message_bytes: int, seed: int, ones: int
) -> None:
    params = AesCtrParams(key_bits=key_bits, messages=messages, message_bytes=message_bytes)
    inputs = AES_CTR.inputs(params, seed, 0)
    inputs.counters[:, 15 - ones : 15] = 0xFF  # so that carries run through
    check_against_peer(prepare, params, inputs)


@pytest.mark.parametrize("counter", NEAR_A_CARRY, ids=bytes.hex)
@pytest.mark.parametrize("key_bits", [128, 192, 256])
def test_a_carry_within_a_long_message_goes_through_all_sixteen_bytes(
    prepare: Any, key_bits: int, counter: bytes
) -> None:
    params = AesCtrParams(key_bits=key_bits, message_bytes=16 * (SHORTEST_GROUPED + 700) + 3)
    inputs = AES_CTR.inputs(params, 1, 0)
    inputs.counters[...] = np.frombuffer(counter, np.uint8)
    check_against_peer(prepare, params, inputs)


@pytest.mark.parametrize("blocks", [1, SHORTEST_GROUPED - 1, SHORTEST_GROUPED, BATCH - 1, BATCH, BATCH + 1])
@pytest.mark.parametrize("extra", [-15, 0, 1])
@pytest.mark.parametrize("counter", [NEAR_A_CARRY[0], NEAR_A_CARRY[2], NEAR_A_CARRY[6]], ids=bytes.hex)
def test_messages_at_the_edges_of_batches_equal_cryptography(
    prepare: Any, blocks: int, extra: int, counter: bytes
) -> None:
    params = AesCtrParams(message_bytes=16 * blocks + extra)
    inputs = AES_CTR.inputs(params, 2, 0)
    inputs.counters[...] = np.frombuffer(counter, np.uint8)
    check_against_peer(prepare, params, inputs)


@pytest.mark.parametrize(
    ("messages", "message_bytes"),
    [(BATCH + 3, 16), (BATCH // 2 + 1, 17), (70, 16 * 1000 + 9), (2, 16 * BATCH + 16)],
)
def test_many_messages_across_batches_equal_cryptography(
    prepare: Any, messages: int, message_bytes: int
) -> None:
    params = AesCtrParams(key_bits=192, messages=messages, message_bytes=message_bytes)
    check_against_peer(prepare, params, AES_CTR.inputs(params, 3, 0))


@pytest.mark.parametrize("message_bytes", [16, 100, 16 * SHORTEST_GROUPED])
def test_every_run_answers_the_inputs_as_they_are_then(prepare: Any, message_bytes: int) -> None:
    params = AesCtrParams(messages=2 if message_bytes < 1000 else 1, message_bytes=message_bytes)
    inputs, outputs = AES_CTR.inputs(params, 4, 0), AES_CTR.outputs(params)
    prepared = prepare(AES_CTR, params, inputs, outputs)
    for change in (0, 1, 0x80, 0xFF):
        inputs.data[...] ^= change
        inputs.counters[:, 7:] ^= change
        outputs.data[...] = change
        prepared.run()
        np.testing.assert_array_equal(outputs.data, encrypt_with_peer(inputs))


def test_slots_of_a_lane_share_buffers_but_not_answers(prepare: Any) -> None:
    params = AesCtrParams(messages=3, message_bytes=50)
    slots = [(AES_CTR.inputs(params, seed, 0), AES_CTR.outputs(params)) for seed in range(4)]
    prepared = [prepare(AES_CTR, params, *slot) for slot in slots]
    for each in prepared:
        each.run()
    for inputs, outputs in slots:
        np.testing.assert_array_equal(outputs.data, encrypt_with_peer(inputs))
