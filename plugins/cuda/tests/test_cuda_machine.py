"""The GPU's peaks: right in every order of threads and blocks, and each bound by the unit it is named for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from benchsuite_cuda import machine, nvrtc, sass
from benchsuite_cuda.backend import backend
from benchsuite_cuda.gpu import read_gpu
from benchsuite_cuda.lane import CudaLane, open_lanes
from benchsuite_cuda.pinned import PinnedPages
from benchsuite_cuda.source import FOLDER, KernelForm, text
from cuda_emulator import Emulator

from benchsuite.api import Job, Scope, Unsupported, Workload
from benchsuite.workloads import (
    MACHINE_BINARY_PRODUCT,
    MACHINE_COPY,
    MACHINE_FUSED_MULTIPLY,
    MACHINE_LOGIC,
    MACHINE_LOOKUP,
    MACHINE_READ,
    MACHINE_WIDE_MULTIPLY,
)
from benchsuite.workloads.machine import MachineChainsParams, MachineCopyParams, MachineReadParams

TURN = 16 * machine.COPY_THREADS * machine.COPY_EACH
"""Bytes that a block of copy or read takes at a time."""
GRID = 2 * machine.RESIDENT_BLOCKS * TURN
"""All blocks of them, on the two multiprocessors that are emulated."""
CHAINS_A_BLOCK = {
    MACHINE_WIDE_MULTIPLY.id: machine.CHAIN_THREADS,
    MACHINE_LOGIC.id: machine.CHAIN_THREADS,
    MACHINE_LOOKUP.id: machine.LOOKUP_THREADS,
    MACHINE_BINARY_PRODUCT.id: machine.CHAIN_THREADS // 32 * machine.PRODUCT_TILES,
    MACHINE_FUSED_MULTIPLY.id: machine.CHAIN_THREADS,
}
CHAINED = (
    MACHINE_WIDE_MULTIPLY,
    MACHINE_LOGIC,
    MACHINE_LOOKUP,
    MACHINE_BINARY_PRODUCT,
    MACHINE_FUSED_MULTIPLY,
)
chained = pytest.mark.parametrize("workload", CHAINED, ids=lambda workload: workload.id)
OPERATION = {
    "machine_wide_multiply": "IMAD.WIDE",
    "machine_logic": "LOP3",
    "machine_lookup": "LDS",
    "machine_binary_product": "BMMA",
    "machine_fused_multiply": "DFMA",
}
"""What each kernel measures, in machine code."""


def require_right(
    lane: CudaLane, workload: Workload[Any, Any, Any], params: Any, *, scope: Scope = "resident"
) -> None:
    """Two repetitions of one slot, other inputs each time; every item is checked."""
    outputs = workload.outputs(params)
    inputs = workload.inputs(params, 1, 0)
    device: Any = None  # no kernel looks at it
    job = Job(params=params, device=device, lane=lane, scope=scope, inputs=inputs, outputs=outputs)
    prepared = backend.implementations[workload.id, ""].prepare(job)
    for seed in (2, 3):
        for name in ("data", "start"):
            if hasattr(inputs, name):
                getattr(inputs, name)[...] = getattr(workload.inputs(params, seed, 0), name)
        for array in vars(outputs).values():
            array.view(np.uint8)[...] = 0xA5
        for step in (prepared.load, prepared.run, prepared.fetch):
            if step is not None:
                step()
        lane.sync()
        workload.check(params, inputs, outputs, [(item, None) for item in range(workload.work(params).items)])
    prepared.close()


def check(lane: CudaLane) -> None:
    """Raises where a kernel is wrong: full blocks and parts, unrolled steps and the rest."""
    for size in (5, TURN + 16 * 300 + 7, GRID + TURN + 1):
        require_right(lane, MACHINE_COPY, MachineCopyParams(buffer_bytes=size))
    for size in (8, TURN + 16 * 300 + 8, GRID + TURN + 16):
        require_right(lane, MACHINE_READ, MachineReadParams(buffer_bytes=size))
    for workload in CHAINED:
        steps = 3 if workload is MACHINE_BINARY_PRODUCT else 300
        more = CHAINS_A_BLOCK[workload.id] + 7
        for params in (MachineChainsParams(chains=1, steps=steps), MachineChainsParams(chains=more, steps=3)):
            require_right(lane, workload, params)


@pytest.fixture
def forward_lane() -> Iterator[CudaLane]:
    """One order: what depends on it shows in ``check``."""
    cp = Emulator()
    with open_lanes(cp, read_gpu(cp, 0), PinnedPages(cp), 1) as (lane,):
        yield lane


def test_every_kernel_is_right_in_every_order_of_threads_and_blocks(lane: CudaLane) -> None:
    check(lane)


@pytest.mark.parametrize("size", [1, 15, 16, 17, TURN - 1, TURN, TURN + 1, GRID - 16, GRID, GRID + 33])
@pytest.mark.parametrize("scope", ["resident", "end-to-end"])
def test_buffers_of_any_size_are_copied_to_the_last_byte(
    forward_lane: CudaLane, size: int, scope: Scope
) -> None:
    require_right(forward_lane, MACHINE_COPY, MachineCopyParams(buffer_bytes=size), scope=scope)


@pytest.mark.parametrize("size", [8, 16, 24, TURN - 8, TURN, TURN + 8, GRID - 16, GRID, GRID + 40])
def test_buffers_of_any_size_are_read_to_the_last_word(forward_lane: CudaLane, size: int) -> None:
    require_right(forward_lane, MACHINE_READ, MachineReadParams(buffer_bytes=size))


@chained
@pytest.mark.parametrize("steps", [1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129])
def test_chains_of_any_number_of_steps_end_where_the_definition_says(
    forward_lane: CudaLane, workload: Workload[Any, Any, Any], steps: int
) -> None:
    require_right(forward_lane, workload, MachineChainsParams(chains=5, steps=steps))


@chained
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_any_number_of_chains_fills_its_blocks(
    forward_lane: CudaLane, workload: Workload[Any, Any, Any], beside: int
) -> None:
    params = MachineChainsParams(chains=2 * CHAINS_A_BLOCK[workload.id] + beside, steps=2)
    require_right(forward_lane, workload, params)


@chained
def test_chains_go_end_to_end_in_chunks_as_they_do_whole(
    forward_lane: CudaLane, workload: Workload[Any, Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchsuite_cuda.slot.CHUNK_BYTES", 4096)
    require_right(forward_lane, workload, MachineChainsParams(chains=700, steps=2), scope="end-to-end")


@pytest.mark.parametrize("architecture", ["100", "120"])
def test_gpus_without_binary_matrix_units_say_so(forward_lane: CudaLane, architecture: str) -> None:
    forward_lane.gpu = replace(forward_lane.gpu, architecture=architecture)
    with pytest.raises(Unsupported, match=rf"{architecture[:-1]}\.0 has no binary matrix units"):
        require_right(forward_lane, MACHINE_BINARY_PRODUCT, MachineChainsParams(chains=1, steps=1))


def test_the_launches_are_of_the_sizes_that_the_kernels_count_on() -> None:
    source = (FOLDER / "machine.cu").read_text(encoding="utf-8")
    sizes = {name: int(value) for name, value in re.findall(r"^#define (\w+) (\d+)$", source, re.MULTILINE)}
    assert sizes
    assert {name: getattr(machine, name) for name in sizes} == sizes


def test_every_kernel_of_the_source_is_a_form_to_be_checked() -> None:
    source = (FOLDER / "machine.cu").read_text(encoding="utf-8")
    assert [form.name for form in machine.KERNELS] == re.findall(r"^ +(machine_\w+)\(", source, re.MULTILINE)


@cache
def machine_code(architecture: str) -> Mapping[str, sass.Function]:
    return sass.parse(sass.disassembled(nvrtc.compiled(text("machine"), architecture).cubin))


@pytest.mark.parametrize("architecture", ["80", "90"])
@pytest.mark.parametrize("form", machine.KERNELS, ids=lambda form: form.name)
def test_a_loop_has_next_to_nothing_but_the_operation_that_it_measures(
    form: KernelForm, architecture: str
) -> None:
    try:
        loop = sass.main_loop(sass.flow(machine_code(architecture)[form.name]))
    except nvrtc.ToolMissing as missing:
        pytest.skip(str(missing))
    if form.name in OPERATION:
        each = 32 if form.name == "machine_binary_product" else 1
        assert loop[OPERATION[form.name]] == form.items_per_loop * each
        assert loop[OPERATION[form.name]] > 0.9 * sum(loop.values())
    else:
        assert loop["LDG.128"] == form.items_per_loop
        assert loop.get("STG.128", 0) == form.items_per_loop * (form.bytes_per_item // 16 - 1)
