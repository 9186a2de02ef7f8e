from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

import pytest

from benchsuite.workloads.codes.analysis import Noise
from benchsuite.workloads.codes.parts import adjacent, bit_of_part, whole_part, wrong_part

EVEN = ((0, 1, 2), (3, 4, 5))
UNEVEN = ((0, 2), (1, 3, 4), (5,))


def patterns(kind: str, part: Sequence[int]) -> list[set[int]]:
    """All that may happen to a part, read off the names."""
    if kind == "whole":
        return [set(part)]
    if kind == "bit":
        return [{position} for position in part]
    return [
        {p for p, bit in zip(part, bits, strict=True) if bit}
        for bits in product((0, 1), repeat=len(part))
        if any(bits)
    ]


def require_sum_over(noise: Noise, every: Sequence[tuple[Fraction, set[int]]], n: int) -> None:
    """That the weights of ``noise`` are those of (probability, pattern)."""
    assert noise.none == 0
    assert Fraction(noise.single, noise.total) == sum(p for p, flips in every if len(flips) == 1)
    for dual in product((0, 1), repeat=n):
        mean = sum(p * (-1) ** sum(dual[position] for position in flips) for p, flips in every)
        assert Fraction(noise.character(dual), noise.total) == mean


@pytest.mark.parametrize("parts", [EVEN, UNEVEN])
@pytest.mark.parametrize(
    ("kind", "noise"), [("wrong", wrong_part), ("whole", whole_part), ("bit", bit_of_part)]
)
def test_the_character_of_a_part_is_the_mean_over_its_patterns(
    kind: str, noise: Callable[..., Noise], parts: Sequence[Sequence[int]]
) -> None:
    every = [
        (Fraction(1, len(parts) * len(patterns(kind, part))), flips)
        for part in parts
        for flips in patterns(kind, part)
    ]
    require_sum_over(noise(parts), every, 6)


@pytest.mark.parametrize("length", [1, 2, 5, 6])
def test_the_character_of_neighbours_is_the_mean_over_their_places(length: int) -> None:
    places = 6 - length + 1
    every = [(Fraction(1, places), set(range(start, start + length))) for start in range(places)]
    require_sum_over(adjacent(6, length), every, 6)
