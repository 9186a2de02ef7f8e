"""Sources of kernels: the text that every compiler gets, and the forms of it that are worth a check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

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
    bytes_per_item: float = 0
    """Read from and written to device memory."""
    payload_per_item: float = 0
    """Bytes of user data; 0 where an item has none, so that its bound is told in items."""
    items_per_loop: float = 1
    """Items that one thread handles in a turn of its main loop: 1/32 where a warp handles one."""
    inner_turns: Sequence[float] = ()
    """How often each loop inside the main one turns in a turn of it, in the order in which they begin. The
    main loop is the largest of all where this is given, else the largest that has no loop inside."""
    whole: bool = False
    """The whole kernel handles ``items_per_loop`` items, not a loop; ``inner_turns`` are of all loops."""
    title: str = ""
    """What tells its forms apart where their defines are many."""

    @property
    def label(self) -> str:
        """Like ``aes_ctr`` or, where a kernel has several forms, ``aes_ctr[ROUNDS=10]``."""
        defines = ",".join(f"{name}={value}" for name, value in sorted(self.defines.items()))
        title = self.title or defines
        return f"{self.name}[{title}]" if title else self.name


def forms() -> list[KernelForm]:
    """``KERNELS`` of all modules of this package, by source and label."""
    package = Path(__file__).parent
    modules = [import_module(f"{__package__}.{found.name}") for found in iter_modules([str(package)])]
    known = [form for module in modules for form in getattr(module, "KERNELS", ())]
    return sorted(known, key=lambda form: (form.source, form.label))


def text(source: str, defines: Mapping[str, int] | None = None) -> str:
    """What is compiled for ``kernels/<source>.cu``: ``defines``, then the prelude, then the file."""
    lines = [f"#define {name} {value}\n" for name, value in sorted((defines or {}).items())]
    return "".join([*lines, _read("prelude.cuh"), _read(f"{source}.cu")])


@cache
def _read(name: str) -> str:
    # so that errors, faults and line counts name the file, not the whole text
    return f'#line 1 "{name}"\n' + (FOLDER / name).read_text(encoding="utf-8")
