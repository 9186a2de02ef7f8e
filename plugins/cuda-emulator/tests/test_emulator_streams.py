"""Streams keep their order, run as late as CUDA allows where asked to, and are recorded as graphs."""

from typing import Any

import numpy as np
import pytest
from cuda_emulator import Emulator

ADD = 'extern "C" __global__ void add(unsigned* a, unsigned b) { a[threadIdx.x] += b; }'


@pytest.fixture(params=[False, True], ids=["at-once", "late"])
def cp(request: pytest.FixtureRequest) -> Any:
    return Emulator(late=request.param)


def add(cp: Any, array: Any, value: int) -> None:
    cp.RawModule(code=ADD).get_function("add")((1,), (array.size,), (array, np.uint32(value)))


def pinned(cp: Any, count: int) -> Any:
    return np.frombuffer(cp.cuda.alloc_pinned_memory(4 * count), np.uint32, count)


def test_a_late_stream_has_done_nothing_before_somebody_waits() -> None:
    cp: Any = Emulator(late=True)
    array, host = cp.zeros(8, np.uint32), pinned(cp, 8)
    stream = cp.cuda.Stream(non_blocking=True)
    with stream:
        add(cp, array, 3)
        event = stream.record()
        array.get(out=host, blocking=False)
    assert not (stream.done or event.done)
    assert (host == 0).all()
    event.synchronize()
    assert event.done and not stream.done
    assert (host == 0).all()
    stream.synchronize()
    assert stream.done
    assert (host == 3).all()


def test_pinned_memory_is_read_when_the_copys_turn_comes_pageable_memory_at_once() -> None:
    cp: Any = Emulator(late=True)
    first, second = cp.zeros(4, np.uint32), cp.zeros(4, np.uint32)
    page_locked, pageable = pinned(cp, 4), np.zeros(4, np.uint32)
    stream = cp.cuda.Stream(non_blocking=True)
    first.set(page_locked, stream=stream)
    second.set(pageable, stream=stream)
    page_locked[:] = pageable[:] = 5
    stream.synchronize()
    assert (first.get()[0], second.get()[0]) == (5, 0)


def test_a_copy_to_pageable_memory_is_there_when_the_call_returns(cp: Any) -> None:
    array, out = cp.zeros(4, np.uint32), np.empty(4, np.uint32)
    stream = cp.cuda.Stream(non_blocking=True)
    with stream:
        add(cp, array, 2)
        array.get(out=out, blocking=False)
    assert (out == 2).all()


def test_a_stream_waits_for_another_ones_event(cp: Any) -> None:
    array = cp.zeros(4, np.uint32)
    first, second = cp.cuda.Stream(non_blocking=True), cp.cuda.Stream(non_blocking=True)
    with first:
        add(cp, array, 1)
        event = first.record()
    second.wait_event(event)
    assert (array.get(stream=second) == 1).all()


def test_the_null_stream_waits_for_blocking_streams_only() -> None:
    cp: Any = Emulator(late=True)
    array, other = cp.zeros(4, np.uint32), cp.zeros(4, np.uint32)
    with cp.cuda.Stream():
        add(cp, array, 1)
    with cp.cuda.Stream(non_blocking=True) as apart:
        add(cp, other, 1)
    assert (array.get() == 1).all()
    assert (other.get() == 0).all()
    apart.synchronize()
    assert (other.get() == 1).all()


def test_a_graph_does_what_was_recorded_each_time_it_is_launched(cp: Any) -> None:
    array, given, out = cp.zeros(4, np.uint32), pinned(cp, 4), pinned(cp, 4)
    stream = cp.cuda.Stream(non_blocking=True)
    with stream:
        stream.begin_capture()
        array.set(given)
        add(cp, array, 1)
        add(cp, array, 2)
        array.get(out=out, blocking=False)
        graph = stream.end_capture()
    assert (out == 0).all()
    for value in (10, 20):
        given[:] = value
        graph.launch(stream)
        stream.synchronize()
        assert (out == value + 3).all()


def test_a_capture_follows_events_into_other_streams(cp: Any) -> None:
    array = cp.zeros(4, np.uint32)
    main, side = cp.cuda.Stream(non_blocking=True), cp.cuda.Stream(non_blocking=True)
    main.begin_capture()
    side.wait_event(main.record())
    with side:
        add(cp, array, 7)
        joined = side.record()
    main.wait_event(joined)
    graph = main.end_capture()
    assert not side.is_capturing()
    with pytest.raises(cp.cuda.runtime.CUDARuntimeError, match="belongs to a graph"):
        side.wait_event(joined)
    graph.launch(main)
    assert (array.get(stream=main) == 7).all()


