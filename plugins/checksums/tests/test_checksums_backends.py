"""The plugin as the host sees it."""

import subprocess
import sys
import zlib
from importlib.metadata import version
from typing import Any

import benchsuite_checksums
import google_crc32c
import pytest
from benchsuite_checksums.each_message import only_crcs

from benchsuite.api import Unavailable
from benchsuite.workloads import CRC, CRC_UPDATE, WORKLOADS


def test_every_backend_does_crcs_and_says_why_nothing_else(backend: Any) -> None:
    assert set(backend.implementations) == {(CRC.id, ""), (CRC_UPDATE.id, "")}
    for workload in (CRC, CRC_UPDATE):
        assert backend.implementations[workload.id, ""].version == workload.version
    for workload in WORKLOADS:
        if workload not in (CRC, CRC_UPDATE):
            reasons = [text for prefix, text in backend.reasons.items() if workload.id.startswith(prefix)]
            machine = workload.id.startswith("machine-")
            why = "measures no peaks" if machine else "has neither ciphers nor error-correcting codes"
            assert any(reason.startswith(f"{backend.name} {why}") for reason in reasons)


def test_facts_name_the_library_that_does_the_work() -> None:
    facts = {}
    for backend in benchsuite_checksums.benchsuite_backends():
        (device,) = backend.probe()
        facts |= device.facts
    assert facts["google-crc32c"] == version("google-crc32c")
    assert facts["zlib"] == zlib.ZLIB_RUNTIME_VERSION
    assert facts["isal"] == version("isal")
    assert facts["isa-l"]


@pytest.mark.parametrize(
    ("module", "backend"),
    [
        ("google_crc32c", benchsuite_checksums.google_crc32c.backend),
        ("isal", benchsuite_checksums.isal.backend),
    ],
)
def test_without_its_library_a_backend_is_unavailable_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, module: str, backend: Any
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Unavailable, match=f"{backend.name} does not import .*: pip install"):
        backend.probe()


def test_google_crc32c_in_python_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_crc32c, "implementation", "python")
    with pytest.raises(Unavailable, match="without its compiled part: pip install"):
        benchsuite_checksums.google_crc32c.backend.probe()


def test_no_reason_hides_the_workload_that_is_done() -> None:
    assert CRC.id not in only_crcs("any")


def test_importing_the_plugin_imports_no_library() -> None:
    code = "import sys, benchsuite_checksums; assert not {'google_crc32c', 'isal'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
