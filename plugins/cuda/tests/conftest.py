"""A lane of an emulated GPU, in every order in which threads and blocks may take their turns."""

from collections.abc import Iterator

import pytest
from benchsuite_cuda.gpu import read_gpu
from benchsuite_cuda.lane import CudaLane, open_lanes
from benchsuite_cuda.pinned import PinnedPages
from cuda_emulator import Emulator

ORDERS = (
    ("forward", "forward"),
    ("reverse", "reverse"),
    ("random:1", "forward"),
    ("random:2", "reverse"),
)
"""(threads, blocks): what a missing barrier spoils shows in some of them only."""


@pytest.fixture(params=ORDERS, ids="-".join)
def lane(request: pytest.FixtureRequest) -> Iterator[CudaLane]:
    threads, blocks = request.param
    cp = Emulator(threads=threads, blocks=blocks)
    with open_lanes(cp, read_gpu(cp, 0), PinnedPages(cp), 1) as (lane,):
        yield lane


@pytest.fixture(scope="module")
def emulated() -> Iterator[CudaLane]:
    """One order: what depends on the order of threads shows in ``check``."""
    cp = Emulator()
    with open_lanes(cp, read_gpu(cp, 0), None, 1) as (lane,):
        yield lane
