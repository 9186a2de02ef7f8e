from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.analyse.derive import cells, comparisons
from benchsuite.analyse.roofline import ABOVE, COPY, READ, with_rooflines
from benchsuite.record.types import Case, Cell, Line, Planned, Summary, WorkDone
from benchsuite.workloads import MACHINE_COPY, MACHINE_READ

KIB, MIB = 2**10, 2**20
SECONDS = [0.001 * (1 + i / 1000) for i in range(16)]


def row(
    seconds: float, *, into: int, out: int, name: str = "crc", spread: float | None = 0.01, **where: Any
) -> Cell:
    place: dict[str, Any] = {
        "scope": "end-to-end",
        "pool": "hot",
        "device": "cpu",
        "threads": 1,
        "processes": 1,
        "twin": 0,
    }
    return Cell(
        cell=f"{name} {seconds} {into} {out} {spread}",
        case=Case(workload=name, version=1, params={}),
        case_key=name,
        label=name,
        variant="",
        constant_time="unknown",
        status="measured",
        work=WorkDone(items=1, unit="item", payload_bytes=into, bytes_in=into, bytes_out=out),
        summary=Summary(
            blocks=16,
            seconds=seconds,
            seconds_low=None if spread is None else seconds * (1 - spread),
            seconds_high=None if spread is None else seconds * (1 + spread),
            confidence=0.99,
            bytes_per_second=into / seconds,
            items_per_second=1 / seconds,
        ),
        **({"backend": "alpha"} | place | where),
    )


def copy(size: int, rate: float, **where: Any) -> Cell:
    """``rate``: bytes copied a second."""
    return row(size / rate, into=size, out=size, name=COPY, **where)


def read(size: int, rate: float, **where: Any) -> Cell:
    return row(size / rate, into=size, out=8, name=READ, **where)


def derived(*rows: Cell) -> list[Cell]:
    """As if each row's fastest sample took what the low end of its interval says."""
    fastest = {r.cell: r.summary.seconds_low or r.summary.seconds for r in rows if r.summary}
    return with_rooflines(rows, fastest)


def shares(*rows: Cell) -> list[float | None]:
    return [cell.summary.roofline for cell in derived(*rows) if cell.summary]


PEAKS = [copy(MIB, 1e9), read(MIB, 4e9)]


def test_the_names_are_those_of_the_workloads() -> None:
    assert (MACHINE_COPY.id, MACHINE_READ.id) == (COPY, READ)


def test_a_row_that_only_reads_is_bounded_by_the_reads() -> None:
    assert shares(row(0.01, into=8_000_000, out=0), *PEAKS)[0] == pytest.approx(0.2)


def test_a_row_that_writes_as_much_as_it_reads_is_bounded_by_the_copies() -> None:
    assert shares(row(0.01, into=4_000_000, out=4_000_000), *PEAKS)[0] == pytest.approx(0.4)


def test_the_slower_of_reading_all_and_copying_what_is_written_bounds() -> None:
    by_reads = row(0.01, into=8_000_000, out=1_000_000)
    by_copies = row(0.01, into=8_000_000, out=3_000_000)
    assert shares(by_reads, by_copies, *PEAKS)[:2] == pytest.approx([0.2, 0.3])


def test_a_copy_that_reads_faster_than_the_reads_is_a_peak_of_reading_too() -> None:
    slow_read = read(MIB, 5e8)
    assert shares(row(0.01, into=8_000_000, out=0), copy(MIB, 1e9), slow_read)[0] == pytest.approx(0.8)


def test_without_a_read_there_is_no_share_and_without_a_copy_only_reading_bounds() -> None:
    both = row(0.01, into=8_000_000, out=8_000_000)
    assert shares(both, PEAKS[0]) == [None, None]
    assert shares(both, PEAKS[1])[0] == pytest.approx(0.2)
    assert shares(both) == [None]


@pytest.mark.parametrize(
    "where", [{"device": "gpu:0"}, {"scope": "resident"}, {"pool": "cold"}, {"threads": 2}, {"processes": 2}]
)
def test_peaks_of_another_setting_bound_nothing(where: dict[str, Any]) -> None:
    assert shares(row(0.01, into=8_000_000, out=0, **where), *PEAKS)[0] is None


def test_peaks_of_another_backend_on_the_same_device_bound_and_twins_do_not() -> None:
    assert shares(row(0.01, into=8_000_000, out=0, backend="beta"), *PEAKS)[0] == pytest.approx(0.2)
    assert shares(row(0.01, into=8_000_000, out=0), read(MIB, 4e9, twin=1))[0] is None


