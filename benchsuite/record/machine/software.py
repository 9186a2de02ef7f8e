"""Facts of the system, the interpreter and numpy: what runs the plugins."""

from __future__ import annotations

import os
import platform
import re
import sys
import sysconfig
from collections.abc import Callable, Mapping
from typing import Any

from benchsuite.record.machine.files import Files, Unread, fields
from benchsuite.record.types import Fact
from benchsuite.workers import blas_threads


def _distribution(files: Files) -> str:
    release = fields(files.text("etc/os-release", "the system has no os-release"), "=")
    if "PRETTY_NAME" not in release:
        raise Unread("os-release has no PRETTY_NAME")
    return release["PRETTY_NAME"].strip("\"'")


def _glibc(files: Files) -> str:
    confstr: Callable[[str], str | None] | None = getattr(os, "confstr", None)
    try:
        version = confstr("CS_GNU_LIBC_VERSION") if confstr else None
    except (OSError, ValueError):
        version = None
    if version is None:
        raise Unread("the C library is not glibc")
    return version.removeprefix("glibc ")


def _load_average(files: Files) -> float:
    return float(files.text("proc/loadavg", "this system has no load average").split()[0])


def _psi_available(files: Files) -> bool:
    try:
        return bool(files.text("proc/pressure/cpu", ""))  # there, but unreadable, where it is switched off
    except Unread:
        return False


def _python_optimisations(files: Files) -> list[str]:
    """How the interpreter was compiled, as far as it changes its speed: options, never paths."""
    flags = " ".join(str(sysconfig.get_config_var(name) or "") for name in ("OPT", "PY_CFLAGS"))
    arguments = str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    if not (flags.strip() or arguments):
        raise Unread("this build does not say")
    compiler = re.findall(r"(?<!\S)-(?:O\w*|m(?:arch|tune)=[\w-]+|flto[=\w-]*)(?!\S)", flags)
    configured = re.findall(r"--(?:enable-optimizations|with-lto[=\w]*|with-pydebug|enable-bolt)", arguments)
    return sorted({*compiler, *configured})


def _has_gil(files: Files) -> bool:
    enabled: Callable[[], bool] | None = getattr(sys, "_is_gil_enabled", None)  # Python 3.13 on
    return enabled() if enabled else True


def _has_jit(files: Files) -> bool:
    jit = getattr(sys, "_jit", None)  # Python 3.14 on
    if jit is not None:
        return bool(jit.is_enabled())
    if sys.version_info < (3, 13):
        return False
    raise Unread("Python 3.13 does not say")


def _numpy_config() -> Mapping[str, Any]:
    import numpy as np

    return np.show_config(mode="dicts") or {}


def _numpy_version(files: Files) -> str:
    import numpy as np

    return np.__version__


def _numpy_blas(files: Files) -> str:
    blas = _numpy_config().get("Build Dependencies", {}).get("blas", {})
    name = " ".join(str(blas[key]) for key in ("name", "version") if blas.get(key))
    if not name:
        raise Unread("this build of numpy does not say")
    return name


def _numpy_simd(files: Files) -> list[str]:
    """Instruction sets that numpy was built for, and those beyond that it found here and uses."""
    simd = _numpy_config().get("SIMD Extensions", {})
    if "baseline" not in simd:
        raise Unread("this build of numpy does not say")
    return [*simd["baseline"], *simd.get("found", ())]


READERS: Mapping[str, Callable[[Files], Fact]] = {
    "os": lambda files: platform.system(),
    "distribution": _distribution,
    "kernel_release": lambda files: platform.release(),
    "architecture": lambda files: platform.machine(),
    "load_average_1_minute": _load_average,
    "psi_available": _psi_available,
    "glibc": _glibc,
    "python_version": lambda files: platform.python_version(),
    "python_implementation": lambda files: platform.python_implementation(),
    "python_build": lambda files: f"{' '.join(platform.python_build())} {platform.python_compiler()}",
    "python_optimisations": _python_optimisations,
    "python_gil": _has_gil,
    "python_free_threaded": lambda files: bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "python_jit": _has_jit,
    "numpy_version": _numpy_version,
    "numpy_blas": _numpy_blas,
    "blas_threads": lambda files: blas_threads(),
    "numpy_simd": _numpy_simd,
}
