"""Chains of steps, a block of chains at a time that stays in the first caches, all of it a step at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared, Workload
from benchsuite.workloads import (
    MACHINE_BINARY_PRODUCT,
    MACHINE_FUSED_MULTIPLY,
    MACHINE_LOGIC,
    MACHINE_LOOKUP,
    MACHINE_WIDE_MULTIPLY,
)
from benchsuite.workloads.machine import MachineChainsParams
from benchsuite_numpy.backend import backend

States = NDArray[Any]

BLOCK = 2048
"""Chains at a time: below, calls weigh as much as what they do."""
MOST_BYTES = 2**28
"""Of all states that are stepped through: beyond, a repetition takes seconds."""


def _short(workload: Workload[MachineChainsParams, Any, Any]) -> Callable[[MachineChainsParams], str | None]:
    """``unless`` of ``workload``."""

    def unless(params: MachineChainsParams) -> str | None:
        if workload.work(params).payload_bytes * params.steps <= MOST_BYTES:
            return None
        return "so many steps take numpy seconds: its rate is that of fewer chains"

    return unless


def _prepared(
    job: Job[Any, Any, Any, HostLane], chains: int, advance: Callable[[States, States], None]
) -> Prepared:
    """``advance(start, end)`` takes up to ``chains`` chains to their ends."""
    start, end = job.inputs.start, job.outputs.end
    blocks = [slice(first, first + chains) for first in range(0, len(start), chains)]

    def run() -> None:
        for block in blocks:
            advance(start[block], end[block])

    return Prepared(run=run)


@backend.implements(MACHINE_WIDE_MULTIPLY, version=1, unless=_short(MACHINE_WIDE_MULTIPLY))
def wide_multiply(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """Bound: 64-bit multiplications of vectors; calls 3 a step and block."""
    factor, half = np.uint64(int.from_bytes(job.inputs.constant, "little")), np.uint64(32)
    scratch = np.empty(BLOCK, np.uint64)

    def advance(start: States, end: States) -> None:
        end[...] = start
        product = scratch[: len(end)]
        for _ in range(job.params.steps):
            np.right_shift(end, half, out=product)
            np.multiply(product, factor, out=product)
            np.add(end, product, out=end)

    return _prepared(job, BLOCK, advance)


@backend.implements(MACHINE_LOGIC, version=1, unless=_short(MACHINE_LOGIC))
def logic(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """Bound: logic of vectors, two operations for each of three words; calls 16 a step and block."""
    words = np.empty((8, BLOCK), np.uint32)
    scratch = np.empty(BLOCK, np.uint32)

    def advance(start: States, end: States) -> None:
        w, either = words[:, : len(end)], scratch[: len(end)]
        w[...] = start.T
        for _ in range(job.params.steps):
            for i in range(8):
                np.bitwise_or(w[(i + 1) % 8], w[(i + 5) % 8], out=either)
                np.bitwise_xor(w[i], either, out=w[i])
        end[...] = w.T

    return _prepared(job, BLOCK, advance)


@backend.implements(MACHINE_LOOKUP, version=1, unless=_short(MACHINE_LOOKUP))
def lookup(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """``bytes.translate``, which is this loop in C. Bound: two loads a look-up."""
    table = job.inputs.constant

    def advance(start: States, end: States) -> None:
        state = start.tobytes()
        for _ in range(job.params.steps):
            state = state.translate(table)
        end[...] = np.frombuffer(state, np.uint8)

    return _prepared(job, BLOCK, advance)


@backend.implements(MACHINE_BINARY_PRODUCT, version=1, unless=_short(MACHINE_BINARY_PRODUCT))
def binary_product(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """Chains side by side, for long vectors. Bound: ands and population counts; calls 34 a step and block."""
    rows = np.frombuffer(job.inputs.constant, np.uint32).reshape(16, 1, 8, 1)
    chains = BLOCK // 64  # numpy buffers what it broadcasts: more would be as much as the data
    shape = 16, 8, chains
    states, sums, words = (np.empty(shape, np.uint32) for _ in range(3))
    counts = np.empty(shape, np.uint8)

    def advance(start: States, end: States) -> None:
        state, total, common, count = (array[..., : len(end)] for array in (states, sums, words, counts))
        state[...] = start.transpose(1, 2, 0)
        for _ in range(job.params.steps):
            total[...] = state
            for w in range(8):
                np.bitwise_and(rows[:, :, w], state[:8, w], out=common)
                np.bitwise_count(common, out=count)
                common[...] = count  # adding bytes to words would allocate buffers
                np.add(total, common, out=total)
            state[...] = total
        end[...] = state.transpose(2, 0, 1)

    return _prepared(job, chains, advance)


@backend.implements(MACHINE_FUSED_MULTIPLY, version=1, unless=_short(MACHINE_FUSED_MULTIPLY))
def fused_multiply(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """Not fused: a product, then a sum. Bound: doubles of vectors; calls 4 a step and block."""
    width = float(job.inputs.constant[0])
    arrays = np.empty((4, BLOCK))

    def advance(start: States, end: States) -> None:
        value, difference, second, product = arrays[:, : len(end)]
        value[...], difference[...], second[...] = start.T
        for _ in range(job.params.steps):
            np.multiply(difference, width, out=product)
            np.add(value, product, out=value)
            np.multiply(second, width, out=product)
            np.add(difference, product, out=difference)
        end[:, 0], end[:, 1] = value, difference

    return _prepared(job, BLOCK, advance)
