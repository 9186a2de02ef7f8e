"""Objects by their numbers: what is stored and flipped, whatever protects them; and what becomes of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from benchsuite.api import Target
from benchsuite.inject.models import Model, require_strike
from benchsuite.inject.outcomes import access_masks
from benchsuite.inject.protect.scheme import Flags, Guard, Scheme
from benchsuite.inject.targets import bits_in_a_row
from benchsuite.workloads.streams import Bytes, Positions, object_key, trial_data

BLOCK_BYTES = 1 << 20
"""Of data at a time, which with all that is made of them stay in a cache."""
BLOCK_OBJECTS = 1 << 12
"""At most, however small they are."""


@dataclass(frozen=True, kw_only=True)
class Objects:
    """A protection, and how the bits that it stores are struck. Raises UsageError where the model cannot."""

    scheme: Scheme
    model: Model
    seed: int

    def __post_init__(self) -> None:
        require_strike(self.model, self.target)

    @property
    def target(self) -> Target:
        """What is struck."""
        return bits_in_a_row(self.scheme.stored_bits, k=8 * self.scheme.data_bytes)

    @property
    def key(self) -> tuple[int, int]:
        """The Philox key of every trial."""
        return object_key(self.scheme.data_bytes, self.model.text, self.seed)

    def data(self, first: int, count: int) -> Bytes:
        """``uint8[count, data_bytes]``, random."""
        return trial_data(self.key, first, count, 8 * self.scheme.data_bytes)

    def flips(self, first: int, count: int) -> tuple[Positions, Positions]:
        """Each flip by its object, counted from ``first``, and its place among the stored bits.

        Raises ValueError where an error model answers with another shape or beyond the object.
        """
        found = self.model.drawn(self.target, self.key, first, count)
        struck = found >= 0
        return np.nonzero(struck)[0], found[struck]

    @property
    def injecting(self) -> bool:
        """Whether the model flips at all."""
        drawn = self.model.positions(self.target, lambda block, number: np.zeros((1, number), np.uint64))
        return bool(drawn.shape[1])


def block_of(scheme: Scheme) -> int:
    """Objects that a guard is made for."""
    return min(max(1, BLOCK_BYTES // scheme.data_bytes), BLOCK_OBJECTS)


def count_objects(guard: Guard, objects: Objects, first: int, count: int) -> dict[str, int]:
    """Outcomes of objects ``first ... first + count - 1``, the same however they are cut into chunks.

    Raises Wrong where the backend gives a wrong answer.
    """
    outcomes: Counter[str] = Counter()
    block = block_of(objects.scheme)
    for start in range(first, first + count, block):
        size = min(block, first + count - start)
        data = objects.data(start, size)
        guard.store(start, data)
        struck, places = objects.flips(start, size)
        guard.flip(struck, places)
        reported, silent = guard.read(start, data)
        flipped = np.bincount(struck, minlength=size) > 0
        # Counter + Counter would drop the zeros, which are worth an interval
        outcomes.update(_outcomes(flipped, reported, silent, injecting=objects.injecting))
    return dict(outcomes)


def _outcomes(flipped: Flags, reported: Flags, silent: Flags, *, injecting: bool) -> dict[str, int]:
    masks = access_masks(flipped, silent=silent, reported=reported, injecting=injecting)
    always = ("corrected", "detected", "silent") if injecting else ("clean", "false_alarm")
    counts = {name: int(np.count_nonzero(mask)) for name, mask in masks.items()}
    return {name: n for name, n in counts.items() if n or name in always}
