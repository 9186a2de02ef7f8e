"""Tables and curves of sweeps."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from benchsuite.record.types import SCHEMA, Case, Line, Run, Status, Stratum, Tally
from benchsuite.report.formats import render
from benchsuite.report.sweeps import MARKS, WIDTH, sweep_tables


def head(*argv: str) -> Run:
    return Run(
        schema=SCHEMA,
        id="r",
        suite_version="0",
        argv=["inject", "hsiao-72-64", *argv],
        seed=1,
        preset="",
        started="2026-01-01T00:00:00Z",
        machine={},
        plugins=[],
        devices=[],
    )


def exact(model: str, status: Status = "measured", **probabilities: float) -> Tally:
    return Tally(
        case=Case(workload="hsiao-decode", version=1, params={}),
        case_key="0" * 64,
        label="hsiao-72-64",
        backend="",
        model=model,
        seed=1,
        first_trial=0,
        trials=0,
        outcomes={},
        exact={name: (str(int(value * 10**6)), str(10**6), value) for name, value in probabilities.items()},
        status=status,
    )


def sampled(model: str, **changes: Any) -> Tally:
    return msgspec.structs.replace(exact(model), backend="alpha", exact=None, trials=100, **changes)


def curves(lines: list[Line]) -> list[str]:
    (table,) = sweep_tables(lines)
    return [row[-1].main for row in table.rows]


def test_a_run_without_a_sweep_has_no_such_table() -> None:
    assert sweep_tables([head("--model", "bsc:0.1"), exact("bsc:0.1", detected=1.0)]) == []


def test_a_row_a_value_in_the_order_of_the_sweep_and_other_models_elsewhere() -> None:
    lines = [
        head("--sweep", "bsc:0.1,0.001"),
        exact("flips:1", corrected=1.0),
        exact("bsc:0.1", detected=0.75, undetected=0.25),
        exact("bsc:0.001", detected=0.001, undetected=0.0),
    ]
    (table,) = sweep_tables(lines)
    assert [column.title for column in table.columns] == [
        *("bsc:", "backend", "detected", "undetected", "1e-3 … 1"),
    ]
    assert [[text.main for text in row[:-1]] for row in table.rows] == [
        ["0.1", "by formula", "0.7500", "0.2500"],
        ["0.001", "by formula", "0.001000", "0"],
    ]
    assert "D detected, U undetected." in table.notes[0]
    for name in ("table", "markdown"):
        assert "Sweep of bsc, hsiao-72-64" in render(lines, name)


def test_marks_stand_at_the_logarithm_of_their_rate() -> None:
    one, hundredth, none = curves(
        [
            head("--sweep", "bsc:1,2,3"),
            exact("bsc:1", detected=1.0),
            exact("bsc:2", detected=0.0001, miscorrected=0.01),
            exact("bsc:3", detected=0.0),
        ]
    )
    assert {len(line) for line in (one, hundredth, none)} == {WIDTH}
    assert one == "·" * (WIDTH - 1) + "D"
    assert hundredth[0] == "D"
    assert abs(hundredth.index("M") - WIDTH / 2) <= 1
    assert none == "·" * WIDTH


def test_the_most_severe_of_equal_rates_is_seen() -> None:
    (curve,) = curves([head("--sweep", "bsc:1,2"), exact("bsc:1", silent=0.5, corrected=0.5)])
    assert MARKS["silent"] in curve
    assert MARKS["corrected"] not in curve


def test_rates_are_those_of_counts_of_all_that_is_lost_and_weighted_where_trials_are_spread() -> None:
    lost = msgspec.structs.replace(
        sampled("bsc:1", outcomes={"corrected": 50, "detected": 40, "miscorrected": 10}),
        exact={"corrected": ("5", "10", 0.5), "lost": ("5", "10", 0.5)},
    )
    strata = [
        Stratum(flips=0, probability=0.75, patterns=1, trials=1, outcomes={"not_injected": 1}),
        Stratum(flips=1, probability=0.25, patterns=99, trials=99, outcomes={"detected": 99}),
    ]
    rare = sampled("bsc:2", rare=True, strata=strata, outcomes={"not_injected": 1, "detected": 99})
    (table,) = sweep_tables([head("--sweep", "bsc:1,2"), lost, rare])
    one, two = (
        {column.title: text.main for column, text in zip(table.columns, row, strict=True)}
        for row in table.rows
    )
    assert (one["corrected"], one["detected"], one["lost"]) == ("0.5000", "0.4000", "0.5000")
    assert (two["not injected"], two["detected"]) == ("0.7500", "0.2500")


@pytest.mark.parametrize("status", ["unsupported", "failed"])
def test_what_was_not_measured_has_no_row(status: Status) -> None:
    lines = [head("--sweep", "bsc:1,2"), exact("bsc:1", detected=1.0), exact("bsc:2", status)]
    assert len(curves([*lines])) == 1


def test_rates_of_weighted_trials_are_weighted() -> None:
    none = Stratum(flips=0, probability=0.99, patterns=1, trials=1, outcomes={"not_injected": 1})
    halves = {"miscorrected": 50, "detected": 50}
    some = Stratum(flips=3, probability=0.01, share=1.0, trials=100, outcomes=halves)
    tally = msgspec.structs.replace(
        exact("bsc:1"),
        backend="engine",
        trials=101,
        rare=True,
        strata=[none, some],
        outcomes={"not_injected": 1, **halves},
        exact=None,
    )
    (table,) = sweep_tables([head("--sweep", "bsc:1,2"), tally])
    assert [text.main for text in table.rows[0][1:-1]] == ["engine", "0.9900", "0.005000", "0.005000"]
