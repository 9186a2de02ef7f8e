"""Which memory of the host is pinned: only that is copied truly asynchronously."""

from __future__ import annotations

import ctypes
import weakref
from typing import Any

from numpy.typing import NDArray

from cuda_emulator.errors import (
    HOST_MEMORY_ALREADY_REGISTERED,
    HOST_MEMORY_NOT_REGISTERED,
    INVALID_VALUE,
    CUDARuntimeError,
)


class PinnedRanges:
    """Ranges of addresses, registered and unregistered as a whole."""

    def __init__(self) -> None:
        self._bytes: dict[int, int] = {}

    def register(self, address: int, nbytes: int) -> None:
        """``cudaHostRegister``. Raises CUDARuntimeError for nothing, and for what overlaps another range."""
        if nbytes <= 0:
            raise CUDARuntimeError(INVALID_VALUE, f"{nbytes} bytes to register")
        for start, length in self._bytes.items():
            if address < start + length and start < address + nbytes:
                raise CUDARuntimeError(HOST_MEMORY_ALREADY_REGISTERED, "it overlaps a range that is pinned")
        self._bytes[address] = nbytes

    def unregister(self, address: int) -> None:
        """``cudaHostUnregister``."""
        if self._bytes.pop(address, None) is None:
            raise CUDARuntimeError(HOST_MEMORY_NOT_REGISTERED, "no pinned range begins there")

    def holds(self, array: NDArray[Any]) -> bool:
        """Whether all of a contiguous array is pinned."""
        return self.holds_range(array.ctypes.data, array.nbytes)

    def holds_range(self, address: int, nbytes: int) -> bool:
        """Whether all of a range is pinned."""
        return any(
            start <= address and address + nbytes <= start + length for start, length in self._bytes.items()
        )


def allocate(ranges: PinnedRanges, nbytes: int) -> Any:
    """``cupy.cuda.alloc_pinned_memory``: a buffer for ``numpy.frombuffer``, with its address as ``ptr``."""
    kind = type(
        "PinnedMemoryPointer", (ctypes.c_ubyte * max(1, nbytes),), {"ptr": property(ctypes.addressof)}
    )
    memory = kind()
    ranges.register(memory.ptr, max(1, nbytes))
    weakref.finalize(memory, ranges.unregister, memory.ptr)
    return memory
