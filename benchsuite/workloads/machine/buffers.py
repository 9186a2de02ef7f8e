"""What copying and reading share: one buffer, its sizes in presets, and how its bytes are varied."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Protocol, TypeVar

from benchsuite.api import Items
from benchsuite.workloads.params import preset_cases
from benchsuite.workloads.streams import Bytes, renewed

KIB, MIB = 2**10, 2**20

# From the second cache to far beyond the last; below, a call weighs as much as the bytes.
SIZES = (128 * KIB, 512 * KIB, 2 * MIB, 8 * MIB, 32 * MIB, 128 * MIB)


class _Buffer(Protocol):
    @property
    def buffer_bytes(self) -> int: ...


P = TypeVar("P", bound=_Buffer)


def presets(preset: str, sizes: Iterable[P]) -> Iterable[P]:
    """``sizes`` in the long presets; in quick the one that is measured hot and cold."""
    every = list(sizes)
    quick = [params for params in every if params.buffer_bytes == 2 * MIB]
    return preset_cases(preset, {"smoke": [], "quick": quick, "standard": every, "publication": every})


def vary(data: Bytes, rng: Random, count: int | None) -> Items:
    """Change ``count`` bytes of the one item, or all; say which."""
    if count is None:
        data[...] = renewed(data.reshape(1, -1), rng)[0]
        return [(0, None)]
    places = rng.sample(range(data.size), min(count, data.size))
    for place in places:
        data[place] ^= rng.randrange(1, 256)
    return [(0, place) for place in places]
