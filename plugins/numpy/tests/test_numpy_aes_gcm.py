"""GCM and GHASH against published vectors, cryptography and the oracle, through the plugin's own prepare."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchsuite_numpy.aes_blocks import BATCH
from benchsuite_numpy.aes_ctr import SHORTEST_GROUPED
from benchsuite_numpy.aes_gcm import MOST_TOGETHER
from benchsuite_numpy.ghash import WIDTH, Hash, multiples
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import HostLane
from benchsuite.workloads import AES_GCM_DECRYPT, AES_GCM_ENCRYPT
from benchsuite.workloads.reference import aes
from benchsuite.workloads.streams import random_bytes

VECTORS = [
    (workload, vector) for workload in (AES_GCM_ENCRYPT, AES_GCM_DECRYPT) for vector in workload.vectors()
]


def texts(inputs: Any, message: int) -> tuple[bytes, bytes, bytes]:
    rows = (inputs.nonces[message], inputs.data[message], inputs.associated_data[message])
    return rows[0].tobytes(), rows[1].tobytes(), rows[2].tobytes()


def check_against_peer(prepare: Any, seed: int, *, counter: bytes = b"", **sizes: int) -> None:
    """Encrypt and compare, then decrypt what was encrypted, some of it tampered with."""
    params = AES_GCM_ENCRYPT.params(**sizes)
    inputs, outputs = AES_GCM_ENCRYPT.inputs(params, seed, 0), AES_GCM_ENCRYPT.outputs(params)
    peer = AESGCM(inputs.key)
    if counter:
        subkey = aes.encrypt_block(aes.expand_key(inputs.key), bytes(16))
        inputs.nonces[...] = np.frombuffer(aes.nonce_of(subkey, counter), np.uint8)
    outputs.data[...] = 0xA5
    prepare(AES_GCM_ENCRYPT, params, inputs, outputs).run()
    for message, sealed in enumerate(outputs.data):
        assert sealed.tobytes() == peer.encrypt(*texts(inputs, message))

    received = AES_GCM_DECRYPT.params(**sizes)
    sealed_inputs = replace(inputs, data=outputs.data)
    rng = np.random.default_rng(seed)
    for message in range(0, params.messages, 3):
        sealed_inputs.data[message, rng.integers(sealed_inputs.data.shape[1])] ^= 1 << rng.integers(8)
    opened = AES_GCM_DECRYPT.outputs(received)
    opened.data[...], opened.ok[...] = 0xA5, 0xA5
    prepare(AES_GCM_DECRYPT, received, sealed_inputs, opened).run()
    for message in range(params.messages):
        rejected = message % 3 == 0
        assert opened.ok[message] == (not rejected)
        expected = bytes(params.message_bytes) if rejected else inputs.data[message].tobytes()
        assert opened.data[message].tobytes() == expected


@pytest.mark.parametrize(("workload", "vector"), VECTORS, ids=lambda value: getattr(value, "name", None))
def test_published_vectors_hold(prepare: Any, workload: Any, vector: Any) -> None:
    outputs = workload.outputs(vector.params)
    prepare(workload, vector.params, vector.inputs, outputs).run()
    assert workload.canonical(outputs) == workload.canonical(vector.outputs)


@given(
    key_bits=st.sampled_from([128, 192, 256]),
    messages=st.integers(1, 20),
    message_bytes=st.integers(0, 300),
    associated_bytes=st.integers(0, 60),
    nonce_bytes=st.sampled_from([12, 8, 16, 33]),
    seed=st.integers(0, 2**32),
)
def test_any_batch_equals_cryptography(prepare: Any, seed: int, **sizes: int) -> None:
    check_against_peer(prepare, seed, **sizes)


@pytest.mark.parametrize(
    ("messages", "message_bytes", "associated_bytes"),
    [
        (MOST_TOGETHER + 5, 16, 13),
        (WIDTH + 1, 0, 0),
        (40, 16 * 1000 + 7, 13),
        (2, 16 * BATCH // 2, 0),
        (1, 16 * BATCH - 17, 20),
        (2, 16 * BATCH - 16, 0),
        (1, 16 * BATCH, 0),
        (2, 32 * BATCH + 5, 16 * BATCH + 3),
    ],
)
def test_messages_across_batches_equal_cryptography(
    prepare: Any, messages: int, message_bytes: int, associated_bytes: int
) -> None:
    sizes = {"message_bytes": message_bytes, "associated_bytes": associated_bytes}
    check_against_peer(prepare, 7, messages=messages, **sizes)


@pytest.mark.parametrize("message_bytes", [40, 4097, 16 * SHORTEST_GROUPED])
@pytest.mark.parametrize("low", [0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFF01, 0xFFFFFF00, 0])
def test_counters_wrap_in_their_last_32_bits(prepare: Any, message_bytes: int, low: int) -> None:
    counter = b"\xff" * 12 + low.to_bytes(4, "big")
    check_against_peer(prepare, 8, counter=counter, message_bytes=message_bytes, nonce_bytes=16)


@pytest.mark.parametrize("workload", [AES_GCM_ENCRYPT, AES_GCM_DECRYPT], ids=lambda workload: workload.id)
@pytest.mark.parametrize("nonce_bytes", [12, 16])
def test_every_run_answers_the_inputs_as_they_are_then(prepare: Any, workload: Any, nonce_bytes: int) -> None:
    params = workload.params(messages=3, message_bytes=70, nonce_bytes=nonce_bytes)
    inputs, outputs = workload.inputs(params, 4, 0), workload.outputs(params)
    prepared = prepare(workload, params, inputs, outputs)
    for slot in (0, 1, 2, 0):
        fresh = workload.inputs(params, 4, slot)
        for name in ("nonces", "associated_data", "data"):
            getattr(inputs, name)[...] = getattr(fresh, name)
        outputs.data[...] = 0xA5
        prepared.run()
        workload.check(params, inputs, outputs, [(message, None) for message in range(3)])


@pytest.mark.parametrize("workload", [AES_GCM_ENCRYPT, AES_GCM_DECRYPT], ids=lambda workload: workload.id)
def test_slots_of_a_lane_share_buffers_but_not_answers(prepare: Any, workload: Any) -> None:
    params = workload.params(messages=3, message_bytes=50)
    slots = [(workload.inputs(params, seed, 0), workload.outputs(params)) for seed in range(4)]
    prepared = [prepare(workload, params, *slot) for slot in slots]
    for each in prepared:
        each.run()
    for inputs, outputs in slots:
        workload.check(params, inputs, outputs, [(message, None) for message in range(3)])


def test_a_rejected_message_is_one_that_cryptography_rejects(prepare: Any) -> None:
    params = AES_GCM_DECRYPT.params(messages=50, tampered=0.5)
    inputs, outputs = AES_GCM_DECRYPT.inputs(params, 1, 0), AES_GCM_DECRYPT.outputs(params)
    prepare(AES_GCM_DECRYPT, params, inputs, outputs).run()
    assert outputs.ok.sum() == 25
    for message in np.flatnonzero(outputs.ok == 0):
        with pytest.raises(InvalidTag):
            AESGCM(inputs.key).decrypt(*texts(inputs, message))


@given(st.binary(min_size=16, max_size=16), st.integers(0, 6), st.integers(0, 15), st.integers(0, 255))
def test_a_table_entry_is_a_byte_times_a_power_of_the_subkey(
    subkey: bytes, level: int, place: int, byte: int
) -> None:
    block = byte << 8 * (15 - place)
    power = aes.block_power(int.from_bytes(subkey, "big"), 2**level)
    expected = aes.block_product(block, power).to_bytes(16, "big")
    assert multiples(subkey, 2**level)[256 * place + byte].tobytes() == expected


@pytest.mark.parametrize(
    ("messages", "associated_bytes", "size"), [(1, 0, 0), (1, 0, 5000), (7, 33, 100), (3000, 1, 0)]
)
def test_hashes_are_those_of_the_oracle(messages: int, associated_bytes: int, size: int) -> None:
    subkey = random_bytes("subkey", 0, 0, 16).tobytes()
    associated_data, data = (
        random_bytes("hashed", 0, slot, messages * each).reshape(messages, each)
        for slot, each in enumerate((associated_bytes, size))
    )
    hashed = Hash(HostLane(), subkey, associated_data, data)
    hashed.run()
    for message in {0, messages - 1}:
        ends = [associated_data[message].tobytes(), data[message].tobytes()]
        padded = b"".join(text + bytes(-len(text) % 16) for text in ends)
        lengths = b"".join((8 * len(text)).to_bytes(8, "big") for text in ends)
        assert hashed.digest[message].tobytes() == aes.ghash(subkey, padded + lengths)
