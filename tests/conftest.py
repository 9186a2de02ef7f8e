"""A package of vectors that a test writes itself, in the place of the installed one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from benchsuite.workloads.published.sets import PACKAGE


@pytest.fixture
def vector_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Make files the only sets there are, None for no package at all; here and in workers."""

    def install(files: Mapping[str, str] | None) -> None:
        folder = tmp_path / "vector_package"
        package = folder / PACKAGE
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("" if files is not None else "raise ImportError('hidden')")
        for path, text in (files or {}).items():
            (package / path).parent.mkdir(parents=True, exist_ok=True)
            (package / path).write_text(text)
        monkeypatch.syspath_prepend(folder)
        monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        monkeypatch.delitem(sys.modules, PACKAGE, raising=False)

    yield install
    sys.modules.pop(PACKAGE, None)
