"""``verify`` and ``doctor``."""

import pytest

from benchsuite.workloads import WORKLOADS


def test_verify_counts_the_vectors_that_every_backend_passed(benchsuite):
    run = benchsuite("verify", "--backend", "numpy", "--backend", "openssl", "--json")
    assert run.code == 0
    found = {(r["workload"], r["backend"]): r for r in run.object["results"]}
    assert {workload for workload, _ in found} == {workload.id for workload in WORKLOADS}
    for workload, backend in [("aes-ctr", "numpy"), ("aes-ctr", "openssl"), ("hsiao-decode", "numpy")]:
        result = found[workload, backend]
        assert (result["status"], result["failed"], result["skipped"]) == ("passed", 0, 0)
        assert result["passed"] > 0
    assert found["hsiao-encode", "openssl"]["status"] == "unsupported"
    assert found["hsiao-encode", "openssl"]["reason"]
    passed = sum(result["passed"] for result in found.values())
    assert run.err == f"benchsuite: {passed} vectors passed, 0 failed\n"


def test_verify_finds_a_liar(benchsuite):
    run = benchsuite("verify", "--plugin", "benchsuite.testing.fakes", "--backend", "liar-empty", "--json")
    assert run.code == 1
    (wrong,) = [r for r in run.object["results"] if r["workload"] == "hsiao-encode"]
    assert (wrong["status"], wrong["failed"] > 0) == ("wrong", True)


def test_verify_of_an_unavailable_backend_is_exit_4(benchsuite, absent):
    run = benchsuite("verify", *absent)
    assert run.code == 4
    assert "no such engine: plug it in" in run.out


@pytest.fixture
def checks(benchsuite):
    def run(*options):
        found = benchsuite("doctor", "--json", *options)
        return found.code, {check["name"]: check for check in found.object["checks"]}

    return run


def test_the_doctor_looks_at_the_machine_its_clock_plugins_and_backends(checks, absent):
    code, found = checks(*absent[:2])
    assert {
        "load",
        "frequency governor",
        "CPU quota",
        "hypervisor",
        "memory",
        "disk",
        "clock",
    } <= found.keys()
    assert {"plugin absent", "backend absent", "plugin numpy", "backend numpy"} <= found.keys()
    assert all(check.keys() == {"name", "status", "found", "remedy"} for check in found.values())
    assert {check["status"] for check in found.values()} <= {"ok", "warning", "failed"}
    assert found["backend absent"] == {
        "name": "backend absent",
        "status": "warning",
        "found": "no such engine",
        "remedy": "plug it in",
    }
    assert code == int(any(check["status"] == "failed" for check in found.values()))
    # Whoever fails a check is told what to do.
    assert all(check["remedy"] for check in found.values() if check["status"] == "failed")


def test_the_doctor_fails_for_a_broken_plugin_and_says_how_to_be_rid_of_it(checks, tmp_path):
    (tmp_path / "broken.py").write_text("1 / 0")
    code, found = checks("--plugin", "broken.py")
    assert code == 1
    assert found["plugin broken"]["status"] == "failed"
    assert found["plugin broken"]["found"] == "broken: ZeroDivisionError: division by zero"
    assert "--no-plugin broken" in found["plugin broken"]["remedy"]


def test_the_doctor_prints_a_table(benchsuite):
    run = benchsuite("doctor")
    assert run.out.splitlines()[0].split() == ["check", "status", "found", "remedy"]
    assert any(row.startswith("clock ") for row in run.out.splitlines())
