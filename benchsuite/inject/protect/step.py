"""One workload of a protection as a backend prepared it, for a block of objects; its answers checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from benchsuite.api import Mismatch, Scope, Workload
from benchsuite.host.engine import Engine, Way
from benchsuite.host.proof import Wrong, run_once
from benchsuite.record.types import Planned
from benchsuite.workloads.streams import Bytes, Positions

CHECKED = 64  # answers of a block: one wrong in a hundred outlasts ten blocks with probability 0.2 %


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where a backend does all workloads of a protection, and the variant of each."""

    device: str
    scope: Scope
    variants: Mapping[str, str]
    """By the workload's id."""

    def way(self, workload: Workload[Any, Any, Any], params: Any) -> Way:
        """The one of a case."""
        return Way(
            workload=workload,
            params=params,
            variant=self.variants[workload.id],
            device=self.device,
            scope=self.scope,
        )


def route_of(rows: Sequence[Planned]) -> Route:
    """The one of rows on one device in one scope."""
    variants = {row.case.workload: row.variant for row in rows}
    return Route(device=rows[0].device, scope=cast(Scope, rows[0].scope), variants=variants)


class Step:
    """A case, prepared. ``fixed`` are inputs in place of the workload's own, such as a key.

    ``objects`` is how many objects its items belong to. Raises Unsupported, or what the plugin raises.
    """

    def __init__(self, engine: Engine, way: Way, objects: int, **fixed: Any) -> None:
        self.inputs = replace(way.workload.inputs(way.params, 0, 0), **fixed)
        self.outputs = way.workload.outputs(way.params)
        self._way, self._objects = way, objects
        self._items = way.workload.work(way.params).items
        self._prepared = engine.prepare(way, self.inputs, self.outputs)
        self._lane = engine.lane(way.device)
        self._fresh = True

    def run(self, first: int) -> None:
        """Answer the inputs; compare all answers of the first time, then random ones, with the reference.

        ``first`` is the number of the first object. Raises Wrong, naming the object.
        """
        inputs = deepcopy(self.inputs) if self._prepared.in_place else self.inputs
        run_once(self._prepared, self._lane)
        # drawn by the system: a plugin cannot know which answers are looked at
        drawn = np.random.default_rng().integers(self._items, size=min(CHECKED, self._items))
        chosen = np.arange(self._items) if self._fresh else drawn
        self._fresh = False
        workload = self._way.workload
        try:
            workload.check(self._way.params, inputs, self.outputs, [(item, None) for item in chosen.tolist()])
        except Mismatch as mismatch:
            number = first + mismatch.item * self._objects // self._items
            raise Wrong(
                f"{workload.id}, object {number}: expected {mismatch.expected}, got {mismatch.got}"
            ) from None

    def close(self) -> None:
        """Let it go."""
        self._prepared.close()


def flip(rows: Bytes, row: Positions, bit: Positions) -> None:
    """Flip bits of ``rows: uint8[rows, bytes]``, each given by its row and its place, 8 i + j being bit j of
    byte i."""
    np.bitwise_xor.at(rows, (row, bit >> 3), (1 << (bit & 7)).astype(np.uint8))
