"""Which cases give way where a preset has a largest number of cells."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.host.cases import Selection, select
from benchsuite.host.limit import limited
from benchsuite.host.plan import Probe, plan
from benchsuite.host.plugins import discover
from benchsuite.host.presets import PRESETS
from benchsuite.record.types import Case, Planned, WorkDone

Name = tuple[str, int, str]
"""Workload, number of the case, backend."""


def row(name: Name) -> Planned:
    workload, number, backend = name
    return Planned(
        cell=f"{name}",
        case=Case(workload=workload, version=1, params={"number": number}),
        case_key=f"{workload} {number}",
        label=workload,
        backend=backend,
        variant="",
        constant_time="unknown",
        device="cpu",
        scope="end-to-end",
        pool="hot",
        threads=1,
        processes=1,
        twin=0,
        status="planned",
        work=WorkDone(items=1, unit="item", payload_bytes=1, bytes_in=1, bytes_out=1),
    )


names = st.lists(
    st.tuples(st.sampled_from("vwx"), st.integers(0, 5), st.sampled_from("abc")), unique=True
).map(sorted)


def kept(rows: list[Planned]) -> set[str]:
    return {row.case_key for row in rows if row.status == "planned"}


@given(names, st.integers(0, 30))
def test_no_more_cells_than_allowed_and_every_case_whole_or_not_at_all(found: list[Name], most: int) -> None:
    rows = [row(name) for name in found]
    after = limited(rows, most)
    assert [r.cell for r in after] == [r.cell for r in rows]
    assert sum(r.status == "planned" for r in after) <= most
    for case in {r.case_key for r in rows}:
        assert len({r.status for r in after if r.case_key == case}) == 1
    assert all(f"{most} cells" in r.reason for r in after if r.status != "planned")


@given(names)
def test_enough_cells_leave_nothing_out(found: list[Name]) -> None:
    rows = [row(name) for name in found]
    assert limited(rows, len(rows)) == limited(rows, None) == rows


def test_the_first_case_of_every_workload_comes_before_the_second_of_any() -> None:
    rows = [row(name) for name in [("v", 0, "a"), ("v", 1, "a"), ("v", 2, "a"), ("w", 0, "a"), ("w", 1, "a")]]
    assert [kept(limited(rows, most)) for most in (2, 3)] == [{"v 0", "w 0"}, {"v 0", "v 1", "w 0"}]


def test_what_is_refused_already_keeps_its_reason_and_takes_no_place() -> None:
    refused = msgspec.structs.replace(row(("v", 0, "b")), status="unsupported", reason="too large")
    rows = [row(("v", 0, "a")), refused, row(("w", 0, "a"))]
    assert limited(rows, 2) == rows


@pytest.mark.parametrize(("preset", "most"), [("smoke", 10), ("quick", 24), ("standard", 330)])
def test_two_engines_have_few_enough_cells_for_the_time_that_a_preset_promises(
    preset: str, most: int
) -> None:
    """A cell of standard takes 3 to 8 s, so 330 are below 44 minutes; the claim of the dry run has times."""
    registry = discover(blocked=["chacha20-poly1305"])
    cpu = Probe(devices=(("cpu", ("end-to-end",)),))
    rows = plan(
        registry,
        select(registry, Selection(), preset),
        {"numpy": cpu, "openssl": cpu},
        Selection(),
        cold_from_bytes=PRESETS[preset].cold_from_bytes,
        last_cache_bytes=1 << 25,
        most_cells=PRESETS[preset].most_cells,
    )
    assert 5 <= sum(r.status == "planned" and not r.twin for r in rows) <= most
