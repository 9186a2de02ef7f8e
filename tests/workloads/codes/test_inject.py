"""Injection as a workload: its cases, and the trials that it counts, held equal to the pure-Python oracle."""

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import Mismatch
from benchsuite.workloads import HSIAO_DECODE, HSIAO_INJECT
from benchsuite.workloads.codes import code
from benchsuite.workloads.codes.hsiao import HSIAO, HsiaoDecodeParams, hsiao_columns
from benchsuite.workloads.codes.inject import MOST_TRIALS, HsiaoInjectParams, flips
from benchsuite.workloads.codes.inject_bulk import BLOCK, tally
from benchsuite.workloads.codes.outcomes import OUTCOMES
from benchsuite.workloads.reference.inject import outcome
from benchsuite.workloads.streams import trial_key

WORD = st.integers(0, 2**64 - 1)
CASE = HsiaoInjectParams(tallies=5, trials=300)


def counted(params: HsiaoInjectParams, key: tuple[int, int], first: int) -> list[int]:
    """The outcomes of a tally by the oracle."""
    columns = hsiao_columns(params.n, params.k)
    trials = range(first, first + params.trials)
    counts = Counter(outcome(columns, params.k, params.model, key, trial) for trial in trials)
    return [counts[name] for name in OUTCOMES]


