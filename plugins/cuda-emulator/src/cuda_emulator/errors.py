"""What goes wrong, under cupy's names: errors of the runtime, the driver, the compiler and memory."""

from __future__ import annotations

INVALID_VALUE = 1
NOT_READY = 600
NOT_FOUND = 500
INVALID_DEVICE = 101
LAUNCH_FAILURE = 719
INVALID_HANDLE = 400
ILLEGAL_STATE = 401
CAPTURE_UNSUPPORTED = 900
CAPTURED_EVENT = 907
HOST_MEMORY_ALREADY_REGISTERED = 712
HOST_MEMORY_NOT_REGISTERED = 713

_NAMES = {
    INVALID_VALUE: "cudaErrorInvalidValue",
    NOT_READY: "cudaErrorNotReady",
    INVALID_DEVICE: "cudaErrorInvalidDevice",
    LAUNCH_FAILURE: "cudaErrorLaunchFailure",
    INVALID_HANDLE: "cudaErrorInvalidResourceHandle",
    ILLEGAL_STATE: "cudaErrorIllegalState",
    CAPTURE_UNSUPPORTED: "cudaErrorStreamCaptureUnsupported",
    CAPTURED_EVENT: "cudaErrorCapturedEvent",
    HOST_MEMORY_ALREADY_REGISTERED: "cudaErrorHostMemoryAlreadyRegistered",
    HOST_MEMORY_NOT_REGISTERED: "cudaErrorHostMemoryNotRegistered",
}
"""Status -> name (CUDA Runtime API, driver_types.h)."""


class CUDARuntimeError(RuntimeError):
    """``cupy.cuda.runtime.CUDARuntimeError``, with the cause where a GPU would only give its number."""

    def __init__(self, status: int, why: str = "") -> None:
        self.status = status
        super().__init__(f"{_NAMES[status]}: {why}")


class CUDADriverError(RuntimeError):
    """``cupy.cuda.driver.CUDADriverError``: a launch or an attribute of a kernel that the driver refuses."""

    def __init__(self, status: int, why: str = "") -> None:
        self.status = status
        super().__init__(f"CUDA_ERROR_{'INVALID_VALUE' if status == INVALID_VALUE else status}: {why}")


class CompileException(Exception):
    """``cupy.cuda.compiler.CompileException``: the text is no CUDA C++, or uses what is not emulated."""


class OutOfMemoryError(MemoryError):
    """``cupy.cuda.memory.OutOfMemoryError``."""


class KernelFault(CUDARuntimeError):
    """A fault of a kernel while it ran, with block, thread and line: a GPU may report it later, or never."""

    def __init__(self, why: str) -> None:
        super().__init__(LAUNCH_FAILURE, why)
