"""What ciphers share that take a batch of messages under one key: its rows, and how they are varied.

Knows no cipher: a plugin's workload uses it as the built-in ones do.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol

import numpy as np

from benchsuite.api import Items
from benchsuite.workloads.streams import Bytes, random_bytes, renewed

LONG_BYTES = 2**10
"""Messages beyond this are varied by one byte, so that an audit costs the same at any size."""


class Messages(Protocol):
    """The parameters of a batch."""

    @property
    def messages(self) -> int: ...
    @property
    def message_bytes(self) -> int: ...


def drawn_rows(case: str, name: str, seed: int, slot: int, shape: tuple[int, int]) -> Bytes:
    """``uint8[shape]``, a row a message; of each ``name`` of a case others."""
    return random_bytes(f"{case} {name}", seed, slot, shape[0] * shape[1]).reshape(shape)


def hex_rows(messages: str) -> Bytes:
    """``uint8[messages, bytes]`` from hexadecimal messages parted by spaces, from none an empty one."""
    rows = [list(bytes.fromhex(message)) for message in messages.split()] or [[]]
    return np.array(rows, np.uint8)


def vary(params: Messages, data: Bytes, beside: Sequence[Bytes], rng: Random, count: int | None) -> Items:
    """Change ``count`` messages, or bytes of long ones, in ``data``, all messages if None; say which.

    Those messages also get new rows in the arrays ``beside`` it (counters, nonces), lest an engine keep what
    follows from these alone.
    """
    items = _drawn_items(params, rng, count)
    touched = sorted({message for message, _ in items})
    _renew(data, [message for message, at in items if at is None], rng)
    for array in beside:
        _renew(array, touched, rng)
    for message, at in items:
        if at is not None:
            data[message, at] ^= rng.randrange(1, 256)
    return items


def _drawn_items(params: Messages, rng: Random, count: int | None) -> list[tuple[int, int | None]]:
    messages, size = params.messages, params.message_bytes
    if count is None:
        return [(message, None) for message in range(messages)]
    if size > LONG_BYTES:
        places = rng.sample(range(messages * size), min(count, messages * size))
        return [divmod(place, size) for place in places]
    return [(message, None) for message in rng.sample(range(messages), min(count, messages))]


def _renew(array: Bytes, messages: list[int], rng: Random) -> None:
    if array.shape[1] and messages:
        rows = slice(None) if len(messages) == len(array) else messages
        array[rows] = renewed(array[rows], rng)
