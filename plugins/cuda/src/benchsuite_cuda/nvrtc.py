"""Compiles kernels as cupy does, but for any architecture and without a driver. Knows no kernel by name."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchsuite_cuda.source import OPTIONS

REMEDY = "pip install cupy-cuda13x nvidia-cuda-nvrtc nvidia-cuda-nvdisasm"

_ENTRY = re.compile(r"Compiling entry function '(\w+)'")
_SPILLS = re.compile(r"(\d+) bytes spill stores, (\d+) bytes spill loads")
_REGISTERS = re.compile(r"Used (\d+) registers")
_SHARED = re.compile(r"(\d+) bytes smem")


class ToolMissing(Exception):
    """A compiler or disassembler is not here; the message has the remedy."""


class DoesNotCompile(Exception):
    """The compiler's first complaint."""


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Of one kernel: registers a thread, static shared memory a block, bytes spilled and read back."""

    registers: int
    shared_bytes: int
    spilled_bytes: int


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A cubin, and what the assembler says of each kernel in it."""

    cubin: bytes
    resources: Mapping[str, Resources]


def version() -> str:
    """Of NVRTC, like ``13.2``. Raises ToolMissing."""
    major, minor = _nvrtc().getVersion()
    return f"{major}.{minor}"


def compiled(text: str, architecture: str) -> Compiled:
    """The machine code of CUDA C++ ``text`` for ``architecture`` (``90``).

    Raises ToolMissing, DoesNotCompile.
    """
    nvrtc = _nvrtc()
    program = nvrtc.createProgram(text, "kernel.cu", (), ())
    try:
        options = (f"-arch=sm_{architecture}", *OPTIONS, "--ptxas-options=-v")
        try:
            nvrtc.compileProgram(program, options)
        except nvrtc.NVRTCError as error:
            lines = nvrtc.getProgramLog(program).splitlines() or [str(error)]
            complaints = (line for line in lines if "error" in line)
            raise DoesNotCompile(next(complaints, lines[0])) from error
        # cupy takes the last byte for a terminator, which a cubin does not have.
        cubin = nvrtc.getCUBIN(program) + b"\0"
        return Compiled(cubin=cubin, resources=_resources(nvrtc.getProgramLog(program)))
    finally:
        nvrtc.destroyProgram(program)


def _nvrtc() -> Any:
    try:
        nvrtc = importlib.import_module("cupy_backends.cuda.libs.nvrtc")
        nvrtc.getVersion()  # which loads the library
    except (ImportError, OSError, RuntimeError) as error:
        missing = "cupy, which calls NVRTC," if isinstance(error, ModuleNotFoundError) else "NVRTC"
        raise ToolMissing(f"{missing} is missing (no driver is needed): {REMEDY}") from error
    return nvrtc


def _resources(log: str) -> dict[str, Resources]:
    """Kernel -> what ``ptxas -v`` says of it."""
    found = {}
    for part in log.split("ptxas info    : ")[1:]:
        if entry := _ENTRY.match(part):
            name, spilled = entry[1], 0
        elif spills := _SPILLS.search(part):
            spilled = sum(map(int, spills.groups()))
        elif registers := _REGISTERS.match(part):
            shared = _SHARED.search(part)
            found[name] = Resources(
                registers=int(registers[1]),
                shared_bytes=int(shared[1]) if shared else 0,
                spilled_bytes=spilled,
            )
    return found
