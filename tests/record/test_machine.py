import getpass
import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchsuite.measure.pressure import read_counters, unread_counters
from benchsuite.record.machine import last_cache_bytes, machine_facts
from benchsuite.record.machine.files import Unread, cpu_list
from benchsuite.record.types import Fact


def test_every_fact_is_a_value_or_has_a_reason() -> None:
    facts = machine_facts()
    unexplained = [name for name, fact in facts.items() if fact is None and not facts.get(f"{name}_reason")]
    contradictory = [
        name for name in facts if name.endswith("_reason") and facts[name.removesuffix("_reason")] is not None
    ]
    assert (unexplained, contradictory) == ([], [])


def test_facts_fit_into_a_run_line() -> None:
    facts = machine_facts()
    assert msgspec.convert(facts, dict[str, Fact]) == facts


def test_facts_name_no_host_user_or_path() -> None:
    facts = machine_facts()
    text = json.dumps(facts)
    assert platform.node() not in set(map(str, facts.values()))
    assert str(Path.home()) not in text
    assert str(Path.cwd()) not in text
    assert sys.prefix not in text
    assert getpass.getuser() not in set(map(str, facts.values()))


def test_facts_of_the_interpreter_are_this_ones() -> None:
    facts = machine_facts()
    assert facts["python_version"] == platform.python_version()
    assert facts["python_implementation"] == sys.implementation.name.replace("cpython", "CPython")


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity masks here")
def test_the_cores_allowed_follow_the_affinity_mask() -> None:
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert machine_facts()["cores_allowed"] == 1
    finally:
        os.sched_setaffinity(0, before)
    assert machine_facts()["cores_allowed"] == len(before)


MACHINES = sorted(path.stem for path in (Path(__file__).parents[1] / "machines").glob("*.toml"))


@pytest.mark.parametrize("name", MACHINES)
def test_facts_are_what_the_kernel_of_a_machine_says(machine: Callable[[str], Any], name: str) -> None:
    one = machine(name)
    facts = machine_facts(one.files)
    assert one.facts
    assert {fact: facts[fact] for fact in one.facts} == one.facts
    assert {fact: facts[f"{fact}_reason"] for fact in one.reasons} == one.reasons
    assert [facts[fact] for fact in one.reasons] == [None] * len(one.reasons)


def test_a_machine_that_tells_nothing_gives_nulls_with_reasons(machine: Callable[[], Any]) -> None:
    nothing = machine().files
    facts = machine_facts(nothing)
    assert last_cache_bytes(nothing) is None
    for name in (
        "cache_l2_bytes",
        "governor",
        "turbo",
        "smt",
        "mitigations",
        "memory_bytes",
        "cores_logical",
    ):
        assert facts[name] is None
        assert isinstance(facts[f"{name}_reason"], str)
    assert facts["psi_available"] is False


@pytest.mark.parametrize("text", ["", "\x00", "cpu", "1:2", "-1 -1\ncpu0 x y z"])
@pytest.mark.parametrize("name", MACHINES)
def test_files_of_an_unknown_form_are_unread_and_never_an_error(
    machine: Callable[[str], Any], name: str, text: str
) -> None:
    one = machine(name)
    for path in [path for path in one.root.rglob("*") if path.is_file()]:
        whole = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        facts = machine_facts(one.files)
        assert all(facts.get(f"{fact}_reason") for fact, value in facts.items() if value is None)
        assert not read_counters(one.files).keys() & unread_counters(one.files).keys()
        last_cache_bytes(one.files)
        path.write_text(whole, encoding="utf-8")


def test_the_last_cache_is_the_largest(machine: Callable[[str], Any]) -> None:
    assert last_cache_bytes(machine("amd-virtual-machine").files) == 32 << 20
    assert last_cache_bytes(machine("intel-bare-metal").files) == 2 << 20


def test_a_cache_of_no_size_is_none(machine: Callable[[str], Any]) -> None:
    one = machine("intel-bare-metal")
    one.write("sys/devices/system/cpu/cpu1/cache/index3/level", "3")
    one.write("sys/devices/system/cpu/cpu1/cache/index3/type", "Unified")
    assert machine_facts(one.files)["cache_l3_bytes"] is None
    one.write("sys/devices/system/cpu/cpu1/cache/index3/size", "0K")
    assert last_cache_bytes(one.files) == 2 << 20


@pytest.mark.parametrize(
    ("limits", "quota"),
    [
        ({"": "max 100000", "a": "150000 100000", "a/b": "400000 100000"}, 1.5),
        ({"": "50000 100000", "a": "max 100000"}, 0.5),
        ({"a/b": "max 100000"}, None),
    ],
)
def test_the_tightest_quota_of_the_groups_above_counts(
    machine: Callable[[], Any], limits: dict[str, str], quota: float | None
) -> None:
    one = machine()
    one.write("proc/self/cgroup", "0::/a/b")
    for group, limit in limits.items():
        one.write(f"sys/fs/cgroup/{group}/cpu.max", limit)
    assert machine_facts(one.files)["cpu_quota_cores"] == quota


@pytest.mark.parametrize(
    ("text", "cpus"), [("", []), ("0", [0]), ("0-2,5", [0, 1, 2, 5]), ("1, 4-5", [1, 4, 5])]
)
def test_lists_of_cpus_are_read_as_the_kernel_writes_them(text: str, cpus: list[int]) -> None:
    assert cpu_list(text) == cpus


def test_a_list_of_another_form_is_unread() -> None:
    with pytest.raises(Unread):
        cpu_list("0x3")
