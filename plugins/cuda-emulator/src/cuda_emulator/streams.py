"""Streams, events and graphs: what is enqueued runs in order, at once or as late as CUDA allows.

``late=True`` keeps everything in the queue until somebody waits for it: it shows that somebody must.
"""

from __future__ import annotations

import itertools
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cuda_emulator.errors import (
    CAPTURE_UNSUPPORTED,
    CAPTURED_EVENT,
    ILLEGAL_STATE,
    INVALID_HANDLE,
    NOT_READY,
    CUDARuntimeError,
)
from cuda_emulator.pinned import PinnedRanges

Operation = Callable[[], object]


class Streams:
    """All streams of an emulator, and which one is current in each thread of the host."""

    def __init__(self, *, late: bool, pinned: PinnedRanges, devices: int) -> None:
        self.late, self.pinned = late, pinned
        self.all: weakref.WeakValueDictionary[int, Stream] = weakref.WeakValueDictionary()
        self.busy: set[Stream] = set()  # CUDA finishes what a stream has in it when the stream is let go
        self.pointers = itertools.count(16, 16)
        self._local = threading.local()
        self.null = [Stream(self, null=True, device_id=device) for device in range(devices)]

    @property
    def device(self) -> int:
        """Index of the current device."""
        index: int = getattr(self._local, "device", 0)
        return index

    @device.setter
    def device(self, index: int) -> None:
        self._local.device = index

    def current(self) -> Stream:
        """The stream that operations go to."""
        return self._stack()[-1]

    def of(self, stream: Any) -> Stream:
        """A stream, the current one for None, or the one of a pointer."""
        if stream is None:
            return self.current()
        if isinstance(stream, Stream):
            return stream
        if stream == 0:
            return self.null[self.device]
        if stream not in self.all:
            raise CUDARuntimeError(INVALID_HANDLE, f"there is no stream {stream}")
        return self.all[stream]

    def push(self, stream: Stream) -> None:
        """Make it current."""
        self._check_device(stream)
        self._stack().append(stream)

    def pop(self) -> None:
        """Back to the one before."""
        self._stack().pop()

    def use(self, stream: Stream) -> None:
        """Make it current in place of the one that is."""
        self._check_device(stream)
        self._stack()[-1] = stream

    def drain(self, device: int, *, blocking_only: bool = False) -> None:
        """Let every stream of a device finish; or those only that the null stream waits for."""
        for stream in list(self.all.values()):
            if stream.device_id == device and not (blocking_only and stream.is_non_blocking):
                stream._finish()

    def _check_device(self, stream: Stream) -> None:
        if stream.device_id != self.device:
            raise RuntimeError(
                f"The device that the stream is created on ({stream.device_id})"
                f" does not match with the current device ({self.device})"
            )

    def _stack(self) -> list[Stream]:
        """Of the current device: the last one is current."""
        if not hasattr(self._local, "stacks"):
            self._local.stacks = [[null] for null in self.null]
        stack: list[Stream] = self._local.stacks[self.device]
        return stack


