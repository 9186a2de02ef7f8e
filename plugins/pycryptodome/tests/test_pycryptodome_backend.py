"""The plugin as the host sees it."""

import subprocess
import sys

import benchsuite_pycryptodome
import Crypto
import pytest

from benchsuite.api import Unavailable
from benchsuite.workloads import AES_CTR, CRC, HSIAO_DECODE


def test_the_hook_gives_a_backend_that_encrypts_and_says_why_it_has_no_codes() -> None:
    (backend,) = benchsuite_pycryptodome.benchsuite_backends()
    assert backend.implementations[AES_CTR.id, ""].version == AES_CTR.version
    for workload in (CRC, HSIAO_DECODE):
        assert (workload.id, "") not in backend.implementations
        assert "no error-correcting" in backend.reasons[workload.id.split("-")[0]]


def test_constant_time_is_claimed_of_nothing_as_tables_stand_in_where_a_cpu_has_no_aes_instructions() -> None:
    implementations = benchsuite_pycryptodome.backend.implementations.values()
    assert {implementation.constant_time for implementation in implementations} == {"unknown"}


def test_facts_name_the_version_and_what_the_c_code_finds_in_the_cpu() -> None:
    (device,) = benchsuite_pycryptodome.backend.probe()
    assert device.facts["pycryptodome"] == Crypto.__version__
    assert {device.facts[name] for name in ("aes_instructions", "carry_less_multiply")} <= {"yes", "no"}
    assert device.facts["long_integers"]


def test_private_modules_that_moved_cost_their_facts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("Crypto.Util._cpu_features")
    monkeypatch.setitem(sys.modules, "Crypto.Util._cpu_features", None)
    monkeypatch.delattr("Crypto.Math.Numbers._implementation")
    (device,) = benchsuite_pycryptodome.backend.probe()
    facts = dict(device.facts)
    assert facts.pop("pycryptodome") == Crypto.__version__
    assert set(facts.values()) == {None}


def test_without_pycryptodome_the_backend_is_unavailable_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "Crypto", None)
    with pytest.raises(Unavailable, match="Crypto is not installed: pip install benchsuite-pycryptodome"):
        benchsuite_pycryptodome.backend.probe()


def test_importing_the_plugin_imports_no_pycryptodome() -> None:
    code = "import sys, benchsuite_pycryptodome; assert 'Crypto' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
