"""Trying cells once: what is shared, what is missing, and that nothing is recorded."""

from __future__ import annotations

import pytest

from benchsuite.host.cases import Selection, select
from benchsuite.host.engine import origin
from benchsuite.host.plan import Probe, plan
from benchsuite.host.plugins import discover
from benchsuite.host.presets import Preset
from benchsuite.measure.estimate import is_too_slow
from benchsuite.measure.pilot import seconds_so_far, try_out
from benchsuite.measure.run import Setup
from benchsuite.record.types import Line

CPU = Probe(devices=(("cpu", ("end-to-end",)),))
TINY = Preset(name="tiny", blocks=2, samples=1, sample_seconds=1e-4)
SMALL = {"n": ("65",), "k": ("64",), "codewords": ("64",)}


def record(line: Line) -> None:
    pytest.fail(f"recorded: {line}")


def test_cells_that_share_a_pool_share_a_pilot_and_those_that_fail_have_none() -> None:
    registry = discover(extra=["benchsuite.testing.fakes"])
    selection = Selection(workloads=("parity-encode",), crowds=((1, 1), (1, 2)), overrides=SMALL)
    liars = Selection(workloads=("hsiao-encode",), overrides={"codewords": ("64",)})
    rows = [
        *plan(registry, select(registry, selection, "standard"), {"numpy": CPU}, selection,
              cold_from_bytes=None, last_cache_bytes=1 << 12),
        *plan(registry, select(registry, liars, "smoke"), {"liar-empty": CPU}, liars,
              cold_from_bytes=None, last_cache_bytes=1 << 12),
    ]  # fmt: skip
    steps: list[str] = []
    setup = Setup(
        registry=registry,
        origins={name: origin(registry, name) for name in ("numpy", "liar-empty")},
        preset=TINY,
        seed=1,
        record=record,
        progress=lambda phase, done, total, label: steps.append(phase),
    )
    trial = try_out(setup, rows)
    assert set(steps) == {"estimating"}
    one, two, twin, *lies = rows
    assert (one.processes, two.processes, twin.twin) == (1, 2, 1)
    assert lies
    assert trial.pilots.keys() == {one.cell, two.cell, twin.cell}
    assert trial.refused.keys() == {lie.cell for lie in lies}
    assert all(trial.refused.values())
    assert trial.pilots[one.cell] is trial.pilots[two.cell]
    assert trial.pilots[one.cell].repetitions >= 2
    assert not is_too_slow(trial.pilots[one.cell], TINY)
    assert min(trial.inputs_bytes, trial.crew_seconds, trial.parent_bytes) > 0


def test_a_process_that_runs_has_begun() -> None:
    assert seconds_so_far() > 0