class Stream:
    """``cupy.cuda.Stream``. The null one waits for all that are blocking, and never lags."""

    def __init__(
        self,
        streams: Streams,
        *,
        null: bool = False,
        non_blocking: bool = False,
        device_id: int | None = None,
    ) -> None:
        self._streams, self.is_non_blocking, self._null = streams, non_blocking, null
        self.device_id = streams.device if device_id is None else device_id
        self.ptr = 0 if null else next(streams.pointers)
        self._queue: deque[Operation] = deque()
        self._enqueued = self._finished = 0
        self._capture: list[Operation] | None = None
        if not null:
            streams.all[self.ptr] = self

    def _do(self, operation: Operation) -> int:
        """Enqueue, record, or run it; the ticket of it, to wait for."""
        if self._capture is not None:
            self._capture.append(operation)
            return self._enqueued
        self._queue.append(operation)
        self._enqueued += 1
        self._streams.busy.add(self)
        if self._null:
            self._streams.drain(self.device_id, blocking_only=True)
        if self._null or not self._streams.late:
            self._finish()
        return self._enqueued

    def _finish(self, ticket: int | None = None) -> None:
        """Run what is enqueued, up to the ticket. After a fault the rest is dropped: the context is lost."""
        last = self._enqueued if ticket is None else ticket
        while self._queue and self._finished < last:
            operation = self._queue.popleft()
            self._finished += 1
            try:
                operation()
            except BaseException:
                self._queue.clear()
                self._finished = self._enqueued
                raise
            finally:
                if not self._queue:
                    self._streams.busy.discard(self)

    def _has_finished(self, ticket: int) -> bool:
        """Whether all up to the ticket has run."""
        return self._finished >= ticket

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return not self._queue

    def synchronize(self) -> None:
        """Wait; faults of kernels surface here."""
        self._refuse_while_capturing("synchronize()")
        self._finish()

    def _refuse_while_capturing(self, what: str) -> None:
        """Raise, and end the capture, as CUDA does."""
        if self._capture is not None:
            self._end_capture()
            raise CUDARuntimeError(CAPTURE_UNSUPPORTED, f"{what} while the stream is captured")

    def use(self) -> Stream:
        """Make it current."""
        self._streams.use(self)
        return self

    def __enter__(self) -> Stream:
        self._streams.push(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._streams.pop()

    def record(self, event: Event | None = None) -> Event:
        """Record an event, a new one if none is given."""
        event = event or Event(self._streams)
        event.record(self)
        return event

    def launch_host_func(self, callback: Callable[[Any], object], arg: Any) -> None:
        """Call ``callback(arg)`` when the stream gets to it."""
        self._do(lambda: callback(arg))

    def wait_event(self, event: Event) -> None:
        """What follows waits for the event, and is captured with it where that was captured."""
        if event._capture is not None:
            if not any(stream._capture is event._capture for stream in list(self._streams.all.values())):
                raise CUDARuntimeError(CAPTURED_EVENT, "the event belongs to a graph")
            self._capture = event._capture
        elif event._stream is not None:
            stream, ticket = event._stream, event._ticket
            self._do(lambda: stream._finish(ticket))

    def begin_capture(self, mode: int | None = None) -> None:
        """Record, and do not run, what comes until ``end_capture``."""
        if self._null:
            raise RuntimeError("cannot capture on the default (legacy) stream")
        if self._capture is not None:
            raise CUDARuntimeError(ILLEGAL_STATE, "the stream is captured already")
        self._capture = []

    def end_capture(self) -> Graph:
        """What was recorded."""
        if self._capture is None:
            raise CUDARuntimeError(ILLEGAL_STATE, "the stream is not captured")
        return Graph(self._streams, self._end_capture())

    def is_capturing(self) -> bool:
        """Whether it is being recorded."""
        return self._capture is not None

    def _end_capture(self) -> list[Operation]:
        operations = self._capture
        assert operations is not None
        for stream in list(self._streams.all.values()):
            if stream._capture is operations:
                stream._capture = None
        return operations

    def _copy_from_host(self, host: NDArray[Any], device: NDArray[Any]) -> None:
        """Pinned memory is read when the copy's turn comes, pageable memory now."""
        if not self._streams.pinned.holds(host):
            self._refuse_while_capturing("a copy from pageable memory")
            host = host.copy()
        self._do(lambda: np.copyto(device, host))

    def _copy_to_host(self, device: NDArray[Any], host: NDArray[Any], *, blocking: bool) -> None:
        """Pageable memory is written before this returns, pinned memory when the copy's turn comes."""
        wait = blocking or not self._streams.pinned.holds(host)
        if wait:
            self._refuse_while_capturing("a copy to the host that waits")
        self._do(lambda: np.copyto(host, device))
        if wait:
            self._finish()


class Event:
    """``cupy.cuda.Event``: the moment at which its stream gets to it."""

    def __init__(
        self,
        streams: Streams,
        *,
        block: bool = False,
        disable_timing: bool = False,
        interprocess: bool = False,
    ) -> None:
        self._streams, self._timed = streams, not disable_timing
        self._stream: Stream | None = None
        self._capture: list[Operation] | None = None
        self._ticket = 0
        self._reached = 0.0

    def record(self, stream: Stream | None = None) -> None:
        """Put it at the end of a stream."""
        self._stream = stream or self._streams.current()
        self._capture = self._stream._capture
        self._ticket = self._stream._do(self._reach)

    def _reach(self) -> None:
        self._reached = time.perf_counter()

    @property
    def done(self) -> bool:
        """Whether its stream has got there."""
        return self._stream is None or self._stream._has_finished(self._ticket)

    def synchronize(self) -> None:
        """Wait for it; at once where it was never recorded."""
        if self._capture is not None:
            raise CUDARuntimeError(CAPTURED_EVENT, "the event belongs to a graph")
        if self._stream is not None:
            self._stream._finish(self._ticket)

    def _stamp(self) -> float:
        """Seconds, of the host's clock. Raises CUDARuntimeError where there is no such moment, or not yet."""
        if self._stream is None or not self._timed:
            raise CUDARuntimeError(INVALID_HANDLE, "the event was never recorded, or keeps no time")
        if self._capture is not None:
            raise CUDARuntimeError(CAPTURED_EVENT, "the event belongs to a graph")
        if not self.done:
            raise CUDARuntimeError(NOT_READY, "the event is not reached yet: synchronize first")
        return self._reached


def elapsed_milliseconds(start: Event, stop: Event) -> float:
    """``cupy.cuda.get_elapsed_time``: how long the emulator took, which says nothing about any GPU."""
    return (stop._stamp() - start._stamp()) * 1e3


class Graph:
    """``cupy.cuda.Graph``: recorded launches and copies."""

    def __init__(self, streams: Streams, operations: list[Operation]) -> None:
        self._streams, self._operations = streams, tuple(operations)

    def upload(self, stream: Stream | None = None) -> None:
        """Nothing to prepare."""

    def launch(self, stream: Stream | None = None) -> None:
        """Do it all once more, on a stream."""
        target = self._streams.of(stream)
        for operation in self._operations:
            target._do(operation)
