"""Modules and kernels: everything that a launch may get wrong is refused before a thread starts."""

from __future__ import annotations

import ctypes
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cuda_emulator.compiler import Library, unwritten_read
from cuda_emulator.errors import INVALID_VALUE, CompileException, CUDADriverError, KernelFault
from cuda_emulator.memory import ndarray
from cuda_emulator.orders import Orders
from cuda_emulator.streams import Streams

SHARED_WITHOUT_OPT_IN = 48 << 10
MOST_BLOCKS = (2**31 - 1, 65535, 65535)
MOST_THREADS_ALONG = (1024, 1024, 64)
"""CUDA C++ Programming Guide, table of technical specifications."""

NO_PLACE = ":0"
"""As native/scheduler.h prints a place that it does not know."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a kernel: ``kind`` is "pointer", "integer", "floating" or "struct"."""

    kind: str
    nbytes: int
    alignment: int
    constant: bool


class _Launch(ctypes.Structure):
    """``cuda_emulator::Launch`` of native/scheduler.h."""

    _fields_ = (
        ("grid", ctypes.c_uint32 * 3),
        ("block", ctypes.c_uint32 * 3),
        ("dynamic_bytes", ctypes.c_uint64),
        ("threads", ctypes.c_uint32),
        ("blocks", ctypes.c_uint32),
        ("seed", ctypes.c_uint64),
    )


