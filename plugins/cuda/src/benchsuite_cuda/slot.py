"""Slots: how the data of one implementation get to its kernels and back, in both scopes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import Job, Prepared, Unsupported
from benchsuite_cuda.errors import explained
from benchsuite_cuda.lane import CudaLane
from benchsuite_cuda.pinned import PinnedPages

HOST_TO_DEVICE, DEVICE_TO_HOST = 1, 2
"""cudaMemcpyKind (driver_types.h)."""
CHUNK_BYTES = 4 << 20
"""Of a transfer that overlaps with others: 75 us of a PCIe 5 link, several times what enqueuing it takes."""

Arrays: TypeAlias = Mapping[str, NDArray[Any]]
Bind: TypeAlias = Callable[[Any, Any], Callable[[], None]]
Copy: TypeAlias = tuple[int, int, int, int]
"""Target, source, bytes, cudaMemcpyKind."""


def prepared(job: Job[Any, Any, Any, CudaLane], bind: Bind, *, rows: bool = True) -> Prepared:
    """Both scopes of one implementation.

    ``bind(inputs, outputs)`` gets the fields of ``job.inputs`` and ``job.outputs``, arrays as device arrays
    of the same dtype, each aligned to 256 bytes, and gives ``launch()``, which enqueues all kernels of one
    repetition. With ``rows`` the items are the rows of every array, so that end-to-end may bind some of them
    at a time and overlap their transfers: the arrays then hold as many rows as it binds.

    Raises Unsupported where the GPU has too little memory for the pool.
    """
    if job.scope == "resident":
        return _resident(job, bind)
    arrays = [array for side in _both(job) for array in side.values()]
    chunk = _rows_of_a_chunk(arrays) if rows and job.lane.pages else None
    return _whole(job, bind) if chunk is None else _in_chunks(job, bind, chunk)


def arrays_of(data: Any) -> dict[str, NDArray[Any]]:
    """The arrays among the fields of a dataclass."""
    values = {field.name: getattr(data, field.name) for field in fields(data)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def _both(job: Job[Any, Any, Any, CudaLane]) -> tuple[Arrays, Arrays]:
    return arrays_of(job.inputs), arrays_of(job.outputs)


def _bytes_of(*sides: Arrays) -> int:
    return sum(array.nbytes for side in sides for array in side.values())


def _require_memory(job: Job[Any, Any, Any, CudaLane], a_slot: int) -> None:
    """All slots of the pool that are still to be prepared must fit, or Unsupported."""
    need = (job.slots - job.slot) * a_slot
    with explained(), job.lane.device:
        free, _ = job.lane.device.mem_info
    if need > free:
        sizes = f"{-(-need >> 20)} MiB of the GPU's memory, of which {free >> 20} MiB are free"
        raise Unsupported(f"its pool of {job.slots} slots needs {sizes}")


def _empty_like(lane: CudaLane, arrays: Arrays) -> dict[str, Any]:
    with lane.enqueuing():
        return {name: lane.cp.empty(array.shape, array.dtype) for name, array in arrays.items()}


def _bound(
    job: Job[Any, Any, Any, CudaLane], bind: Bind, ins: Mapping[str, Any], outs: Mapping[str, Any]
) -> Callable[[], None]:
    """``launch`` of ``bind``, which finds the device's arrays in the places of the job's."""
    inputs = {field.name: getattr(job.inputs, field.name) for field in fields(job.inputs)}
    with job.lane.enqueuing():
        return bind(SimpleNamespace(**{**inputs, **ins}), SimpleNamespace(**outs))


def _resident(job: Job[Any, Any, Any, CudaLane], bind: Bind) -> Prepared:
    lane, (inputs, outputs) = job.lane, _both(job)
    _require_memory(job, _bytes_of(inputs, outputs))
    ins, outs = _empty_like(lane, inputs), _empty_like(lane, outputs)
    return Prepared(
        run=_bound(job, bind, ins, outs),
        load=partial(_transfer, lane, _copies(inputs, ins, HOST_TO_DEVICE)),
        fetch=partial(_transfer, lane, _copies(outputs, outs, DEVICE_TO_HOST)),
    )


def _transfer(lane: CudaLane, copies: Sequence[Copy]) -> None:
    with lane.enqueuing() as stream:
        for copy in copies:
            lane.cp.cuda.runtime.memcpyAsync(*copy, stream.ptr)


def _copies(
    host: Arrays, device: Mapping[str, Any], kind: int, pages: PinnedPages | None = None
) -> Sequence[Copy]:
    """Transfers of whole arrays; each part within what was pinned together, where ``pages`` are."""
    found = []
    for name, array in host.items():
        here, there = array.ctypes.data, int(device[name].data.ptr)
        pieces = pages.pieces(here, array.nbytes) if pages else [(0, array.nbytes)] if array.nbytes else []
        for at, size in pieces:
            target, source = (there, here) if kind == HOST_TO_DEVICE else (here, there)
            found.append((target + at, source + at, size, kind))
    return found


@dataclass(frozen=True)
class _Chunk:
    """Some rows on their way to the GPU, through its kernels, and back: all on one stream."""

    stream: Any
    load: Sequence[Copy]
    launch: Callable[[], None]
    fetch: Sequence[Copy]

    def enqueue(self, lane: CudaLane) -> None:
        with lane.enqueuing(self.stream):
            _transfer(lane, self.load)
            self.launch()
            _transfer(lane, self.fetch)


def _whole(job: Job[Any, Any, Any, CudaLane], bind: Bind) -> Prepared:
    lane, (inputs, outputs) = job.lane, _both(job)
    _require_memory(job, _bytes_of(inputs, outputs))
    ins, outs = _empty_like(lane, inputs), _empty_like(lane, outputs)
    with _pinned(lane, inputs, outputs) as held:
        only = _Chunk(
            lane.stream,
            _copies(inputs, ins, HOST_TO_DEVICE, lane.pages),
            _bound(job, bind, ins, outs),
            _copies(outputs, outs, DEVICE_TO_HOST, lane.pages),
        )
        return Prepared(run=partial(only.enqueue, lane), close=held.pop_all().close)


def _in_chunks(job: Job[Any, Any, Any, CudaLane], bind: Bind, chunk: int) -> Prepared:
    """Chunks in turn on the two streams beside the lane's, each stream with device arrays of its own."""
    lane, (inputs, outputs) = job.lane, _both(job)
    rows = len(next(iter(inputs.values())))
    first = slice(0, chunk)
    sides = _rows(inputs, first), _rows(outputs, first)
    _require_memory(job, len(lane.beside) * _bytes_of(*sides))
    buffers = [(_empty_like(lane, sides[0]), _empty_like(lane, sides[1])) for _ in lane.beside]
    with _pinned(lane, inputs, outputs) as held:
        chunks = []
        for turn, begin in enumerate(range(0, rows, chunk)):
            part = slice(begin, min(begin + chunk, rows))
            start = slice(0, part.stop - part.start)
            ins, outs = (_rows(side, start) for side in buffers[turn % len(buffers)])
            chunks.append(
                _Chunk(
                    lane.beside[turn % len(buffers)],
                    _copies(_rows(inputs, part), ins, HOST_TO_DEVICE, lane.pages),
                    _bound(job, bind, ins, outs),
                    _copies(_rows(outputs, part), outs, DEVICE_TO_HOST, lane.pages),
                )
            )
        return Prepared(run=_overlapped(lane, chunks), close=held.pop_all().close)


