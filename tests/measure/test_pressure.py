from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.flags import visit_flags
from benchsuite.measure.pressure import difference, of_crowd, read_counters, unread_counters
from benchsuite.record.types import Pressure

Build = Callable[..., Any]
MACHINES = sorted(path.stem for path in (Path(__file__).parents[1] / "machines").glob("*.toml"))
BEFORE = {"seconds": 10.0, "cpus": 2, "online": 8, "runnable": 1}


@pytest.mark.parametrize("name", MACHINES)
def test_counters_are_what_the_kernel_of_a_machine_says(machine: Build, name: str) -> None:
    one = machine(name)
    counters, unread = read_counters(one.files), unread_counters(one.files)
    assert {counter: counters[counter] for counter in one.counters} == pytest.approx(one.counters)
    assert {counter: unread[counter] for counter in one.unread} == one.unread
    assert not counters.keys() & unread.keys()


def test_a_machine_that_tells_nothing_flags_nothing_and_says_why(machine: Build) -> None:
    nothing = machine()
    met = difference(read_counters(nothing.files), read_counters(nothing.files))
    assert met.keys() == {
        "seconds",
        "involuntary_switches",
        "major_faults",
    }  # asked of the system, not of files
    assert all(unread_counters(nothing.files).values())
    assert unread_counters(nothing.files).keys() >= {"steal_seconds", "stalled_seconds", "thermal_events"}


def test_counters_of_this_machine_make_the_pressure_of_a_line() -> None:
    before = read_counters()
    met = msgspec.convert(difference(before, read_counters()), Pressure)
    assert met.seconds > 0


def flags_between(machine: Any, name: str, text: str) -> list[str]:
    """Flags of a visit of 50 ms in which only this file changed."""
    before = read_counters(machine.files)
    machine.write(name, text)
    after = {**read_counters(machine.files), "seconds": before["seconds"] + 0.05}
    asked = {"involuntary_switches": 0, "major_faults": 0}  # of the system: what it says is not under test
    return list(visit_flags(msgspec.convert(difference(before | asked, after | asked), Pressure)))


STAT = (
    "cpu  0\ncpu0 522000 0 52000 582000 1200 0 300 {} 0 0\ncpu1 523050 0 0 0 0 0 0 400 0 0\nprocs_running {}"
)
UNIFIED = "sys/fs/cgroup/unified/cpu.pressure"


@pytest.mark.parametrize(
    ("name", "text", "flags"),
    [
        ("proc/stat", STAT.format(437, 1), []),
        ("proc/stat", STAT.format(438, 1), ["steal"]),
        ("proc/stat", STAT.format(437, 9), []),  # at one of both ends only
        (UNIFIED, "some avg10=0.00 total=1998002000\nfull total=0", []),
        (UNIFIED, "some avg10=0.00 total=1998003000\nfull total=0", ["psi"]),
        ("proc/pressure/cpu", "some avg10=0.00 total=9998003000", []),  # stalls of other groups
        ("proc/self/task/7/schedstat", "200000000 19800707 640", []),
        ("proc/self/task/7/schedstat", "200000000 20000707 640", ["waited"]),
        ("sys/fs/cgroup/cpu/cpu.stat", "nr_throttled 1\nthrottled_time 0", ["throttled"]),
        ("proc/vmstat", "pswpin 1\npswpout 0", ["swap"]),
    ],
)
def test_what_changes_during_a_visit_flags_it(machine: Build, name: str, text: str, flags: list[str]) -> None:
    assert flags_between(machine("amd-virtual-machine"), name, text) == flags


def test_heat_of_an_allowed_core_flags_and_that_of_another_does_not(machine: Build) -> None:
    count = "sys/devices/system/cpu/cpu{}/thermal_throttle/core_throttle_count"
    one = machine("intel-bare-metal")
    one.write("proc/stat", STAT.format(0, 1))
    assert flags_between(one, count.format(0), "1001") == []
    assert flags_between(one, count.format(3), "4") == ["thermal"]


def test_throttling_of_a_group_is_counted_in_periods_and_seconds(machine: Build) -> None:
    one = machine("container-version-2")
    before = read_counters(one.files)
    one.write("sys/fs/cgroup/pod/box/cpu.stat", "nr_throttled 5\nthrottled_usec 260000")
    met = difference(before, read_counters(one.files))
    assert (met["throttled_periods"], met["throttled_seconds"]) == (1, pytest.approx(0.01))


def test_load_is_what_runs_beside_us_at_both_ends_by_our_share_of_the_machine() -> None:
    after = BEFORE | {"seconds": 12.0, "runnable": 9}
    busy = BEFORE | {"runnable": 5}
    assert difference(BEFORE, after)["contending_seconds"] == 0
    met = difference(busy, after)
    assert met["contending_seconds"] == pytest.approx(4 * 2.0 * 2 / 8)
    assert met["capacity_seconds"] == pytest.approx(2 * 2.0)
    assert difference(busy, after, ours=5)["contending_seconds"] == 0


def test_a_counter_that_runs_backwards_met_nothing() -> None:
    assert difference({"seconds": 1.0, "steal_seconds": 2.0}, {"seconds": 2.0, "steal_seconds": 1.0}) == {
        "seconds": 1.0,
        "steal_seconds": 0,
    }


def test_a_counter_that_was_read_once_only_is_left_out() -> None:
    assert difference({"seconds": 1.0, "swapped_pages": 2}, {"seconds": 2.0}) == {"seconds": 1.0}


def test_a_crowd_met_what_its_most_troubled_member_met_in_each_rush() -> None:
    rushes = [
        [{"seconds": 1.0, "waited_seconds": 0.5}, {"seconds": 1.1, "waited_seconds": 0.0}],
        [{"seconds": 2.0, "waited_seconds": 0.0}, {"seconds": 2.0, "waited_seconds": 0.25}],
    ]
    assert of_crowd(rushes) == pytest.approx({"seconds": 3.1, "waited_seconds": 0.75})
    assert of_crowd([]) == {}


def test_time_passes_between_two_readings() -> None:
    before, now = read_counters(), time.perf_counter()
    assert before["seconds"] <= now <= read_counters()["seconds"]
