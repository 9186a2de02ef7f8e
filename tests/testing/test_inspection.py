"""A plugin is checked in a worker: whatever it does there is a finding, and the next check goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchsuite.host.plugins import UsageError
from benchsuite.testing import inspection
from benchsuite.testing.inspection import RULES, Finding, inspect
from benchsuite.testing.scaffold import write_plugin

PLUGIN = """
import ctypes, os, time
import numpy as np
from benchsuite.api import Backend, Prepared, Unavailable, hookimpl, host_cpu
from benchsuite.workloads import PARITY_CHECK, PARITY_ENCODE

backend = Backend(name="mine", probe=host_cpu)

@backend.implements(PARITY_ENCODE, version=1)
def encode(job):
    data, check = job.inputs.data, job.outputs.check[:, 0]
    def run():
        np.bitwise_xor.reduce(data, axis=1, out=check)
        np.bitwise_count(check, out=check)
        np.bitwise_and(check, 1, out=check)
    return Prepared(run=run)

@hookimpl
def benchsuite_backends():
    return [backend]
"""

CRASHES = PLUGIN.replace("    def run():", "    if len(data) == 5: ctypes.string_at(0)\n    def run():")
HANGS = PLUGIN.replace("    def run():", "    if len(data) == 5: time.sleep(600)\n    def run():")
EXITS = PLUGIN.replace("    def run():", "    if len(data) == 5: raise SystemExit(3)\n    def run():")


@pytest.fixture
def found(tmp_path: Path):
    """Check a plugin of this source: its findings."""

    def found(source: str, *skip: str) -> list[Finding]:
        path = tmp_path / "mine.py"
        path.write_text(source)
        return list(inspect(str(path), skip))

    return found


def test_a_good_plugin_of_one_file_is_asked_everything_but_its_distribution(found):
    findings = found(PLUGIN)
    assert [f for f in findings if f.status == "failed"] == []
    skipped = {f.check: f.reason for f in findings if f.status == "skipped"}
    assert list(skipped) == ["distribution", "unavailable"]
    assert {f.check for f in findings} == {"loads", "name", "brings", "distribution", *RULES}


@pytest.mark.parametrize(
    ("source", "reason", "seconds"),
    [
        (CRASHES, "the worker was killed by SIGSEGV", inspection.RULE_SECONDS),
        (HANGS, "timeout: no answer within 5 s", 5.0),  # time enough for the rules before that one
        (EXITS, "SystemExit: 3", inspection.RULE_SECONDS),
    ],
    ids=["crash", "hang", "exit"],
)
def test_a_crash_a_hang_or_an_exit_is_a_finding_and_not_the_end(found, monkeypatch, source, reason, seconds):
    monkeypatch.setattr(inspection, "RULE_SECONDS", seconds)
    findings = found(source, "timing", "allocation")
    broken = [f for f in findings if f.status == "failed"]
    assert broken and all(f.reason.startswith(reason) for f in broken)
    assert broken[0].subject == "mine, parity-encode"
    assert findings[-2].check == "timing" and findings[-2].reason == "by --skip"


def test_what_does_not_load_is_said_with_its_error(found):
    (loads,) = found("raise RuntimeError('not today')")
    assert (loads.check, loads.status) == ("loads", "failed")
    assert loads.reason == "RuntimeError: not today (mine.py:1)"


@pytest.mark.parametrize(
    ("source", "rule", "place"),
    [
        (PLUGIN.replace("    def run():", "    width = 'eight' + 1\n    def run():"), "unsupported", 12),
        (PLUGIN.replace("out=check", "out=nowhere"), "vectors", 13),
        (PLUGIN.replace("probe=host_cpu", "probe=lambda: nowhere"), "metadata", 7),
    ],
    ids=["prepare", "run", "probe"],
)
def test_one_exception_is_one_failure_that_names_the_plugins_own_line(found, source, rule, place):
    findings = found(source)
    (failed,) = [f for f in findings if f.status == "failed"]
    assert failed.check == rule
    assert failed.reason.endswith(f"(mine.py:{place})")
    assert failed.remedy.startswith("mend the exception")
    assert findings[-1].reason == f"not asked: see {rule}"


def test_of_wrong_answers_only_vectors_and_sizes_are_failures(found):
    findings = found(PLUGIN.replace("np.bitwise_and(check, 1, out=check)", "pass"))
    assert [f.check for f in findings if f.status == "failed"] == ["vectors", "sizes"]
    assert findings[-1].reason == "not asked: answers are wrong already, see vectors"


def test_a_crash_in_native_code_gets_a_remedy_of_its_own(found):
    (failed,) = [f for f in found(CRASHES) if f.status == "failed"]
    assert "NULL" in failed.remedy


def test_a_name_that_no_option_could_take_is_found(tmp_path):
    path = tmp_path / "My Engine.py"
    path.write_text(PLUGIN)
    failed = [f for f in inspect(str(path), [*RULES]) if f.status == "failed"]
    assert [(f.check, f.reason) for f in failed] == [("name", "'My Engine' is no name")]


def test_a_crash_while_loading_is_said_too(found):
    (loads,) = found("import os; os.abort()")
    assert (loads.check, loads.status) == ("loads", "failed")
    assert "SIGABRT" in loads.reason


def test_an_api_of_the_future_is_named(found):
    findings = found(PLUGIN.replace('name="mine"', 'name="mine", api=2'))
    assert "API 2, this is API 1: upgrade benchsuite" in findings[0].reason


def test_where_the_machine_cannot_run_it_the_reason_is_said_and_no_rule_fails(found):
    source = PLUGIN.replace("probe=host_cpu", "probe=probe").replace(
        "backend =", "def probe(): raise Unavailable('no such card: buy one')\n\nbackend =", 1
    )
    findings = found(source)
    assert [f for f in findings if f.status == "failed"] == []
    assert {f.reason for f in findings if f.subject == "mine, parity-encode"} == {"no such card: buy one"}


@pytest.mark.parametrize(
    ("text", "message"),
    [("no_such", "no plugin is called 'no_such'"), ("no/such.py", "there is no such file")],
)
def test_a_plugin_that_there_is_not_is_a_mistake_of_the_user(text, message):
    with pytest.raises(UsageError, match=message):
        list(inspect(text))


def test_a_rule_that_there_is_not_is_a_mistake_of_the_user():
    with pytest.raises(UsageError, match="no rule is called 'size'; did you mean sizes"):
        list(inspect("mine", ["size"]))


@pytest.mark.parametrize(
    ("requires", "status"),
    [("Requires-Dist: benchsuite>=0.1", "ok"), ("Requires-Dist: benchsuite-x", "failed")],
)
def test_the_metadata_of_an_installed_distribution_are_checked(tmp_path, monkeypatch, requires, status):
    write_plugin("mine", tmp_path / "mine")
    installed = tmp_path / "mine/src/benchsuite_mine-0.1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(f"Name: benchsuite-mine\nVersion: 0.1.0\n{requires}\n")
    (installed / "entry_points.txt").write_text("[benchsuite]\nmine = benchsuite_mine\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "mine/src"))
    for name in ("mine", "benchsuite-mine"):
        (distribution,) = [f for f in inspect(name, [*RULES]) if f.check == "distribution"]
        assert distribution.status == status
        assert distribution.reason.startswith("benchsuite-mine 0.1.0")
    assert "benchsuite_mine" not in sys.modules  # only the worker imports it


def test_an_installed_plugin_of_the_same_backend_is_left_out_if_told(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN.replace('name="mine"', 'name="numpy"'))
    loads = [next(iter(inspect(str(path), [*RULES], blocked))) for blocked in ((), ("numpy",))]
    assert [finding.status for finding in loads] == ["failed", "ok"]
