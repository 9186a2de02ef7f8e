"""The fused kernel against the core's encode, flip and decode, trial by trial, in every order of threads."""

from typing import Any

import numpy as np
import pytest
from benchsuite_cuda import inject
from benchsuite_cuda.lane import CudaLane
from benchsuite_cuda.source import text

from benchsuite.api import Job
from benchsuite.host.proof import run_once
from benchsuite.workloads import HSIAO_INJECT
from benchsuite.workloads.codes.hsiao import HSIAO, hsiao_columns
from benchsuite.workloads.codes.inject import MOST_TRIALS, HsiaoInjectParams
from benchsuite.workloads.codes.inject_bulk import tally

MODELS = (
    *("flips:0", "flips:1", "flips:2", "flips:3", "flips:4", "flips:5", "flips:9", "flips:13"),
    *("bsc:0.000000000000001", "bsc:0.001", "bsc:0.02", "bsc:0.3", "bsc:0.999"),
)
HIGH = 2**64 - 1


def counts(lane: CudaLane, params: HsiaoInjectParams, inputs: Any) -> Any:
    outputs = HSIAO_INJECT.outputs(params)
    outputs.counts.fill(HIGH)
    device: Any = None  # no kernel looks at it
    job = Job(params=params, device=device, lane=lane, scope="resident", inputs=inputs, outputs=outputs)
    run_once(inject.inject(job), lane)
    return outputs.counts


def right(lane: CudaLane, *, far: bool = False, **params: Any) -> None:
    """Every tally is the core's; ``far`` takes other keys, and trials across 2^32 and up to 2^64."""
    case = HsiaoInjectParams(**params)
    inputs = HSIAO_INJECT.inputs(case, 1, 0)
    if far:
        inputs.key[::2] = HIGH, 0x8000000000000001
        inputs.first[0] = 2**32 - case.trials // 2
        inputs.first[-1] = 2**64 - case.trials
    expected = tally(HSIAO.code(case), case.model, case.trials, inputs.key, inputs.first)
    assert counts(lane, case, inputs).tolist() == expected.tolist(), case


def check(lane: CudaLane) -> None:
    """Each line of the kernel, in few forms and few trials."""
    right(lane, model="flips:3", tallies=70, trials=1)
    right(lane, model="flips:3", tallies=9, trials=67, far=True)
    right(lane, model="bsc:0.02", tallies=9, trials=67, far=True)
    right(lane, model="bsc:0.3", n=137, k=128, tallies=9, trials=40)
    for flips in (0, 1, 2, 9):
        right(lane, model=f"flips:{flips}", n=13, k=8, tallies=3, trials=33)
    right(lane, model="flips:137", n=137, k=128, tallies=1, trials=2)
    right(lane, model="flips:1", tallies=1, trials=MOST_TRIALS)


def test_the_kernel_equals_the_core(lane: CudaLane) -> None:
    check(lane)


@pytest.mark.parametrize(("n", "k"), HSIAO.sizes)
@pytest.mark.parametrize("model", MODELS)
def test_every_trial_comes_to_the_outcome_of_the_core(emulated: CudaLane, n: int, k: int, model: str) -> None:
    right(emulated, n=n, k=k, model=model, tallies=100, trials=1)


@pytest.mark.parametrize("model", ["flips:3", "bsc:0.05"])
@pytest.mark.parametrize("tallies", [1, 7, 8, 9, 33])
@pytest.mark.parametrize("trials", [1, 31, 32, 33, 100])
def test_any_number_of_tallies_of_any_size_is_counted(
    emulated: CudaLane, tallies: int, trials: int, model: str
) -> None:
    right(emulated, model=model, tallies=tallies, trials=trials)


def test_the_largest_tally_fits_a_lanes_counts() -> None:
    assert MOST_TRIALS // 32 < 1 << 12


def test_the_limits_of_the_kernel_are_those_of_the_codes_and_outcomes() -> None:
    source = text("inject")
    assert max(n for n, _ in HSIAO.sizes) <= 32 * 5
    assert "#define MOST_WORDS 5 " in source
    assert max(2 ** (n - k) for n, k in HSIAO.sizes) == 512
    assert "#define MOST_SYNDROMES 512\n" in source
    assert f"#define THREADS {inject.THREADS}\n" in source
    shifts = {
        "DETECTED": inject.DETECTED,
        "MISCORRECTED": inject.MISCORRECTED,
        "UNDETECTED": inject.UNDETECTED,
    }
    for name, shift in shifts.items():
        assert f"{name} = {shift}" in source


def test_every_syndrome_has_the_claim_of_a_decoder_that_sees_several_flips() -> None:
    columns = hsiao_columns(39, 32)
    table = inject.claims(columns)
    assert table.dtype == np.uint8
    assert (len(table), table[0]) == (128, inject.UNDETECTED)
    assert set(np.flatnonzero(table == inject.MISCORRECTED)) == set(columns)
    assert (table == inject.DETECTED).sum() == 128 - 1 - 39
