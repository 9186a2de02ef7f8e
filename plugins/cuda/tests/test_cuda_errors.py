"""What a CUDA error means: one case refused, or a process of no more use."""

from typing import Any

import numpy as np
import pytest
from benchsuite_cuda.errors import LOST, OUT_OF_MEMORY, REFUSED, explained
from benchsuite_cuda.gpu import read_gpu
from benchsuite_cuda.lane import CudaLane
from benchsuite_cuda.pinned import PinnedPages
from cuda_emulator import Emulator

from benchsuite.api import DeviceLost, Unsupported

OUTSIDE = """
extern "C" __global__ void __launch_bounds__(32) outside(unsigned *to) {
    to[threadIdx.x + 32] = 1;
}
"""


class CUDARuntimeError(RuntimeError):
    def __init__(self, status: int) -> None:
        super().__init__(f"cudaError{status}")
        self.status = status


@pytest.mark.parametrize("status", LOST)
def test_an_error_that_poisons_the_process_ends_it_with_a_remedy(status: int) -> None:
    with pytest.raises(DeviceLost, match=rf"\w+.* \(cudaError{status}\): \w+") as lost, explained():
        raise CUDARuntimeError(status)
    assert lost.value.ends_worker


@pytest.mark.parametrize("status", REFUSED)
def test_an_error_that_refuses_a_case_is_its_reason_with_a_remedy(status: int) -> None:
    with pytest.raises(Unsupported, match=rf"\w+.* \(cudaError{status}\): \w+"), explained():
        raise CUDARuntimeError(status)


def test_other_errors_are_not_taken_for_those_of_cuda() -> None:
    with pytest.raises(RuntimeError, match="something else"), explained():
        raise RuntimeError("something else")
    with pytest.raises(CUDARuntimeError), explained():
        raise CUDARuntimeError(1)


def test_a_status_of_the_compiler_is_none_of_cuda() -> None:
    nvrtc = pytest.importorskip("cupy_backends.cuda.libs.nvrtc", reason="cupy is not installed")
    error = nvrtc.NVRTCError.__new__(nvrtc.NVRTCError)  # its __init__ asks the library for a text
    error.status = OUT_OF_MEMORY
    with pytest.raises(nvrtc.NVRTCError), explained():
        raise error


def opened(**options: Any) -> CudaLane:
    cp = Emulator(**options)
    return CudaLane(cp, read_gpu(cp, 0), PinnedPages(cp))


def test_a_full_memory_is_a_reason() -> None:
    lane = opened(memory_bytes=1 << 20)
    with pytest.raises(Unsupported, match=r"the GPU's memory is full \(Out of memory.*nvidia-smi"):
        lane.table("large", lambda: np.zeros(1 << 21, np.uint8))


def test_a_host_without_memory_for_a_table_is_not_taken_for_the_gpu() -> None:
    def make() -> Any:
        raise MemoryError("of the host")

    with pytest.raises(MemoryError, match="of the host"):
        opened().table("large", make)


def test_an_illegal_address_surfaces_when_the_lane_is_synced() -> None:
    lane = opened(late=True)
    with lane.enqueuing():
        array = lane.cp.zeros(32, np.uint32)
        lane.cp.RawModule(code=OUTSIDE).get_function("outside")((1,), (32,), (array,))
    with pytest.raises(DeviceLost, match=r"a kernel failed \(.*compute-sanitizer"):
        lane.sync()
