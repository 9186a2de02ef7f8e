"""Counter mode against published vectors and the workload's own check."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.aes.ctr import AES_CTR, AesCtrParams

VECTORS = {vector.name: vector for vector in AES_CTR.vectors()}


def check_all(params: AesCtrParams, inputs: Any, outputs: Any) -> None:
    AES_CTR.check(params, inputs, outputs, [(message, None) for message in range(params.messages)])


@pytest.mark.parametrize("name", VECTORS)
def test_published_vectors_hold(prepare: Any, name: str) -> None:
    vector = VECTORS[name]
    outputs = AES_CTR.outputs(vector.params)
    prepare(AES_CTR, vector.params, vector.inputs, outputs).run()
    np.testing.assert_array_equal(outputs.data, vector.outputs.data)


@given(
    key_bits=st.sampled_from([128, 192, 256]),
    messages=st.integers(1, 20),
    message_bytes=st.integers(1, 300),
    seed=st.integers(0, 2**32),
)
def test_any_batch_passes_the_workloads_check(
    prepare: Any, key_bits: int, messages: int, message_bytes: int, seed: int
) -> None:
    params = AesCtrParams(key_bits=key_bits, messages=messages, message_bytes=message_bytes)
    inputs, outputs = AES_CTR.inputs(params, seed, 0), AES_CTR.outputs(params)
    prepare(AES_CTR, params, inputs, outputs).run()
    check_all(params, inputs, outputs)


@pytest.mark.parametrize("messages", [1, 2])
def test_every_run_answers_the_inputs_as_they_are_then(prepare: Any, messages: int) -> None:
    params = AesCtrParams(messages=messages, message_bytes=33)
    inputs, outputs = AES_CTR.inputs(params, 4, 0), AES_CTR.outputs(params)
    prepared = prepare(AES_CTR, params, inputs, outputs)
    for change in (0, 1, 0x80, 0xFF):
        inputs.data[...] ^= change
        inputs.counters[...] ^= change
        outputs.data[...] = change
        prepared.run()
        check_all(params, inputs, outputs)


def test_slots_with_different_keys_on_one_lane_do_not_disturb_each_other(prepare: Any) -> None:
    params = AesCtrParams(messages=2, message_bytes=40)
    slots = [(AES_CTR.inputs(params, seed, 0), AES_CTR.outputs(params)) for seed in (1, 2, 1)]
    assert slots[0][0].key != slots[1][0].key
    prepared = [prepare(AES_CTR, params, *slot) for slot in slots]
    for each in prepared:
        each.run()
    for inputs, outputs in slots:
        check_all(params, inputs, outputs)
