"""A prepared pool on its lane, and the three things the host does to a slot: restore, poison, answer."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import cycle, islice, repeat
from random import Random
from typing import Any

import numpy as np

from benchsuite.api import HostLane, Items, Lane, Mismatch, Prepared, RecordingLane, Work, Workload
from benchsuite.host.proof import Wrong
from benchsuite.measure.layout import Fence, arrays_of, copy_of
from benchsuite.measure.replay import replays, rotation

LONG_ITEM_BYTES = 1024  # of longer items the audit checks single bytes
_RESERVOIR = np.frombuffer(os.urandom(1 << 20), np.uint8)


@dataclass
class Slot:
    """One prepared instance with its own inputs and outputs.

    ``original`` is what the inputs hold when a repetition begins.
    """

    prepared: Prepared
    inputs: Any
    outputs: Any
    original: Any

    def restore(self) -> None:
        """Put the original inputs back."""
        for mine, original in zip(arrays_of(self.inputs), arrays_of(self.original), strict=True):
            mine[...] = original


@dataclass(frozen=True)
class HostClock:
    """A lane whose own clock is not asked: a mark waits until all is done and reads the host's."""

    lane: Lane

    def sync(self) -> None:
        """Wait for the lane."""
        self.lane.sync()

    def mark(self) -> float:
        """Seconds of the performance counter."""
        self.lane.sync()
        return time.perf_counter()

    def seconds(self, start: float, stop: float) -> float:
        """Seconds between two marks."""
        return stop - start


def timed_by(lane: Lane, slots: Sequence[Slot]) -> Lane:
    """The lane with the clock that counts: its own where data stay on the device, else the host's.

    In place each repetition is timed alone, and waited for: there the host's clock serves as well.
    """
    own = slots[0].prepared.load is not None and not slots[0].prepared.in_place
    return lane if own or type(lane) is HostLane else HostClock(lane)


@dataclass
class Bench:
    """A pool of one cell, ready to be gated or sampled. ``draws`` is the audit's own source of chance.

    ``met`` is what the first slot's inputs held while it was prepared, where that was not the original.
    ``replayed``: repetitions are timed as replays of recordings, see ``calls``.
    """

    workload: Workload[Any, Any, Any]
    params: Any
    lane: Lane
    slots: Sequence[Slot]
    draws: Random
    fence: Fence | None = None
    met: Any = None
    replayed: bool = False
    work: Work = field(init=False)
    runs: list[Callable[[], None]] = field(init=False)

    def __post_init__(self) -> None:
        self.work = self.workload.work(self.params)
        self.runs = [slot.prepared.run for slot in self.slots]

    @property
    def in_place(self) -> bool:
        """Whether a repetition destroys its inputs."""
        return self.slots[0].prepared.in_place

    @property
    def resident(self) -> bool:
        """Whether data live on the device, moved by load and fetch."""
        return self.slots[0].prepared.load is not None

    @property
    def records(self) -> bool:
        """Whether its repetitions can be recorded."""
        return self.resident and not self.in_place and isinstance(self.lane, RecordingLane)

    @cached_property
    def _rotation(self) -> Callable[[], None]:
        assert isinstance(self.lane, RecordingLane)
        return rotation(self.lane, self.runs)

    def calls(self, start: int, count: int) -> Iterable[Callable[[], None]]:
        """What to call for ``count`` repetitions, the slots in turn from ``start`` on."""
        first = start % len(self.runs)
        if self.replayed:
            assert isinstance(self.lane, RecordingLane)
            return replays(self.lane, self.runs, self._rotation, first, count)
        if len(self.runs) == 1:
            return repeat(self.runs[0], count)
        return islice(cycle(self.runs[first:] + self.runs[:first]), count)

    def load(self, slot: Slot) -> None:
        """Bring the slot's inputs to where ``run`` reads them."""
        if slot.prepared.load is not None:
            slot.prepared.load()
            self.lane.sync()

    def fetch(self, slot: Slot) -> None:
        """Bring the answers to ``slot.outputs``; what lay there before is poisoned first."""
        if slot.prepared.fetch is not None:
            self.poison(slot)
            slot.prepared.fetch()
            self.lane.sync()

    def poison(self, slot: Slot) -> None:
        """Overwrite the host's outputs with random bytes."""
        for array in arrays_of(slot.outputs):
            flat = array.reshape(-1).view(np.uint8)
            for start in range(0, flat.size, _RESERVOIR.size // 2):
                piece = flat[start : start + _RESERVOIR.size // 2]
                at = self.draws.randrange(_RESERVOIR.size - piece.size + 1)
                piece[...] = _RESERVOIR[at : at + piece.size]

    def vary(self, slot: Slot, count: int | None) -> Items:
        """Change ``count`` items of the slot's inputs, all if None."""
        return self.workload.vary(self.params, slot.inputs, self.draws, count)

    def some_items(self, count: int) -> Items:
        """``count`` items drawn at random; single bytes of long ones."""
        length = self.work.payload_bytes // max(1, self.work.items)
        byte = length > LONG_ITEM_BYTES
        return [
            (self.draws.randrange(self.work.items), self.draws.randrange(length) if byte else None)
            for _ in range(count)
        ]

    def all_items(self) -> Items:
        """Every item, whole."""
        return [(item, None) for item in range(self.work.items)]

    def check(self, slot: Slot, items: Items, inputs: Any = None) -> None:
        """Compare items of the slot's outputs with the reference; raises Wrong."""
        try:
            self.workload.check(self.params, slot.inputs if inputs is None else inputs, slot.outputs, items)
        except Mismatch as mismatch:
            raise Wrong(str(mismatch)) from None

    def require_fence(self) -> None:
        """Raise Wrong where something was written beyond an array of the outputs."""
        if self.fence is not None and not self.fence.stands:
            raise Wrong("it writes outside its outputs")

    def perhaps_poison(self, slot: Slot) -> None:
        """Poison or not, by a coin: what lies in the outputs must tell an engine nothing about the inputs."""
        if self.draws.random() < 0.5:
            self.poison(slot)

    def repeat(self, slot: Slot) -> None:
        """One untimed repetition from the slot's present inputs; its answers are in ``slot.outputs``."""
        if self.in_place:
            slot.restore()
        self.load(slot)
        self.perhaps_poison(slot)
        slot.prepared.run()
        self.lane.sync()
        self.fetch(slot)

    def digest(self, look: Callable[[Slot], None] = lambda slot: None) -> str | None:
        """Run every slot once, ``look`` at it, hash the canonical answers; None where none is canonical."""
        sha256, canonical = hashlib.sha256(), self.workload.canonical
        for slot in self.slots:
            self.repeat(slot)
            look(slot)
            if canonical is not None:
                sha256.update(canonical(slot.outputs))
        return sha256.hexdigest() if canonical is not None else None

    def close(self) -> None:
        """Close every slot."""
        for slot in self.slots:
            slot.prepared.close()


def meet(workload: Workload[Any, Any, Any], params: Any, inputs: Any, draws: Random) -> Any:
    """Change all inputs, for ``prepare`` to see others than will be asked for; a copy of those."""
    workload.vary(params, inputs, draws, None)
    return copy_of(inputs)
