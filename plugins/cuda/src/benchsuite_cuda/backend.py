"""The backend object: which GPUs there are, or why there are none, with the remedy."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchsuite.api import Backend, Device, Unavailable
from benchsuite_cuda.errors import DRIVER, INSUFFICIENT_DRIVER, NO_DEVICE
from benchsuite_cuda.gpu import Gpu, read_gpu
from benchsuite_cuda.lane import CudaLane, open_lanes
from benchsuite_cuda.nvml import manage
from benchsuite_cuda.pinned import PinnedPages

_INSTALL = "pip install cupy-cuda13x nvidia-cuda-nvrtc"
_HIDDEN = "no CUDA device: see that `nvidia-smi -L` lists one and CUDA_VISIBLE_DEVICES does not hide it"


MOST_LANES = 8
"""Streams of one GPU: more contend for its queues without keeping it busier."""


def import_cupy() -> Any:
    """The array namespace; what it frees goes back to the driver, which then knows what is free.

    Raises what importing raises, and Unavailable where kernels could not be compiled.
    """
    cupy = importlib.import_module("cupy")
    try:
        cupy.cuda.nvrtc.getVersion()
    except (ImportError, OSError, RuntimeError) as error:
        reason = _first_line(error)
        raise Unavailable(
            f"NVRTC, which compiles kernels, does not load ({reason}): pip install nvidia-cuda-nvrtc"
        ) from error
    cupy.cuda.set_allocator(None)
    return cupy


def probe(load: Callable[[], Any] = import_cupy) -> Sequence[Device[CudaLane]]:
    """Two devices a GPU, ``gpu:0`` and ``gpu:0:pageable``; ``load`` gives cupy, or a namespace of its shape.

    The first has the host's arrays pinned for transfers, the second takes them as they are.

    Raises Unavailable and tells apart: cupy or NVRTC missing or broken; driver missing or too old; no device.
    """
    cupy = _load(load)
    runtime = cupy.cuda.runtime
    try:
        # Without a driver its version is 0; counting the devices would say that it is too old.
        if not runtime.driverGetVersion():
            raise Unavailable(f"no NVIDIA driver: {DRIVER}; start a container with --gpus all")
        pages = PinnedPages(cupy)
        gpus = [read_gpu(cupy, index) for index in range(runtime.getDeviceCount())]
    except runtime.CUDARuntimeError as error:
        raise Unavailable(_explain(error, runtime)) from error
    if not gpus:
        raise Unavailable(_HIDDEN)
    return [device for gpu in gpus for device in _devices(cupy, gpu, pages)]


def _load(load: Callable[[], Any]) -> Any:
    try:
        return load()
    except ModuleNotFoundError as error:
        if error.name != "cupy":
            raise Unavailable(f"cupy lacks {error.name}: {_INSTALL}") from error
        raise Unavailable(f"cupy is not installed: {_INSTALL}") from error
    except (ImportError, OSError, RuntimeError) as error:  # a library that does not load, or two cupys
        reason = _first_line(error.__cause__ or error)  # cupy wraps it in a page of advice
        raise Unavailable(
            f"cupy does not import ({reason}): uninstall every cupy package, then {_INSTALL}"
        ) from error


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__


def _explain(error: Any, runtime: Any) -> str:
    if error.status == INSUFFICIENT_DRIVER:
        driver, needed = _version(runtime.driverGetVersion()), _version(runtime.runtimeGetVersion())
        return f"the NVIDIA driver knows CUDA {driver} at most, cupy is built for {needed}: {DRIVER}"
    if error.status == NO_DEVICE:
        return _HIDDEN
    return f"CUDA does not start ({error}): see what `nvidia-smi` says; reboot after an update of the driver"


def _version(number: int) -> str:
    """CUDA's 1000 major + 10 minor, as text."""
    return f"{number // 1000}.{number % 1000 // 10}"


def _devices(cupy: Any, gpu: Gpu, pages: PinnedPages) -> Sequence[Device[CudaLane]]:
    runtime, management = cupy.cuda.runtime, manage(gpu.pci_bus_id)
    facts: dict[str, str | float | None] = {
        "name": gpu.name,
        "compute_capability": gpu.compute_capability,
        "memory_bytes": gpu.memory_bytes,
        "multiprocessors": gpu.multiprocessors,
        "shared_memory_bytes": gpu.shared_bytes_a_block,
        "l2_cache_bytes": gpu.l2_bytes,
        "cuda_driver": _version(runtime.driverGetVersion()),
        "cuda_runtime": _version(runtime.runtimeGetVersion()),
        "cupy": cupy.__version__,
        **management.facts(),
    }
    readings = management.readings if management.nvml else None
    pinned: Device[CudaLane] = Device(
        id=f"gpu:{gpu.index}",
        facts={**facts, "transfers": "pinned"},
        scopes=("resident", "end-to-end"),
        max_lanes=MOST_LANES,
        readings=readings,
        lanes=partial(open_lanes, cupy, gpu, pages),
    )
    pageable: Device[CudaLane] = Device(
        id=f"gpu:{gpu.index}:pageable",
        facts={**facts, "transfers": "pageable"},
        max_lanes=MOST_LANES,
        readings=readings,
        lanes=partial(open_lanes, cupy, gpu, None),
    )
    return [pinned, pageable]


backend: Backend[CudaLane] = Backend(
    name="cuda",
    probe=probe,
    reasons=dict.fromkeys(("aes-cbc", "aes-gcm", "crc-update", "rsa"), "its CUDA kernel is not written yet")
    | {"machine-multiply-add": "no product of matrices here: see machine-fused-multiply for doubles"},
)
