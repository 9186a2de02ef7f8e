"""A lane of a GPU: one stream, with events for its clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class CudaLane:
    """An in-order stream of the current device; kernels of its slots are launched on ``stream``.

    Non-blocking: it waits for no other stream, not even the default one.
    """

    def __init__(self, cuda: Any) -> None:
        self._cuda = cuda
        self.stream: Any = cuda.Stream(non_blocking=True)

    def sync(self) -> None:
        """Wait for the stream, so that errors of its kernels surface here."""
        self.stream.synchronize()

    def mark(self) -> Any:
        """Record an event on the stream: the GPU stamps it when the work before it is done."""
        event = self._cuda.Event()
        event.record(self.stream)
        return event

    def seconds(self, start: Any, stop: Any) -> float:
        """Seconds between two marks; CUDA counts milliseconds, in steps of 0.5 us."""
        return float(self._cuda.get_elapsed_time(start, stop)) * 1e-3


@contextmanager
def open_lanes(cuda: Any, index: int, count: int) -> Iterator[Sequence[CudaLane]]:
    """``count`` lanes of device ``index`` of ``cuda`` (``cupy.cuda``), the current device meanwhile."""
    with cuda.Device(index):
        yield [CudaLane(cuda) for _ in range(count)]
