import getpass
import json
import os
import platform
import sys
from pathlib import Path

import msgspec
import pytest

from benchsuite.record import machine
from benchsuite.record.types import Fact


def test_every_fact_is_a_value_or_has_a_reason() -> None:
    facts = machine.machine_facts()
    unexplained = [name for name, fact in facts.items() if fact is None and not facts.get(f"{name}_reason")]
    contradictory = [
        name for name in facts if name.endswith("_reason") and facts[name.removesuffix("_reason")] is not None
    ]
    assert (unexplained, contradictory) == ([], [])


def test_facts_fit_into_a_run_line() -> None:
    facts = machine.machine_facts()
    assert msgspec.convert(facts, dict[str, Fact]) == facts


def test_facts_name_no_host_user_or_path() -> None:
    facts = machine.machine_facts()
    text = json.dumps(facts)
    assert platform.node() not in set(map(str, facts.values()))
    assert str(Path.home()) not in text
    assert str(Path.cwd()) not in text
    assert sys.prefix not in text
    assert getpass.getuser() not in set(map(str, facts.values()))


def test_facts_of_the_interpreter_are_this_ones() -> None:
    facts = machine.machine_facts()
    assert facts["python_version"] == platform.python_version()
    assert facts["python_implementation"] == sys.implementation.name.replace("cpython", "CPython")


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity masks here")
def test_the_cores_allowed_follow_the_affinity_mask() -> None:
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert machine.machine_facts()["cores_allowed"] == 1
    finally:
        os.sched_setaffinity(0, before)
    assert machine.machine_facts()["cores_allowed"] == len(before)


def test_a_system_without_kernel_files_gives_nulls_with_reasons(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "_CPUS", tmp_path)
    facts = machine.machine_facts()
    assert machine.last_cache_bytes() is None
    for name in ("cache_l2_bytes", "governor", "turbo", "smt", "mitigations"):
        assert facts[name] is None
        assert isinstance(facts[f"{name}_reason"], str)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="caches are read on Linux only")
def test_caches_are_read_in_bytes_and_the_last_is_the_largest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    caches = {
        "index0": ("1", "Data", "48K"),
        "index1": ("2", "Unified", "2M"),
        "index2": ("3", "Unified", "0K"),
    }
    for core in os.sched_getaffinity(0):
        for index, values in caches.items():
            folder = tmp_path / f"cpu{core}" / "cache" / index
            folder.mkdir(parents=True)
            for name, value in zip(("level", "type", "size"), values, strict=True):
                (folder / name).write_text(f"{value}\n")
    monkeypatch.setattr(machine, "_CPUS", tmp_path)
    facts = machine.machine_facts()
    assert (facts["cache_l1d_bytes"], facts["cache_l2_bytes"]) == (48 << 10, 2 << 20)
    assert machine.last_cache_bytes() == 2 << 20


@pytest.mark.parametrize(
    ("limits", "quota"),
    [
        ({"": "max 100000", "a": "150000 100000", "a/b": "400000 100000"}, 1.5),
        ({"": "50000 100000", "a": "max 100000"}, 0.5),
        ({"a/b": "max 100000"}, None),
    ],
)
def test_the_tightest_quota_of_the_groups_above_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limits: dict[str, str], quota: float | None
) -> None:
    for group, limit in limits.items():
        (tmp_path / group).mkdir(parents=True, exist_ok=True)
        (tmp_path / group / "cpu.max").write_text(f"{limit}\n")
    monkeypatch.setattr(machine, "_CGROUPS", tmp_path)
    assert min(machine._quotas([""], "/a/b"), default=None) == quota
