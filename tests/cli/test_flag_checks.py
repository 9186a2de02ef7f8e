from __future__ import annotations

import pytest

from benchsuite.cli.check import Check
from benchsuite.cli.flag_checks import flag_checks
from benchsuite.record.types import FLAGS, Pressure

CALM = Pressure(
    seconds=0.5,
    capacity_seconds=1.0,
    steal_seconds=0.0,
    stalled_seconds=0.001,
    waited_seconds=0.0,
    throttled_periods=0,
    involuntary_switches=2,
    major_faults=0,
    thermal_events=0,
    contending_seconds=0.0,
)
OF_RUNS = {"above_roofline", "contended"}
"""What only the rows of a run show beside each other."""
STEADY = [1.0, 1.001, 0.999, 1.002] * 4


def checks(met: Pressure = CALM, seconds: list[float] = STEADY, **unread: str) -> dict[str, Check]:
    return {check.name.removeprefix("flag "): check for check in flag_checks(met, unread, seconds)}


def test_every_flag_has_a_check_and_a_calm_machine_no_warning() -> None:
    found = checks()
    assert found.keys() == set(FLAGS) - OF_RUNS
    assert {check.status for check in found.values()} == {"ok"}
    assert all(check.found and not check.remedy for check in found.values())


def test_what_a_visit_met_is_a_warning_with_the_figure_and_a_remedy() -> None:
    busy = Pressure(
        seconds=0.5,
        capacity_seconds=1.0,
        steal_seconds=0.25,
        stalled_seconds=0.5,
        waited_seconds=0.1,
        throttled_periods=3,
        involuntary_switches=90,
        major_faults=1,
        swapped_pages=2,
        thermal_events=1,
        contending_seconds=1.0,
    )
    found = checks(busy)
    of_visits = {name: check for name, check in found.items() if check.status == "warning"}
    assert of_visits.keys() == set(FLAGS) - OF_RUNS - {"drift", "outliers", "bimodal", "not_steady"}
    assert all(check.remedy for check in of_visits.values())
    assert found["steal"].found == "50 % of 500 ms stolen"
    assert found["swap"].found == "3 pages from or to a disk in 500 ms"


@pytest.mark.parametrize(
    ("flag", "seconds"),
    [
        ("drift", [1 + 0.001 * i for i in range(16)]),
        ("outliers", [*STEADY[:-1], 1.2]),
        ("bimodal", [1.0, 1.001, 1.2, 1.201] * 4),
        ("not_steady", [1.0] * 3 + [1.1] * 13),
        ("not_steady", [1.0, 4.4] * 8),
    ],
)
def test_what_a_series_shows_is_a_warning(flag: str, seconds: list[float]) -> None:
    found = checks(seconds=seconds)
    assert (found[flag].status, bool(found[flag].remedy)) == ("warning", True)


def test_a_counter_that_cannot_be_read_says_why() -> None:
    found = checks(Pressure(seconds=0.5), stalled_seconds="psi=0")
    assert (found["psi"].status, found["psi"].found) == ("ok", "never set here: psi=0")
