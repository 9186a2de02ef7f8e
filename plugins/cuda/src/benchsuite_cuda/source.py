"""Sources of kernels: the text that every compiler gets, and the forms of it that are worth a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("kernels")
OPTIONS = ("-std=c++17",)
"""Of NVRTC, for every kernel."""


@dataclass(frozen=True)
class KernelForm:
    """One compiled form of a kernel: what compile checks look at and ``cuda explain`` counts."""

    source: str
    """The file ``kernels/<source>.cu``."""
    name: str
    defines: Mapping[str, int]
    threads: int
    """Of a block."""
    shared_bytes: int
    """Dynamic shared memory of a block."""
    items: str
    """What one turn of the loop, or one thread, handles: "codeword", "block of 16 bytes"."""


def text(source: str, defines: Mapping[str, int] | None = None) -> str:
    """What is compiled for ``kernels/<source>.cu``: ``defines``, then the prelude, then the file."""
    lines = [f"#define {name} {value}\n" for name, value in sorted((defines or {}).items())]
    return "".join([*lines, _read("prelude.cuh"), _read(f"{source}.cu")])


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
