"""Every mode of AES against published vectors and the workloads' own checks."""

from typing import Any

import numpy as np
import pytest
from benchsuite_pycryptodome.views import KEPT
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import Workload
from benchsuite.workloads import AES_CTR, AES_GCM_DECRYPT, AES_GCM_ENCRYPT
from benchsuite.workloads.aes import AES
from benchsuite.workloads.aes.ctr import AesCtrParams
from benchsuite.workloads.aes.gcm import AesGcmDecryptParams, AesGcmEncryptParams

VECTORS = [(workload, vector) for workload in AES for vector in workload.vectors()]
BLOCK_MODES = [workload for workload in AES if "-ecb-" in workload.id or "-cbc-" in workload.id]
key_bits = st.sampled_from([128, 192, 256])


def run_and_check(prepare: Any, workload: Workload[Any, Any, Any], params: Any, seed: int) -> Any:
    inputs, outputs = workload.inputs(params, seed, 0), workload.outputs(params)
    outputs.data[...] = 0xA5
    prepare(workload, params, inputs, outputs).run()
    workload.check(params, inputs, outputs, [(message, None) for message in range(params.messages)])
    return outputs


@pytest.mark.parametrize(("workload", "vector"), VECTORS, ids=lambda value: getattr(value, "name", None))
def test_published_vectors_hold(prepare: Any, workload: Any, vector: Any) -> None:
    outputs = workload.outputs(vector.params)
    prepare(workload, vector.params, vector.inputs, outputs).run()
    assert workload.canonical(outputs) == workload.canonical(vector.outputs)


@pytest.mark.parametrize("workload", BLOCK_MODES, ids=lambda workload: workload.id)
@given(key_bits=key_bits, messages=st.integers(1, 20), blocks=st.integers(1, 20), seed=st.integers(0, 2**32))
def test_any_batch_of_whole_blocks_passes_the_workloads_check(
    prepare: Any, workload: Any, key_bits: int, messages: int, blocks: int, seed: int
) -> None:
    params = workload.params(key_bits=key_bits, messages=messages, message_bytes=16 * blocks)
    run_and_check(prepare, workload, params, seed)


@given(
    key_bits=key_bits,
    messages=st.integers(1, 20),
    message_bytes=st.integers(1, 300),
    seed=st.integers(0, 2**32),
)
def test_any_batch_in_counter_mode_passes_the_workloads_check(prepare: Any, seed: int, **sizes: int) -> None:
    run_and_check(prepare, AES_CTR, AesCtrParams(**sizes), seed)


@given(
    key_bits=key_bits,
    messages=st.integers(1, 20),
    message_bytes=st.integers(0, 300),
    associated_bytes=st.integers(0, 40),
    nonce_bytes=st.integers(1, 140),
    seed=st.integers(0, 2**32),
)
def test_any_batch_is_sealed_and_unsealed_as_the_workloads_check(
    prepare: Any, seed: int, **sizes: int
) -> None:
    run_and_check(prepare, AES_GCM_ENCRYPT, AesGcmEncryptParams(**sizes), seed)
    run_and_check(prepare, AES_GCM_DECRYPT, AesGcmDecryptParams(**sizes), seed)


@given(carry_from=st.integers(0, 16), message_bytes=st.integers(17, 600))
def test_counters_carry_through_any_byte_and_wrap_at_the_last(
    prepare: Any, carry_from: int, message_bytes: int
) -> None:
    params = AesCtrParams(messages=2, message_bytes=message_bytes)
    inputs, outputs = AES_CTR.inputs(params, 1, 0), AES_CTR.outputs(params)
    inputs.counters[:, carry_from:] = 0xFF
    prepare(AES_CTR, params, inputs, outputs).run()
    AES_CTR.check(params, inputs, outputs, [(0, None), (1, None)])


@pytest.mark.parametrize("messages", [1, 30])
@pytest.mark.parametrize("message_bytes", [0, 1, 100])
@pytest.mark.parametrize("tampered", [0.3, 1.0])
def test_tampered_messages_give_zeros_and_the_others_their_plaintext(
    prepare: Any, messages: int, message_bytes: int, tampered: float
) -> None:
    params = AesGcmDecryptParams(messages=messages, message_bytes=message_bytes, tampered=tampered)
    outputs = run_and_check(prepare, AES_GCM_DECRYPT, params, 1)
    assert np.count_nonzero(outputs.ok == 0) == max(1, round(tampered * messages))
    assert not outputs.data[outputs.ok == 0].any()


@pytest.mark.parametrize("workload", AES, ids=lambda workload: workload.id)
@pytest.mark.parametrize("messages", [1, 3, KEPT + 1])
def test_every_run_answers_the_inputs_as_they_are_then(prepare: Any, workload: Any, messages: int) -> None:
    params = workload.params(messages=messages, message_bytes=48)
    inputs, outputs = workload.inputs(params, 4, 0), workload.outputs(params)
    prepared = prepare(workload, params, inputs, outputs)
    for seed in range(5):
        fresh = workload.inputs(params, 4, seed)
        for name, array in vars(fresh).items():
            if isinstance(array, np.ndarray):
                getattr(inputs, name)[...] = array
        prepared.run()
        workload.check(params, inputs, outputs, [(message, None) for message in range(messages)])


@pytest.mark.parametrize("workload", AES, ids=lambda workload: workload.id)
def test_slots_of_one_lane_do_not_disturb_each_other(prepare: Any, workload: Any) -> None:
    params = workload.params(messages=2, message_bytes=48)
    slots = [(workload.inputs(params, seed, 0), workload.outputs(params)) for seed in (1, 2, 1)]
    assert slots[0][0].key != slots[1][0].key
    prepared = [prepare(workload, params, *slot) for slot in slots]
    for each in prepared:
        each.run()
    for inputs, outputs in slots:
        workload.check(params, inputs, outputs, [(0, None), (1, None)])
