"""From the text of a ``.cu`` to a loaded library, by g++, once a content."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cuda_emulator.errors import CompileException

Sanitizer = Literal["address", "thread", "undefined"]

NATIVE = Path(__file__).with_name("native")

_KERNEL = re.compile(
    r"__global__(?:\s+void|\s+__launch_bounds__\s*\((?P<bound>[^()]*(?:\([^()]*\)[^()]*)*)\))+\s+(?P<name>\w+)\s*\("
)
_DYNAMIC_SHARED = re.compile(
    r"extern\s+__shared__\s+(?:__align__\s*\(\s*\w+\s*\)\s*)?(?P<type>[\w ]+?)\s+(?P<name>\w+)\s*\[\s*\]\s*;"
)

_FLAGS: Mapping[Sanitizer | None, Sequence[str]] = {
    None: ("-O1",),
    "address": ("-O1", "-g", "-fsanitize=address", "-fno-omit-frame-pointer"),
    "thread": ("-O1", "-g", "-fsanitize=thread"),
    "undefined": ("-O1", "-g", "-fsanitize=undefined", "-fno-sanitize-recover=undefined"),
}
_ALWAYS = (
    "-std=c++20",
    "-shared",
    "-fPIC",
    "-fvisibility=hidden",
    "-fno-strict-aliasing",  # nvcc does not reason from types either
    "-Wno-attributes",
    "-Wno-unknown-pragmas",
    "-x",
    "c++",
)


@dataclass(frozen=True)
class Build:
    """How kernels are compiled: for which architecture, under which sanitizer, counting lines or not."""

    architecture: str = "90"
    sanitize: Sanitizer | None = None
    coverage: bool = False


@dataclass(frozen=True)
class Library:
    """A loaded module. Its state is one for all who load the same text: hold ``lock`` while a kernel runs."""

    native: ctypes.CDLL
    kernels: Sequence[str]
    lock: threading.Lock
    folder: Path


def cache_folder() -> Path:
    """``CUDA_EMULATOR_CACHE``, or a folder of the user's cache."""
    if chosen := os.environ.get("CUDA_EMULATOR_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cuda-emulator"


def compile_library(code: str, options: Sequence[str], build: Build) -> Library:
    """The library of ``code`` under NVRTC's ``options``, of which definitions and include paths count.

    Raises CompileException with the compiler's words, and where there is no g++.
    """
    definitions = [option for option in options if option.startswith(("-D", "-U", "-I"))]
    return _library(code, tuple(definitions), build)


@functools.cache
def _library(code: str, definitions: tuple[str, ...], build: Build) -> Library:
    given = (*definitions, f"-D__CUDA_ARCH__={build.architecture}0", "-DCUDA_EMULATOR=1")
    command = [_compiler(), *_ALWAYS, *_FLAGS[build.sanitize], *given, f"-I{NATIVE}"]
    key = hashlib.sha256(json.dumps([code, command, _headers(), _version()]).encode()).hexdigest()[:32]
    folder = cache_folder() / key
    if not (folder / "kernels.json").exists():
        _fill(folder, code, command, given)
    native = ctypes.CDLL(str(folder / "module.so"))
    native.cuda_emulator_error.restype = ctypes.c_char_p
    native.cuda_emulator_static_shared_bytes.restype = ctypes.c_uint64
    kernels = json.loads((folder / "kernels.json").read_text())
    return Library(native, kernels, threading.Lock(), folder)


def _fill(folder: Path, code: str, command: Sequence[str], given: Sequence[str]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        bounds = _kernels(code, given)
        (scratch / "module.cpp").write_text(_translation(code, bounds))
        _run([*command, str(scratch / "module.cpp"), "-o", str(scratch / "module.so")])
        (scratch / "kernels.json").write_text(json.dumps(list(bounds)))
        try:
            scratch.rename(folder)
        except OSError:  # another process was faster; its result is the same
            if not (folder / "kernels.json").exists():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _kernels(code: str, given: Sequence[str]) -> Mapping[str, str]:
    """The kernels that are left after preprocessing, each with its launch bound as an expression."""
    preprocessed = _run([_compiler(), "-E", "-x", "c++", *given, "-"], code)
    return {
        match["name"]: (match["bound"] or "1024").split(",")[0].strip()
        for match in _KERNEL.finditer(preprocessed)
    }


def _translation(code: str, bounds: Mapping[str, str]) -> str:
    body = _DYNAMIC_SHARED.sub(r"CUDA_EMULATOR_DYNAMIC_SHARED(\g<type>, \g<name>);", code)
    exports = "".join(f"CUDA_EMULATOR_KERNEL({name}, {bound})\n" for name, bound in bounds.items())
    return f'#include "cuda_emulator.h"\n#line 1 "kernel.cu"\n{body}\nCUDA_EMULATOR_MODULE\n{exports}'


def _run(command: Sequence[str], given: str | None = None) -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CompileException(done.stderr)
    return done.stdout


@functools.cache
def _compiler() -> str:
    found = shutil.which("g++")
    if not found:
        raise CompileException(
            "the emulator needs g++, which is not on PATH: install it (Debian: apt install g++)"
        )
    return found


@functools.cache
def _version() -> str:
    return _run([_compiler(), "-dumpfullversion"])


@functools.cache
def _headers() -> str:
    return "".join(path.read_text() for path in sorted(NATIVE.glob("*.h")))
