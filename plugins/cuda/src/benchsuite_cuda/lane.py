"""A lane of a GPU: one stream, with events for its clock, and what its slots share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from benchsuite_cuda.errors import explained
from benchsuite_cuda.gpu import Gpu
from benchsuite_cuda.pinned import PinnedPages
from benchsuite_cuda.source import OPTIONS, text

NOTHING: Mapping[str, int] = MappingProxyType({})


class Kernel:
    """A compiled kernel; a call enqueues it on the stream that its lane enqueues on."""

    def __init__(self, lane: CudaLane, function: Any, shared_bytes: int) -> None:
        self._lane, self._function, self._shared_bytes = lane, function, shared_bytes

    @property
    def attributes(self) -> Mapping[str, int]:
        """What the compiler made of it: ``num_regs``, ``shared_size_bytes``, ``local_size_bytes``, ..."""
        found: Mapping[str, int] = self._function.attributes
        return found

    def __call__(self, blocks: int, threads: int, *arguments: Any) -> None:
        """Enqueue ``blocks`` of ``threads``; scalars are numpy's, of the width of the kernel's parameter."""
        with self._lane.enqueuing():
            self._function((blocks,), (threads,), arguments, shared_mem=self._shared_bytes)


class CudaLane:
    """An in-order stream of one device.

    Non-blocking: it waits for no other stream, not even the default one. Kernels and tables belong to it, so
    that its slots compile and make them once.
    """

    def __init__(self, cp: Any, gpu: Gpu, pages: PinnedPages | None = None) -> None:
        """``cp`` is cupy; without ``pages`` to pin, transfers are those of pageable memory."""
        self.cp, self.gpu, self.pages = cp, gpu, pages
        self.device: Any = cp.cuda.Device(gpu.index)
        self._kernels: dict[Hashable, Any] = {}
        self._tables: dict[Hashable, Any] = {}
        with self.device:
            self.stream: Any = cp.cuda.Stream(non_blocking=True)
            # for transfers that overlap; whoever uses them joins them to the lane's stream again
            self.beside: Sequence[Any] = [cp.cuda.Stream(non_blocking=True) for _ in range(2)]
        self._current = self.stream

    def sync(self) -> None:
        """Wait for the stream, so that errors of its kernels surface here."""
        with explained():
            self.stream.synchronize()

    def mark(self) -> Any:
        """Record an event on the stream: the GPU stamps it when the work before it is done."""
        with explained(), self.device:
            event = self.cp.cuda.Event()
            event.record(self.stream)
        return event

    def seconds(self, start: Any, stop: Any) -> float:
        """Seconds between two marks; CUDA counts milliseconds, in steps of 0.5 us."""
        return float(self.cp.cuda.get_elapsed_time(start, stop)) * 1e-3

    def record(self, runs: Sequence[Callable[[], None]]) -> Callable[[], None]:
        """``runs`` as one CUDA graph, whose launch enqueues them all; see ``api.RecordingLane``."""
        with self.enqueuing() as stream:
            stream.begin_capture()
            try:
                for run in runs:
                    run()
            except BaseException:
                with suppress(RuntimeError):  # CUDA ends what it refuses, and its reason is the one to tell
                    stream.end_capture()
                raise
            graph = stream.end_capture()
            graph.upload(stream)  # or else the first launch would do it
        return partial(graph.launch, stream)

    @contextmanager
    def enqueuing(self, stream: Any = None) -> Iterator[Any]:
        """This device, and ``stream`` as the one that kernels go to within; the lane's own unless told."""
        before = self._current
        self._current = stream or before
        try:
            with explained(), self.device, self._current:
                yield self._current
        finally:
            self._current = before

    def kernel(
        self, source: str, name: str, *, defines: Mapping[str, int] = NOTHING, shared_bytes: int = 0
    ) -> Kernel:
        """Kernel ``name`` of ``kernels/<source>.cu``, compiled now, once for each set of ``defines``.

        ``shared_bytes`` is the dynamic shared memory of a block, opted into where it is above 48 KiB.
        """
        key = (source, tuple(sorted(defines.items())))
        with self.enqueuing():
            if key not in self._kernels:
                code = text(source, defines)
                self._kernels[key] = self.cp.RawModule(code=code, options=OPTIONS, backend="nvrtc")
            function = self._kernels[key].get_function(name)
            # reading it compiles and loads the kernel; equal kernels share it, so it must never shrink
            most = max(shared_bytes, function.max_dynamic_shared_size_bytes)
            function.max_dynamic_shared_size_bytes = most
        return Kernel(self, function, shared_bytes)

    def table(self, key: Hashable, make: Callable[[], NDArray[Any]]) -> Any:
        """The device's copy of the constant array that ``make`` gives, made once a lane and ``key``."""
        if key not in self._tables:
            made = make()
            with self.enqueuing() as stream:
                self._tables[key] = self.cp.asarray(made)
                stream.synchronize()
        return self._tables[key]


@contextmanager
def open_lanes(cp: Any, gpu: Gpu, pages: PinnedPages | None, count: int) -> Iterator[Sequence[CudaLane]]:
    """``count`` lanes of ``gpu``, each with streams, kernels and tables of its own."""
    yield [CudaLane(cp, gpu, pages) for _ in range(count)]
