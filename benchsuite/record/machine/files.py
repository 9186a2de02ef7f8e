"""The kernel's files below a root, which tests replace by a folder of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TypeVar

T = TypeVar("T")

CPUS = "sys/devices/system/cpu"
CGROUPS = "sys/fs/cgroup"


class Unread(Exception):
    """Why a fact cannot be read; the message is recorded, so it holds no name of anyone and no path."""


class Files:
    """Files below ``root``, by their path without the first slash; each is read once and then remembered."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._texts: dict[str, str] = {}

    def text(self, name: str, otherwise: str) -> str:
        """What the file holds, without white space at its ends. Raises Unread(``otherwise``)."""
        if name not in self._texts:
            try:
                text = (self._root / name).read_text(encoding="utf-8", errors="replace")
            except OSError as error:
                raise Unread(otherwise) from error
            self._texts[name] = text.strip()
        return self._texts[name]

    def number(self, name: str, otherwise: str) -> int:
        """As ``text``, for a file that holds one whole number."""
        try:
            return int(self.text(name, otherwise))
        except ValueError as error:
            raise Unread(otherwise) from error

    def exists(self, name: str) -> bool:
        """Whether there is such a file or folder."""
        return (self._root / name).exists()

    def below(self, folder: str, pattern: str) -> list[str]:
        """Paths of what is in ``folder`` and matches, sorted."""
        found = (self._root / folder).glob(pattern)
        return sorted(path.relative_to(self._root).as_posix() for path in found)


def value_or_reason(read: Callable[[Files], T], files: Files) -> tuple[T | None, str]:
    """What ``read`` finds and no reason; or None, and why it cannot be read.

    Kernels older and newer than those we met, and what imitates one, may write their files in another form.
    """
    try:
        return read(files), ""
    except Unread as unread:
        return None, str(unread)
    except (LookupError, ValueError):
        return None, "the kernel writes it in a form that is not known here"


def cpu_list(text: str) -> list[int]:
    """The kernel's lists of CPUs: ``0-2,5`` is 0, 1, 2, 5. Raises Unread where it is none.

    >>> cpu_list("0-2,5")
    [0, 1, 2, 5]
    """
    cpus: list[int] = []
    for part in text.split(",") if text else []:
        found = re.fullmatch(r"(\d+)(?:-(\d+))?", part.strip())
        if found is None:
            raise Unread("the kernel's list of CPUs has another form")
        cpus += range(int(found[1]), int(found[2] or found[1]) + 1)
    return cpus


def fields(text: str, separator: str = ":") -> dict[str, str]:
    """``name: value`` lines; of a name that comes twice, as each CPU's do, the first."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, _, value = line.partition(separator)
        found.setdefault(name.strip(), value.strip())
    return found


def allowed_cpus(files: Files) -> list[int]:
    """CPUs that this process may run on."""
    status = fields(files.text("proc/self/status", "this system has no affinity masks"))
    if "Cpus_allowed_list" not in status:
        raise Unread("this system has no affinity masks")
    return cpu_list(status["Cpus_allowed_list"])


def control_groups(files: Files, controller: str) -> Iterator[tuple[int, str]]:
    """(version, folder) of this process's control groups and those above it that rule ``controller``.

    Innermost first. Inside a container some of them may be out of sight: their folders hold no files.
    """
    for line in files.text("proc/self/cgroup", "this system has no control groups").splitlines():
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            hybrid = f"{CGROUPS}/unified"
            version, top = 2, hybrid if files.exists(hybrid) else CGROUPS
        elif controller in controllers.split(","):
            version, top = 1, f"{CGROUPS}/{controller}"
        else:
            continue
        # a group outside the container's own namespace begins with /..
        inner = PurePosixPath("/", *(part for part in PurePosixPath(group).parts if part not in ("/", "..")))
        for above in (inner, *inner.parents):
            yield version, f"{top}{above}".rstrip("/")
