"""The plugin as the host sees it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import benchsuite_numba
import llvmlite
import numba
import pytest
from benchsuite_numba.backend import ALL_CORES, backend, probe, read_features

from benchsuite.api import Unavailable
from benchsuite.workloads import CRC, ON_DIE_DECODE, ON_DIE_ENCODE
from benchsuite.workloads.codes import SINGLE_BIT

WORKLOADS = [CRC, *(w for _, *both in SINGLE_BIT for w in both), ON_DIE_ENCODE, ON_DIE_DECODE]
CRC_OF_CHECK = """
from benchsuite.api import Job
from benchsuite.workloads import CRC
from benchsuite_numba import backend
vector = next(v for v in CRC.vectors() if v.outputs.crc[0] == 0xE3069283)
(device,) = backend.probe()
outputs = CRC.outputs(vector.params)
with device.lanes(1) as (lane,):
    job = Job(params=vector.params, device=device, lane=lane, scope="end-to-end", inputs=vector.inputs,
              outputs=outputs)
    backend.implementations["crc", ""].prepare(job).run()
assert outputs.crc[0] == 0xE3069283
"""


def in_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_hook_gives_the_backend_with_every_code_and_crc_at_the_current_version_by_both_variants() -> None:
    (found,) = benchsuite_numba.benchsuite_backends()
    assert found is backend
    assert set(backend.implementations) == {(w.id, variant) for w in WORKLOADS for variant in ("", ALL_CORES)}
    for workload in WORKLOADS:
        assert backend.implementations[workload.id, ""].version == workload.version


def test_discovery_does_not_import_numba() -> None:
    code = "import sys, benchsuite_numba\nassert not {'numba', 'llvmlite', 'scipy'} & set(sys.modules)"
    assert in_python(code).returncode == 0


def test_facts_name_the_compiler_the_cpu_and_the_threads() -> None:
    (device,) = probe()
    facts = device.facts
    assert (facts["numba"], facts["llvmlite"]) == (numba.__version__, llvmlite.__version__)
    assert facts["threads"] == numba.get_num_threads()
    assert isinstance(facts["llvm_cpu"], str)
    assert set(str(facts["llvm_features"] or "").split()) <= read_features()


def test_without_numba_it_is_unavailable_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(Unavailable, match=r"numba .*pip install benchsuite-numba"):
        probe()


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_number_of_threads_is_that_of_numba(threads: str) -> None:
    if int(threads) > len(os.sched_getaffinity(0)):
        pytest.skip("one core only")
    code = f"from benchsuite_numba.backend import probe\nassert probe()[0].facts['threads'] == {threads}"
    done = in_python(code, NUMBA_NUM_THREADS=threads)
    assert done.returncode == 0, done.stderr


def test_a_plain_cpu_gives_the_same_answers() -> None:
    """Without carry-less products and wide vectors; numba compiles for the CPU that it is told."""
    done = in_python(CRC_OF_CHECK, NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="")
    assert done.returncode == 0, done.stderr


def test_kernels_are_kept_where_numba_is_told_and_taken_from_there(tmp_path: Path) -> None:
    assert in_python(CRC_OF_CHECK, NUMBA_CACHE_DIR=str(tmp_path)).returncode == 0
    kept: dict[Path, Any] = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nb[ic]")}
    assert kept
    assert in_python(CRC_OF_CHECK, NUMBA_CACHE_DIR=str(tmp_path)).returncode == 0
    assert kept == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nb[ic]")}


def test_a_damaged_cache_is_thrown_away(tmp_path: Path) -> None:
    assert in_python(CRC_OF_CHECK, NUMBA_CACHE_DIR=str(tmp_path)).returncode == 0
    for index in tmp_path.rglob("*.nb[ic]"):
        index.write_bytes(b"torn")
    done = in_python(CRC_OF_CHECK, NUMBA_CACHE_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr


def test_where_nothing_can_be_kept_kernels_are_compiled_every_time(tmp_path: Path) -> None:
    nowhere = tmp_path / "a file"
    nowhere.touch()
    done = in_python(
        CRC_OF_CHECK, NUMBA_CACHE_DIR=str(nowhere), NUMBA_CACHE_LOCATOR_CLASSES="UserProvidedCacheLocator"
    )
    assert done.returncode == 0, done.stderr