def test_a_gpus_rows_are_bounded_by_its_memory_resident_and_by_the_link_of_their_transfers_end_to_end() -> (
    None
):
    places = (
        ("gpu:0", "resident", 3e12),
        ("gpu:0", "end-to-end", 4e10),
        ("gpu:0:pageable", "end-to-end", 1e10),
    )
    peaks = [
        peak(MIB, rate, device=device, scope=scope) for device, scope, rate in places for peak in (copy, read)
    ]
    for device, scope, rate in places:
        case = row(8_000_000 / rate / 0.9, into=8_000_000, out=8_000_000, device=device, scope=scope)
        assert shares(case, *PEAKS, *peaks)[0] == pytest.approx(0.9)
        assert not flagged(case, *PEAKS, *peaks)


def test_a_hot_row_smaller_than_every_peak_has_no_share() -> None:
    assert shares(row(0.01, into=KIB, out=0), *PEAKS)[0] is None


def test_a_hot_row_is_bounded_by_the_next_smaller_peak_and_all_larger_ones() -> None:
    reads = [read(32 * KIB, 9e9), read(MIB, 2e9), read(8 * MIB, 3e9)]
    case = row(0.01, into=4_000_000, out=0)
    assert shares(case, *reads)[0] == pytest.approx(4_000_000 / 3e9 / 0.01)
    assert shares(case, *reads[:2])[0] == pytest.approx(4_000_000 / 2e9 / 0.01)


def test_a_cold_row_is_bounded_by_the_fastest_of_any_size() -> None:
    reads = [read(MIB, 2e9, pool="cold"), read(8 * MIB, 3e9, pool="cold")]
    assert shares(row(0.01, into=KIB, out=0, pool="cold"), *reads)[0] == pytest.approx(KIB / 3e9 / 0.01)


def flagged(*rows: Cell) -> bool:
    return ABOVE in derived(*rows)[0].flags


def test_a_row_surely_above_the_roofline_is_flagged_beside_its_other_flags() -> None:
    fast = row(0.001, into=8_000_000, out=0)
    marked = derived(msgspec.structs.replace(fast, flags=["drift"]), *PEAKS)[0]
    assert marked.flags == [ABOVE, "drift"]
    assert marked.summary is not None
    assert marked.summary.roofline == pytest.approx(2.0)


def test_a_row_whose_interval_reaches_the_roofline_is_not_flagged() -> None:
    assert not flagged(row(0.00199, into=8_000_000, out=0), *PEAKS)
    assert not flagged(row(0.001, into=8_000_000, out=0, spread=1.5), *PEAKS)
    assert flagged(row(0.00195, into=8_000_000, out=0), *PEAKS)


def test_without_an_interval_a_row_is_not_flagged() -> None:
    assert not flagged(row(0.001, into=8_000_000, out=0, spread=None), *PEAKS)


def test_a_peak_that_was_disturbed_but_for_one_sample_accuses_nobody() -> None:
    disturbed = [copy(MIB, 1e9, spread=0.6), read(MIB, 4e9, spread=0.6)]
    assert not flagged(row(0.001, into=8_000_000, out=0), *disturbed)


def test_rows_without_figures_stay_as_they_are() -> None:
    gone = msgspec.structs.replace(row(1.0, into=MIB, out=0), summary=None, status="failed")
    assert derived(gone, *PEAKS)[0] == gone


peaks = st.tuples(
    st.sampled_from([copy, read]), st.sampled_from([KIB, 64 * KIB, MIB, 8 * MIB]), st.floats(1e9, 1e11)
)


@given(st.lists(peaks, max_size=8), st.sampled_from(["hot", "cold"]))
def test_no_peak_is_ever_above_the_roofline_that_it_makes(drawn: list[Any], pool: str) -> None:
    rows = [make(size, rate, pool=pool) for make, size, rate in drawn]
    assert all(share is None or share <= 1 + 1e-9 for share in shares(*rows))


@pytest.fixture
def run_of(
    planned: Callable[..., Planned], gate: Callable[..., Any], visits: Callable[..., Any]
) -> Callable[..., list[Line]]:
    """Two backends, beta ``factor`` times as fast, and peaks that bound alpha at half its time."""

    def build(factor: float) -> list[Line]:
        lines: list[Line] = []
        for backend, share in (("alpha", 1.0), ("beta", factor)):
            cell = planned(backend)
            lines += [cell, gate(cell), *visits(cell, [s / share for s in SECONDS])]
        for name in (COPY, READ):
            cell = planned("alpha", case_key=name[-1] * 64)
            peak = msgspec.structs.replace(cell, case=Case(workload=name, version=1, params={}))
            lines += [peak, gate(peak), *visits(peak, [s / 2 for s in SECONDS])]
        return lines

    return build


def test_derived_rows_have_their_share(run_of: Callable[..., list[Line]]) -> None:
    alpha, beta, *_ = cells(run_of(1.5))
    assert alpha.summary is not None
    assert beta.summary is not None
    assert (alpha.summary.roofline, beta.summary.roofline) == pytest.approx((0.5, 0.75))


def test_a_row_above_the_roofline_is_not_compared(run_of: Callable[..., list[Line]]) -> None:
    assert len(comparisons(run_of(1.5))) == 1
    assert comparisons(run_of(8.0)) == []
