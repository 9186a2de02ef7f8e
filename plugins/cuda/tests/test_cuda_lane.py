"""Lanes over the emulator, whose work may also stay in its stream until somebody waits for it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchsuite_cuda import source
from benchsuite_cuda.gpu import read_gpu
from benchsuite_cuda.lane import CudaLane, open_lanes
from benchsuite_cuda.pinned import PinnedPages
from cuda_emulator import Emulator
from cuda_emulator.errors import KernelFault

from benchsuite.api import DeviceLost, RecordingLane

ADD = """
extern "C" __global__ void __launch_bounds__(64) add(u32 *to, u32 what, u32 count) {
    u32 i = blockIdx.x * 64 + threadIdx.x;
    if (i < count) to[i] += what * TIMES;
}
"""
SHARED = """
extern "C" __global__ void __launch_bounds__(32) shared(u32 *to) {
    extern __shared__ u32 words[];
    words[threadIdx.x] = threadIdx.x;
    to[threadIdx.x] = words[threadIdx.x];
}
"""


@pytest.fixture(autouse=True)
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with two kernels of this file in place of the plugin's."""
    (tmp_path / "prelude.cuh").write_text((source.FOLDER / "prelude.cuh").read_text())
    (tmp_path / "add.cu").write_text(ADD)
    (tmp_path / "shared.cu").write_text(SHARED)
    monkeypatch.setattr(source, "FOLDER", tmp_path)
    source._read.cache_clear()
    yield
    source._read.cache_clear()


def opened(**options: Any) -> CudaLane:
    cp = Emulator(**options)
    return CudaLane(cp, read_gpu(cp, 0), PinnedPages(cp))


def adder(lane: CudaLane, times: int = 1) -> tuple[Any, Callable[[int], None]]:
    """An array of 100 zeros on the device, and what adds to it."""
    with lane.enqueuing():
        array = lane.cp.zeros(100, np.uint32)
    add = lane.kernel("add", "add", defines={"TIMES": times})
    return array, lambda what: add(2, 64, array, np.uint32(what), np.uint32(100))


def test_kernels_of_different_defines_are_different_kernels(lane: CudaLane) -> None:
    array, once = adder(lane)
    _, _ = adder(lane, times=2)
    twice = lane.kernel("add", "add", defines={"TIMES": 2})
    once(1)
    twice(2, 64, array, np.uint32(1), np.uint32(100))
    lane.sync()
    assert array.get().tolist() == [3] * 100


def test_a_kernel_may_have_all_the_shared_memory_of_a_block(lane: CudaLane) -> None:
    with lane.enqueuing():
        array = lane.cp.empty(32, np.uint32)
    for size in (lane.gpu.shared_bytes_a_block, 128):
        lane.kernel("shared", "shared", shared_bytes=size)(1, 32, array)
    lane.sync()
    assert array.get().tolist() == list(range(32))


def test_what_a_lane_enqueues_is_done_in_order_once_it_is_synced() -> None:
    lane = opened(late=True)
    array, add = adder(lane)
    lane.sync()
    host = np.zeros(100, np.uint32)
    start = lane.mark()
    add(1)
    add(2)
    stop = lane.mark()
    assert not stop.done
    lane.sync()
    assert lane.seconds(start, stop) > 0
    array.get(out=host)
    assert host.tolist() == [3] * 100


def test_a_recording_executes_nothing_until_it_is_replayed_and_then_all_of_it_each_time(
    lane: CudaLane,
) -> None:
    assert isinstance(lane, RecordingLane)
    array, add = adder(lane)
    replay = lane.record([lambda: add(1), lambda: add(10)])
    lane.sync()
    assert array.get().tolist() == [0] * 100
    for _ in range(3):
        replay()
    lane.sync()
    assert array.get().tolist() == [33] * 100


def test_a_recording_that_fails_leaves_the_lane_usable(lane: CudaLane) -> None:
    array, add = adder(lane)
    with pytest.raises(ZeroDivisionError):
        lane.record([lambda: add(1), lambda: add(1 // 0)])
    add(5)
    lane.sync()
    assert array.get().tolist() == [5] * 100


def test_what_cuda_refuses_in_a_recording_is_told_by_its_own_error(lane: CudaLane) -> None:
    with pytest.raises(RuntimeError, match="cudaErrorStreamCaptureUnsupported"):
        lane.record([lane.stream.synchronize])
    lane.sync()


def test_a_device_that_is_lost_in_a_recording_is_lost(lane: CudaLane) -> None:
    def lose() -> None:
        lane.stream.end_capture()  # as CUDA does, so that ending it again is an error too
        raise KernelFault("it is gone")

    with pytest.raises(DeviceLost, match="it is gone"):
        lane.record([lose])


def test_a_table_is_made_once_a_lane(lane: CudaLane) -> None:
    made: list[int] = []

    def make() -> Any:
        made.append(1)
        return np.arange(5)

    assert lane.table("five", make) is lane.table("five", make)
    assert lane.table("five", make).get().tolist() == [0, 1, 2, 3, 4]
    assert len(made) == 1


def test_lanes_of_two_devices_take_turns_in_one_process() -> None:
    cp = Emulator(devices=2)
    pages = PinnedPages(cp)
    with (
        open_lanes(cp, read_gpu(cp, 0), pages, 1) as (first,),
        open_lanes(cp, read_gpu(cp, 1), pages, 2) as (second, third),
    ):
        used = [cp.cuda.Device(index).mem_info[0] for index in (0, 1)]
        arrays = [(adder(lane), lane) for lane in (first, second, third, first)]
        for number, ((_, add), _) in enumerate(arrays):
            add(number)
        for number, ((array, _), lane) in enumerate(arrays):
            lane.sync()
            assert array.get().tolist() == [number] * 100
        now = [cp.cuda.Device(index).mem_info[0] for index in (0, 1)]
        assert [before - after for before, after in zip(used, now, strict=True)] == [800, 800]
        assert len({id(lane.stream) for lane in (first, second, third)}) == 3
