"""CRCs of the libraries against published vectors, the workload's check and numpy's engine."""

from random import Random
from typing import Any

import benchsuite_numpy
import numpy as np
import pytest
from benchsuite_checksums.each_message import KEPT
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import Job
from benchsuite.workloads import CRC, CRC_UPDATE
from benchsuite.workloads.codes.crc import CrcParams


def check_all(params: CrcParams, inputs: Any, outputs: Any) -> None:
    CRC.check(params, inputs, outputs, [(message, None) for message in range(params.messages)])


def test_published_vectors_hold_and_those_of_the_other_crc_are_declined(
    backend: Any, prepare: Any, algorithm: str
) -> None:
    unless = backend.implementations[CRC.id, ""].unless
    passed = 0
    for vector in CRC.vectors():
        if vector.params.algorithm != algorithm:
            assert unless(vector.params) == f"{backend.name} computes {algorithm} only"
            continue
        assert unless(vector.params) is None
        outputs = CRC.outputs(vector.params)
        prepare(vector.params, vector.inputs, outputs).run()
        np.testing.assert_array_equal(outputs.crc, vector.outputs.crc)
        passed += 1
    assert passed >= 5


@given(messages=st.integers(1, 20), message_bytes=st.integers(0, 300), seed=st.integers(0, 2**32))
def test_any_batch_passes_the_workloads_check_and_equals_numpys(
    prepare: Any, algorithm: str, messages: int, message_bytes: int, seed: int
) -> None:
    params = CrcParams(algorithm=algorithm, messages=messages, message_bytes=message_bytes)
    inputs, outputs, others = CRC.inputs(params, seed, 0), CRC.outputs(params), CRC.outputs(params)
    prepare(params, inputs, outputs).run()
    check_all(params, inputs, outputs)
    (device,) = benchsuite_numpy.backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=others)
        benchsuite_numpy.backend.implementations[CRC.id, ""].prepare(job).run()
    np.testing.assert_array_equal(outputs.crc, others.crc)


@pytest.mark.parametrize(("messages", "message_bytes"), [(1, 2**20 + 3), (3, 5121), (4096, 1), (5, 0)])
def test_hostile_sizes_pass_the_workloads_check(
    prepare: Any, algorithm: str, messages: int, message_bytes: int
) -> None:
    params = CrcParams(algorithm=algorithm, messages=messages, message_bytes=message_bytes)
    inputs, outputs = CRC.inputs(params, 1, 0), CRC.outputs(params)
    outputs.crc[...] = 0xA5A5A5A5
    prepare(params, inputs, outputs).run()
    check_all(params, inputs, outputs)


@pytest.mark.parametrize("messages", [1, 3, KEPT + 1])
def test_every_run_answers_the_inputs_as_they_are_then(prepare: Any, algorithm: str, messages: int) -> None:
    params = CrcParams(algorithm=algorithm, messages=messages, message_bytes=100)
    inputs, outputs = CRC.inputs(params, 4, 0), CRC.outputs(params)
    prepared = prepare(params, inputs, outputs)
    for change in (0, 1, 0x80, 0xFF):
        inputs.data[...] ^= change
        outputs.crc[...] = change
        prepared.run()
        check_all(params, inputs, outputs)


@pytest.mark.parametrize(("messages", "message_bytes"), [(3, 0), (4, 333), (KEPT + 1, 9)])
def test_what_is_appended_passes_the_workloads_check_however_often_inputs_change(
    backend: Any, algorithm: str, messages: int, message_bytes: int
) -> None:
    params = CrcParams(algorithm=algorithm, messages=messages, message_bytes=message_bytes)
    inputs, outputs = CRC_UPDATE.inputs(params, 1, 0), CRC_UPDATE.outputs(params)
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        prepared = backend.implementations[CRC_UPDATE.id, ""].prepare(job)
    for _ in range(3):
        prepared.run()
        CRC_UPDATE.check(params, inputs, outputs, [(message, None) for message in range(messages)])
        CRC_UPDATE.vary(params, inputs, Random(5), None)
