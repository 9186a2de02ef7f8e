"""Sanitizers of g++: which one kernels are compiled for, and what its runtime needs."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import weakref
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from cuda_emulator.errors import CompileException

Sanitizer = Literal["address", "thread", "undefined", "uninitialised"]

VARIABLE = "CUDA_EMULATOR_SANITIZE"
FOUND = 66
"""Exit code of a command that a sanitizer ended."""

_RUNTIMES = {"address": ("libasan.so", "__asan_init"), "thread": ("libtsan.so", "__tsan_init")}
# Leaks are Python's own; Python's allocator and numpy's are no business of kernels.
_OPTIONS = {
    "ASAN_OPTIONS": f"detect_leaks=0:exitcode={FOUND}:allocator_may_return_null=1",
    "TSAN_OPTIONS": f"halt_on_error=1:exitcode={FOUND}:report_signal_unsafe=0",
    "UBSAN_OPTIONS": f"halt_on_error=1:exitcode={FOUND}:print_stacktrace=0",
}


def chosen(given: str | None) -> Sanitizer | None:
    """What is asked for, or what this process runs under. Raises ValueError for what is no sanitizer."""
    name = given or os.environ.get(VARIABLE) or None
    if name is not None and name not in get_args(Sanitizer):
        raise ValueError(f"sanitize must be one of {', '.join(get_args(Sanitizer))}, not {name}")
    return cast("Sanitizer | None", name)


def require_runtime(sanitizer: Sanitizer | None) -> None:
    """Raise CompileException where this process lacks the runtime that a sanitizer needs from the start."""
    if sanitizer in _RUNTIMES and not hasattr(ctypes.CDLL(None), _RUNTIMES[sanitizer][1]):
        raise CompileException(
            f"the {sanitizer} sanitizer must be there when Python starts: "
            f"python -m cuda_emulator.sanitized {sanitizer} -- COMMAND"
        )


def guard_with_sanitizer(owner: object, *guards: NDArray[np.uint8]) -> None:
    """Let AddressSanitizer, where it runs, report any access to ``guards`` while ``owner`` lives."""
    runtime = ctypes.CDLL(None)
    if not hasattr(runtime, "__asan_poison_memory_region"):
        return
    for guard in guards:
        region = (ctypes.c_void_p(guard.ctypes.data), ctypes.c_size_t(guard.nbytes))
        runtime.__asan_poison_memory_region(*region)
        weakref.finalize(owner, runtime.__asan_unpoison_memory_region, *region)


def environment(sanitizer: Sanitizer) -> dict[str, str]:
    """For a process under a sanitizer. Raises CompileException where g++ has no such runtime."""
    found = {**os.environ, **_OPTIONS, VARIABLE: sanitizer}
    if sanitizer in _RUNTIMES:
        library = _RUNTIMES[sanitizer][0]
        if not shutil.which("g++"):
            raise CompileException("a sanitizer needs g++, which is not on PATH: install it")
        asked = ["g++", f"-print-file-name={library}"]
        path = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        if path == library:  # what g++ answers when it has none
            raise CompileException(f"g++ has no {library}: install it (Debian: it comes with g++)")
        found["LD_PRELOAD"] = path
    return found
