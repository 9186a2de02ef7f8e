"""Noise that strikes one part of a codeword: neighbours, or the bits of a device or of a pin."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import lcm
from typing import TypeAlias

from benchsuite.workloads.codes.analysis import Noise

Parts: TypeAlias = Sequence[Sequence[int]]
"""The positions of each part; each position is in one part, and all parts are equally likely."""


def adjacent(n: int, length: int) -> Noise:
    """``length`` neighbours anywhere, all of them flipped.

    >>> adjacent(7, 2).character([1, 1, 0, 0, 0, 0, 0])  # of six windows only the second is odd
    4
    """

    def character(dual: Sequence[int]) -> int:
        before = list(accumulate(dual, initial=0))
        return sum(1 - 2 * (before[s + length] - before[s] & 1) for s in range(n - length + 1))

    return Noise(total=n - length + 1, none=0, single=n if length == 1 else 0, character=character)


def wrong_part(parts: Parts) -> Noise:
    """In one part a pattern other than none, all equally likely."""
    patterns = [2 ** len(part) - 1 for part in parts]
    scale = lcm(*patterns)
    shares = [scale // number for number in patterns]

    def character(dual: Sequence[int]) -> int:
        # all patterns of a part that u touches cancel out, so those other than none leave -1
        return sum(
            -share if any(dual[position] for position in part) else scale
            for part, share in zip(parts, shares, strict=True)
        )

    return Noise(
        total=len(parts) * scale,
        none=0,
        single=sum(len(part) * share for part, share in zip(parts, shares, strict=True)),
        character=character,
    )


def whole_part(parts: Parts) -> Noise:
    """All bits of one part flipped."""
    return Noise(
        total=len(parts),
        none=0,
        single=sum(len(part) == 1 for part in parts),
        character=lambda dual: sum(1 - 2 * (sum(dual[position] for position in part) & 1) for part in parts),
    )


def bit_of_part(parts: Parts) -> Noise:
    """One bit of one part flipped."""
    scale = lcm(*map(len, parts))
    total = len(parts) * scale
    return Noise(
        total=total,
        none=0,
        single=total,
        character=lambda dual: sum(
            scale // len(part) * sum(1 - 2 * dual[position] for position in part) for part in parts
        ),
    )
