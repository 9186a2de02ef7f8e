"""Where the arrays of a pool lie: one buffer, slot after slot, so that slots rotate in address order."""

from __future__ import annotations

import math
import mmap
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

INPUTS = "benchsuite-inputs"
"""What the kernel calls the memory that workers map."""
ALIGNMENT = 64  # a cache line: the same alignment for every engine
FENCE = 0xC3  # every byte of the fences between outputs


@dataclass(frozen=True)
class Layout:
    """Arrays (name, dtype, shape, offset) of one slot, and the bytes from one slot to the next."""

    arrays: tuple[tuple[str, str, tuple[int, ...], int], ...]
    stride: int

    @classmethod
    def of(cls, example: Any, fence: int = 0) -> Layout:
        """The layout of a dataclass of arrays, bytes and integers; the latter two take no place.

        ``fence`` is how many bytes, a multiple of ALIGNMENT, stay free behind each array at least.
        """
        arrays, offset = [], 0
        for name, value in _arrays(example):
            arrays.append((name, value.dtype.str, value.shape, offset))
            offset += -(-value.nbytes // ALIGNMENT) * ALIGNMENT + fence
        return cls(tuple(arrays), max(offset, ALIGNMENT))

    @classmethod
    def received(cls, message: Mapping[str, Any]) -> Layout:
        """The layout that ``vars`` turned into a message."""
        arrays = tuple((name, dtype, tuple(shape), at) for name, dtype, shape, at in message["arrays"])
        return cls(arrays, message["stride"])

    def gaps(self) -> list[tuple[int, int]]:
        """(from, to) of the bytes of a slot behind each array."""
        ends = [at + math.prod(shape) * np.dtype(dtype).itemsize for _, dtype, shape, at in self.arrays]
        return list(zip(ends, [at for *_, at in self.arrays[1:]] + [self.stride], strict=True))

    def views(self, buffer: Any, slot: int) -> dict[str, np.ndarray[Any, Any]]:
        """The arrays of ``slot`` in ``buffer``."""
        start = slot * self.stride
        return {
            name: np.ndarray(shape, np.dtype(dtype), buffer, start + at)
            for name, dtype, shape, at in self.arrays
        }


def _arrays(example: Any) -> list[tuple[str, np.ndarray[Any, Any]]]:
    found = [(f.name, getattr(example, f.name)) for f in fields(example)]
    return [(name, np.ascontiguousarray(value)) for name, value in found if isinstance(value, np.ndarray)]


def arrays_of(data: Any) -> list[np.ndarray[Any, Any]]:
    """The arrays of a dataclass, in the order of its fields."""
    return [getattr(data, f.name) for f in fields(data) if isinstance(getattr(data, f.name), np.ndarray)]


def same_bytes(left: Any, right: Any) -> bool:
    """Whether the arrays of two dataclasses are equal byte by byte: random ones may spell a NaN."""
    return all(map(np.array_equal, *map(_octets, (left, right))))


def _octets(data: Any) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    return [array.reshape(-1).view(np.uint8) for array in arrays_of(data)]


def copy_of(data: Any) -> Any:
    """A dataclass of arrays, bytes and integers, with arrays of its own."""
    arrays = [f.name for f in fields(data) if isinstance(getattr(data, f.name), np.ndarray)]
    return replace(data, **{name: getattr(data, name).copy() for name in arrays})


class Arena:
    """Memory that the parent fills with inputs once and workers map; it has no name and so leaves no file."""

    def __init__(self) -> None:
        if hasattr(os, "memfd_create"):
            self.descriptor = os.memfd_create(INPUTS, 0)
        else:
            with tempfile.TemporaryFile() as unnamed:
                self.descriptor = os.dup(unnamed.fileno())
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes taken."""
        return self._size

    def add(self, slots: Sequence[Any]) -> dict[str, Any]:
        """Store the inputs of a pool; the message by which a worker maps them."""
        layout = Layout.of(slots[0])
        size = layout.stride * len(slots)
        offset = self._size
        self._size += -(-size // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
        os.ftruncate(self.descriptor, self._size)
        with mmap.mmap(self.descriptor, size, offset=offset) as memory:
            for index, inputs in enumerate(slots):
                for name, view in layout.views(memory, index).items():
                    view[...] = getattr(inputs, name)
                del view
        constants = [_constants(inputs) for inputs in slots]
        if all(c == constants[0] for c in constants):
            constants = constants[:1]
        return {
            "offset": offset,
            "slots": len(slots),
            "layout": vars(layout),
            "constants": constants,
            "descriptor": self.descriptor,
        }

    def close(self) -> None:
        """Give the memory back once no worker maps it."""
        os.close(self.descriptor)


def _constants(inputs: Any) -> dict[str, int | str]:
    values = {f.name: getattr(inputs, f.name) for f in fields(inputs)}
    return {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in values.items()
        if not isinstance(value, np.ndarray)
    }


def map_inputs(kind: type[Any], message: Mapping[str, Any], *, writable: bool) -> list[Any]:
    """The inputs of every slot. A writable mapping is private: what the audit changes, nobody else sees."""
    layout = Layout.received(message["layout"])
    memory = mmap.mmap(
        message["descriptor"],
        layout.stride * message["slots"],
        offset=message["offset"],
        access=mmap.ACCESS_COPY if writable else mmap.ACCESS_READ,
    )
    constants = [_received_constants(kind, c) for c in message["constants"]]
    return [
        kind(**layout.views(memory, index), **constants[index % len(constants)])
        for index in range(message["slots"])
    ]


def _received_constants(kind: type[Any], constants: Mapping[str, int | str]) -> dict[str, int | bytes]:
    return {
        name: bytes.fromhex(value) if isinstance(value, str) else value for name, value in constants.items()
    }


@dataclass(frozen=True)
class Fence:
    """The bytes behind every array of the outputs, which are nobody's to write."""

    memory: np.ndarray[Any, Any]
    gaps: Sequence[tuple[int, int]]

    @property
    def stands(self) -> bool:
        """Whether nothing was written there."""
        return all(bool((self.memory[:, begin:end] == FENCE).all()) for begin, end in self.gaps)


def blank_outputs(example: Any, slots: int) -> tuple[list[Any], Fence]:
    """The outputs of every slot, in memory of this process alone, and the fence behind each array.

    ``example`` gives names, shapes, dtypes.
    """
    layout = Layout.of(example, fence=ALIGNMENT)
    memory = mmap.mmap(-1, layout.stride * slots)
    fence = Fence(np.frombuffer(memory, np.uint8).reshape(slots, layout.stride), layout.gaps())
    for begin, end in fence.gaps:
        fence.memory[:, begin:end] = FENCE
    return [type(example)(**layout.views(memory, index)) for index in range(slots)], fence
