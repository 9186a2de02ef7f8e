"""The rows of a batch as PyCryptodome takes them: memoryviews, which see what the host changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

KEPT = 256
"""Of a larger batch the views are made anew in each run, 0.2 us each: 400 bytes a view, kept for every slot
of a cold pool, would take many times the memory of its data."""


def rows_of(*arrays: Any) -> Callable[[], Iterable[tuple[memoryview, ...]]]:
    """A function that gives of each message its row of every array; ``arrays: uint8[messages, bytes]``."""

    def made() -> Iterable[tuple[memoryview, ...]]:
        return (tuple(map(memoryview, rows)) for rows in zip(*arrays, strict=True))

    if len(arrays[0]) > KEPT:
        return made
    kept = list(made())
    return lambda: kept
