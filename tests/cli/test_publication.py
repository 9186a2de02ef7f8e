"""What the preset for publication refuses."""

from __future__ import annotations

from typing import Any

import pytest

from benchsuite.cli.check import Check
from benchsuite.cli.publication import refusals, warnings
from benchsuite.host.cases import Selection, select
from benchsuite.host.plan import Probe, plan
from benchsuite.host.plugins import discover
from benchsuite.record.machine.suite import is_checkout
from benchsuite.record.types import Planned

CLEAN = {"suite_revision": "0" * 40, "suite_modified": False}
INSTALLED = {"suite_revision": None, "suite_modified": None, "suite_modified_reason": "a distribution"}
CHECKS = [
    Check("clock", "ok", "tsc"),
    Check("governor", "warning", "powersave", "change it"),
]
FAILED = Check("disk", "failed", "3 MiB free", "free some space")


def rows(pool: str = "") -> list[Planned]:
    """The plan of a small run, with its A/A pair unless all is cold."""
    selection = Selection(workloads=("parity-encode",), pools=(pool,) if pool else ())
    registry = discover()
    return plan(
        registry,
        select(registry, selection, "standard"),
        {"numpy": Probe(devices=(("cpu", ("end-to-end",)),))},
        selection,
        cold_from_bytes=None,
        last_cache_bytes=1 << 20,
    )


def test_a_clean_checkout_with_an_a_a_pair_is_refused_nothing_and_warnings_are_kept() -> None:
    assert list(refusals(CLEAN, CHECKS, rows(), throughput=True)) == []
    assert warnings(CHECKS) == ["governor: powersave"]


def test_every_reason_is_a_line_of_its_own_with_a_remedy() -> None:
    found = list(refusals(CLEAN | {"suite_modified": True}, [*CHECKS, FAILED], rows("cold"), throughput=True))
    assert found == [
        "the suite's checkout has changes that no commit holds: commit or stash them (git status)",
        "doctor: disk failed: 3 MiB free: free some space",
        "no A/A pair: the selection has no hot cell of one process: leave --pool and --processes out",
    ]


def test_injection_alone_needs_no_a_a_pair() -> None:
    assert list(refusals(CLEAN, CHECKS, [], throughput=False)) == []


@pytest.mark.skipif(not is_checkout(), reason="the suite was installed as a distribution")
def test_a_checkout_whose_state_is_unknown_is_refused() -> None:
    (reason,) = refusals(INSTALLED, CHECKS, rows(), throughput=True)
    assert reason == "the suite's checkout is unknown: a distribution: install git, or a wheel"


@pytest.mark.parametrize("more", [[], ["--dry-run"]], ids=["run", "dry run"])
def test_a_refused_run_is_exit_2_and_writes_nothing(benchsuite: Any, tmp_path: Any, more: list[str]) -> None:
    options = ["parity-encode", "--preset", "publication", "--suite", "throughput", "--pool", "cold"]
    run = benchsuite("run", *options, "-k", "65", "--backend", "numpy", "--processes", "1", *more)
    assert run.code == 2
    assert "benchsuite: preset publication refuses: no A/A pair" in run.err
    assert ("cells to measure" in run.out) == bool(more)
    assert list(tmp_path.iterdir()) == []
