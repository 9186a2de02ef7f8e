from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchsuite.cli.machine_checks import machine_checks
from benchsuite.record.machine import machine_facts

Build = Callable[..., Any]


def checks(machine: Any, **changes: object) -> dict[str, Any]:
    facts: dict[str, Any] = machine_facts(machine.files)
    return {check.name: check for check in machine_checks(facts | changes)}


def warnings(machine: Any, **changes: object) -> set[str]:
    return {name for name, check in checks(machine, **changes).items() if check.status == "warning"}


def test_what_a_machine_can_mend_is_a_warning_with_a_remedy(machine: Build) -> None:
    one = machine("intel-bare-metal")
    expected = {"frequency governor", "turbo", "hardware threads", "memory nodes", "swap"}
    found = checks(one)
    assert warnings(one) == expected
    assert all(bool(check.remedy) == (check.status != "ok") for check in found.values())
    assert (found["frequency governor"].found, found["swap"].found) == ("powersave", "1 MiB in use")
    assert found["hypervisor"].found == "bare metal"


def test_a_virtual_machine_says_whose_and_whether_stolen_time_is_told(machine: Build) -> None:
    found = checks(machine("amd-virtual-machine"))["hypervisor"]
    assert (found.status, found.found) == ("warning", "virtual machine (KVM), tells of stolen time")


def test_a_quota_below_the_cores_is_a_warning(machine: Build) -> None:
    assert checks(machine("container-version-2"), cores_allowed=2)["CPU quota"].found == "0.5 of 2 cores"
    assert "CPU quota" not in warnings(machine("container-version-1"), cores_allowed=2)  # 2.5 cores


@pytest.mark.parametrize(
    ("fact", "value", "name"),
    [
        ("clock_source", "hpet", "clock source"),
        ("transparent_huge_pages", "never", "huge pages"),
        ("python_optimisations", ["--with-pydebug", "-O0"], "Python"),
        ("load_average_1_minute", 0.6, "load"),
    ],
)
def test_each_of_these_alone_is_a_warning(machine: Build, fact: str, value: object, name: str) -> None:
    one = machine("arm-server")
    assert name not in warnings(one, cores_allowed=2, load_average_1_minute=0.5)
    assert name in warnings(one, cores_allowed=2, **{fact: value})


def test_a_machine_that_tells_nothing_gets_no_warning_and_the_reasons(machine: Build) -> None:
    nothing = machine()
    assert warnings(nothing, python_optimisations=None) == set()
    found = checks(nothing)
    assert found["turbo"].found == "no switch for turbo here (a virtual machine, or no driver)"
    assert found["swap"].found == "this system has no meminfo"
    assert found["load"].found == "this system has no load average"
