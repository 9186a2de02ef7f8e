"""What every protection has: how many bits it stores, the workloads that it needs, and what theory says."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from benchsuite.api import Workload
from benchsuite.host.engine import Engine
from benchsuite.inject.built_in import ADJACENT, BSC, BURST, FLIPS, SYMBOL
from benchsuite.inject.models import Model
from benchsuite.inject.protect.step import Route
from benchsuite.record.protection import Theory
from benchsuite.workloads.streams import Bytes, Positions

Cases: TypeAlias = Sequence[tuple[Workload[Any, Any, Any], Any]]
TIMED_BYTES, TIMED_OBJECTS = 1 << 17, 1 << 10
"""Of a batch that is timed, at most but for a single large object."""
Flags: TypeAlias = npt.NDArray[np.bool_]


class Guard(Protocol):
    """A protection as one backend prepared it, for a block of objects; ``store`` and ``read`` raise Wrong."""

    def store(self, first: int, data: Bytes) -> None:
        """Store ``data: uint8[objects, data_bytes]``, at most a block, numbered from ``first`` on."""

    def flip(self, objects: Positions, places: Positions) -> None:
        """Flip stored bits, each given by its object in the block and its place there."""

    def read(self, first: int, data: Bytes) -> tuple[Flags, Flags]:
        """Read what was stored: ``bool[objects]``, whether it is reported, and whether some of what is not
        reported differs from ``data``."""

    def close(self) -> None:
        """Let the engine go."""


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """How an object of ``data_bytes`` is protected."""

    name: str
    data_bytes: int
    stored_bits: int
    """Of an object, in the order in which errors meet them: its data and all that is stored for them."""
    writes: Callable[[int], Cases]
    """What so many objects are stored by, one after another; the last reading ends with a verdict."""
    reads: Callable[[int], Cases]
    """What is done to read objects in which nothing is wrong."""
    repairs: Callable[[int], Cases]
    """What is done to read objects in which as much is wrong as is always mended; nothing of mere checks."""
    guard: Callable[[Engine, Route, int], Guard]
    """Of so many objects a block. Raises Unsupported, or what the plugin raises."""
    theory: Callable[[Model], Mapping[str, Theory]]
    """What is known of the outcomes."""

    @property
    def batch(self) -> int:
        """Objects that are timed together: alone, what a call costs would hide what a protection does."""
        return min(max(1, TIMED_BYTES // self.data_bytes), TIMED_OBJECTS)

    @property
    def cases(self) -> Cases:
        """Every case of such a batch, each once."""
        every = [*self.writes(self.batch), *self.reads(self.batch), *self.repairs(self.batch)]
        return [case for at, case in enumerate(every) if case not in every[:at]]


def exactly(**outcomes: float) -> dict[str, Theory]:
    """Probabilities by formula."""
    return {name: Theory(probability=p, exact=True) for name, p in outcomes.items()}


def expected(**outcomes: float) -> dict[str, Theory]:
    """Probabilities of what is taken for random."""
    return {name: Theory(probability=p, exact=False) for name, p in outcomes.items()}


def struck(model: Model, bits: int) -> float | None:
    """The probability that any of so many bits flips; None where the model does not tell."""
    if model.kind is BSC:
        return some(Fraction(model.arguments), bits)
    sure = model.kind in (BURST, ADJACENT, SYMBOL) or (model.kind is FLIPS and model.arguments != "0")
    return 1.0 if sure else None


def some(p: Fraction | float, number: int) -> float:
    """The probability that at least one of ``number`` happens, each with probability p."""
    return -math.expm1(number * math.log1p(-float(p)))


def not_struck(model: Model, bits: int) -> dict[str, Theory]:
    """The probability that nothing is injected, of a model that may do so."""
    return exactly(not_injected=1 - some(Fraction(model.arguments), bits)) if model.kind is BSC else {}


def passing(model: Model, bits: int, slip: float) -> dict[str, Theory]:
    """Of a check that lets that part of all errors slip."""
    any_ = struck(model, bits)
    if any_ is None:
        return {}
    return not_struck(model, bits) | expected(detected=any_ * (1 - slip), silent=any_ * slip)
