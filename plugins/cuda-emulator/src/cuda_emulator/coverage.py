"""Which lines of kernels were run, by gcov; exact, as nothing is optimised then."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cuda_emulator.errors import CompileException
from cuda_emulator.namespace import Emulator
from cuda_emulator.translation import MACHINERY


def line_counts(emulator: Emulator) -> Mapping[str, Mapping[int, int]]:
    """File -> line -> how often any thread came to it, over all modules of an emulator that counts.

    Files are as ``#line`` names them, "kernel.cu" without. Lines that were compiled away, or that no compiled
    form has, are missing; those that no thread came to have a count of 0. Raises ValueError for an emulator
    without ``coverage``, CompileException where there is no gcov.
    """
    if not emulator._build.coverage:
        raise ValueError("this emulator counts no lines: make it with coverage=True")
    counts: dict[str, Counter[int]] = {}
    for library in emulator._libraries.values():
        with library.lock:
            library.native.cuda_emulator_write_counts()
        for file in _report(str(library.folder)):
            if file["file"] == MACHINERY or Path(file["file"]).is_absolute():
                continue  # ours, or a header of the system
            lines = counts.setdefault(file["file"], Counter())
            for line in file["lines"]:
                lines[line["line_number"]] += line["count"]
    return counts


def _report(folder: str) -> list[dict[str, Any]]:
    command = ["gcov", "--json-format", "--stdout", "module.gcda"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise CompileException("coverage needs gcov, which comes with g++ and is not on PATH") from error
    if done.returncode:
        raise CompileException(done.stderr)
    return [file for line in done.stdout.splitlines() for file in json.loads(line)["files"]]
