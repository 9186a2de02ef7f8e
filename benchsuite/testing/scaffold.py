"""``plugin new``: a whole distribution from the files of ``template``."""

from __future__ import annotations

import re
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, metadata
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from benchsuite import __version__
from benchsuite.host.plugins import UsageError

FILES = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    ".gitignore": "gitignore",
    ".github/workflows/ci.yml": "workflows/ci.yml",
    "src/{module}/__init__.py": "src/package/__init__.py",
    "src/{module}/backend.py": "src/package/backend.py",
    "src/{module}/py.typed": "src/package/py.typed",
    "tests/test_conformance.py": "tests/test_conformance.py",
}
"""Path in the distribution -> template, where ``@NAME@``, ``@MODULE@`` and ``@VERSION@`` are filled in."""

_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")


def write_plugin(name: str, folder: Path) -> list[Path]:
    """Write the distribution ``benchsuite-NAME`` into ``folder``, which is made; the files written.

    Raises UsageError for what is no name, or that of an installed distribution, and for a folder that holds
    something.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name of a plugin: lower-case letters and digits, single '.', '_' or '-' between"
        )
    distribution = f"benchsuite-{name}"
    with suppress(PackageNotFoundError):
        version = metadata(distribution)["Version"]
        raise UsageError(f"{distribution} {version} is installed already: choose another name")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists already and nothing is overwritten: name another with --output")
    module = "benchsuite_" + re.sub("[.-]", "_", name)
    words = {"@NAME@": name, "@MODULE@": module, "@VERSION@": __version__}
    template = files("benchsuite.testing") / "template"
    return [
        _write(folder / path.format(module=module), template / f"{source}.in", words)
        for path, source in FILES.items()
    ]


def _write(path: Path, template: Traversable, words: dict[str, str]) -> Path:
    text = template.read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(word, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
