"""An old run against a new one."""

from __future__ import annotations

from collections.abc import Callable
from math import expm1
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.changes import Change, changes
from benchsuite.analyse.two_runs import TwoRuns, compare_runs
from benchsuite.record.types import Case, DeviceFacts, Gate, Line, Lost, Planned, Run, Samples

STEADY = [0.001 * (1 + i / 1000) for i in range(16)]


@pytest.fixture
def file(
    run: Run,
    planned: Callable[..., Planned],
    gate: Callable[..., Gate],
    visits: Callable[..., list[Samples]],
) -> Callable[..., list[Line]]:
    """A file of one backend, ``factor`` times as slow; the head's fields and the cell's may be changed."""

    def build(factor: float = 1.0, *, blocks: int = 16, head: Any = None, **cell: object) -> list[Line]:
        row = planned(**cell)
        seconds = [factor * s for s in STEADY[:blocks]]
        return [msgspec.structs.replace(run, **(head or {})), row, gate(row), *visits(row, seconds)]

    return build


def test_the_ratio_is_old_by_new_and_beyond_the_zone_a_verdict(file: Callable[..., list[Line]]) -> None:
    for factor, expected in ((2.0, "slower"), (0.5, "faster"), (1.03, "same"), (1.07, "inconclusive")):
        (row,) = compare_runs(file(), file(factor)).rows
        assert row.ratio == pytest.approx(1 / factor, rel=0.01)
        assert row.ratio_low is not None
        assert row.ratio_high is not None
        assert row.ratio_low <= row.ratio <= row.ratio_high
        assert row.verdict == expected


def test_swapping_the_files_inverts_the_ratio(file: Callable[..., list[Line]]) -> None:
    (there,), (back,) = (compare_runs(*pair).rows for pair in ((file(), file(1.2)), (file(1.2), file())))
    assert None not in (there.ratio, there.ratio_low, there.ratio_high)
    assert back.ratio == pytest.approx(1 / there.ratio)  # type: ignore[operator]
    assert back.ratio_low == pytest.approx(1 / there.ratio_high)  # type: ignore[operator]
    assert (there.verdict, back.verdict) == ("slower", "faster")


def test_two_blocks_decide_nothing(file: Callable[..., list[Line]]) -> None:
    (row,) = compare_runs(file(blocks=2), file(3.0, blocks=2)).rows
    assert (row.verdict, row.ratio_low) == ("too_few_blocks", None)


def test_the_floor_of_either_run_takes_the_verdict(
    file: Callable[..., list[Line]],
    planned: Callable[..., Planned],
    gate: Callable[..., Gate],
    visits: Callable[..., list[Samples]],
) -> None:
    twin = planned(twin=1)
    shaken = [s * (1.5 if i % 2 else 1 / 1.5) for i, s in enumerate(STEADY)]
    noisy = [*file(), twin, gate(twin), *visits(twin, shaken)]
    for pair in ((noisy, file(1.3)), (file(), [*file(1.3), *noisy[-18:]])):
        found: TwoRuns = compare_runs(*pair)
        assert found.delta > 0.3
        assert found.comparisons == 1
        assert [row.verdict for row in found.rows] == ["inconclusive"]


def test_two_machines_get_ratios_and_no_verdict(file: Callable[..., list[Line]]) -> None:
    old, new = (file(f, head={"machine": {"cpu_model": model}}) for f, model in ((1.0, "A"), (2.0, "B")))
    found = compare_runs(old, new)
    assert found.refused == "not the same machine: cpu_model was A, is B"
    assert [(row.verdict, row.reason) for row in found.rows] == [(None, found.refused)]
    assert found.rows[0].ratio == pytest.approx(0.5, rel=0.01)


def test_rows_of_one_file_only_say_what_the_other_has(file: Callable[..., list[Line]]) -> None:
    old, new = file(), file(backend="beta")
    found = compare_runs(old, new)
    assert not found.rows
    assert [only.reason for only in (*found.only_old, *found.only_new)] == [
        "the other run has no such row"
    ] * 2


def test_another_version_of_the_workload_is_named_and_not_compared(file: Callable[..., list[Line]]) -> None:
    old, new = file(), file(case_key="d" * 64)
    assert isinstance(new[1], Planned)
    case = Case(workload=new[1].case.workload, version=2, params=new[1].case.params)
    new[1] = msgspec.structs.replace(new[1], case=case)
    found = compare_runs(old, new)
    assert found.only_old[0].reason == "the other run has version 2 of hsiao-encode: not comparable"


def test_a_row_that_is_lost_now_has_the_reason(
    file: Callable[..., list[Line]], run: Run, planned: Callable[..., Planned], gate: Callable[..., Gate]
) -> None:
    row = planned()
    lost = [Lost(cell=row.cell, block=block, reason="died", signal="SIGKILL") for block in (0, 1)]
    (found,) = compare_runs(file(), [run, row, gate(row), *lost]).rows
    assert (found.verdict, found.ratio, found.new.status) == (None, None, "failed")
    assert found.reason == "now failed: died (SIGKILL), lost twice"


def test_an_engine_that_is_unavailable_now_is_named(
    file: Callable[..., list[Line]], run: Run, planned: Callable[..., Planned]
) -> None:
    gone = planned(status="unavailable", reason="no driver", device="")
    found = compare_runs(file(), [run, gone])
    assert [only.reason for only in found.only_old] == ["the other run has it unavailable: no driver"]


def test_intervals_hold_for_all_rows_at_once(file: Callable[..., list[Line]]) -> None:
    old, new = ([*file(f), *file(f, backend="beta")[1:]] for f in (1.0, 2.0))
    found = compare_runs(old, new)
    assert (found.comparisons, found.confidence) == (2, 0.975)
    assert expm1(found.delta) == pytest.approx(0.07)


def test_changed_facts_stand_beside_the_run_and_beside_the_rows_of_their_device(
    file: Callable[..., list[Line]],
) -> None:
    heads = [
        {
            "suite_version": version,
            "machine": {
                "governor": governor,
                "turbo": None,
                "turbo_reason": reason,
                "load_average_1_minute": load,
            },
            "devices": [DeviceFacts(backend="alpha", id="cpu", facts={"library": library})],
        }
        for version, governor, reason, load, library in (
            ("1", "powersave", "no switch", 0.1, "3.3"),
            ("2", "performance", "no driver", 9.9, "3.4"),
        )
    ]
    found = compare_runs(*(file(head=head) for head in heads))
    library = Change(of="device cpu of alpha", fact="library", old="3.3", new="3.4")
    assert found.rows[0].changed == [library]
    assert found.changes == [
        Change(of="suite", fact="version", old="1", new="2"),
        Change(of="machine", fact="governor", old="powersave", new="performance"),
        library,
    ]


def test_a_device_that_is_gone_is_one_change(run: Run) -> None:
    without = msgspec.structs.replace(run, devices=run.devices[:2])
    assert changes(run, without) == [Change(of="device cpu of gamma", fact="present", old=True, new=False)]
    assert changes(run, run) == []