@pytest.mark.parametrize("what", ["synchronize", "pageable", "blocking", "allocation"])
def test_what_waits_or_allocates_cannot_be_captured(cp: Any, what: str) -> None:
    array, host = cp.zeros(4, np.uint32), pinned(cp, 4)
    forbidden = {
        "synchronize": lambda stream: stream.synchronize(),
        "pageable": lambda stream: array.set(np.zeros(4, np.uint32)),
        "blocking": lambda stream: array.get(out=host),
        "allocation": lambda stream: cp.empty(4),
    }
    with cp.cuda.Stream(non_blocking=True) as stream:
        stream.begin_capture()
        with pytest.raises(cp.cuda.runtime.CUDARuntimeError, match="StreamCaptureUnsupported") as caught:
            forbidden[what](stream)
    assert caught.value.status == 900
    assert not stream.is_capturing()


def test_the_null_stream_cannot_be_captured_nor_a_capture_ended_that_never_began(cp: Any) -> None:
    with pytest.raises(RuntimeError, match="cannot capture on the default"):
        cp.cuda.get_current_stream().begin_capture()
    with pytest.raises(cp.cuda.runtime.CUDARuntimeError, match="not captured"):
        cp.cuda.Stream().end_capture()


def test_events_stamp_the_moment_at_which_their_stream_gets_to_them(cp: Any) -> None:
    array = cp.zeros(4, np.uint32)
    start, stop, never = cp.cuda.Event(), cp.cuda.Event(), cp.cuda.Event()
    with cp.cuda.Stream(non_blocking=True):
        start.record()
        add(cp, array, 1)
        stop.record()
    stop.synchronize()
    assert cp.cuda.get_elapsed_time(start, stop) > 0
    with pytest.raises(cp.cuda.runtime.CUDARuntimeError, match="never recorded"):
        cp.cuda.get_elapsed_time(start, never)


def test_an_event_that_is_not_reached_has_no_time_yet() -> None:
    cp: Any = Emulator(late=True)
    stream = cp.cuda.Stream(non_blocking=True)
    start, stop = stream.record(), stream.record()
    with pytest.raises(cp.cuda.runtime.CUDARuntimeError, match="not reached yet"):
        cp.cuda.get_elapsed_time(start, stop)


def test_a_fault_surfaces_where_somebody_waits_and_the_rest_is_lost() -> None:
    cp: Any = Emulator(late=True)
    array = cp.zeros(4, np.uint32)
    trap = cp.RawModule(code='extern "C" __global__ void trap() { __trap(); }').get_function("trap")
    with cp.cuda.Stream(non_blocking=True) as stream:
        trap((1,), (1,), ())
        add(cp, array, 1)
    with pytest.raises(cp.cuda.runtime.CUDARuntimeError, match=r"trap: __trap\(\): block \(0, 0, 0\)"):
        stream.synchronize()
    assert (array.get(stream=stream) == 0).all()


def test_host_memory_is_pinned_and_released_as_a_whole(cp: Any) -> None:
    runtime, host = cp.cuda.runtime, np.zeros(100, np.uint8)
    runtime.hostRegister(host.ctypes.data, 100, 0)
    with pytest.raises(runtime.CUDARuntimeError, match="AlreadyRegistered"):
        runtime.hostRegister(host.ctypes.data + 50, 10, 0)
    runtime.hostUnregister(host.ctypes.data)
    with pytest.raises(runtime.CUDARuntimeError, match="NotRegistered"):
        runtime.hostUnregister(host.ctypes.data)


def test_bytes_move_between_addresses_within_arrays_only(cp: Any) -> None:
    runtime, host = cp.cuda.runtime, np.arange(8, dtype=np.uint8)
    first, second = cp.zeros(8, np.uint8), cp.zeros(8, np.uint8)
    stream = cp.cuda.Stream(non_blocking=True)
    runtime.memcpyAsync(first.data.ptr, host.ctypes.data, 8, runtime.memcpyHostToDevice, stream.ptr)
    runtime.memsetAsync(first.data.ptr + 6, 9, 2, stream.ptr)
    runtime.memcpyAsync(second.data.ptr, first.data.ptr, 8, runtime.memcpyDeviceToDevice, stream.ptr)
    out = np.zeros(8, np.uint8)
    runtime.memcpyAsync(out.ctypes.data, second.data.ptr, 8, runtime.memcpyDeviceToHost, stream.ptr)
    assert out.tolist() == [0, 1, 2, 3, 4, 5, 9, 9]
    with pytest.raises(runtime.CUDARuntimeError, match="9 bytes are in no array"):
        runtime.memsetAsync(first.data.ptr, 0, 9, stream.ptr)
