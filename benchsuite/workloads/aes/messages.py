"""What the modes share: a batch of messages under one key, its sizes, how answers compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

import numpy as np

from benchsuite.api import Items, Mismatch
from benchsuite.workloads.messages import Messages
from benchsuite.workloads.params import binary_size, preset_cases, require_positive
from benchsuite.workloads.streams import Bytes, Positions, random_bytes

KIB, MIB = 2**10, 2**20
KEY_BITS = (128, 192, 256)
BLOCK_BYTES = 16
PUBLICATION_BYTES = (16, 64, 256, KIB, 1500, 4 * KIB, 8 * KIB, 16 * KIB)
"""The sizes of ``openssl speed``, a packet and a page."""
WHOLE_BLOCK_BYTES = tuple(size for size in PUBLICATION_BYTES if size % BLOCK_BYTES == 0)
PUBLICATION_MESSAGES = (1, 64, 4096)
BULK_BYTES = 8 * MIB
STANDARD_BATCHES = ((1, 16), (1, KIB), (64, KIB), (1, 16 * KIB), (1, BULK_BYTES))
"""(messages, message_bytes): a call, a short message, a batch of such, a TLS record, memory."""
CHECKED_BLOCKS = 4096
"""Blocks checked at a time: 64 KiB, which stays in the second cache with its copies."""

P = TypeVar("P")


class Batch(Messages, Protocol):
    """The parameters that every mode has."""

    @property
    def key_bits(self) -> int: ...


def require_batch(params: Batch) -> None:
    """Raise ValueError for a key size that AES has not, or no message."""
    if type(params.key_bits) is not int or params.key_bits not in KEY_BITS:
        raise ValueError(f"key_bits must be 128, 192 or 256, as AES has it, not {params.key_bits!r}")
    require_positive("messages", params.messages)


def require_whole_blocks(params: Batch, mode: str) -> None:
    """Raise ValueError as ``require_batch`` does, and unless a message is one or more whole blocks."""
    require_batch(params)
    require_positive("message_bytes", params.message_bytes)
    if params.message_bytes % BLOCK_BYTES:
        raise ValueError(
            f"message_bytes must be a multiple of 16 for {mode} without padding, not {params.message_bytes}"
        )


def label(params: Batch, mode: str) -> str:
    """Such as "AES-128-CTR, 64 x 1 KiB"."""
    batch = f"{params.messages} x " if params.messages > 1 else ""
    return f"AES-{params.key_bits}-{mode}, {batch}{binary_size(params.message_bytes)}"


def cases_of(
    preset: str,
    make: Callable[..., P],
    *,
    smoke: Iterable[P] = (),
    quick: Iterable[P] = (),
    sizes: Sequence[int] = PUBLICATION_BYTES,
) -> Iterable[P]:
    """The cases of ``preset``: of publication, every key size with every batch, and one message of 8 MiB.

    ``sizes`` are those of publication, whose largest batch has 64 MiB. Raises ValueError that names the
    presets there are.
    """
    batches = [(messages, size) for messages in PUBLICATION_MESSAGES for size in sizes]

    def every(key_sizes: Iterable[int], batches: Iterable[tuple[int, int]]) -> list[P]:
        return [
            make(key_bits=key_bits, messages=messages, message_bytes=size)
            for key_bits in key_sizes
            for messages, size in batches
        ]

    return preset_cases(
        preset,
        {
            "smoke": smoke,
            "quick": quick,
            "standard": every((128, 256), STANDARD_BATCHES),
            "publication": every(KEY_BITS, [*batches, (1, BULK_BYTES)]),
        },
    )


def drawn_key(case: str, params: Batch, seed: int) -> bytes:
    """The key belongs to (params, seed), so every slot of a pool has the same one."""
    return random_bytes(f"{case} key", seed, 0, params.key_bits // 8).tobytes()


def blocks_at(data: Bytes, size: int, message: Positions, block: Positions) -> Bytes:
    """``uint8[blocks, 16]`` of the first ``size`` bytes of rows; a short block repeats its last byte."""
    column = np.minimum(block[:, None] * BLOCK_BYTES + np.arange(BLOCK_BYTES), size - 1)
    blocks: Bytes = data[message[:, None], column]
    return blocks


def compare(
    params: Batch,
    items: Items,
    got: Bytes,
    answer: Callable[[Positions, Positions], Bytes],
    *,
    reach: int = 1,
) -> None:
    """Compare every block of whole messages; of single bytes their block and those up to ``reach`` blocks on.

    ``answer(messages, blocks)`` is the right ``uint8[blocks, 16]``. Raises Mismatch at the first wrong block.
    """
    size = params.message_bytes
    length = -(-size // BLOCK_BYTES)
    spans = [
        (i, 0, length) if at is None else (i, at // 16, min(reach, length - at // 16)) for i, at in items
    ]
    messages, firsts, lengths = np.array(spans, np.int64).reshape(-1, 3).T
    ends = np.cumsum(lengths)
    total = int(lengths.sum())
    for start in range(0, total, CHECKED_BLOCKS):
        place = np.arange(start, min(start + CHECKED_BLOCKS, total))
        span = np.searchsorted(ends, place, side="right")
        message = messages[span]
        block = place - (ends - lengths)[span] + firsts[span]
        expected, found = answer(message, block), blocks_at(got, size, message, block)
        inside = block[:, None] * BLOCK_BYTES + np.arange(BLOCK_BYTES) < size
        wrong = np.flatnonzero(((expected != found) & inside).any(axis=1))
        if wrong.size:
            row = wrong[0]
            where = f"at byte {BLOCK_BYTES * block[row]}"
            raise Mismatch(
                int(message[row]),
                f"{expected[row, inside[row]].tobytes().hex()} {where}",
                found[row, inside[row]].tobytes().hex(),
            )
