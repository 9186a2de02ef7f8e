"""Device memory: opaque, poisoned while uninitialised, guarded at both ends, and limited in size."""

from __future__ import annotations

import weakref
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cuda_emulator.errors import OutOfMemoryError
from cuda_emulator.sanitizer import guard_with_sanitizer

if TYPE_CHECKING:
    from cuda_emulator.streams import Streams

POISON = 0xCB
"""What uninitialised device memory holds; shared memory holds another byte (native/language.h)."""

GUARD = 0xD6
ALIGNMENT = 256
"""Bytes; cudaMalloc's alignment (CUDA C++ Programming Guide, 5.3.2), and the size of a guard."""


class Memory:
    """What a device has of it; ``streams`` orders the copies."""

    def __init__(self, total_bytes: int, streams: Streams, device_id: int) -> None:
        self.total_bytes, self.used_bytes, self.streams, self.device_id = total_bytes, 0, streams, device_id
        self._live: weakref.WeakSet[Allocation] = weakref.WeakSet()

    def allocate(self, nbytes: int) -> Allocation:
        """``nbytes`` poisoned bytes. Raises OutOfMemoryError as cupy does."""
        if nbytes > self.total_bytes - self.used_bytes:
            raise OutOfMemoryError(
                f"Out of memory allocating {nbytes:,} bytes (allocated so far: {self.used_bytes:,} bytes)."
            )
        self.used_bytes += nbytes
        allocation = Allocation(nbytes)
        self._live.add(allocation)
        weakref.finalize(allocation, self._free, nbytes)
        return allocation

    def holding(self, address: int, nbytes: int) -> Allocation | None:
        """The allocation that a range lies in."""
        for allocation in self._live:
            if (
                allocation.address <= address
                and address + nbytes <= allocation.address + allocation.bytes.nbytes
            ):
                return allocation
        return None

    def _free(self, nbytes: int) -> None:
        self.used_bytes -= nbytes


class Allocation:
    """Bytes between two guards."""

    def __init__(self, nbytes: int) -> None:
        whole: NDArray[np.uint8] = np.full(nbytes + 3 * ALIGNMENT, GUARD, np.uint8)
        start = ALIGNMENT + -whole.ctypes.data % ALIGNMENT
        self._before, self._after = whole[start - ALIGNMENT : start], whole[start + nbytes :][:ALIGNMENT]
        self.bytes = whole[start : start + nbytes]
        self.bytes[...] = POISON
        self.address = self.bytes.ctypes.data
        guard_with_sanitizer(self, self._before, self._after)

    def guards_stand(self) -> bool:
        """Whether nothing was written before or behind it."""
        return bool((self._before == GUARD).all() and (self._after == GUARD).all())


class ndarray:  # noqa: N801 - cupy's name
    """An array in device memory. No arithmetic, no implicit way back to the host."""

    def __init__(self, values: NDArray[Any], allocation: Allocation, memory: Memory) -> None:
        self._values, self._allocation, self._memory = values, allocation, memory

    @property
    def shape(self) -> tuple[int, ...]:
        """Elements along each axis."""
        return self._values.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of an element."""
        return self._values.dtype

    @property
    def size(self) -> int:
        """Elements."""
        return self._values.size

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self._values.nbytes

    @property
    def ndim(self) -> int:
        """Axes."""
        return self._values.ndim

    @property
    def itemsize(self) -> int:
        """Bytes of an element."""
        return self._values.itemsize

    @property
    def flags(self) -> Any:
        """``c_contiguous`` and the like."""
        return self._values.flags

    @property
    def data(self) -> Any:
        """The pointer: ``data.ptr``."""
        return SimpleNamespace(ptr=self._values.ctypes.data)

    def __len__(self) -> int:
        return len(self._values)

    def __array__(self, *_: Any, **__: Any) -> NDArray[Any]:
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. "
            "Please use `.get()` to construct a NumPy array explicitly."
        )

    def __getitem__(self, key: Any) -> ndarray:
        return self._over(self._values[key])

    def view(self, dtype: Any) -> ndarray:
        """The same bytes as another type."""
        return self._over(self._values.view(dtype))

    def reshape(self, *shape: Any) -> ndarray:
        """The same elements in another shape; of contiguous arrays only, so that nothing is copied."""
        if not self._values.flags.c_contiguous:
            raise ValueError(
                "reshape of an array that is not contiguous would copy: make it contiguous first"
            )
        return self._over(self._values.reshape(*shape))

    def ravel(self) -> ndarray:
        """The same elements along one axis."""
        return self.reshape(-1)

    def fill(self, value: Any) -> None:
        """Set every element, in the order of the current stream."""
        self._memory.streams.current()._do(lambda: self._values.fill(value))

    def get(self, stream: Any = None, out: NDArray[Any] | None = None, blocking: bool = True) -> NDArray[Any]:
        """A copy on the host, in ``out`` where given; ``blocking=False`` leaves the waiting to the caller."""
        if out is None:
            out = np.empty(self.shape, self.dtype)
        elif out.shape != self.shape or out.dtype != self.dtype:
            raise ValueError(f"out is {out.dtype}{list(out.shape)}, the array {self.dtype}{list(self.shape)}")
        elif not out.flags.c_contiguous:
            raise ValueError("out is not C-contiguous")
        self._memory.streams.of(stream)._copy_to_host(self._values, out, blocking=blocking)
        return out

    def set(self, arr: NDArray[Any], stream: Any = None) -> None:
        """Copy from the host."""
        if not isinstance(arr, np.ndarray):
            raise TypeError("Only numpy.ndarray can be set to cupy.ndarray")
        if arr.dtype != self.dtype:
            raise TypeError(f"{arr.dtype} array cannot be set to {self.dtype} array")
        if arr.shape != self.shape:
            raise ValueError(f"Shape mismatch. Old shape: {arr.shape}, new shape: {self.shape}")
        self._memory.streams.of(stream)._copy_from_host(np.ascontiguousarray(arr), self._values)

    def _over(self, values: NDArray[Any]) -> ndarray:
        return ndarray(values, self._allocation, self._memory)


def empty(memory: Memory, shape: Any, dtype: Any) -> ndarray:
    """An uninitialised array, visibly so."""
    dtype = np.dtype(dtype)
    shape = (shape,) if np.isscalar(shape) else tuple(shape)
    allocation = memory.allocate(int(np.prod(shape, dtype=np.int64)) * dtype.itemsize)
    return ndarray(allocation.bytes.view(dtype).reshape(shape), allocation, memory)
