"""The rows of a batch as PyCryptodome takes them: memoryviews, made once, that see what the host changes."""

from typing import Any


def rows_of(*arrays: Any) -> list[tuple[memoryview, ...]]:
    """Of each message its row of every array; ``arrays: uint8[messages, bytes]``."""
    return [tuple(memoryview(row) for row in rows) for rows in zip(*arrays, strict=True)]
