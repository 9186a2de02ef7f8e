"""The namespace: what a plugin takes for ``cupy``, with nothing in it that cupy lacks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cuda_emulator import memory, orders, pinned
from cuda_emulator.compiler import Build, Library, compile_library
from cuda_emulator.device import Devices, Hardware, runtime
from cuda_emulator.errors import NOT_FOUND, CompileException, CUDADriverError, OutOfMemoryError
from cuda_emulator.kernels import RawKernel
from cuda_emulator.sanitizer import Sanitizer, chosen
from cuda_emulator.streams import Event, Graph, Stream, Streams, elapsed_milliseconds


class Emulator:
    """``cupy``, as far as a launcher of kernels uses it, on emulated devices of its own.

    Kernels run in one order of ``threads`` ("forward", "reverse", "random:SEED") and of ``blocks``
    ("forward", "reverse"), compiled under ``sanitize`` ("address", "thread", "undefined"; such a process is
    started by ``cuda_emulator.sanitized``), counting lines where ``coverage`` is set. ``late`` keeps all work
    in its stream until somebody waits for it. ``architecture`` is a compute capability such as "90".
    """

    ndarray = memory.ndarray
    __version__ = "emulated"

    def __init__(
        self,
        threads: str = "forward",
        blocks: str = "forward",
        *,
        architecture: str = "90",
        multiprocessors: int = 2,
        sanitize: Sanitizer | None = None,
        coverage: bool = False,
        late: bool = False,
        devices: int = 1,
        memory_bytes: int = 1 << 30,
    ) -> None:
        self._orders = orders.parse(threads, blocks)
        self._build = Build(architecture, chosen(sanitize), coverage)
        self._libraries: dict[int, Library] = {}
        ranges = pinned.PinnedRanges()
        self._streams = Streams(late=late, pinned=ranges, devices=devices)
        self._devices = Devices(Hardware(architecture, multiprocessors, memory_bytes, devices), self._streams)
        self.RawModule = partial(RawModule, self)
        self.RawKernel = partial(_raw_kernel, self)
        self.cuda = _cuda(self._streams, self._devices, ranges)

    def empty(self, shape: Any, dtype: Any = np.float64) -> memory.ndarray:
        """An array that holds poison."""
        self._streams.current()._refuse_while_capturing("an allocation")
        return memory.empty(self._devices.memory(), shape, dtype)

    def zeros(self, shape: Any, dtype: Any = np.float64) -> memory.ndarray:
        """An array of zeros, once the current stream gets to it."""
        array = self.empty(shape, dtype)
        array.fill(0)
        return array

    def asarray(self, a: Any, dtype: Any = None) -> memory.ndarray:
        """A copy in device memory of what is on the host; of what is there, itself."""
        if isinstance(a, memory.ndarray):
            if dtype not in (None, a.dtype):
                raise TypeError(f"a conversion of {a.dtype} to {dtype} on the device is not emulated")
            return a
        host = np.ascontiguousarray(a, dtype).reshape(np.shape(a))
        array = self.empty(host.shape, host.dtype)
        array.set(host)
        return array

    def asnumpy(self, a: Any, stream: Any = None, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """A copy on the host."""
        if isinstance(a, memory.ndarray):
            return a.get(stream=stream, out=out)
        return np.asarray(a)


class RawModule:
    """``cupy.RawModule``: compiled at the first ``get_function``."""

    def __init__(
        self, emulator: Emulator, code: str, *, options: Sequence[str] = (), backend: str = "nvrtc"
    ) -> None:
        if backend not in ("nvrtc", "nvcc"):
            raise ValueError(f"backend must be nvrtc or nvcc, not {backend}")
        self._emulator, self._code, self._options = emulator, code, tuple(options)
        self._library: Library | None = None

    def compile(self, log_stream: Any = None) -> None:
        """Raises CompileException."""
        if self._library is None:
            self._library = compile_library(self._code, self._options, self._emulator._build)
            self._emulator._libraries[id(self._library)] = self._library

    def get_function(self, name: str) -> RawKernel:
        """The kernel of a name. Raises CUDADriverError where there is none."""
        self.compile()
        library = self._library
        assert library is not None
        if name not in library.static_shared_bytes:
            known = ", ".join(library.static_shared_bytes)
            raise CUDADriverError(NOT_FOUND, f"no kernel {name} among {known}")
        emulator = self._emulator
        opt_in = emulator._devices.hardware.shared_opt_in
        return RawKernel(library, name, emulator._streams, emulator._orders, opt_in)


def _raw_kernel(
    emulator: Emulator, code: str, name: str, options: Sequence[str] = (), backend: str = "nvrtc"
) -> RawKernel:
    """``cupy.RawKernel``, but compiled at once. Raises CompileException and CUDADriverError."""
    return RawModule(emulator, code, options=options, backend=backend).get_function(name)


def _cuda(streams: Streams, devices: Devices, ranges: pinned.PinnedRanges) -> SimpleNamespace:
    def stream(null: bool = False, non_blocking: bool = False, ptds: bool = False) -> Stream:
        return streams.null[streams.device] if null else Stream(streams, non_blocking=non_blocking)

    def event(block: bool = False, disable_timing: bool = False, interprocess: bool = False) -> Event:
        return Event(streams, disable_timing=disable_timing)

    return SimpleNamespace(
        Stream=stream,
        Event=event,
        Graph=Graph,
        Device=devices.device,
        get_current_stream=streams.current,
        get_elapsed_time=elapsed_milliseconds,
        alloc_pinned_memory=partial(pinned.allocate, ranges),
        is_available=lambda: True,
        runtime=runtime(devices, ranges),
        driver=SimpleNamespace(CUDADriverError=CUDADriverError),
        memory=SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
        compiler=SimpleNamespace(CompileException=CompileException),
    )
