from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

import pytest

from benchsuite.analyse.derive import INTERRUPTED, cells, comparisons
from benchsuite.record.types import Cell, Identity, Line, Lost, Planned, Samples

Build = Callable[..., Any]
SECONDS = [0.001 * (1 + i / 100) for i in (3, 1, 4, 9, 5, 2, 6, 8, 7, 12, 11, 10, 16, 13, 15, 14)]


@pytest.fixture
def measured(planned: Build, gate: Build, visits: Build) -> Build:
    """Lines of a sound cell whose visits' fastest repetition takes ``seconds``, one a block."""

    def build(backend: str = "alpha", seconds: list[float] = SECONDS, **changes: object) -> list[Line]:
        cell = planned(backend, **changes)
        return [cell, gate(cell), *visits(cell, seconds)]

    return build


def only(lines: list[Line]) -> Cell:
    (cell,) = cells(lines)
    return cell


def test_measured_cell_has_the_median_of_the_visits_medians(measured: Build) -> None:
    cell = only(measured())
    medians = sorted(1.5 * s for s in SECONDS)  # a visit's samples are 1, 2 and 1.5 times its figure
    assert (cell.status, cell.reason) == ("measured", "")
    assert cell.summary is not None
    assert cell.summary.seconds == pytest.approx(median(medians))
    assert (cell.summary.seconds_low, cell.summary.seconds_high) == pytest.approx((medians[2], medians[13]))
    assert (cell.summary.blocks, cell.summary.confidence) == (16, 0.99)
    assert cell.summary.bytes_per_second == pytest.approx(8192 / cell.summary.seconds)
    assert cell.summary.items_per_second == pytest.approx(1024 / cell.summary.seconds)
    assert cell.first_call_seconds == 0.5


def test_a_row_has_the_identity_and_work_of_its_plan(measured: Build) -> None:
    lines = measured(variant="table", pool="cold", threads=2)
    cell = only(lines)
    names = (*Identity.__struct_fields__, "cell", "work")
    assert [getattr(cell, name) for name in names] == [getattr(lines[0], name) for name in names]


@pytest.mark.parametrize("status", ["unavailable", "unsupported"])
def test_what_the_plan_excludes_passes_through(planned: Build, status: str) -> None:
    cell = only([planned(status=status, reason="no driver")])
    assert (cell.status, cell.reason, cell.summary) == (status, "no driver", None)


@pytest.mark.parametrize("status", ["wrong", "failed", "timeout", "unsupported", "unavailable"])
def test_a_gate_not_passed_is_the_status_and_there_is_no_time(
    planned: Build, gate: Build, visits: Build, status: str
) -> None:
    plan = planned()
    cell = only([plan, gate(plan, status=status, reason="item 3 differs"), *visits(plan, SECONDS)])
    assert (cell.status, cell.reason) == (status, "item 3 differs")
    assert (cell.summary, cell.first_call_seconds) == (None, None)


def test_a_later_gate_does_not_absolve(planned: Build, gate: Build) -> None:
    plan = planned()
    cell = only([plan, gate(plan, status="wrong", reason="item 3"), gate(plan)])
    assert cell.status == "wrong"


def test_a_visit_whose_audit_failed_makes_the_cell_wrong(measured: Build, visits: Build) -> None:
    lines = measured()
    late = visits(lines[0], [0.001], first_block=16, flags=["steal", "wrong: item 7: expected 1, got 0"])
    cell = only([*lines, *late])
    assert (cell.status, cell.reason) == ("wrong", "item 7: expected 1, got 0")
    assert (cell.summary, cell.first_call_seconds, cell.flags) == (None, None, [])  # 1 visit of 17


@pytest.mark.parametrize("digest", ["cd" * 32, None])
def test_a_visit_with_another_digest_makes_the_cell_wrong(
    measured: Build, visits: Build, digest: str | None
) -> None:
    lines = measured()
    cell = only([*lines, *visits(lines[0], [0.001], first_block=16, output_sha256=digest)])
    assert cell.status == "wrong"
    assert "block 16" in cell.reason
    assert cell.summary is None


