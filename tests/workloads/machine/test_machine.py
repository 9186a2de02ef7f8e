"""The family ``machine``: what the tests of every workload, which know rows of items, leave open."""

from __future__ import annotations

from dataclasses import fields
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import Mismatch
from benchsuite.measure.layout import copy_of
from benchsuite.workloads import MACHINE_COPY, MACHINE_MULTIPLY_ADD, MACHINE_READ
from benchsuite.workloads.machine import MachineCopyParams, MachineMultiplyAddParams, MachineReadParams
from benchsuite.workloads.machine.multiply_add import LARGEST, LARGEST_SIZE

CASES = [
    (MACHINE_COPY, MachineCopyParams(buffer_bytes=1)),
    (MACHINE_COPY, MachineCopyParams(buffer_bytes=1100)),
    (MACHINE_READ, MachineReadParams(buffer_bytes=8)),
    (MACHINE_READ, MachineReadParams(buffer_bytes=1104)),
    (MACHINE_MULTIPLY_ADD, MachineMultiplyAddParams(size=1)),
    (MACHINE_MULTIPLY_ADD, MachineMultiplyAddParams(size=9)),
]
case = pytest.mark.parametrize(("workload", "params"), CASES)


def answer(workload: Any, params: Any, inputs: Any) -> Any:
    """By the definition."""
    outputs = workload.outputs(params)
    if workload is MACHINE_COPY:
        outputs.data[...] = inputs.data
    elif workload is MACHINE_READ:
        for i, byte in enumerate(inputs.data):
            outputs.word[i % 8] ^= byte
    else:
        outputs.product[...] = inputs.left.astype(int) @ inputs.right.astype(int)
    return outputs


def content(data: Any) -> list[bytes]:
    return [getattr(data, field.name).tobytes() for field in fields(data)]


@case
def test_inputs_are_equal_across_calls_and_other_in_every_slot_and_seed(workload: Any, params: Any) -> None:
    first = content(workload.inputs(params, 1, 0))
    assert content(workload.inputs(params, 1, 0)) == first
    if workload is not MACHINE_MULTIPLY_ADD or params.size > 1:  # one of 16 numbers may come twice
        assert content(workload.inputs(params, 1, 1)) != first
        assert content(workload.inputs(params, 2, 0)) != first


@case
@pytest.mark.parametrize("count", [1, 2, 1000, None])
def test_what_is_varied_is_said_and_checked(workload: Any, params: Any, count: int | None) -> None:
    inputs = workload.inputs(params, 1, 0)
    before = copy_of(inputs)
    items = workload.vary(params, inputs, Random(5), count)
    assert items
    assert len(set(items)) == len(items)
    assert all(0 <= item < workload.work(params).items for item, _ in items)
    assert content(before) != content(inputs)
    workload.check(params, inputs, answer(workload, params, inputs), items)


@case
def test_the_old_answer_is_wrong_for_a_varied_item(workload: Any, params: Any) -> None:
    for seed in range(20):
        inputs = workload.inputs(params, seed, 0)
        old = answer(workload, params, inputs)
        items = workload.vary(params, inputs, Random(seed), 1)
        with pytest.raises(Mismatch):
            workload.check(params, inputs, old, items)


@case
def test_one_wrong_byte_is_a_mismatch(workload: Any, params: Any) -> None:
    inputs = workload.inputs(params, 1, 0)
    outputs = answer(workload, params, inputs)
    (field,) = fields(outputs)
    getattr(outputs, field.name).reshape(-1).view(np.uint8)[-1] ^= 1
    with pytest.raises(Mismatch) as caught:
        items = [(item, None) for item in range(workload.work(params).items)]
        workload.check(params, inputs, outputs, items)
    assert caught.value.item == workload.work(params).items - 1


def test_a_copy_is_checked_at_the_bytes_that_are_named() -> None:
    params = MachineCopyParams(buffer_bytes=100)
    inputs = MACHINE_COPY.inputs(params, 1, 0)
    outputs = answer(MACHINE_COPY, params, inputs)
    outputs.data[7] ^= 1
    MACHINE_COPY.check(params, inputs, outputs, [(0, 6), (0, 8)])
    with pytest.raises(Mismatch, match="at byte 7"):
        MACHINE_COPY.check(params, inputs, outputs, [(0, 6), (0, 7)])


def test_an_element_that_is_no_number_is_a_mismatch() -> None:
    params = MachineMultiplyAddParams(size=3)
    inputs = MACHINE_MULTIPLY_ADD.inputs(params, 1, 0)
    outputs = answer(MACHINE_MULTIPLY_ADD, params, inputs)
    outputs.product[1, 2] = np.nan
    with pytest.raises(Mismatch, match="item 5"):
        MACHINE_MULTIPLY_ADD.check(params, inputs, outputs, [(5, None)])


def test_products_of_the_largest_matrices_are_exact_in_any_order() -> None:
    assert LARGEST_SIZE * LARGEST**2 < 2**53


@given(st.integers(1, 20), st.integers(0, 2**32))
def test_entries_stay_small_whole_and_positive_however_they_are_varied(size: int, seed: int) -> None:
    params, random = MachineMultiplyAddParams(size=size), Random(seed)
    inputs = MACHINE_MULTIPLY_ADD.inputs(params, seed, 0)
    for count in (None, 2, 3):
        MACHINE_MULTIPLY_ADD.vary(params, inputs, random, count)
        for matrix in (inputs.left, inputs.right):
            assert np.isin(matrix, np.arange(1, LARGEST + 1)).all()


@case
def test_work_counts_the_bytes_that_the_arrays_have(workload: Any, params: Any) -> None:
    work = workload.work(params)
    assert work.bytes_in == sum(map(len, content(workload.inputs(params, 1, 0))))
    assert work.bytes_out == sum(map(len, content(workload.outputs(params))))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MachineCopyParams(buffer_bytes=0), "buffer_bytes must be a whole number of at least 1"),
        (lambda: MachineReadParams(buffer_bytes=12), "buffer_bytes must be whole words of 8 bytes, not 12"),
        (lambda: MachineMultiplyAddParams(size=0), "size must be a whole number of at least 1"),
        (lambda: MachineMultiplyAddParams(size=2**16), "size must be at most 32768, not 65536"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
