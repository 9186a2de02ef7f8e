"""``doctor --aa``, of one tiny engine."""

from __future__ import annotations

import pytest

ENGINE = """
from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.measure import gate, probes
from benchsuite.testing.encoder import encode, other_sizes
from benchsuite.workloads import HSIAO_ENCODE

def probe():
    gate.VARIED_SECONDS = probes.PROBE_SECONDS = 0.01
    return host_cpu()

backend = Backend(name="tiny", probe=probe)

@backend.implements(HSIAO_ENCODE, version=1, unless=other_sizes)
def prepare(job):
    data, outputs = job.inputs.data, job.outputs
    return Prepared(run=lambda: encode(job.inputs, outputs))

@hookimpl
def benchsuite_backends():
    return [backend]
"""


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Options that leave this engine only."""
    (tmp_path / "tiny.py").write_text(ENGINE)
    blocked = [part for name in ("numpy", "openssl", "cuda") for part in ("--no-plugin", name)]
    return ["--plugin", str(tmp_path / "tiny.py"), *blocked]


def test_without_a_backend_that_works_there_is_nothing_to_compare(benchsuite, absent):
    blocked = [part for name in ("numpy", "openssl", "cuda") for part in ("--no-plugin", name)]
    run = benchsuite("doctor", "--aa", *absent[:2], *blocked)
    assert (run.code, run.out) == (5, "")
    assert "no backend that works here has a case to compare" in run.err


def test_where_every_case_is_too_slow_the_check_fails(benchsuite, tiny):
    """The tiny engine's only quick case takes longer than the 1 ms that a comparison allows."""
    run = benchsuite("doctor", "--aa", "--comparisons", 1, "--output", "aa.jsonl", *tiny, "--json")
    assert run.code == 1
    (check,) = run.object["checks"]
    assert (check["status"], check["found"]) == ("failed", "no comparison was finished")
    assert benchsuite("results", "validate", "aa.jsonl").code == 0
