"""The aes-ctr workload."""

from itertools import product
from random import Random

import numpy as np
import pytest

from benchsuite.api import Mismatch
from benchsuite.workloads import AES_CTR
from benchsuite.workloads.aes.ctr import AesCtrInputs, AesCtrOutputs, AesCtrParams
from benchsuite.workloads.aes.messages import CHECKED_BLOCKS
from benchsuite.workloads.reference import aes


def answer(inputs: AesCtrInputs) -> AesCtrOutputs:
    rows = [
        list(aes.ctr(inputs.key, counter.tobytes(), data.tobytes()))
        for counter, data in zip(inputs.counters, inputs.data, strict=True)
    ]
    return AesCtrOutputs(data=np.array(rows, np.uint8))


@pytest.mark.parametrize(
    ("params", "label"),
    [
        (AesCtrParams(), "AES-128-CTR, 16 B"),
        (AesCtrParams(messages=64, message_bytes=1024), "AES-128-CTR, 64 x 1 KiB"),
        (AesCtrParams(key_bits=256, message_bytes=2**21), "AES-256-CTR, 2 MiB"),
    ],
)
def test_labels_say_key_batch_and_size(params: AesCtrParams, label: str) -> None:
    assert AES_CTR.label(params) == label


def test_presets_hold_the_sizes_that_they_should() -> None:
    quick = [(case.key_bits, case.message_bytes) for case in AES_CTR.presets("quick")]
    assert set(quick) == {(128, 16), (128, 1024), (128, 16384), (128, 2**21), (256, 16384)}
    assert list(AES_CTR.presets("smoke")) == [AesCtrParams(message_bytes=16384)]
    publication = {
        key_bits: [case for case in AES_CTR.presets("publication") if case.key_bits == key_bits]
        for key_bits in (128, 192, 256)
    }
    batches = [(1, 64, 4096), (16, 64, 256, 1024, 1500, 4096, 8192, 16384)]
    for cases in publication.values():
        found = {(case.messages, case.message_bytes) for case in cases}
        assert found == {*product(*batches), (1, 2**23)}
        assert max(case.messages * case.message_bytes for case in cases) == 2**26


def test_the_key_is_the_same_in_every_slot_and_another_with_every_seed_and_case() -> None:
    params = AesCtrParams(key_bits=192)
    key = AES_CTR.inputs(params, 1, 0).key
    assert len(key) == 24
    assert AES_CTR.inputs(params, 1, 5).key == key
    assert AES_CTR.inputs(params, 2, 0).key != key
    assert AES_CTR.inputs(AesCtrParams(key_bits=192, messages=2), 1, 0).key != key


@pytest.mark.parametrize("size", [1, 15, 16, 17, 100])
@pytest.mark.parametrize("place", ["first", "last"])
def test_one_wrong_byte_is_found_wherever_it_is(size: int, place: str) -> None:
    params = AesCtrParams(messages=3, message_bytes=size)
    inputs = AES_CTR.inputs(params, 1, 0)
    outputs = answer(inputs)
    everything = [(message, None) for message in range(3)]
    AES_CTR.check(params, inputs, outputs, everything)
    at = 0 if place == "first" else size - 1
    outputs.data[1, at] ^= 1
    for items in (everything, [(2, None), (1, at)]):
        with pytest.raises(Mismatch, match=f"item 1: expected [0-9a-f]+ at byte {at // 16 * 16}, got"):
            AES_CTR.check(params, inputs, outputs, items)
    AES_CTR.check(params, inputs, outputs, [(0, None), (2, at)])


def test_a_wrong_byte_beyond_the_first_chunk_of_a_long_check_is_found() -> None:
    params = AesCtrParams(message_bytes=16 * CHECKED_BLOCKS + 40)
    inputs = AES_CTR.inputs(params, 1, 0)
    keystream = aes.ctr_keystream(inputs.key, inputs.counters[0].tobytes(), CHECKED_BLOCKS, 3)
    outputs = AesCtrOutputs(data=inputs.data.copy())
    tail = slice(16 * CHECKED_BLOCKS, None)
    outputs.data[0, tail] ^= np.frombuffer(keystream, np.uint8)[:40]
    for block in range(3):
        AES_CTR.check(params, inputs, outputs, [(0, 16 * (CHECKED_BLOCKS + block))])
    outputs.data[0, -1] ^= 1
    with pytest.raises(Mismatch, match=f"at byte {16 * (CHECKED_BLOCKS + 2)}"):
        AES_CTR.check(params, inputs, outputs, [(0, params.message_bytes - 1)])


def test_the_mismatch_named_is_the_first_of_those_given() -> None:
    params = AesCtrParams(messages=4)
    inputs = AES_CTR.inputs(params, 1, 0)
    with pytest.raises(Mismatch, match="item 3"):
        AES_CTR.check(params, inputs, AES_CTR.outputs(params), [(3, None), (0, None)])


def test_a_long_message_is_varied_by_single_bytes_at_distinct_places() -> None:
    params = AesCtrParams(messages=2, message_bytes=2000)
    inputs = AES_CTR.inputs(params, 1, 0)
    before = inputs.data.copy()
    items = AES_CTR.vary(params, inputs, Random(3), 40)
    assert len(set(items)) == 40
    assert sorted(items) == [tuple(place) for place in np.argwhere(before != inputs.data).tolist()]


def test_a_short_message_is_varied_whole_even_if_it_is_one_byte() -> None:
    params = AesCtrParams(messages=300, message_bytes=1)
    inputs = AES_CTR.inputs(params, 1, 0)
    before = inputs.data.copy()
    AES_CTR.vary(params, inputs, Random(3), None)
    assert (before != inputs.data).all()


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"key_bits": 100}, "key_bits must be 128, 192 or 256, as AES has it, not 100"),
        ({"key_bits": 128.0}, "key_bits must be"),
        ({"messages": 0}, "messages must be a whole number of at least 1, not 0"),
        ({"messages": True}, "messages must be a whole number of at least 1, not True"),
        ({"message_bytes": -1}, "message_bytes must be a whole number of at least 1, not -1"),
        ({"message_bytes": "16"}, "message_bytes must be a whole number of at least 1, not '16'"),
    ],
)
def test_nonsense_is_refused_with_value_and_rule(wrong: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        AesCtrParams(**wrong)