def answer(params: HsiaoInjectParams, inputs: Any) -> Any:
    outputs = HSIAO_INJECT.outputs(params)
    outputs.counts[...] = tally(HSIAO.code(params), params.model, params.trials, inputs.key, inputs.first)
    return outputs


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n": 73}, r"no workload for hsiao \(73,64\)"),
        ({"tallies": 0}, "tallies must be a whole number of at least 1"),
        ({"trials": 0}, "trials must be a whole number of at least 1"),
        ({"trials": MOST_TRIALS + 1}, "trials must be at most 65536, not 65537: give more tallies"),
        ({"model": "burst:3"}, "model must be flips:K or bsc:P, not 'burst:3': such as flips:3"),
        ({"model": "flips:73"}, "flips:73 flips more bits than the 72 of a codeword: give 0 to 72"),
        ({"model": "flips:x"}, "whole number of distinct flips"),
        ({"model": "bsc:2"}, "above 0, below 1"),
    ],
)
def test_nonsense_is_refused_with_the_remedy(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HsiaoInjectParams(**wrong)


def test_a_model_has_one_spelling_and_so_a_case_one_key() -> None:
    assert HsiaoInjectParams(model=" flips:03 ") == HsiaoInjectParams(model="flips:3")
    assert HsiaoInjectParams(model="bsc:1e-3").model == "bsc:0.001"


def test_an_engine_is_told_a_number_of_flips_or_the_thresholds_of_a_channel() -> None:
    fixed, channel = flips(HsiaoInjectParams()), flips(HsiaoInjectParams(model="bsc:0.01"))
    assert (fixed.number, fixed.thresholds.size) == (3, 0)
    assert (channel.number, channel.thresholds.size) == (0, 72)
    (t0, t1, *_) = flips(HsiaoInjectParams(n=13, k=8, model="bsc:0.01")).thresholds.tolist()
    assert (t0, t1) == (99**13 * 2**64 // 100**13, (99**13 + 13 * 99**12) * 2**64 // 100**13)


@given(
    size=st.sampled_from(HSIAO.sizes),
    model=st.sampled_from(["flips:0", "flips:1", "flips:3", "flips:5", "flips:13", "bsc:0.01", "bsc:0.5"]),
    key=st.tuples(WORD, WORD),
    first=st.integers(0, 2**64 - 20),
)
def test_many_trials_at_once_are_those_of_the_oracle(
    size: tuple[int, int], model: str, key: tuple[int, int], first: int
) -> None:
    params = HsiaoInjectParams(n=size[0], k=size[1], model=model, tallies=2, trials=10)
    keys, firsts = np.array([key, key[::-1]], np.uint64), np.array([first, first + 10], np.uint64)
    counts = tally(HSIAO.code(params), model, 10, keys, firsts)
    assert counts.tolist() == [counted(params, key, first), counted(params, key[::-1], first + 10)]


def test_tallies_that_do_not_fill_or_exceed_a_block_are_counted_alike() -> None:
    hsiao, key = code("hsiao-72-64").linear, np.array([[1, 2]], np.uint64)
    whole = tally(hsiao, "flips:3", BLOCK + 1, key, np.zeros(1, np.uint64))
    firsts = np.array([0, 11, 22], np.uint64) * np.uint64((BLOCK + 1) // 33)
    parts = tally(hsiao, "flips:3", (BLOCK + 1) // 3, np.repeat(key, 3, axis=0), firsts)
    assert ((BLOCK + 1) % 33, parts.sum(axis=0).tolist()) == (0, whole[0].tolist())


def test_tallies_go_on_through_the_trials_of_the_campaign_with_that_seed_slot_by_slot() -> None:
    params = HsiaoInjectParams(n=39, k=32, tallies=3, trials=10)
    key = trial_key(HSIAO_DECODE, HsiaoDecodeParams(n=39, k=32), "flips:3", 5)
    for slot in (0, 2):
        inputs = HSIAO_INJECT.inputs(params, 5, slot)
        assert {tuple(row) for row in inputs.key.tolist()} == {key}
        assert inputs.first.tolist() == [30 * slot, 30 * slot + 10, 30 * slot + 20]
    assert HSIAO_INJECT.inputs(params, 6, 0).key.tolist() != HSIAO_INJECT.inputs(params, 5, 0).key.tolist()


@pytest.mark.parametrize("count", [1, 2, 100, None])
def test_varied_tallies_get_other_trials_and_no_others_do(count: int | None) -> None:
    inputs = HSIAO_INJECT.inputs(CASE, 1, 0)
    before, old = inputs.key.copy(), answer(CASE, inputs)
    items = HSIAO_INJECT.vary(CASE, inputs, Random(3), count)
    assert set(np.flatnonzero((before != inputs.key).any(axis=1))) == {item // 300 for item, _ in items}
    assert len(set(items)) == len(items) == min(count or 100, 5)
    for item in items:
        with pytest.raises(Mismatch):
            HSIAO_INJECT.check(CASE, inputs, old, [item])
    HSIAO_INJECT.check(CASE, inputs, answer(CASE, inputs), items)


def test_no_varied_trial_is_beyond_64_bits() -> None:
    params = HsiaoInjectParams(tallies=200, trials=MOST_TRIALS)
    inputs = HSIAO_INJECT.inputs(params, 1, 0)
    HSIAO_INJECT.vary(params, inputs, Random(1), None)
    assert max(inputs.first.tolist()) + MOST_TRIALS <= 2**64
    assert len(set(inputs.first.tolist())) == 200


def test_one_wrong_count_is_a_mismatch_that_names_the_first_trial_of_its_tally() -> None:
    inputs = HSIAO_INJECT.inputs(CASE, 1, 0)
    outputs = answer(CASE, inputs)
    for outcome_ in range(len(OUTCOMES)):
        outputs.counts[3, outcome_] ^= np.uint64(1)
        with pytest.raises(Mismatch, match=r"item 900: expected .* miscorrected"):
            HSIAO_INJECT.check(CASE, inputs, outputs, [(0, None), (1199, None), (950, None)])
        HSIAO_INJECT.check(CASE, inputs, outputs, [(0, None), (899, None), (1200, None)])
        outputs.counts[3, outcome_] ^= np.uint64(1)
    HSIAO_INJECT.check(CASE, inputs, outputs, [])


def test_work_counts_trials_and_the_bytes_that_the_arrays_have() -> None:
    work, inputs, outputs = (
        HSIAO_INJECT.work(CASE),
        HSIAO_INJECT.inputs(CASE, 1, 0),
        HSIAO_INJECT.outputs(CASE),
    )
    assert (work.items, work.unit, work.payload_bytes) == (1500, "trial", 0)
    assert (work.bytes_in, work.bytes_out) == (inputs.key.nbytes + inputs.first.nbytes, outputs.counts.nbytes)


def test_a_case_says_its_size_its_model_and_its_trials() -> None:
    assert HSIAO_INJECT.label(CASE) == "hsiao (72,64) inject flips:3, 5 x 300 trials"
    assert (
        HSIAO_INJECT.label(replace(CASE, model="bsc:0.1")) == "hsiao (72,64) inject bsc:0.1, 5 x 300 trials"
    )
