"""Plugins as a third party writes them: small files."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from pathlib import Path

import pytest

from benchsuite.host import guard

GOOD = """
from benchsuite.api import Backend, hookimpl, host_cpu

@hookimpl
def benchsuite_backends():
    return [Backend(name="{name}", probe=host_cpu)]
"""


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No note on a plugin of three lines says that it is slow, because the machine was."""
    monkeypatch.setattr(guard, "SLOW_SECONDS", inf)


@pytest.fixture
def plugin(tmp_path: Path) -> Callable[..., str]:
    """Write a plugin file, by default one that brings a backend of its own name; its path."""

    def write(name: str, text: str = GOOD) -> str:
        path = tmp_path / f"{name}.py"
        path.write_text(text.replace("{name}", name.replace("_", "-")))
        return str(path)

    return write
