import csv
import io
import json
import re

import msgspec
import pytest

from benchsuite.record.protection import Protection, Theory
from benchsuite.record.types import Case, Line, Tally
from benchsuite.report.formats import render
from benchsuite.report.protection import protection_table
from benchsuite.report.suites import tables
from benchsuite.report.tables import Table

from .conftest import RunBuilder

replace = msgspec.structs.replace


def struck(backend: str = "fast", **changes: object) -> Tally:
    whole = Tally(
        case=Case(workload="code", version=1, params={}),
        case_key="encode",
        label="safe",
        backend=backend,
        model="bsc:0.1",
        seed=7,
        first_trial=0,
        trials=1000,
        outcomes={"not_injected": 200, "corrected": 700, "detected": 99, "silent": 1},
        data_bytes=4096,
        theory={
            "corrected": Theory(probability=0.71, exact=True),
            "silent": Theory(probability=2.3e-10, exact=False),
        },
    )
    return replace(whole, **changes)


@pytest.fixture
def protected(builder: RunBuilder) -> list[Line]:
    """One engine that is timed, one that only counts, one that is refused."""
    builder.lines.append(
        Protection(
            name="safe",
            data_bytes=4096,
            stored_bits=36864,
            batch=1,
            encode=["encode"],
            decode=["decode"],
            repair=[],
        )
    )
    for label in ("encode", "decode"):
        builder.measure("fast", 1e-6, label=label, payload=4096)
    builder.lines += [
        struck(),
        struck("slow"),
        struck("other", status="unsupported", reason="has no codes", trials=0, outcomes={}),
    ]
    return builder.lines


def column(table: Table, title: str) -> list[str]:
    index = [column.title for column in table.columns].index(title)
    return [" ".join(part for part in row[index] if part) for row in table.rows]


def test_rates_stand_once_above_what_theory_says_and_speed_where_it_was_measured(
    protected: list[Line],
) -> None:
    table = protection_table(protected)
    assert column(table, "backend") == ["fast", "slow", "theory"]
    assert column(table, "corrected") == ["0.700 (0.661..0.737)", "", "0.7100"]
    assert column(table, "silent") == ["0.0010 (0.0000..0.0074)", "", "≈ 2.3e-10"]
    assert column(table, "overhead") == ["12 %", "12 %", ""]
    encode = column(table, "encode")
    assert re.fullmatch(r"4\.\d+ GB/s \(4\.\d+\.\.4\.\d+\)", encode[0])
    assert encode[1:] == ["", ""]
    assert column(table, "repair") == ["", "", ""]
    assert [(gap.backend, gap.status, gap.reason) for gap in table.gaps] == [
        ("other", "unsupported", "has no codes")
    ]


def test_engines_that_counted_differently_have_their_own_rates(protected: list[Line]) -> None:
    other = struck("zeta", outcomes={"corrected": 700, "detected": 300})
    assert column(protection_table([*protected, other]), "detected")[2].startswith("0.300")


def test_a_count_that_an_exact_probability_forbids_is_marked(builder: RunBuilder) -> None:
    never = {"silent": Theory(probability=1e-15, exact=True)}
    assert column(protection_table([*builder.lines, struck(theory=never)]), "silent")[0].endswith(
        "(contradicted)"
    )


def test_wrong_cells_are_told_of(protected: list[Line], builder: RunBuilder) -> None:
    builder.gate(builder.plan("fast", label="repair"), "wrong", "it lied")
    gaps = protection_table(protected).gaps
    assert ("fast", "wrong", "it lied") in [(gap.backend, gap.status, gap.reason) for gap in gaps]


def test_it_is_the_only_table_of_such_a_run(protected: list[Line]) -> None:
    assert [table.title for table in tables(protected)] == ["Protection compared"]


def test_every_format_has_it(protected: list[Line]) -> None:
    assert "| safe" in render(protected, "markdown")
    report = json.loads(render(protected, "json"))
    assert [found["backend"] for found in report["protections"]] == ["fast", "slow"]
    assert report["protections"][0]["overhead"] == 0.125
    assert report["tallies"][0]["rates"]["silent"]["rate"] == 0.001
    rows = list(csv.DictReader(io.StringIO(render(protected, "csv"))))
    (fast,) = [row for row in rows if row["type"] == "protection" and row["backend"] == "fast"]
    assert float(fast["encode_bytes_per_second"]) == pytest.approx(4e9, rel=0.03)
    assert (fast["label"], fast["overhead"], fast["repair_low"]) == ("safe", "0.125", "")
    told = {
        row["outcome"]: (row["exact"], row["expected"])
        for row in rows
        if row["type"] == "tally" and row["backend"] == "fast"
    }
    assert told["corrected"] == ("0.71", "")
    assert told["silent"] == ("", "2.3e-10")
