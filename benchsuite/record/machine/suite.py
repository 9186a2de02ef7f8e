"""Facts of the suite itself: which commit of a checkout it is, where it is one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import benchsuite
from benchsuite.record.machine.files import Files, Unread
from benchsuite.record.types import Fact

PACKAGE = Path(benchsuite.__file__).parent


def revision(package: Path = PACKAGE) -> str:
    """The commit of the checkout that ``package`` lies in. Raises Unread where it lies in none."""
    return _git(package, "rev-parse", "HEAD")


def is_modified(package: Path = PACKAGE) -> bool:
    """Whether a tracked file of the checkout, or any file of the package, differs from the commit."""
    tracked = _git(package, "status", "--porcelain", "--untracked-files=no")
    return bool(tracked or _git(package, "status", "--porcelain", "--", package.name))


def is_checkout(package: Path = PACKAGE) -> bool:
    """Whether the folder around the package is a repository of its own: that of an environment is not."""
    return (package.parent / ".git").exists()


def _git(package: Path, *arguments: str) -> str:
    if not is_checkout(package):
        raise Unread("the suite was installed as a distribution: it runs from no checkout")
    command = ["git", "-C", str(package.parent), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise Unread("git is not installed") from None
    except subprocess.CalledProcessError:
        raise Unread("git cannot read the suite's checkout") from None
    return done.stdout.strip()


READERS: Mapping[str, Callable[[Files], Fact]] = {
    "suite_revision": lambda files: revision(),
    "suite_modified": lambda files: is_modified(),
}
