"""Injection by a backend's own kernel, which draws, decodes and counts where it is: no codeword is moved.

Only of codes and error models that the workload knows, and trials that are only counted; the rest goes
through the backend's encoder and decoder.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from benchsuite.api import Items, Mismatch
from benchsuite.host.engine import Engine, Way
from benchsuite.host.proof import Wrong
from benchsuite.inject.built_in import BSC, FLIPS
from benchsuite.inject.composed import AnyRig, AnyThrough, Both
from benchsuite.inject.models import Model
from benchsuite.inject.outcomes import Counts, counted
from benchsuite.inject.rig import Half
from benchsuite.inject.trials import Draws, count_trials
from benchsuite.workloads.codes import HSIAO_DECODE, HSIAO_INJECT
from benchsuite.workloads.codes.composed import AnyCode, Composed
from benchsuite.workloads.codes.inject import HsiaoInjectParams

TRIALS = 1024
"""Of a tally, the least that a kernel counts by itself."""
TALLIES = 512
"""Of a repetition: a chunk of a campaign."""
CHECKED = 4
"""Tallies of a repetition that are counted again: as many trials in a hundred as answers of codewords are."""
CHECKED_FIRST = 32
"""Of the first repetition."""


def fused_params(code: AnyCode, model: Model) -> HsiaoInjectParams | None:
    """A repetition, or None for what no such workload knows."""
    if isinstance(code, Composed) or code.decode is not HSIAO_DECODE or model.kind not in (FLIPS, BSC):
        return None
    return HsiaoInjectParams(n=code.n, k=code.k, model=model.text, tallies=TALLIES, trials=TRIALS)


def fused_way(code: AnyCode, model: Model, through: AnyThrough) -> Way | None:
    """How the backend injects by itself, if it does."""
    params = fused_params(code, model)
    if params is None or isinstance(through, Both) or through.fused is None:
        return None
    return Way(
        workload=HSIAO_INJECT,
        params=params,
        variant=through.fused,
        device=through.device,
        scope="resident",
    )


class FusedRig:
    """The kernel, prepared once. Raises Unsupported, or whatever the plugin's ``prepare`` raises."""

    def __init__(self, engine: Engine, way: Way) -> None:
        workload = way.workload
        self._half = Half(engine, way, workload.inputs(way.params, 0, 0), workload.outputs(way.params))
        self._fresh = True
        self.close = self._half.close

    def count(self, draws: Draws, first: int, tallies: int) -> dict[str, int]:
        """Outcomes of ``tallies`` times TRIALS trials, at most TALLIES. Raises Wrong."""
        half = self._half
        half.inputs.key[:] = draws.key
        half.inputs.first[:] = np.uint64(first) + np.uint64(TRIALS) * np.arange(TALLIES, dtype=np.uint64)
        half.run()
        # drawn by the system, as everywhere
        number = CHECKED_FIRST if self._fresh else CHECKED
        chosen = np.random.default_rng().integers(tallies, size=number)
        items: Items = [(row * TRIALS, None) for row in chosen.tolist()]
        try:
            half.way.workload.check(half.way.params, half.inputs, half.outputs, items)
        except Mismatch as wrong:
            start = first + wrong.item
            raise Wrong(
                f"{half.way.workload.id}, trials {start} to {start + TRIALS - 1}: "
                f"expected {wrong.expected}, got {wrong.got}"
            ) from None
        self._fresh = False
        return counted(half.outputs.counts[:tallies].sum(axis=0).tolist(), draws.model.text != "flips:0")


def count_fused(fused: FusedRig, rig: AnyRig, draws: Draws, first: int, count: int) -> Counts:
    """Trials ``first ... first + count - 1``; those that fill no tally go through encoder and decoder.

    Raises Wrong.
    """
    outcomes, whole = Counter[str](), count // TRIALS
    for start in range(0, whole, TALLIES):
        outcomes.update(fused.count(draws, first + start * TRIALS, min(TALLIES, whole - start)))
    rest = count_trials(rig, draws, first + whole * TRIALS, count % TRIALS)
    outcomes.update(rest.outcomes)
    return Counts(outcomes=dict(outcomes))
