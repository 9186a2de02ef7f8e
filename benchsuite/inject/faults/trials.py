"""Trials of faults by their numbers, and what became of a set of them: counts that add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from benchsuite.host.plugins import UsageError
from benchsuite.inject.erasures import ERASURES
from benchsuite.inject.faults.targets import Target, fault_bits
from benchsuite.inject.models import Model, require_strike
from benchsuite.inject.targets import bits_in_a_row
from benchsuite.workloads.streams import Bytes, fault_key


@dataclass(frozen=True, kw_only=True)
class Injection:
    """A fault of a target under an error model; what is drawn depends on nothing else.

    Raises UsageError for an error model that cannot flip so few bits, or is about codes.
    """

    target: Target
    fault: str
    model: Model
    seed: int
    protect: str = ""

    def __post_init__(self) -> None:
        if self.model.kind is ERASURES:
            raise UsageError(
                f"--model {self.model.text} tells a decoder of a code what is lost: give flips:1"
            )
        require_strike(self.model, bits_in_a_row(self.bits))

    @property
    def bits(self) -> int:
        """That may flip."""
        return fault_bits(self.target, self.fault)

    @property
    def key(self) -> tuple[int, int]:
        """The Philox key of every trial: neither engine nor protection is in it."""
        return fault_key(self.target.name, self.fault, self.model.text, self.seed)

    def flips(self, first: int, count: int) -> Bytes:
        """``uint8[count, ceil(bits / 8)]``: 1 where a bit of a trial flips, the least significant first.

        Raises ValueError where an error model answers with another shape or beyond the bits.
        """
        found = self.model.drawn(bits_in_a_row(self.bits), self.key, first, count)
        flipped = np.zeros((count, self.bits + 1), np.uint8)  # the last column takes the -1
        np.put_along_axis(flipped, found, 1, axis=1)
        return np.packbits(flipped[:, : self.bits], axis=1, bitorder="little")


@dataclass(kw_only=True)
class Damage:
    """Of a part of the messages that were accepted."""

    histogram: Counter[int] = field(default_factory=Counter)
    """Wrong bits -> messages."""
    as_flipped: int = 0
    """Messages of which exactly the bits are wrong that were flipped."""


@dataclass(kw_only=True)
class Counts:
    """What became of a number of trials; ``+=`` of two is that of both."""

    flips: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    damage: dict[str, Damage] = field(default_factory=dict)
    """Region -> its damage."""

    def __iadd__(self, other: Counts) -> Counts:
        self.flips += other.flips
        self.outcomes.update(other.outcomes)
        for region, damage in other.damage.items():
            mine = self.damage.setdefault(region, Damage())
            mine.histogram.update(damage.histogram)
            mine.as_flipped += damage.as_flipped
        return self