def _rows(arrays: Mapping[str, Any], part: slice) -> dict[str, Any]:
    return {name: array[part] for name, array in arrays.items()}


@contextmanager
def _pinned(lane: CudaLane, *sides: Arrays) -> Iterator[ExitStack]:
    """The arrays pinned, unless the lane's transfers are pageable; let go again if preparing fails."""
    with ExitStack() as held:
        if lane.pages:
            held.callback(lane.pages.unpin, lane.pages.pin(a for side in sides for a in side.values()))
        yield held


def _overlapped(lane: CudaLane, chunks: Sequence[_Chunk]) -> Callable[[], None]:
    """All chunks between two points of the lane's own stream, so that its order and events cover them."""
    with lane.device:
        begun, *done = (lane.cp.cuda.Event(disable_timing=True) for _ in range(1 + len(lane.beside)))

    def run() -> None:
        with explained(), lane.device:
            begun.record(lane.stream)
            for stream in lane.beside:
                stream.wait_event(begun)
            for chunk in chunks:
                chunk.enqueue(lane)
            for stream, event in zip(lane.beside, done, strict=True):
                event.record(stream)
                lane.stream.wait_event(event)

    return run


def _rows_of_a_chunk(arrays: Sequence[NDArray[Any]]) -> int | None:
    """How many rows make about CHUNK_BYTES, or None where all fit into one chunk.

    Raises ValueError where the arrays have not as many rows as each other.
    """
    counts = {len(array) for array in arrays}
    if len(counts) > 1:
        raise ValueError(f"arrays of {sorted(counts)} rows: prepared(rows=False) takes them whole")
    rows = max(counts)
    row = sum(array.nbytes for array in arrays) // max(1, rows)
    chunk = max(1, CHUNK_BYTES // max(1, row))
    return chunk if chunk < rows else None
