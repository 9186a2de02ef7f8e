"""The arithmetic of estimates: what is larger takes longer, and nothing is counted twice."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.host.presets import PRESETS, Preset
from benchsuite.measure.estimate import (
    Pilot,
    Trial,
    estimate,
    gate_seconds,
    sample_seconds,
    visit_seconds,
    workers_bytes,
)
from benchsuite.record.types import Case, Planned, WorkDone

MIB = 1 << 20
STANDARD = PRESETS["standard"]
COSTS = [field.name for field in fields(Pilot) if field.name.endswith("_seconds")]

pilots = st.builds(
    Pilot,
    **{name: st.floats(0, 10) for name in COSTS},
    repetitions=st.integers(2, 100_000),
    slots=st.integers(1, 100),
    open_bytes=st.integers(50, 500),
    resting_bytes=st.integers(10, 50),
)


def pilot(**costs: Any) -> Pilot:
    """One that costs nothing but what is named."""
    blank = dict.fromkeys(COSTS, 0.0) | {"open_bytes": 0, "resting_bytes": 0, "repetitions": 2, "slots": 1}
    return Pilot(**(blank | costs))


def row(cell: str, backend: str = "a", *, processes: int = 1, twin: int = 0) -> Planned:
    return Planned(
        cell=cell,
        case=Case(workload="w", version=1, params={}),
        case_key="case",
        label="case",
        backend=backend,
        variant="",
        constant_time="unknown",
        device="cpu",
        scope="end-to-end",
        pool="hot",
        threads=1,
        processes=processes,
        twin=twin,
        status="planned",
        work=WorkDone(items=1, unit="item", payload_bytes=1, bytes_in=1, bytes_out=1),
    )


def trial(**found: Pilot) -> Trial:
    return Trial(
        pilots=found, inputs_seconds=1.0, inputs_bytes=5 * MIB, crew_seconds=2.0, parent_bytes=7 * MIB
    )


@given(pilots, st.sampled_from(COSTS), st.floats(0, 10), st.sampled_from([1, 2, 8]))
def test_whatever_costs_more_makes_no_visit_and_no_gate_shorter(
    one: Pilot, cost: str, more: float, processes: int
) -> None:
    preset = replace(STANDARD, longest_repetition_seconds=None)
    other = replace(one, **{cost: getattr(one, cost) + more})
    assert visit_seconds(other, preset, processes) >= visit_seconds(one, preset, processes)
    assert gate_seconds(other, preset) >= gate_seconds(one, preset)


@given(pilots, st.integers(1, 50))
def test_a_visit_costs_as_many_samples_as_it_has(one: Pilot, samples: int) -> None:
    few, many = (replace(STANDARD, samples=count) for count in (samples, samples + 1))
    more = visit_seconds(one, many, 1) - visit_seconds(one, few, 1)
    assert more == pytest.approx(sample_seconds(one), rel=1e-6, abs=1e-6)


def test_a_sample_has_between_k_and_a_quarter_more_repetitions() -> None:
    assert sample_seconds(pilot(repetitions=1000, repetition_seconds=1.0)) == 1125.0
    assert sample_seconds(pilot(repetitions=2, repetition_seconds=1.0)) == 2.5


def test_a_run_is_its_inputs_its_workers_its_gates_and_its_blocks() -> None:
    tried = pilot(setup_seconds=3.0, open_bytes=MIB)
    found = estimate([row("x")], trial(x=tried), STANDARD)
    visits = STANDARD.blocks * visit_seconds(tried, STANDARD, 1)
    crews = (1 + STANDARD.blocks) * 2.0
    assert found.seconds == pytest.approx(1.0 + crews + gate_seconds(tried, STANDARD) + visits)
    assert (found.cells, found.memory_bytes) == (1, 13 * MIB)


def test_a_cell_that_the_gate_will_find_too_slow_is_gated_and_not_visited() -> None:
    slow = pilot(repetition_seconds=1.0)
    preset = Preset(name="p", blocks=3, samples=1, sample_seconds=1e-3, longest_repetition_seconds=0.05)
    found = estimate([row("x")], trial(x=slow), preset)
    assert found.cells == 0
    assert found.seconds == pytest.approx(1.0 + 4 * 2.0 + gate_seconds(slow, preset))


def test_a_cell_that_could_not_be_tried_is_not_counted() -> None:
    unplanned = msgspec.structs.replace(row("y"), status="unsupported", reason="no")
    assert estimate([row("x"), unplanned], trial(x=pilot()), STANDARD).cells == 1


def test_workers_rest_beside_the_one_that_works_and_crowds_keep_their_pools() -> None:
    small, large = pilot(open_bytes=30, resting_bytes=10), pilot(open_bytes=100, resting_bytes=20)
    assert workers_bytes([(row("x"), small), (row("y", "b"), large)]) == 10 + 20 + 80
    assert workers_bytes([(row("x"), small), (row("z", twin=1), small)]) == 10 + 10 + 20
    assert workers_bytes([(row("x", processes=2), small)]) == 2 * 30 + 20
    assert workers_bytes([]) == 0