def test_outputs_without_a_digest_are_no_mismatch(planned: Build, gate: Build, visits: Build) -> None:
    plan = planned()
    cell = only([plan, gate(plan, output_sha256=None), *visits(plan, SECONDS, output_sha256=None)])
    assert cell.status == "measured"


def lost(cell: Planned, block: int, reason: str, signal: str | None = None) -> Lost:
    return Lost(cell=cell.cell, block=block, reason=reason, signal=signal)


def test_one_lost_visit_costs_one_block(measured: Build) -> None:
    lines = measured(seconds=SECONDS[:15])
    cell = only([*lines, lost(lines[0], 15, "the worker died", "SIGKILL")])
    assert cell.status == "measured"
    assert cell.summary is not None
    assert cell.summary.blocks == 15


@pytest.mark.parametrize("first_block", [-1, 3])
def test_two_losses_fail_the_cell_and_name_the_signal(measured: Build, first_block: int) -> None:
    lines = measured()
    died = [lost(lines[0], block, "the worker died", "SIGSEGV") for block in (first_block, 4)]
    cell = only([*lines, *died])
    assert (cell.status, cell.reason) == ("failed", "the worker died (SIGSEGV), lost twice")
    assert (cell.summary, cell.first_call_seconds) == (None, None)


def test_two_timeouts_are_a_timeout_and_one_is_not(planned: Build) -> None:
    plan = planned()
    hung, died = lost(plan, -1, "timeout after 60 s"), lost(plan, -1, "killed by SIGKILL", "SIGKILL")
    both, mixed = only([plan, hung, hung]), only([plan, hung, died])
    assert (both.status, both.reason) == ("timeout", "timeout after 60 s, lost twice")
    assert (mixed.status, mixed.reason) == ("failed", "timeout after 60 s; killed by SIGKILL, lost twice")


def test_a_cell_that_the_run_did_not_reach_says_so(planned: Build, gate: Build) -> None:
    plan = planned()
    for lines in ([plan], [plan, gate(plan)], [plan, lost(plan, -1, "the worker died", "SIGKILL")]):
        cell = only(lines)
        assert (cell.status, cell.reason, cell.summary) == ("failed", INTERRUPTED, None)


def test_flags_of_gate_and_visits_are_joined_and_series_flags_added(
    planned: Build, gate: Build, visits: Build
) -> None:
    plan = planned()
    rising = [0.001 + 0.00001 * i for i in range(15)] + [0.1]
    recorded = [*visits(plan, rising, flags=["steal", "psi"])]
    cell = only([plan, gate(plan, flags=["not_steady"]), *recorded])
    assert cell.flags == ["drift", "not_steady", "outliers", "psi", "steal"]


def test_a_flag_of_few_visits_is_not_the_cells(planned: Build, gate: Build, visits: Build) -> None:
    plan = planned()
    calm = visits(plan, SECONDS[:-1])
    stolen = visits(plan, SECONDS[-1:], first_block=15, flags=["steal"])
    assert "steal" not in only([plan, gate(plan), *calm, *stolen]).flags
    assert "steal" in only([plan, gate(plan), *calm[:8], *stolen]).flags


def test_order_of_visits_in_the_file_does_not_matter(measured: Build) -> None:
    lines = measured()
    assert cells([*lines[:2], *reversed(lines[2:])]) == cells(lines)


def test_a_contender_is_paired_with_the_baseline_block_by_block(measured: Build) -> None:
    ours = measured("alpha")
    theirs = measured("beta", [s / 2 for s in SECONDS])
    (comparison,) = comparisons([*ours, *theirs])
    assert (comparison.baseline, comparison.contender) == (ours[0].cell, theirs[0].cell)
    assert comparison.ratio == comparison.ratio_low == comparison.ratio_high == pytest.approx(2)
    assert (comparison.verdict, comparison.comparisons, comparison.confidence) == ("faster", 1, 0.95)


