"""Tables of single calls, on the hand-made run with calls added."""

import msgspec
import pytest

from benchsuite.analyse.fit import SIZE
from benchsuite.record.types import Latency, Load, Planned, Samples
from benchsuite.report.calls import floor_table, latency_table
from benchsuite.report.suites import tables


@pytest.fixture
def timed(lines):
    """The run, with twenty calls a visit back to back, and a hundred under a load that is too much."""
    too_much = Load(asked="9/s", arrivals="poisson", offered_per_second=9.0, seconds=1.0, idle_seconds=0.0)

    def calls(visit):
        plain = {"cell": visit.cell, "block": visit.block, "clock_nanoseconds": 40}
        yield Latency(**plain, calls=20, histogram=[(500, 15), (900, 5)])
        yield Latency(**plain, load=too_much, calls=100, histogram=[(5000, 100)])

    return [*lines, *(new for v in lines if isinstance(v, Samples) and v.repetitions for new in calls(v))]


def test_a_row_shows_the_percentiles_that_enough_calls_lie_beyond(timed):
    table = latency_table(timed)
    titles = [column.title for column in table.columns]
    row = next(row for row in table.rows if row[titles.index("load")].main == "none")
    shown = {title: text.main for title, text in zip(titles, row, strict=True)}
    assert (shown["calls"], shown["p50"], shown["p90"]) == ("320", "500.0 ns", "900.0 ns")
    assert (shown["p99"], shown["p99.9"], shown["slowest"]) == ("–", "–", "900 ns")


def test_a_load_that_is_too_much_is_said(timed):
    table = latency_table(timed)
    loads = {row[3] for row in table.rows}
    assert ("9/s poisson", "overloaded") in loads
    assert any(note.startswith("load: ") for note in table.notes)
    assert any("own 40.0 ns" in note for note in table.notes)


def test_a_load_that_is_too_much_in_some_blocks_says_in_how_many(timed):
    rested = [
        msgspec.structs.replace(line, load=msgspec.structs.replace(line.load, idle_seconds=0.5))
        if isinstance(line, Latency) and line.load and line.block % 4
        else line
        for line in timed
    ]
    loads = {row[3] for row in latency_table(rested).rows}
    assert ("9/s poisson", "overloaded in 4 of 16") in loads


def test_a_run_without_calls_or_sizes_has_no_such_tables(lines):
    assert [table.title for table in tables(lines)] == ["Throughput", "Error injection"]


def test_tables_of_calls_follow_those_of_throughput(timed):
    assert [table.title for table in tables(timed)] == ["Throughput", "Latency", "Error injection"]


@pytest.mark.parametrize(("bend", "floor"), [(1, "1.00 µs"), (3, "not linear")])
def test_a_floor_is_shown_where_a_line_describes_the_sizes(builder, bend, floor):
    for size in (1000, 2000, 4000, 8000, 16000):
        off = bend if size == 4000 else 1
        builder.measure("swift", off * (1e-6 + size / 1e9), label=f"cipher, {size}", payload=size)
    lines = [
        msgspec.structs.replace(
            line, case=msgspec.structs.replace(line.case, params={SIZE: line.work.payload_bytes})
        )
        if isinstance(line, Planned)
        else msgspec.structs.replace(line, wall_seconds=[100 * min(line.wall_seconds) / 100] * 3)
        if isinstance(line, Samples)
        else line
        for line in builder.lines
    ]
    (row,) = floor_table(lines).rows
    assert row[2].main == "swift"
    assert (row[3].main == floor) == (bend == 3)
    assert (row[3].main.startswith("1.0")) == (bend == 1)
