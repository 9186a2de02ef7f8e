"""Every way in which a machine lacks a GPU is told apart, with the remedy.

``FakeRuntime`` answers as ``cupy.cuda.runtime`` does with such a driver; without a driver, cupy itself does.
"""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import benchsuite_cuda
import pytest
from benchsuite_cuda.backend import import_cupy, probe
from benchsuite_cuda.errors import INSUFFICIENT_DRIVER, NO_DEVICE
from benchsuite_cuda.nvml import Management

from benchsuite.api import Unavailable
from benchsuite.workloads import WORKLOADS


class CUDARuntimeError(RuntimeError):
    def __init__(self, status: int) -> None:
        super().__init__(f"cudaError {status}")
        self.status = status


class FakeRuntime:
    CUDARuntimeError = CUDARuntimeError

    def __init__(
        self, *, driver: int = 13000, status: int = 0, devices: int = 0, name: bytes = b"GPU %d"
    ) -> None:
        self.driver, self.status, self.devices, self.name = driver, status, devices, name

    def driverGetVersion(self) -> int:
        return self.driver

    def runtimeGetVersion(self) -> int:
        return 13020

    def getDeviceCount(self) -> int:
        if self.status:
            raise CUDARuntimeError(self.status)
        return self.devices

    def getDeviceProperties(self, index: int) -> dict[str, Any]:
        return {
            "name": self.name.replace(b"%d", b"%d" % index),
            "major": 9,
            "minor": 0,
            "totalGlobalMem": 80 * 2**30,
            "multiProcessorCount": 132,
            "sharedMemPerBlockOptin": 232448,
        }


def fake_cupy(runtime: FakeRuntime) -> Any:
    return SimpleNamespace(cuda=SimpleNamespace(runtime=runtime), __version__="14.2.0")


def raise_error(error: Exception) -> Any:
    raise error


def wrapped_error() -> Exception:
    """As cupy raises it: a page of advice, from what went wrong."""
    error = ImportError("\n=====\nFailed to import CuPy.\n=====\n")
    error.__cause__ = ImportError("libnvrtc.so.13: not found\nmore")
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            ModuleNotFoundError("no cupy", name="cupy"),
            r"cupy is not installed: pip install cupy-cuda13x nvidia-cuda-nvrtc",
        ),
        (ModuleNotFoundError("no part", name="cupy_backends"), r"cupy lacks cupy_backends: pip install"),
        (
            wrapped_error(),
            r"cupy does not import \(libnvrtc.so.13: not found\): uninstall every cupy package",
        ),
        (OSError("libnvrtc.so.13: not found"), r"cupy does not import \(libnvrtc.so.13: not found\)"),
        (ImportError(), r"cupy does not import \(ImportError\)"),
    ],
)
def test_a_cupy_that_does_not_load_is_unavailable_with_the_remedy(error: Exception, reason: str) -> None:
    with pytest.raises(Unavailable, match=reason):
        probe(lambda: raise_error(error))


@pytest.mark.parametrize(
    ("runtime", "reason"),
    [
        (
            FakeRuntime(driver=0, status=INSUFFICIENT_DRIVER),
            r"no NVIDIA driver: install NVIDIA's driver, 580 or newer",
        ),
        (
            FakeRuntime(driver=12020, status=INSUFFICIENT_DRIVER),
            r"the NVIDIA driver knows CUDA 12\.2 at most, cupy is built for 13\.2: install",
        ),
        (FakeRuntime(status=NO_DEVICE), r"no CUDA device: see that `nvidia-smi -L` lists one"),
        (FakeRuntime(devices=0), r"no CUDA device"),
        (
            FakeRuntime(status=803),
            r"CUDA does not start \(cudaError 803\): see what `nvidia-smi` says; reboot",
        ),
    ],
)
def test_each_missing_part_has_its_own_reason_and_remedy(runtime: FakeRuntime, reason: str) -> None:
    with pytest.raises(Unavailable, match=reason):
        probe(lambda: fake_cupy(runtime))


def test_a_machine_with_gpus_lists_each_with_its_facts_and_scopes_and_each_with_pageable_transfers() -> None:
    devices = probe(lambda: fake_cupy(FakeRuntime(devices=2)))
    assert [(device.id, tuple(device.scopes)) for device in devices] == [
        ("gpu:0", ("resident", "end-to-end")),
        ("gpu:0:pageable", ("end-to-end",)),
        ("gpu:1", ("resident", "end-to-end")),
        ("gpu:1:pageable", ("end-to-end",)),
    ]
    assert [device.facts["transfers"] for device in devices] == ["pinned", "pageable"] * 2
    assert devices[2].facts == {
        "name": "GPU 1",
        "compute_capability": "9.0",
        "memory_bytes": 80 * 2**30,
        "multiprocessors": 132,
        "shared_memory_bytes": 232448,
        "l2_cache_bytes": None,
        "cuda_driver": "13.0",
        "cuda_runtime": "13.2",
        "cupy": "14.2.0",
        "transfers": "pinned",
        **Management().facts(),
    }


def test_a_name_that_is_no_text_shows_what_of_it_is() -> None:
    runtime = FakeRuntime(devices=1, name=b"GPU \xff")
    assert probe(lambda: fake_cupy(runtime))[0].facts["name"] == "GPU \N{REPLACEMENT CHARACTER}"


def test_cupy_itself_without_a_driver_is_unavailable_for_that_reason() -> None:
    cupy = pytest.importorskip("cupy")
    if cupy.cuda.runtime.driverGetVersion():
        pytest.skip("this machine has a driver")
    with pytest.raises(Unavailable, match="no NVIDIA driver"):
        benchsuite_cuda.backend.probe()
    assert import_cupy() is cupy


def test_a_missing_nvrtc_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    nvrtc = SimpleNamespace(getVersion=lambda: raise_error(RuntimeError("libnvrtc.so.13: cannot open\nmore")))
    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(cuda=SimpleNamespace(nvrtc=nvrtc)))
    reason = r"NVRTC, .*, does not load \(libnvrtc.so.13: cannot open\): pip install nvidia-cuda-nvrtc"
    with pytest.raises(Unavailable, match=reason):
        benchsuite_cuda.backend.probe()


def test_importing_the_plugin_imports_no_cupy() -> None:
    code = "import sys, benchsuite_cuda; assert 'cupy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_workload_is_both_implemented_and_refused_with_a_reason() -> None:
    (backend,) = benchsuite_cuda.benchsuite_backends()
    implemented = {id_ for id_, _ in backend.implementations}
    for workload in WORKLOADS:
        refused = any(f"{workload.id}-".startswith(f"{prefix}-") for prefix in backend.reasons)
        assert not (refused and workload.id in implemented), workload.id
