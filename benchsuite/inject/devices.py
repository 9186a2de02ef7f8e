"""The error models of memory: a device, or one of its pins, goes wrong in what it carries of a codeword."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.codes.analysis import Kind
from benchsuite.workloads.codes.composed import AnyCode, Composed
from benchsuite.workloads.codes.errors import Draw
from benchsuite.workloads.codes.layout import Layouts, Parts, layout
from benchsuite.workloads.streams import Positions, Words, below

WIDTHS = {"x4": 4, "x8": 8}
"""How a device is called -> its pins."""
KINDS: tuple[Kind, ...] = ("uniform", "ones", "one")
"""What a device does to its bits."""
_BITS_OF_A_WORD = 32  # more are drawn bit by bit


def stored_words(of: AnyCode, codewords: int) -> tuple[int, int]:
    """(words, bits of each) that lie one after another in a trial of so many codewords."""
    return (of.chips, of.inside.n) if isinstance(of, Composed) else (codewords, of.n)


def layouts_of(code: AnyCode, codewords: int = 1) -> Layouts:
    """The layouts of so many codewords of ``code``, one after another."""
    if isinstance(code, Composed):
        return code.layout
    return lambda pins: layout(code.n, pins, symbol_bits=code.linear.symbol_bits, codewords=codewords)


def parse_device(arguments: str) -> str:
    """``WIDTH:KIND``; raises ValueError for what is none."""
    width, _, kind = arguments.partition(":")
    if width not in WIDTHS or kind not in KINDS:
        raise ValueError(
            f"device:WIDTH:KIND needs a width of {' or '.join(WIDTHS)} and what the device does, "
            f"{', '.join(KINDS)}, as in device:x4:uniform, not {arguments!r}"
        )
    return arguments


def parse_pin(arguments: str) -> str:
    """``WIDTH``; raises ValueError for what is none."""
    if arguments not in WIDTHS:
        raise ValueError(f"pin:WIDTH needs a width of {' or '.join(WIDTHS)}, as in pin:x4, not {arguments!r}")
    return arguments


def device_parts(arguments: str, layouts: Layouts) -> tuple[Parts, Kind]:
    """(the positions of each device, what it does to them)."""
    width, _, kind = arguments.partition(":")
    return layouts(WIDTHS[width]).positions(), cast(Kind, kind)


def pin_parts(arguments: str, layouts: Layouts) -> tuple[Parts, Kind]:
    """(the positions of each pin, what it does to them)."""
    return layouts(WIDTHS[arguments]).pins(), "uniform"


PARTS: Mapping[str, Callable[[str, Layouts], tuple[Parts, Kind]]] = {"device": device_parts, "pin": pin_parts}
"""Error model -> its parts from arguments and layouts."""


def table(parts: Parts) -> Positions:
    """``int64[parts, bits]``: the positions of each part, -1 behind those of a shorter one."""
    rows = np.full((len(parts), max(map(len, parts))), -1, np.int64)
    for row, part in zip(rows, parts, strict=True):
        row[: len(part)] = part
    return rows


def flipped(parts: Parts, part: Positions, flips: npt.NDArray[np.bool_]) -> Positions:
    """``int64[trials, bits]`` of the parts ``part: int64[trials]``, -1 where ``flips`` is False."""
    return np.where(flips, table(parts)[part], -1)


def part_positions(parts: Parts, kind: str, words: Draw) -> Positions:
    """``int64[trials, bits]``: word 0 says which part, those behind it which of its bits flip."""
    sizes = np.array(list(map(len, parts)))
    most = int(sizes.max())
    drawn = words(0, 1 if kind == "ones" else 1 + -(-most // 64))
    part = below(drawn[:, 0], len(parts))
    flips = np.ones((len(part), most), np.bool_)
    if kind != "ones":
        pattern = _bit if kind == "one" else _some_bits
        for size in np.unique(sizes).tolist():
            rows = sizes[part] == size
            flips[rows] = pattern(drawn[rows, 1:], size, most)
    return flipped(parts, part, flips)


def _bit(drawn: Words, size: int, most: int) -> npt.NDArray[np.bool_]:
    """``bool[trials, most]``: one of the first ``size`` bits, by the first word."""
    bits: npt.NDArray[np.bool_] = below(drawn[:, :1], size) == np.arange(most)
    return bits


def _some_bits(drawn: Words, size: int, most: int) -> npt.NDArray[np.bool_]:
    """``bool[trials, most]``: a pattern other than none of the first ``size`` bits."""
    if size <= _BITS_OF_A_WORD:
        drawn = below(drawn[:, :1], 2**size - 1).astype(np.uint64) + np.uint64(1)
    at = np.arange(size)
    bits = np.zeros((len(drawn), most), np.bool_)
    bits[:, :size] = drawn[:, at // 64] >> (at % 64).astype(np.uint64) & np.uint64(1)
    bits[:, 0] |= ~bits.any(axis=1)  # of 33 bits or more, once in 2^33 draws at most
    return bits
