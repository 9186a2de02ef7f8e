"""Injection into Hsiao codes, in one kernel: drawn, decoded and counted, nothing in memory but the counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import Job, Prepared
from benchsuite.workloads import HSIAO_INJECT
from benchsuite.workloads.codes.hsiao import hsiao_columns
from benchsuite.workloads.codes.inject import (
    HsiaoInjectInputs,
    HsiaoInjectOutputs,
    HsiaoInjectParams,
    flips,
)
from benchsuite_cuda.backend import backend
from benchsuite_cuda.lane import CudaLane
from benchsuite_cuda.slot import prepared
from benchsuite_cuda.source import KernelForm

THREADS = 256

DETECTED, MISCORRECTED, UNDETECTED = 24, 36, 48
"""As in inject.cu."""

KERNELS = tuple(
    KernelForm(
        source="inject",
        name="inject_hsiao",
        defines={"CHANNEL": channel},
        threads=THREADS,
        shared_bytes=0,
        items="trial",
        inner_turns=turns,
    )
    # of Philox's blocks and, in bsc:0.001, of the thresholds up to word 0: 7 % of its trials flip a bit
    for channel, turns in ((0, (1,)), (1, (1, 0.07)))
)


def claims(columns: tuple[int, ...]) -> NDArray[np.uint8]:
    """``uint8[2^r]``: what becomes of several flips that leave each syndrome."""
    table = np.full(2 * columns[-1], DETECTED, np.uint8)
    table[list(columns)] = MISCORRECTED
    table[0] = UNDETECTED
    return table


@backend.implements(HSIAO_INJECT, version=1, constant_time="no")
def inject(job: Job[HsiaoInjectParams, HsiaoInjectInputs, HsiaoInjectOutputs, CudaLane]) -> Prepared:
    """A warp a tally, a lane a trial. Bound: integer instructions. Source: Salmon et al. 2011, Hsiao 1970."""
    lane, params = job.lane, job.params
    n, k = params.n, params.k
    columns, wanted = hsiao_columns(n, k), flips(params)
    channel = wanted.thresholds.size > 0
    kernel = lane.kernel("inject", "inject_hsiao", defines={"CHANNEL": int(channel)})
    tables = (
        lane.table(("inject columns", n, k), lambda: np.array(columns, np.uint16)),
        lane.table(("inject claims", n, k), lambda: claims(columns)),
        lane.table(
            ("inject thresholds", n, params.model),
            lambda: wanted.thresholds if channel else np.zeros(1, np.uint64),
        ),
    )
    sizes = np.uint32(n), np.uint32(2 * columns[-1]), np.uint32(wanted.number)

    def bind(inputs: Any, outputs: Any) -> Callable[[], None]:
        tallies = len(outputs.counts)
        arrays = inputs.key, inputs.first, outputs.counts
        blocks = -(-tallies // (THREADS // 32))

        def launch() -> None:
            kernel(blocks, THREADS, *arrays, np.uint64(tallies), np.uint32(params.trials), *tables, *sizes)

        return launch

    return prepared(job, bind)
