"""The host's arrays, pinned where they lie: a GPU then reads and writes them itself, beside other work."""

from __future__ import annotations

import mmap
from bisect import insort
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from benchsuite.api import Unsupported
from benchsuite_cuda.errors import LOST, explained, raise_explained

PORTABLE = 1
"""cudaHostRegisterPortable: pinned for all devices (driver_types.h)."""


@dataclass
class Span:
    """Whole pages that were pinned together, and the arrays that lie on them."""

    begin: int
    end: int
    users: int = 0


class PinnedPages:
    """The pages of this process that are pinned, each once: arrays lie side by side, slot after slot.

    CUDA refuses to pin a page twice and to copy beyond what was pinned together, so a transfer is cut where
    one span ends and the next begins.
    """

    def __init__(self, cp: Any) -> None:
        self._runtime = cp.cuda.runtime
        self.spans: list[Span] = []

    def pin(self, arrays: Iterable[NDArray[Any]]) -> list[Span]:
        """Pin the pages of ``arrays``; the spans to ``unpin``. Raises Unsupported where CUDA refuses."""
        held: list[Span] = []
        try:
            for array in arrays:
                self._pin(array.ctypes.data, array.nbytes, held)
        except self._runtime.CUDARuntimeError as error:
            self.unpin(held)
            if error.status in LOST:
                raise_explained(error)
            raise Unsupported(
                f"its memory cannot be pinned ({error}): choose the device with pageable transfers"
            ) from error
        return held

    def _pin(self, address: int, size: int, held: list[Span]) -> None:
        """Add the spans of a range to ``held``, each as soon as it is pinned: CUDA may refuse the next."""
        begin = address // mmap.PAGESIZE * mmap.PAGESIZE
        end = -(-(address + size) // mmap.PAGESIZE) * mmap.PAGESIZE
        if not size:
            return
        found = [span for span in self.spans if span.begin < end and begin < span.end]
        for span in found:
            span.users += 1
        held += found
        at = begin
        for span in [*found, Span(end, end)]:
            if at < span.begin:
                self._runtime.hostRegister(at, span.begin - at, PORTABLE)
                held.append(Span(at, span.begin, users=1))
                insort(self.spans, held[-1], key=lambda span: span.begin)
            at = max(at, span.end)

    def unpin(self, held: Iterable[Span]) -> None:
        """Let go of what ``pin`` gave; pages that nobody uses are pageable again."""
        with explained(), ExitStack() as unused:  # which goes on where one fails
            for span in held:
                span.users -= 1
                if not span.users:
                    self.spans.remove(span)
                    unused.callback(self._runtime.hostUnregister, span.begin)

    def pieces(self, address: int, size: int) -> Iterator[tuple[int, int]]:
        """(offset, bytes) of the parts of a transfer, each within one span."""
        end = address + size
        for span in self.spans:
            first, last = max(address, span.begin), min(end, span.end)
            if first < last:
                yield first - address, last - first
