"""Both ways of injecting: every trial of every size and model, however they are cut into blocks."""

from typing import Any

import numpy as np
import pytest
from benchsuite_numpy import backend
from benchsuite_numpy.inject import BLOCK, MOST_TALLIES, blocks

from benchsuite.api import Job
from benchsuite.workloads import HSIAO_INJECT
from benchsuite.workloads.codes.hsiao import HSIAO
from benchsuite.workloads.codes.inject import HsiaoInjectParams
from benchsuite.workloads.codes.inject_bulk import tally

VARIANTS = ("", "composed")


def counts(params: HsiaoInjectParams, inputs: Any, variant: str) -> Any:
    (device,) = backend.probe()
    outputs = HSIAO_INJECT.outputs(params)
    outputs.counts.fill(77)
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        run = backend.implementations[HSIAO_INJECT.id, variant].prepare(job).run
        run()
        run()
    return outputs.counts


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("n", "k"), HSIAO.sizes)
@pytest.mark.parametrize(
    "model",
    ["flips:0", "flips:1", "flips:3", "flips:4", "flips:5", "flips:13", "bsc:0.01", "bsc:0.5", "bsc:0.99"],
)
def test_every_trial_comes_to_the_outcome_of_the_reference(n: int, k: int, model: str, variant: str) -> None:
    params = HsiaoInjectParams(n=n, k=k, model=model, tallies=400, trials=1)
    inputs = HSIAO_INJECT.inputs(params, 3, 1)
    expected = tally(HSIAO.code(params), model, 1, inputs.key, inputs.first)
    assert counts(params, inputs, variant).tolist() == expected.tolist()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(
    ("tallies", "trials"),
    [(1, 1), (3, 7), (MOST_TALLIES + 1, 3), (2, BLOCK), (2, BLOCK + 1), (1, 3 * BLOCK - 1), (17, 1000)],
)
def test_tallies_of_any_number_and_size_are_counted(tallies: int, trials: int, variant: str) -> None:
    params = HsiaoInjectParams(model="bsc:0.02", tallies=tallies, trials=trials)
    inputs = HSIAO_INJECT.inputs(params, 1, 0)
    inputs.key[:, 1] += np.arange(tallies, dtype=np.uint64)
    expected = tally(HSIAO.code(params), params.model, trials, inputs.key, inputs.first)
    assert counts(params, inputs, variant).tolist() == expected.tolist()


def test_every_trial_is_in_one_block() -> None:
    for tallies, trials in ((1, 1), (1000, 3), (3, BLOCK + 5), (9, 1000)):
        seen = np.zeros((tallies, trials), int)
        for block in blocks(HsiaoInjectParams(tallies=tallies, trials=trials)):
            part = seen[block.tallies, block.offset : block.offset + block.trials]
            part += 1
            assert part.size == block.rows <= BLOCK
        assert (seen == 1).all()
