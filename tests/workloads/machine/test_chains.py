"""Chains of steps: what the tests of every workload, which know rows of bytes, leave open."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import Mismatch, Workload
from benchsuite.workloads import (
    MACHINE_BINARY_PRODUCT,
    MACHINE_FUSED_MULTIPLY,
    MACHINE_LOGIC,
    MACHINE_LOOKUP,
    MACHINE_WIDE_MULTIPLY,
)
from benchsuite.workloads.machine import MachineChainsOutputs, MachineChainsParams
from benchsuite.workloads.machine.chains import MOST_STEPS, power
from benchsuite.workloads.reference import chains

CHAINED = (
    MACHINE_WIDE_MULTIPLY,
    MACHINE_LOGIC,
    MACHINE_LOOKUP,
    MACHINE_BINARY_PRODUCT,
    MACHINE_FUSED_MULTIPLY,
)
chained = pytest.mark.parametrize("workload", CHAINED, ids=lambda workload: workload.id)


def answer(workload: Workload[Any, Any, Any], params: MachineChainsParams, inputs: Any) -> Any:
    """By the definition, a step at a time."""
    outputs = workload.outputs(params)
    for start, end in zip(inputs.start, outputs.end.reshape(params.chains, -1), strict=True):
        state = [int(number) for number in np.ravel(start)]
        end[...] = chains.run(workload.id, state, inputs.constant, params.steps)[: end.size]
    return outputs


def all_items(params: MachineChainsParams) -> list[tuple[int, None]]:
    return [(chain, None) for chain in range(params.chains)]


@chained
@given(st.integers(1, 5), st.integers(1, 40), st.integers(0, 2**32))
def test_the_shorter_way_of_the_check_ends_where_the_steps_do(
    workload: Workload[Any, Any, Any], count: int, steps: int, seed: int
) -> None:
    params = MachineChainsParams(chains=count, steps=steps)
    inputs = workload.inputs(params, seed, 0)
    workload.check(params, inputs, answer(workload, params, inputs), all_items(params))


@chained
@pytest.mark.parametrize("steps", [50, 99, 101])
def test_the_ends_of_other_numbers_of_steps_are_a_mismatch(
    workload: Workload[Any, Any, Any], steps: int
) -> None:
    params = MachineChainsParams(chains=9, steps=100)
    inputs = workload.inputs(params, 1, 0)
    other = answer(workload, MachineChainsParams(chains=9, steps=steps), inputs)
    with pytest.raises(Mismatch):
        workload.check(params, inputs, other, all_items(params))


@chained
@pytest.mark.parametrize("count", [1, 3, 1000, None])
def test_what_is_varied_is_said_changes_and_has_another_answer(
    workload: Workload[Any, Any, Any], count: int | None
) -> None:
    params = MachineChainsParams(chains=20, steps=3)
    inputs = workload.inputs(params, 1, 0)
    before, old = inputs.start.copy(), answer(workload, params, inputs)
    items = workload.vary(params, inputs, Random(5), count)
    changed = (before != inputs.start).reshape(params.chains, -1).any(axis=1)
    assert set(np.flatnonzero(changed)) == {chain for chain, _ in items}
    assert len(set(items)) == len(items) == min(count or 20, 20)
    workload.check(params, inputs, answer(workload, params, inputs), items)
    for item in items:
        with pytest.raises(Mismatch):
            workload.check(params, inputs, old, [item])


@chained
def test_one_wrong_bit_of_an_end_is_a_mismatch_that_names_its_chain(
    workload: Workload[Any, Any, Any],
) -> None:
    params = MachineChainsParams(chains=5, steps=7)
    inputs = workload.inputs(params, 1, 0)
    outputs = answer(workload, params, inputs)
    outputs.end.reshape(-1).view(np.uint8)[-1] ^= 1
    workload.check(params, inputs, outputs, all_items(params)[:-1])
    with pytest.raises(Mismatch, match="item 4: expected"):
        workload.check(params, inputs, outputs, all_items(params))


def test_an_end_that_is_no_number_is_a_mismatch() -> None:
    params = MachineChainsParams(chains=2, steps=1)
    inputs = MACHINE_FUSED_MULTIPLY.inputs(params, 1, 0)
    outputs = MachineChainsOutputs(end=np.full((2, 2), np.nan))
    with pytest.raises(Mismatch, match="item 1"):
        MACHINE_FUSED_MULTIPLY.check(params, inputs, outputs, [(1, None)])


@chained
def test_work_counts_the_bytes_that_the_arrays_have(workload: Workload[Any, Any, Any]) -> None:
    params = MachineChainsParams(chains=13)
    work, inputs = workload.work(params), workload.inputs(params, 1, 0)
    assert (work.items, work.unit) == (13, "chain")
    assert work.payload_bytes == work.bytes_in == inputs.start.nbytes
    assert work.bytes_out == workload.outputs(params).end.nbytes


@chained
def test_slots_share_the_constant_and_nothing_else(workload: Workload[Any, Any, Any]) -> None:
    params = MachineChainsParams(chains=64)
    first, again, slot, seed = (workload.inputs(params, *at) for at in ((1, 0), (1, 0), (1, 1), (2, 0)))
    assert (first.start == again.start).all()
    assert first.constant == again.constant == slot.constant
    assert not (first.start == slot.start).all()
    assert not (first.start == seed.start).all()
    assert workload is MACHINE_LOGIC or first.constant != seed.constant


@given(st.integers(0, 300), st.permutations(range(256)))
def test_powers_of_a_table_are_so_many_look_ups(exponent: int, entries: list[int]) -> None:
    table = np.array(entries, np.uint8)
    place = 17
    for _ in range(exponent):
        place = entries[place]
    assert power(table, exponent)[17] == place


def test_every_place_of_the_logic_goes_through_255_states() -> None:
    state, met = [1] + [0] * 7, set()
    while tuple(state) not in met:
        met.add(tuple(state))
        state = chains.logic(state, b"")
    assert len(met) == 255


def test_the_largest_sums_of_doubles_are_exact() -> None:
    largest = [2**16 - 1] * 3
    end = chains.run(MACHINE_FUSED_MULTIPLY.id, largest, bytes([16]), MOST_STEPS)
    assert max(end) < 2**53


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"chains": 0}, "chains must be a whole number of at least 1, not 0"),
        ({"steps": 0}, "steps must be a whole number of at least 1, not 0"),
        ({"steps": MOST_STEPS + 1}, "steps must be at most 16384, not 16385: give more chains"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(values: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MachineChainsParams(**values)
