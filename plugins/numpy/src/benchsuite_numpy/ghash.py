"""GHASH of many messages at once (SP 800-38D §6.4): products with a constant, as sums of table look-ups.

A message is a polynomial in the hash subkey H, its last block times H. Strips of w blocks are taken by
Horner's rule in H^w; the w sums that remain are folded by H^(w/2), ..., H^2, H: every block is multiplied
once, and many at a time.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane
from benchsuite_numpy.aes import U8, U64
from benchsuite_numpy.aes_blocks import BATCH, shared

WIDTH = 2048
"""Most blocks multiplied at a time: 0.8 MiB of buffers."""

CALLS = 150
"""The calls of a product cost as much as so many blocks."""

_REDUCTION = 0xE1 << 120  # 1 + x + x^2 + x^7, first bits first (SP 800-38D §6.3)
_FIRST_ROWS = (256 * np.arange(16))[:, None, None]


def _multiply(x: int, y: int) -> int:
    product = 0
    for bit in range(127, -1, -1):
        product ^= y if x >> bit & 1 else 0
        y = y >> 1 ^ (_REDUCTION if y & 1 else 0)
    return product


@lru_cache(maxsize=256)
def _power(subkey: int, exponent: int) -> int:
    """``exponent`` is a power of 2."""
    if exponent == 1:
        return subkey
    root = _power(subkey, exponent // 2)
    return _multiply(root, root)


@lru_cache(maxsize=64)
def multiples(subkey: bytes, exponent: int) -> U64:
    """``uint64[4096, 2]``: row 256 j + b is the block with only b at byte j, times subkey^exponent."""
    term, tables = _power(int.from_bytes(subkey, "big"), exponent), np.zeros((16, 256, 2), np.uint64)
    for bit in range(128):
        words = np.frombuffer(term.to_bytes(16, "big"), np.uint64)
        byte, weight = bit // 8, 0x80 >> bit % 8
        tables[byte].reshape(-1, 2, weight, 2)[:, 1] ^= words  # wherever b has this bit
        term = term >> 1 ^ (_REDUCTION if term & 1 else 0)
    return tables.reshape(-1, 2)


class Level:
    """Buffers for ``width`` blocks of each of ``messages``: ``state: uint64[messages, width, 2]``."""

    def __init__(self, messages: int, width: int) -> None:
        self.state: U64 = np.empty((messages, width, 2), np.uint64)
        self.bytes: U8 = np.moveaxis(self.state.view(np.uint8), 2, 0)
        self._rows: NDArray[np.intp] = np.empty((16, messages, width), np.intp)
        self._terms: U64 = np.empty((16, messages, width, 2), np.uint64)

    def multiply(self, factors: U8, tables: U64) -> None:
        """``factors: uint8[16, messages, width]``, times the constant of ``tables``, to ``state``."""
        np.add(factors, _FIRST_ROWS, out=self._rows)
        tables.take(self._rows, axis=0, out=self._terms, mode="wrap")
        np.bitwise_xor.reduce(self._terms, axis=0, out=self.state)


def _stream(messages: int, size: int) -> U8:
    return np.empty((messages, size), np.uint8)


class Hash:
    """GHASH of the rows of ``associated_data`` and ``data: uint8[messages, bytes]``, as they are at each run.

    The answer is in ``digest: uint8[messages, 16]`` until another hash runs on the lane. Views and tables are
    made once a slot.
    """

    def __init__(self, lane: HostLane, subkey: bytes, associated_data: U8, data: U8) -> None:
        messages = len(data)
        blocks = _blocks(associated_data) + _blocks(data) + 1
        width = _best_width(messages, blocks)
        whole = -(-blocks // width) * width
        together = min(whole, BATCH)  # whole strips either way: BATCH and the width are powers of 2
        widths = [width >> i for i in range(width.bit_length())]
        self._levels = [shared(lane, Level, messages, each) for each in widths]
        self._tables = [multiples(subkey, each) for each in widths]
        self.digest: U8 = self._levels[-1].state.view(np.uint8).reshape(messages, 16)
        stream = shared(lane, _stream, messages, 16 * together)
        layout = _layout(associated_data, data, 16 * (whole - blocks))
        self._parts = [
            (_copies(layout, stream, 16 * first), _strips(stream, width, min(together, whole - first)))
            for first in range(0, whole, together)
        ]

    def run(self) -> None:
        """Compute ``digest``."""
        top, *lower = self._levels
        started = False
        for copies, strips in self._parts:
            for place, source in copies:
                np.copyto(place, source)
            for strip in strips:
                if started:
                    top.multiply(top.bytes, self._tables[0])
                    np.bitwise_xor(top.state, strip, out=top.state)
                else:
                    np.copyto(top.state, strip)
                    started = True
        for level, tables in zip(lower, self._tables[1:], strict=True):
            half = level.state.shape[1]
            level.multiply(top.bytes[:, :, :half], tables)
            np.bitwise_xor(level.state, top.state[:, half:], out=level.state)
            top = level
        top.multiply(top.bytes, self._tables[-1])


def _best_width(messages: int, blocks: int) -> int:
    """Blocks of a strip, a power of 2: wide ones save calls, narrow ones fill up fewer blocks with zeros."""

    def cost(width: int) -> int:
        strips = -(-blocks // width)
        return messages * width * strips + CALLS * (strips + width.bit_length())

    most = min(blocks, max(1, WIDTH // messages))
    return min((1 << i for i in range(most.bit_length())), key=cost)


def _blocks(rows: U8) -> int:
    size: int = rows.shape[1]
    return -(-size // 16)


def _layout(associated_data: U8, data: U8, front: int) -> list[tuple[int, U8]]:
    """(first byte, rows) of what is hashed: ``front`` zeros, which change nothing, texts, their lengths."""
    messages = len(data)
    bits = [8 * associated_data.shape[1], 8 * data.shape[1]]
    lengths = np.frombuffer(b"".join(length.to_bytes(8, "big") for length in bits), np.uint8)

    def zeros(size: int) -> U8:
        return np.broadcast_to(np.uint8(0), (messages, size))

    texts = [rows for text in (associated_data, data) for rows in (text, zeros(-text.shape[1] % 16))]
    every = [zeros(front), *texts, np.broadcast_to(lengths, (messages, 16))]
    starts = np.cumsum([0, *(rows.shape[1] for rows in every)]).tolist()
    return list(zip(starts, every, strict=False))


def _copies(layout: list[tuple[int, U8]], stream: U8, first: int) -> list[tuple[U8, U8]]:
    """(place in ``stream``, source) of what lies from byte ``first`` on, as far as the stream goes."""
    copies = []
    for start, rows in layout:
        low, high = max(start, first), min(start + rows.shape[1], first + stream.shape[1])
        if low < high:
            copies.append((stream[:, low - first : high - first], rows[:, low - start : high - start]))
    return copies


def _strips(stream: U8, width: int, blocks: int) -> list[U64]:
    messages = len(stream)
    return [
        stream[:, 16 * first : 16 * (first + width)].view(np.uint64).reshape(messages, width, 2)
        for first in range(0, blocks, width)
    ]
