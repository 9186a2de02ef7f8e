"""Libraries in C, compiled when they are asked for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchsuite.api.native import HEADER

EXAMPLE = Path(__file__).parents[2] / "docs/examples/c"
STRICT = ("-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{HEADER.parent}")

Compiler = Callable[..., Path]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the example, built as its Makefile says."""
    if not shutil.which("cc") or not shutil.which("make"):
        pytest.skip("no C compiler (cc) and make here")
    folder = tmp_path_factory.mktemp("example")
    command = ["make", "--silent", "-f", EXAMPLE / "Makefile", f"VPATH={EXAMPLE}", f"PYTHON={sys.executable}"]
    subprocess.run([*command, "CFLAGS=-O2 -Wpedantic -Werror"], cwd=folder, check=True)
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Compiler:
    """Compile a library from its text, without a warning; its path."""
    if not shutil.which("cc"):
        pytest.skip("no C compiler (cc) here")

    def compile_(text: str, *definitions: str, name: str = "libmine.so") -> Path:
        source, path = tmp_path / f"{name}.c", tmp_path / name
        source.write_text(text, encoding="utf-8")
        subprocess.run(
            ["cc", "-std=c99", *STRICT, *definitions, "-shared", "-fPIC", "-o", path, source], check=True
        )
        return path

    return compile_
