from collections.abc import Callable
from typing import Any

import pytest

from benchsuite.analyse.protections import protections
from benchsuite.record.protection import Protection
from benchsuite.record.types import Line, Run

Build = Callable[..., Any]
KEYS = {name: name * 64 for name in "abc"}


@pytest.fixture
def protected() -> Protection:
    """Two objects at a time: encoded by two cases, decoded by one of them; never repaired."""
    a, b = KEYS["a"], KEYS["b"]
    return Protection(
        name="safe", data_bytes=1000, stored_bits=9000, batch=2, encode=[a, b], decode=[b], repair=[]
    )


@pytest.fixture
def timed(run: Run, planned: Build, gate: Build, visits: Build, tally: Build) -> Build:
    """A run in which ``alpha`` counted for it, and took so many seconds for each case."""

    def build(protected: Protection, seconds: dict[str, float]) -> list[Line]:
        cells = {name: planned(case_key=KEYS[name], label=name) for name in seconds}
        lines: list[Line] = [run, protected, *cells.values(), *map(gate, cells.values())]
        for name, cell in cells.items():
            lines += visits(cell, [seconds[name]] * 16)
        return [*lines, tally(label="safe", data_bytes=1000)]

    return build


def test_the_times_of_several_cases_are_added(timed: Build, protected: Protection) -> None:
    (found,) = protections(timed(protected, {"a": 1e-3, "b": 3e-3}))
    assert (found.name, found.backend, found.overhead) == ("safe", "alpha", pytest.approx(0.125))
    assert found.encode is not None
    assert found.decode is not None
    # the median of a visit of 1, 2 and 1.5 times its seconds
    assert found.encode.bytes_per_second == pytest.approx(2000 / (1.5 * 4e-3))
    assert found.decode.bytes_per_second == pytest.approx(2000 / (1.5 * 3e-3))
    assert found.encode.low is not None
    assert found.encode.low <= found.encode.bytes_per_second
    assert found.repair is None


def test_without_a_figure_for_each_case_there_is_none(timed: Build, protected: Protection) -> None:
    (found,) = protections(timed(protected, {"b": 3e-3}))
    assert found.encode is None
    assert found.decode is not None


def test_a_case_that_is_wrong_has_no_speed(timed: Build, protected: Protection, gate: Build) -> None:
    lines = timed(protected, {"a": 1e-3, "b": 3e-3})
    wrong = next(line for line in lines if getattr(line, "label", "") == "a")
    (found,) = protections([*lines, gate(wrong, status="wrong", reason="it lied")])
    assert found.encode is None
    assert found.decode is not None


@pytest.mark.parametrize("changes", [{"status": "wrong", "reason": "it lied"}, {"label": "other"}])
def test_a_backend_that_did_not_count_is_not_told_of(
    timed: Build, protected: Protection, tally: Build, changes: dict[str, object]
) -> None:
    *lines, _ = timed(protected, {"a": 1e-3, "b": 3e-3})
    assert list(protections([*lines, tally(**{"label": "safe", "data_bytes": 1000} | changes)])) == []
