"""What the text of a ``.cu`` says beyond C++: its kernels, their bounds, their shared memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

SHARED_SECTION = "cuda_emulator_shared"
"""Where native/language.h puts static shared memory."""

MACHINERY = "module.cpp"
"""The name of the lines behind the text."""

_BALANCED = r"[^()]*(?:\([^()]*\)[^()]*)*"
_KERNEL = re.compile(
    rf"__global__(?:\s+void|\s+__launch_bounds__\s*\((?P<bound>{_BALANCED})\))+\s+(?P<name>\w+)\s*\("
)
_DYNAMIC_SHARED = re.compile(
    r"extern\s+__shared__\s+(?:__align__\s*\(\s*\w+\s*\)\s*)?(?P<type>[\w ]+?)\s+(?P<name>\w+)\s*\[\s*\]\s*;"
)


def kernels(preprocessed: str) -> dict[str, str]:
    """Kernel -> its launch bound, an expression of C++, of a text that is preprocessed."""
    return {
        found["name"]: (found["bound"] or "1024").split(",")[0].strip()
        for found in _KERNEL.finditer(preprocessed)
    }


def translated(code: str, bounds: Mapping[str, str]) -> str:
    """C++ that native/cuda_emulator.h makes sense of; lines keep their numbers."""
    body = _DYNAMIC_SHARED.sub(r"CUDA_EMULATOR_DYNAMIC_SHARED(\g<type>, \g<name>);", code)
    exports = "".join(f"CUDA_EMULATOR_KERNEL({name}, {bound})\n" for name, bound in bounds.items())
    begin, end = '#include "cuda_emulator.h"\n#line 1 "kernel.cu"\n', f'\n#line 1 "{MACHINERY}"\n'
    return f"{begin}{body}{end}CUDA_EMULATOR_MODULE\n{exports}"


def static_shared_bytes(symbols: str, names: Sequence[str]) -> dict[str, int]:
    """Kernel -> bytes of its static shared memory, from ``nm --format=sysv``.

    What is not inside a kernel, such as an array of a device function, counts for all of them.
    """
    sizes = dict.fromkeys(names, 0)
    for line in symbols.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 7 or cells[6] != SHARED_SECTION or not cells[4]:
            continue
        owners = [name for name in names if cells[0].startswith(f"_ZZ{len(name)}{name}E")]
        for name in owners or names:
            sizes[name] += int(cells[4], 16)
    return sizes
