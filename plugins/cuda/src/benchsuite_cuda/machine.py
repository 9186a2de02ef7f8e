"""The GPU's peaks: memory copied and read, and one kernel for each unit that bounds others."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchsuite.api import Job, Prepared, Unsupported
from benchsuite.workloads import (
    MACHINE_BINARY_PRODUCT,
    MACHINE_COPY,
    MACHINE_FUSED_MULTIPLY,
    MACHINE_LOGIC,
    MACHINE_LOOKUP,
    MACHINE_READ,
    MACHINE_WIDE_MULTIPLY,
)
from benchsuite_cuda.backend import backend
from benchsuite_cuda.lane import CudaLane
from benchsuite_cuda.slot import prepared
from benchsuite_cuda.source import KernelForm

COPY_THREADS, COPY_EACH = 256, 4
"""Of a block; of 16 bytes that a thread has in flight."""
RESIDENT_BLOCKS = 8
"""Of copy and read on a multiprocessor: all of its 2048 threads."""
CHAIN_THREADS, LOOKUP_THREADS = 128, 256
"""Of a block; a thread has one chain, ..."""
PRODUCT_TILES = 4
"""... but of binary products a warp has so many."""

_CudaJob = Job[Any, Any, Any, CudaLane]


def _form(
    operation: str, threads: int, items: str, items_per_loop: float, *, moved: int = 0, payload: int = 0
) -> KernelForm:
    return KernelForm(
        source="machine",
        name=f"machine_{operation}",
        defines={},
        threads=threads,
        shared_bytes=0,
        items=items,
        bytes_per_item=moved,
        payload_per_item=payload,
        items_per_loop=items_per_loop,
    )


KERNELS = (
    _form("copy", COPY_THREADS, "16 bytes", COPY_EACH, moved=32, payload=16),
    _form("read", COPY_THREADS, "16 bytes", COPY_EACH, moved=16, payload=16),
    _form("wide_multiply", CHAIN_THREADS, "multiply-add into 64 bits", 128),
    _form("logic", CHAIN_THREADS, "operation of three words", 16 * 8),
    _form("lookup", LOOKUP_THREADS, "look-up of 4 bytes", 128),
    _form("binary_product", CHAIN_THREADS, "product of 16 x 8 x 256 bits", 16 * PRODUCT_TILES / 32),
    _form("fused_multiply", CHAIN_THREADS, "multiply-add of doubles", 64 * 2),
)


def _blocks(lane: CudaLane, data_bytes: int) -> int:
    """Of copy and read: all at once, that each may turn often."""
    needed = -(-data_bytes // (16 * COPY_THREADS * COPY_EACH))
    return max(1, min(needed, RESIDENT_BLOCKS * lane.gpu.multiprocessors))


@backend.implements(MACHINE_COPY, version=1)
def copy(job: _CudaJob) -> Prepared:
    """Bound: memory."""
    kernel = job.lane.kernel("machine", "machine_copy")

    def bind(inputs: Any, outputs: Any) -> partial[None]:
        size = inputs.data.nbytes
        return partial(
            kernel, _blocks(job.lane, size), COPY_THREADS, inputs.data, outputs.data, np.uint64(size)
        )

    return prepared(job, bind)


@backend.implements(MACHINE_READ, version=1)
def read(job: _CudaJob) -> Prepared:
    """Bound: memory."""
    kernel = job.lane.kernel("machine", "machine_read")

    def bind(inputs: Any, outputs: Any) -> partial[None]:
        blocks = _blocks(job.lane, inputs.data.nbytes)
        partial_words = job.lane.table(("machine_read", blocks), lambda: np.zeros(1 + blocks, np.uint64))
        words = np.uint64(inputs.data.nbytes // 8)
        return partial(kernel, blocks, COPY_THREADS, inputs.data, outputs.word, partial_words, words)

    return prepared(job, bind, rows=False)


def _chains(job: _CudaJob, operation: str, threads: int, chains_a_block: int, *constants: Any) -> Prepared:
    kernel = job.lane.kernel("machine", f"machine_{operation}")
    steps = np.uint32(job.params.steps)

    def bind(inputs: Any, outputs: Any) -> partial[None]:
        chains = inputs.start.shape[0]
        arguments = (inputs.start, outputs.end, *constants, steps, np.uint64(chains))
        return partial(kernel, -(-chains // chains_a_block), threads, *arguments)

    return prepared(job, bind)


def _constant(job: _CudaJob) -> Any:
    """The constant's bytes on the device."""
    constant: bytes = job.inputs.constant
    return job.lane.table(("machine", constant), lambda: np.frombuffer(constant, np.uint8).copy())


@backend.implements(MACHINE_WIDE_MULTIPLY, version=1)
def wide_multiply(job: _CudaJob) -> Prepared:
    """Bound: IMAD.WIDE.U32, of which no rate is published."""
    factor = np.uint32(int.from_bytes(job.inputs.constant, "little"))
    return _chains(job, "wide_multiply", CHAIN_THREADS, CHAIN_THREADS, factor)


@backend.implements(MACHINE_LOGIC, version=1)
def logic(job: _CudaJob) -> Prepared:
    """Bound: LOP3, on the integer pipe."""
    return _chains(job, "logic", CHAIN_THREADS, CHAIN_THREADS)


@backend.implements(MACHINE_LOOKUP, version=1)
def lookup(job: _CudaJob) -> Prepared:
    """Bound: 32-bit loads of shared memory, each lane in a bank of its own."""
    return _chains(job, "lookup", LOOKUP_THREADS, LOOKUP_THREADS, _constant(job))


@backend.implements(MACHINE_BINARY_PRODUCT, version=1)
def binary_product(job: _CudaJob) -> Prepared:
    """Bound: binary matrix units, which compute capabilities 8.0 to 9.0 have."""
    if not 80 <= int(job.lane.gpu.architecture) <= 90:
        capability = job.lane.gpu.compute_capability
        raise Unsupported(f"compute capability {capability} has no binary matrix units: 8.0 to 9.0 have")
    tiles = CHAIN_THREADS // 32 * PRODUCT_TILES
    return _chains(job, "binary_product", CHAIN_THREADS, tiles, _constant(job))


@backend.implements(MACHINE_FUSED_MULTIPLY, version=1)
def fused_multiply(job: _CudaJob) -> Prepared:
    """Bound: multiply-adds of doubles."""
    width = np.float64(job.inputs.constant[0])
    return _chains(job, "fused_multiply", CHAIN_THREADS, CHAIN_THREADS, width)
