"""A package of vectors that a test writes itself, and machines as their kernels show them."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from benchsuite.record.machine.files import Files
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


class Machine(NamedTuple):
    """The kernel's files of a machine, and what they say."""

    root: Path
    facts: dict[str, Any]
    reasons: dict[str, str]
    """Fact -> why it cannot be read."""
    counters: dict[str, float]
    unread: dict[str, str]
    """Counter -> why it cannot be read."""

    @property
    def files(self) -> Files:
        """The files as they are now."""
        return Files(self.root)

    def write(self, name: str, text: str) -> None:
        """Change a file, or make it."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.strip() + "\n", encoding="utf-8")


@pytest.fixture
def machine(tmp_path: Path) -> Callable[[str], Machine]:
    """Unfold ``tests/machines/NAME.toml`` into a folder; without a name, a machine that tells nothing."""

    def build(name: str = "") -> Machine:
        described = Path(__file__).parent / "machines" / f"{name}.toml"
        told = tomllib.loads(described.read_text(encoding="utf-8")) if name else {}
        parts = (told.get(part, {}) for part in ("facts", "reasons", "counters", "unread"))
        found = Machine(tmp_path / (name or "nothing"), *parts)
        found.root.mkdir()
        for path, text in told.get("files", {}).items():
            found.write(path, text)
        return found

    return build
