"""The plugin as the host sees it."""

import subprocess
import sys

import benchsuite_openssl
import cryptography
import pytest
from benchsuite_openssl.backend import read_openssl
from cryptography.hazmat.backends.openssl import backend as peer

from benchsuite.api import Unavailable
from benchsuite.workloads import AES_CTR, HSIAO_DECODE


def test_the_hook_gives_a_backend_that_encrypts_and_says_why_it_has_no_codes() -> None:
    (backend,) = benchsuite_openssl.benchsuite_backends()
    assert backend.implementations[AES_CTR.id, ""].version == AES_CTR.version
    assert backend.implementations[AES_CTR.id, ""].constant_time == "claimed"
    assert (HSIAO_DECODE.id, "") not in backend.implementations
    assert backend.reasons["machine"] == "OpenSSL measures no peaks of the machine"
    for family in ("crc", "hsiao"):
        assert backend.reasons[family] == "OpenSSL has no error-correcting or error-detecting codes"


def test_facts_are_those_of_the_openssl_inside_cryptography() -> None:
    (device,) = benchsuite_openssl.backend.probe()
    assert device.facts["cryptography"] == cryptography.__version__
    assert device.facts["openssl"] == peer.openssl_version_text()
    assert all(fact is None or fact for fact in device.facts.values())


def test_a_text_that_openssl_does_not_have_is_none() -> None:
    assert read_openssl(1000) is None


def test_a_private_module_that_moved_costs_the_fact_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("cryptography.hazmat.bindings._rust._openssl")
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.bindings._rust._openssl", None)
    assert read_openssl(0) is None
    (device,) = benchsuite_openssl.backend.probe()
    assert device.facts["openssl"] is None


def test_without_cryptography_the_backend_is_unavailable_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(Unavailable, match="cryptography is not installed: pip install benchsuite-openssl"):
        benchsuite_openssl.backend.probe()


def test_importing_the_plugin_imports_no_cryptography() -> None:
    code = "import sys, benchsuite_openssl; assert 'cryptography' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
