"""What CUDA's errors mean for whoever runs a benchmark: whether the process may go on, and the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from benchsuite.api import DeviceLost, Unsupported

OUT_OF_MEMORY = 2
INSUFFICIENT_DRIVER = 35
NO_DEVICE = 100
NO_KERNEL_IMAGE = 209
UNSUPPORTED_PTX = 222
SYSTEM_DRIVER_MISMATCH = 803
"""cudaError (driver_types.h); the driver's own CUresult has the same numbers for all that are named here."""

DRIVER = "install NVIDIA's driver, 580 or newer for CUDA 13"

_KERNEL = "run the case under compute-sanitizer and report what it finds"
_LOOK = "see `nvidia-smi` and `dmesg | grep NVRM`; reset the GPU or reboot"
_MEMORY = "see `nvidia-smi -q -d ECC,ROW_REMAPPER`; reset the GPU, replace it if that recurs"

LOST: Mapping[int, tuple[str, str]] = {
    46: ("the GPU is busy or unavailable", "see `nvidia-smi` for who holds it, and its compute mode"),
    NO_DEVICE: ("the GPU is gone", _LOOK),
    101: ("the GPU is gone", _LOOK),
    214: ("an uncorrectable ECC error in the GPU's memory", _MEMORY),
    220: ("an uncorrectable error of NVLink", _LOOK),
    700: ("a kernel used an illegal address", _KERNEL),
    702: ("a kernel ran into the time limit of a display", "use a GPU without one, or a smaller case"),
    710: ("an assertion of a kernel failed", _KERNEL),
    714: ("the stack of a kernel was corrupted", _KERNEL),
    715: ("a kernel met an illegal instruction", _KERNEL),
    716: ("a kernel used a misaligned address", _KERNEL),
    717: ("a kernel used an address of the wrong space", _KERNEL),
    718: ("a kernel jumped to an invalid address", _KERNEL),
    719: ("a kernel failed", _KERNEL),
    999: ("the GPU does not answer", _LOOK),
}
"""Errors after which CUDA refuses everything in this process: (what happened, the remedy)."""

REFUSED: Mapping[int, tuple[str, str]] = {
    OUT_OF_MEMORY: (
        "the GPU's memory is full",
        "end what else uses it (`nvidia-smi`), or choose a smaller case",
    ),
    INSUFFICIENT_DRIVER: ("the NVIDIA driver is too old for this cupy", DRIVER),
    NO_KERNEL_IMAGE: ("this cupy compiles for no such GPU", "install a newer cupy-cuda13x"),
    UNSUPPORTED_PTX: ("the NVIDIA driver is too old for what NVRTC compiled", DRIVER),
    SYSTEM_DRIVER_MISMATCH: ("the NVIDIA driver was updated while it was in use", "reboot"),
}
"""Errors that refuse one case and leave the process as it was."""


@contextmanager
def explained() -> Iterator[None]:
    """Within, errors of CUDA become DeviceLost or Unsupported with a remedy; others pass as they are.

    Others are the host's own MemoryError, and what has a ``status`` that counts otherwise, as NVRTCError.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        raise_explained(error)


def raise_explained(error: Exception) -> NoReturn:
    """Raise what ``error`` means, or itself."""
    status = _status(error)
    if status in LOST:
        what, remedy = LOST[status]
        raise DeviceLost(f"{what} ({_line(error)}): {remedy}") from error
    if status in REFUSED:
        what, remedy = REFUSED[status]
        raise Unsupported(f"{what} ({_line(error)}): {remedy}") from error
    raise error


def _status(error: Exception) -> int:
    """CUDA's number, 0 for errors of others; by cupy's names, which are known without importing it."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "OutOfMemoryError" in kinds:  # it has no status
        return OUT_OF_MEMORY
    return int(getattr(error, "status", 0)) if kinds & {"CUDARuntimeError", "CUDADriverError"} else 0


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
