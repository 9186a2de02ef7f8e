"""``verify`` and ``doctor``."""

import pytest

from benchsuite.record.types import FLAGS
from benchsuite.workloads import CRC, WORKLOADS

ECB = """\
[ENCRYPT]

COUNT = 0
KEY = 00000000000000000000000000000000
PLAINTEXT = f34481ec3cc627bacd5dc3fb08f273e6
CIPHERTEXT = 0336763e966d92595a567cc9ce537f5e

COUNT = 1
KEY = 00000000000000000000000000000000
PLAINTEXT = 9798c4640bad75c7c3227db910174e72
CIPHERTEXT = a9a1631bf4996954ebc093957b234589
"""
SETS = {
    "ciphers/AES/ECB/right.rsp": ECB,
    "ciphers/AES/OFB/other.rsp": ECB,
    "x509/some.pem": "",
}


PICKY = """
import zlib
from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.workloads import CRC

backend = Backend(name="picky", probe=host_cpu)

def unless(params):
    return None if params.algorithm == "CRC-32/ISO-HDLC" else "no such CRC"

@backend.implements(CRC, version=1, unless=unless)
def crc(job):
    def run():
        job.outputs.crc[:] = [zlib.crc32(message) for message in job.inputs.data]

    return Prepared(run=run)

@hookimpl
def benchsuite_backends():
    return [backend]
"""
"""A backend that refuses the workload's default parameters, but not those of all vectors."""


def test_verify_counts_the_vectors_that_every_backend_passed(benchsuite, vector_package):
    vector_package(None)
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
    passed = sum(result["passed"] for result in run.object["results"])
    *_, counts, hint = run.err.splitlines()
    assert counts == f"benchsuite: {passed} vectors passed, 0 failed"
    assert hint.startswith("benchsuite: cryptography-vectors is not installed")
    assert 'pip install "benchsuite[vectors]"' in hint
    assert run.object["sets"] == []


def test_verify_recommends_no_vectors_where_there_are_none_for_what_was_asked(benchsuite, vector_package):
    vector_package(None)
    run = benchsuite("verify", "crc", "--backend", "numpy")
    assert (run.code, "cryptography-vectors" in run.err) == (0, False)


def ecb(run, backend):
    (result,) = [
        r for r in run.object["results"] if (r["workload"], r["backend"]) == ("aes-ecb-encrypt", backend)
    ]
    return result


def test_verify_adds_the_installed_sets_and_says_which_do_not_apply(benchsuite, vector_package):
    vector_package(SETS)
    run = benchsuite("verify", "--backend", "openssl", "--json")
    (workload,) = [workload for workload in WORKLOADS if workload.id == "aes-ecb-encrypt"]
    assert run.code == 0
    assert ecb(run, "openssl")["passed"] == len(list(workload.vectors())) + 2
    assert run.object["sets"] == [
        {"set": "ciphers/AES/ECB/right.rsp", "vectors": 2, "applies": True, "reason": ""},
        {
            "set": "ciphers/AES/OFB/other.rsp",
            "vectors": 2,
            "applies": False,
            "reason": "no workload for AES-OFB",
        },
        {"set": "x509/some.pem", "vectors": 1, "applies": False, "reason": "no workload for x509"},
    ]
    assert run.err.splitlines()[-1].endswith("2 vectors of 1 sets apply, 3 of 2 sets do not")
    rows = benchsuite("verify", "--backend", "openssl").out.split("\n\n")[1].splitlines()
    assert [row.split(maxsplit=2) for row in rows[2:]] == [
        ["2", "1", "no workload for AES-OFB"],
        ["1", "1", "no workload for x509"],
    ]


def test_verify_finds_altered_vectors_and_names_the_first(benchsuite, vector_package):
    vector_package(
        SETS | {"ciphers/AES/ECB/altered.rsp": ECB.replace("a9a1", "a9a0").replace("0336", "0337")}
    )
    run = benchsuite("verify", "--backend", "numpy", "--json")
    result = ecb(run, "numpy")
    assert run.code == 1
    assert (result["status"], result["failed"]) == ("wrong", 2)
    assert result["passed"] > 2  # the count goes on
    assert "vector ciphers/AES/ECB/altered.rsp, line 3, COUNT = 0 (" in result["reason"]


def test_verify_takes_workloads_and_says_how_far_it_is(benchsuite, vector_package):
    vector_package(None)
    run = benchsuite("verify", "aes-ctr", "crc", "--backend", "numpy", "--json")
    assert {result["workload"] for result in run.object["results"]} == {"aes-ctr", "crc"}
    assert "benchsuite: verifying 0 of 2" in run.err
    assert "did you mean aes-ctr?" in benchsuite("verify", "aes-ctrl").err


def test_verify_counts_vectors_of_a_backend_that_refuses_the_default_parameters(
    benchsuite, vector_package, tmp_path
):
    vector_package(None)
    path = tmp_path / "picky.py"
    path.write_text(PICKY)
    run = benchsuite("verify", "--plugin", path, "--backend", "picky", "--json")
    (crc,) = [result for result in run.object["results"] if result["workload"] == "crc"]
    done = [vector for vector in CRC.vectors() if vector.params.algorithm == "CRC-32/ISO-HDLC"]
    assert (crc["status"], crc["passed"], crc["failed"]) == ("passed", len(done), 0)
    assert crc["skipped"] > 0
    assert crc["reason"] == "skipped: no such CRC"


def test_verify_tells_the_devices_and_scopes_of_a_backend_apart(benchsuite, vector_package, pair):
    vector_package(None)
    run = benchsuite("verify", "crc", *pair, "--json")
    found = [(r["backend"], r["device"], r["scope"]) for r in run.object["results"]]
    assert found == [("pair", "cpu:0", "end-to-end"), ("pair", "cpu:1", "end-to-end")]
    out = benchsuite("verify", "crc", *pair).out
    assert [f"pair (cpu:{index})  end-to-end" in out for index in range(3)] == [True, True, False]


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
        *(
            f"flag {flag}" for flag in FLAGS if flag not in {"above_roofline", "contended"}
        ),  # which take a run
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
    assert found["plugin broken"]["found"] == "broken: ZeroDivisionError: division by zero (broken.py:1)"
    assert "--no-plugin broken" in found["plugin broken"]["remedy"]


def test_the_doctor_prints_a_table(benchsuite):
    run = benchsuite("doctor")
    assert run.out.splitlines()[0].split() == ["check", "status", "found", "remedy"]
    assert any(row.startswith("clock ") for row in run.out.splitlines())