def test_the_fastest_sample_of_a_visit_stands_for_it(measured: Build, planned: Build, gate: Build) -> None:
    ours, cell = measured("alpha"), planned("beta")
    visit = Samples(
        cell=cell.cell,
        block=0,
        position=0,
        repetitions=[1, 5, 2],
        wall_seconds=[9.0, 5 * SECONDS[0] / 3, 8.0],
        cpu_seconds=[9.0, 5 * SECONDS[0] / 3, 8.0],
        output_sha256=ours[1].output_sha256,
    )
    assert [c.ratio for c in comparisons([*ours, cell, gate(cell), visit])] == [pytest.approx(3)]


def test_only_blocks_that_both_have_are_paired(measured: Build) -> None:
    ours = measured("alpha")
    theirs = measured("beta", SECONDS)
    apart = [line for line in theirs if not isinstance(line, Samples) or line.block == 2]
    (comparison,) = comparisons([*ours, *apart])
    assert (comparison.ratio, comparison.ratio_low) == (pytest.approx(1), None)
    assert comparison.verdict == "too_few_blocks"
    nothing_shared = [line for line in ours if not isinstance(line, Samples) or line.block != 2]
    assert comparisons([*nothing_shared, *apart]) == []


def test_baseline_is_the_backend_with_most_measured_cells_where_the_group_has_it(measured: Build) -> None:
    lines = [
        *measured("beta"),
        *measured("alpha"),
        *measured("beta", pool="cold"),
        *measured("gamma", case_key="d" * 64),
        *measured("alpha", case_key="d" * 64),
    ]
    backend_of = {cell.cell: (cell.backend, cell.case_key[0]) for cell in cells(lines)}
    found = [(backend_of[c.baseline], backend_of[c.contender]) for c in comparisons(lines)]
    assert found == [
        (("alpha", "c"), ("beta", "c")),
        (("alpha", "d"), ("gamma", "d")),
    ]
    named = [(backend_of[c.baseline], backend_of[c.contender]) for c in comparisons(lines, "beta")]
    assert named == [
        (("beta", "c"), ("alpha", "c")),
        (("alpha", "d"), ("gamma", "d")),
    ]


def test_rows_that_differ_in_scope_pool_threads_or_processes_are_not_compared(measured: Build) -> None:
    ours = measured("alpha")
    others = [
        {"scope": "resident"},
        {"pool": "cold"},
        {"threads": 2},
        {"processes": 2},
        {"case_key": "d" * 64},
    ]
    assert all(comparisons([*ours, *measured("beta", **other)]) == [] for other in others)


def test_variants_and_devices_of_one_backend_are_contenders(measured: Build) -> None:
    lines = [*measured("alpha"), *measured("alpha", variant="table"), *measured("alpha", device="cpu:1")]
    base = lines[0]
    assert [c.baseline for c in comparisons(lines)] == [base.cell, base.cell]


def test_a_twin_is_compared_with_its_sibling_only(measured: Build) -> None:
    twin = measured("alpha", twin=1)
    lines = [*measured("alpha"), *measured("beta"), *twin]
    pairs = [(c.baseline, c.contender, c.comparisons) for c in comparisons(lines)]
    assert pairs == [
        (lines[0].cell, cells(lines)[1].cell, 2),
        (lines[0].cell, twin[0].cell, 2),
    ]


def test_a_noisy_twin_takes_the_verdict_from_small_differences(measured: Build) -> None:
    lines = [*measured("alpha"), *measured("beta", [s / 1.05 for s in SECONDS])]
    assert [c.verdict for c in comparisons(lines)] == ["faster"]
    shaken = [s * (1.1 if i % 2 else 0.9) for i, s in enumerate(SECONDS)]
    assert [c.verdict for c in comparisons([*lines, *measured("alpha", shaken, twin=1)])] == [
        "same",
        "inconclusive",
    ]


def test_cells_that_are_not_measured_are_not_compared(measured: Build) -> None:
    ours, theirs = measured("alpha"), measured("beta")
    died = [lost(theirs[0], block, "the worker died", "SIGKILL") for block in (1, 2)]
    assert comparisons([*ours, *theirs, *died]) == []


def test_an_empty_file_derives_nothing() -> None:
    assert cells([]) == []
    assert comparisons([]) == []
