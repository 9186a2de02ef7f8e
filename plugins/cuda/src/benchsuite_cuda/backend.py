"""The backend object: which GPUs there are, or why there are none, with the remedy."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from benchsuite.api import Backend, Device, Unavailable
from benchsuite_cuda.lane import CudaLane, open_lanes

INSUFFICIENT_DRIVER = 35
"""cudaErrorInsufficientDriver (driver_types.h)."""

NO_DEVICE = 100
"""cudaErrorNoDevice (driver_types.h)."""

_INSTALL = "pip install cupy-cuda13x nvidia-cuda-nvrtc"
_DRIVER = "install NVIDIA's driver, 580 or newer for CUDA 13"
_HIDDEN = "no CUDA device: see that `nvidia-smi -L` lists one and CUDA_VISIBLE_DEVICES does not hide it"


def import_cupy() -> Any:
    """The array namespace."""
    return importlib.import_module("cupy")


def probe(load: Callable[[], Any] = import_cupy) -> Sequence[Device[CudaLane]]:
    """One device a GPU; ``load`` gives cupy, or something with its ``cuda``.

    Raises Unavailable and tells apart: cupy missing or broken; driver missing or too old; no device.
    """
    cupy = _load(load)
    runtime = cupy.cuda.runtime
    try:
        # Without a driver its version is 0; counting the devices would say that it is too old.
        if not runtime.driverGetVersion():
            raise Unavailable(f"no NVIDIA driver: {_DRIVER}; start a container with --gpus all")
        devices = [_device(cupy, index) for index in range(runtime.getDeviceCount())]
    except runtime.CUDARuntimeError as error:
        raise Unavailable(_explain(error, runtime)) from error
    if not devices:
        raise Unavailable(_HIDDEN)
    return devices


def _load(load: Callable[[], Any]) -> Any:
    try:
        return load()
    except ModuleNotFoundError as error:
        if error.name != "cupy":
            raise Unavailable(f"cupy lacks {error.name}: {_INSTALL}") from error
        raise Unavailable(f"cupy is not installed: {_INSTALL}") from error
    except (ImportError, OSError, RuntimeError) as error:  # a library that does not load, or two cupys
        cause = error.__cause__ or error  # cupy wraps it in a page of advice
        reason = str(cause).strip().split("\n")[0] or type(cause).__name__
        raise Unavailable(
            f"cupy does not import ({reason}): uninstall every cupy package, then {_INSTALL}"
        ) from error


def _explain(error: Any, runtime: Any) -> str:
    if error.status == INSUFFICIENT_DRIVER:
        driver, needed = _version(runtime.driverGetVersion()), _version(runtime.runtimeGetVersion())
        return f"the NVIDIA driver knows CUDA {driver} at most, cupy is built for {needed}: {_DRIVER}"
    if error.status == NO_DEVICE:
        return _HIDDEN
    return f"CUDA does not start ({error}): see what `nvidia-smi` says; reboot after an update of the driver"


def _version(number: int) -> str:
    """CUDA's 1000 major + 10 minor, as text."""
    return f"{number // 1000}.{number % 1000 // 10}"


def _device(cupy: Any, index: int) -> Device[CudaLane]:
    runtime = cupy.cuda.runtime
    properties: Mapping[str, Any] = runtime.getDeviceProperties(index)
    return Device(
        id=f"gpu:{index}",
        facts={
            "name": properties["name"].decode(),
            "compute_capability": f"{properties['major']}.{properties['minor']}",
            "memory_bytes": properties["totalGlobalMem"],
            "multiprocessors": properties["multiProcessorCount"],
            "l2_cache_bytes": properties.get("l2CacheSize"),
            "cuda_driver": _version(runtime.driverGetVersion()),
            "cuda_runtime": _version(runtime.runtimeGetVersion()),
            "cupy": cupy.__version__,
        },
        scopes=("resident", "end-to-end"),
        lanes=partial(open_lanes, cupy.cuda, index),
    )


backend: Backend[CudaLane] = Backend(
    name="cuda",
    probe=probe,
    reasons=dict.fromkeys(
        ("aes", "crc", "parity", "hamming", "extended-hamming", "hsiao", "rsa", "machine"),
        "its CUDA kernel is not written yet",
    ),
)
