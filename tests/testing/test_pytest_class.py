"""``BackendConformance`` as pytest shows it to an author."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MODULE = """
import numpy as np
from benchsuite.api import Backend, Prepared, Unavailable, host_cpu
from benchsuite.testing import BackendConformance
from benchsuite.workloads import PARITY_ENCODE

def unavailable():
    raise Unavailable("no such card: buy one")

mine = Backend(name="mine", probe=PROBE)

@mine.implements(PARITY_ENCODE, version=1, variant="table")
def encode(job):
    data, check = job.inputs.data, job.outputs.check[:, 0]
    def run():
        np.bitwise_xor.reduce(data, axis=1, out=check)
        np.bitwise_count(check, out=check)
        np.bitwise_and(check, MASK, out=check)
    return Prepared(run=run)

class TestMine(BackendConformance):
    backend = mine
    OPTIONS
"""


@pytest.fixture
def shown(tmp_path: Path):
    """Run the module's tests in a pytest of its own: exit code, output."""

    def shown(probe: str = "host_cpu", mask: str = "1", options: str = "") -> tuple[int, str]:
        text = MODULE.replace("PROBE", probe).replace("MASK", mask).replace("OPTIONS", options)
        (tmp_path / "test_mine.py").write_text(text)
        command = [sys.executable, "-m", "pytest", "-q", "-rs", "-W", "error", "-p", "no:cacheprovider"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    return shown


def test_an_honest_backend_passes_and_what_does_not_apply_says_why(shown):
    code, out = shown(options="allocates = 'the library leaves no choice'")
    assert code == 0
    assert "15 passed, 2 skipped" in out
    for reason in ("it is available here", "the library leaves no choice"):
        assert reason in out


def test_a_failure_is_four_lines_without_a_traceback(shown):
    code, out = shown(mask="3")
    assert code == 1
    assert "TestMine.test_conforms[parity-encode (table)-sizes]" in out
    (place,) = [
        i for i, line in enumerate(out.splitlines()) if line.startswith("mine, parity-encode (table): sizes:")
    ]
    first, rule, remedy, after = out.splitlines()[place : place + 4]
    assert "ParityEncodeParams(n=65, k=64, codewords=3): item " in first
    assert rule == "  rule:   every item of small, odd and hostile cases is the reference answer"
    assert remedy.startswith("  remedy: look at remainders")
    assert after.startswith(("___", "==="))
    assert "Traceback" not in out


def test_where_it_is_unavailable_all_but_its_metadata_is_skipped_with_the_reason(shown):
    code, out = shown(probe="unavailable")
    assert code == 0
    assert "2 passed, 15 skipped" in out
    assert "no such card: buy one" in out


def test_importing_the_kit_imports_no_pytest():
    code = "import sys, benchsuite.testing; assert 'pytest' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