class RawKernel:
    """``cupy.RawKernel``, of a module that is compiled already."""

    def __init__(self, library: Library, name: str, streams: Streams, orders: Orders, opt_in: int) -> None:
        self.name, self._library, self._streams, self._orders = name, library, streams, orders
        self.shared_size_bytes = library.static_shared_bytes[name]
        if self.shared_size_bytes > SHARED_WITHOUT_OPT_IN:
            raise CompileException(
                f"{name}: {self.shared_size_bytes} bytes of static shared memory, 48 KiB at most"
            )
        self._most_dynamic = opt_in - self.shared_size_bytes
        self._dynamic = SHARED_WITHOUT_OPT_IN - self.shared_size_bytes
        self._launch = getattr(library.native, f"cuda_emulator_launch_{name}")
        self._parameters = _parameters(library, name)
        self.max_threads_per_block = int(getattr(library.native, f"cuda_emulator_bound_{name}")())

    @property
    def max_dynamic_shared_size_bytes(self) -> int:
        """Bytes of dynamic shared memory that a launch may ask for."""
        return self._dynamic

    @max_dynamic_shared_size_bytes.setter
    def max_dynamic_shared_size_bytes(self, nbytes: int) -> None:
        if not 0 <= nbytes <= self._most_dynamic:
            raise CUDADriverError(
                INVALID_VALUE,
                f"{self.name}: {nbytes} bytes of dynamic shared memory, {self._most_dynamic} at most",
            )
        self._dynamic = nbytes

    @property
    def num_regs(self) -> int:
        """The most that ptxas may give a thread under the launch bound: nothing is allocated here."""
        return min(255, 65536 // self.max_threads_per_block)

    @property
    def attributes(self) -> dict[str, int]:
        """The part of cupy's dictionary that is known here."""
        return {
            "max_threads_per_block": self.max_threads_per_block,
            "max_dynamic_shared_size_bytes": self._dynamic,
            "shared_size_bytes": self.shared_size_bytes,
            "num_regs": self.num_regs,
        }

    def __call__(
        self, grid: Sequence[int], block: Sequence[int], args: Sequence[Any], *, shared_mem: int = 0
    ) -> None:
        """Enqueue a launch on the current stream.

        Raises CUDADriverError for what the driver would refuse, TypeError for arguments that do not fit the
        parameters; when its turn comes KernelFault, with block, thread and line.
        """
        launch = _Launch(
            (ctypes.c_uint32 * 3)(*self._extent("grid", grid, MOST_BLOCKS)),
            (ctypes.c_uint32 * 3)(*self._extent("block", block, MOST_THREADS_ALONG)),
            shared_mem,
        )
        if math.prod(block) > self.max_threads_per_block:
            raise CUDADriverError(
                INVALID_VALUE,
                f"{self.name}: {math.prod(block)} threads a block, its bound is {self.max_threads_per_block}",
            )
        if not 0 <= shared_mem <= self._dynamic:
            raise CUDADriverError(
                INVALID_VALUE,
                f"{self.name}: {shared_mem} bytes of dynamic shared memory, {self._dynamic} are allowed: "
                "set max_dynamic_shared_size_bytes",
            )
        launch.threads, launch.blocks, launch.seed = (
            self._orders.threads,
            self._orders.blocks,
            self._orders.seed,
        )
        if len(args) != len(self._parameters):
            raise TypeError(f"{self.name}: {len(args)} arguments for {len(self._parameters)} parameters")
        values = [
            self._value(i, argument, parameter)
            for i, (argument, parameter) in enumerate(zip(args, self._parameters, strict=True))
        ]
        arrays = [argument for argument in args if isinstance(argument, ndarray)]
        constant = [
            argument
            for argument, parameter in zip(args, self._parameters, strict=True)
            if isinstance(argument, ndarray) and parameter.constant
        ]
        self._streams.current()._do(lambda: self._run(launch, values, arrays, constant))

    def _extent(self, what: str, given: Sequence[int], limits: Sequence[int]) -> list[int]:
        if not isinstance(given, tuple | list) or not 1 <= len(given) <= 3:
            raise ValueError(f"{self.name}: {what} must be a tuple of one to three integers, not {given!r}")
        extent = [*map(int, given), 1, 1][:3]
        for size, most in zip(extent, limits, strict=True):
            if not 1 <= size <= most:
                raise CUDADriverError(INVALID_VALUE, f"{self.name}: {what} {tuple(given)}: 1 to {most} there")
        return extent

    def _value(self, index: int, argument: Any, parameter: Parameter) -> np.ndarray[Any, Any]:
        where = f"{self.name}: argument {index}"
        if isinstance(argument, ndarray):
            if parameter.kind != "pointer":
                raise TypeError(f"{where} is an array, the parameter is no pointer")
            if argument._memory.device_id != self._streams.device:
                raise ValueError(f"{where} is on device {argument._memory.device_id}, the kernel on another")
            if not argument.flags.c_contiguous:
                raise ValueError(f"{where} is not C-contiguous, the kernel would not know")
            if argument.data.ptr % parameter.alignment:
                raise ValueError(
                    f"{where} is not aligned to the {parameter.alignment} bytes of what is pointed to"
                )
            return np.array([argument.data.ptr], np.uintp)
        if argument is None and parameter.kind == "pointer":
            return np.zeros(1, np.uintp)
        if not isinstance(argument, np.ndarray | np.generic):
            raise TypeError(
                f"{where} is a plain {type(argument).__name__}: its width is unsaid, use numpy's scalars"
            )
        if argument.size != 1:
            raise TypeError(f"{where} is a host array of shape {argument.shape}: copy it to the device")
        if parameter.kind == "pointer":
            raise TypeError(f"{where} is a value of the host, the parameter is a pointer")
        if argument.nbytes != parameter.nbytes:
            raise TypeError(f"{where} has {argument.nbytes} bytes, the parameter {parameter.nbytes}")
        kind = {"f": "floating", "V": "struct"}.get(argument.dtype.kind, "integer")
        if kind != parameter.kind and "struct" not in (kind, parameter.kind):
            raise TypeError(f"{where} is {argument.dtype}, the parameter is {parameter.kind}")
        return _aligned(np.asarray(argument), parameter.alignment)

    def _run(
        self, launch: _Launch, values: Sequence[Any], arrays: Sequence[ndarray], constant: Sequence[ndarray]
    ) -> None:
        pointers = (ctypes.c_void_p * max(1, len(values)))(*(value.ctypes.data for value in values))
        written = {id(a._allocation) for a in arrays} - {id(a._allocation) for a in constant}
        kept = [a for a in constant if id(a._allocation) not in written]
        before = [zlib.crc32(a._values.view(np.uint8).reshape(-1).data) for a in kept if a.size]
        with self._library.lock:
            failed = self._launch(ctypes.byref(launch), pointers)
            error = self._library.native.cuda_emulator_error().decode() if failed else ""
            if failed and (place := unwritten_read(self._library)):
                error = error.removesuffix(NO_PLACE) + place
        if failed:
            raise KernelFault(f"{self.name}: {error}")
        for i, argument in enumerate(arrays):
            if not argument._allocation.guards_stand():
                raise KernelFault(f"{self.name}: wrote before or behind array {i} of its arguments")
        after = [zlib.crc32(a._values.view(np.uint8).reshape(-1).data) for a in kept if a.size]
        if before != after:
            raise KernelFault(f"{self.name}: changed an array that it takes by a pointer to const")


def _parameters(library: Library, name: str) -> list[Parameter]:
    numbers = (ctypes.c_int * 4 * 64)()
    count = getattr(library.native, f"cuda_emulator_describe_{name}")(numbers)
    kinds = {"p": "pointer", "i": "integer", "f": "floating", "s": "struct"}
    return [Parameter(kinds[chr(row[0])], row[1], row[2], bool(row[3])) for row in numbers[:count]]


def _aligned(value: np.ndarray[Any, Any], alignment: int) -> np.ndarray[Any, Any]:
    """A copy of a scalar at an address that its type may have."""
    buffer = np.empty(value.nbytes + alignment, np.uint8)
    start = -buffer.ctypes.data % alignment
    copy = buffer[start : start + value.nbytes]
    copy[...] = np.frombuffer(value.tobytes(), np.uint8)
    return copy
