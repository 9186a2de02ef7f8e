"""From the text of a ``.cu`` to a loaded library, by g++, once a content."""

from __future__ import annotations

import atexit
import ctypes
import functools
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cuda_emulator import translation
from cuda_emulator.errors import CompileException
from cuda_emulator.sanitizer import Sanitizer, require_runtime

NATIVE = Path(__file__).with_name("native")

_LINES = ("-O1", "-g", "-fno-var-tracking")
"""Names of lines for a finding; without those of variables, which take most of the compiler's time."""

_FLAGS: Mapping[Sanitizer | None, Sequence[str]] = {
    None: ("-O1",),
    "address": (*_LINES, "-fsanitize=address", "-fno-omit-frame-pointer"),
    "thread": (*_LINES, "-fsanitize=thread"),
    "undefined": (*_LINES, "-fsanitize=undefined", "-fno-sanitize-recover=undefined"),
    "uninitialised": (*_LINES, "-fsanitize=thread", "-DCUDA_EMULATOR_WRITTEN"),
}
# Without the last two, what no kernel calls would be left out, and so look covered.
_COUNTING = (
    "-O0",
    "--coverage",
    "-DCUDA_EMULATOR_COUNTING",
    "-fprofile-update=single",
    "-fkeep-inline-functions",
    "-fkeep-static-functions",
)
# What is linked; native/written.h takes the place of the last one's runtime.
_RUNTIME: Mapping[Sanitizer | None, Sequence[str]] = {
    None: (),
    "address": ("-fsanitize=address",),
    "thread": ("-fsanitize=thread",),
    "undefined": ("-fsanitize=undefined",),
    "uninitialised": (),
}
_ALWAYS = (
    "-std=c++20",
    "-fPIC",
    "-fvisibility=hidden",
    "-fno-strict-aliasing",  # nvcc does not reason from types either
    "-Wno-attributes",
    "-Wno-unknown-pragmas",
)


@dataclass(frozen=True)
class Build:
    """How kernels are compiled: for which architecture, under which sanitizer, counting lines or not."""

    architecture: str = "90"
    sanitize: Sanitizer | None = None
    coverage: bool = False


@dataclass(frozen=True)
class Library:
    """A loaded module. Its state is one for all who load the same text: hold ``lock`` while a kernel runs.

    ``static_shared_bytes`` has every kernel by its name.
    """

    native: ctypes.CDLL
    static_shared_bytes: Mapping[str, int]
    lock: threading.Lock
    folder: Path


def cache_folder() -> Path:
    """``CUDA_EMULATOR_CACHE``, or a folder of the user's cache."""
    if chosen := os.environ.get("CUDA_EMULATOR_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cuda-emulator"


def compile_library(code: str, options: Sequence[str], build: Build) -> Library:
    """The library of ``code`` under NVRTC's ``options``, of which definitions and include paths count.

    Raises CompileException with the compiler's words, and where there is no g++ or no sanitizer's runtime.
    """
    require_runtime(build.sanitize)
    definitions = [option for option in options if option.startswith(("-D", "-U", "-I"))]
    return _library(code, tuple(definitions), build)


@functools.cache
def _library(code: str, definitions: tuple[str, ...], build: Build) -> Library:
    flags = _COUNTING if build.coverage else _FLAGS[build.sanitize]
    given = (*definitions, f"-D__CUDA_ARCH__={build.architecture}0", "-DCUDA_EMULATOR=1")
    command = [_compiler(), *_ALWAYS, *flags, *given, f"-I{NATIVE}"]
    runtime = ["--coverage"] if build.coverage else _RUNTIME[build.sanitize]
    if build.coverage:  # counts are of this process alone
        folder = Path(tempfile.mkdtemp(prefix="cuda-emulator-"))
        _fill(folder, code, command, given, runtime)
        library = _load(folder)
        atexit.register(_forget, library)
        return library
    key = hashlib.sha256(json.dumps([code, command, _headers(), _version()]).encode()).hexdigest()[:32]
    folder = cache_folder() / key
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent))
        try:
            _fill(scratch, code, command, given, runtime)
            _rename(scratch, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return _load(folder)


def _fill(
    folder: Path, code: str, command: Sequence[str], given: Sequence[str], runtime: Sequence[str]
) -> None:
    source, unlinked, module = (folder / f"module.{suffix}" for suffix in ("cpp", "o", "so"))
    bounds = translation.kernels(_run([_compiler(), "-E", "-x", "c++", *given, "-"], code))
    source.write_text(translation.translated(code, bounds))
    _run([*command, "-c", str(source), "-o", str(unlinked)])
    _run([command[0], "-shared", *runtime, str(unlinked), "-o", str(module)])
    sizes = translation.static_shared_bytes(_run(["nm", "--format=sysv", str(module)]), list(bounds))
    (folder / "kernels.json").write_text(json.dumps(sizes))


def _rename(scratch: Path, folder: Path) -> None:
    try:
        scratch.rename(folder)
    except OSError:  # another process was faster; its result is the same
        if not folder.exists():
            raise


def _load(folder: Path) -> Library:
    native = ctypes.CDLL(str(folder / "module.so"))
    native.cuda_emulator_error.restype = ctypes.c_char_p
    if hasattr(native, "cuda_emulator_unwritten_read"):
        native.cuda_emulator_unwritten_read.restype = ctypes.c_uint64
    sizes = json.loads((folder / "kernels.json").read_text())
    return Library(native, sizes, threading.Lock(), folder)


def unwritten_read(library: Library) -> str:
    """File and line where the launch that failed read shared memory that nobody wrote; else nothing."""
    if not hasattr(library.native, "cuda_emulator_unwritten_read"):
        return ""
    offset = library.native.cuda_emulator_unwritten_read()
    if not offset:
        return ""
    called = hex(offset - 1)  # of the call, behind which the caller goes on
    places = _run(["addr2line", "--inlines", "-e", str(library.folder / "module.so"), called]).splitlines()
    outside = [place for place in places if not place.startswith(str(NATIVE))]
    return Path(outside[0].split()[0]).name


def _forget(library: Library) -> None:
    """Unload, since counts are written once more when a library ends, and clear its folder behind it."""
    import _ctypes

    _ctypes.dlclose(library.native._handle)
    shutil.rmtree(library.folder)


def _run(command: Sequence[str], given: str | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, env=environment)
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
