"""Facts of the memory, and of what a container or control group leaves of the machine."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping

from benchsuite.record.machine.files import Files, Unread, control_groups, fields
from benchsuite.record.types import Fact

_UNLIMITED = 1 << 60  # bytes; version 1 writes the largest multiple of a page where no limit is set


def _meminfo(files: Files, name: str) -> int:
    found = fields(files.text("proc/meminfo", "this system has no meminfo"))
    if (amount := re.fullmatch(r"(\d+) kB", found.get(name, ""))) is None:
        raise Unread(f"meminfo has no {name}")
    return int(amount[1]) << 10


def _swap_used(files: Files) -> int:
    return _meminfo(files, "SwapTotal") - _meminfo(files, "SwapFree")


def _huge_pages(files: Files) -> str:
    text = files.text("sys/kernel/mm/transparent_hugepage/enabled", "this kernel has none")
    if (chosen := re.search(r"\[(\w+)\]", text)) is None:
        raise Unread("the kernel does not say")
    return chosen[1]


def _container(files: Files) -> str:
    for mark, name in ((".dockerenv", "docker"), ("run/.containerenv", "podman")):
        if files.exists(mark):
            return name
    if files.exists("var/run/secrets/kubernetes.io") or files.exists("run/secrets/kubernetes.io"):
        return "kubernetes"
    return files.text("run/systemd/container", "no sign of a container")


def _control_group_version(files: Files) -> int:
    """Of the hierarchy that rules the CPU; both may be mounted."""
    groups = files.text("proc/self/cgroup", "this system has no control groups").splitlines()
    named = {name for line in groups for name in line.split(":", 2)[1].split(",")}
    return 1 if "cpu" in named else 2


def _cpu_quota_cores(files: Files) -> float:
    """Cores that the control groups around this process let it use; the tightest counts."""
    quotas = list(_quotas(files))
    if not quotas:
        raise Unread("no quota is set")
    return min(quotas)


def _quotas(files: Files) -> Iterator[float]:
    for version, group in control_groups(files, "cpu"):
        try:
            if version == 2:
                limit, period = files.text(f"{group}/cpu.max", "").split()
            else:
                limit, period = (files.text(f"{group}/cpu.cfs_{n}_us", "") for n in ("quota", "period"))
        except Unread:
            continue
        if limit not in ("max", "-1"):
            yield int(limit) / int(period)


def memory_limit(files: Files) -> int:
    """Bytes that the control groups around this process let it have. Raises Unread where none is set."""
    limits = []
    for version, group in control_groups(files, "memory"):
        name = "memory.max" if version == 2 else "memory.limit_in_bytes"
        try:
            limits.append(files.number(f"{group}/{name}", ""))
        except Unread:
            continue  # no file, or "max"
    limits = [limit for limit in limits if limit < _UNLIMITED]
    if not limits:
        raise Unread("no limit is set")
    return min(limits)


def _page_bytes(files: Files) -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError) as error:
        raise Unread("the system does not say") from error


READERS: Mapping[str, Callable[[Files], Fact]] = {
    "memory_bytes": lambda files: _meminfo(files, "MemTotal"),
    "swap_bytes": lambda files: _meminfo(files, "SwapTotal"),
    "swap_used_bytes": _swap_used,
    "page_bytes": _page_bytes,
    "transparent_huge_pages": _huge_pages,
    "address_randomisation": lambda files: files.number(
        "proc/sys/kernel/randomize_va_space", "the kernel does not say"
    ),
    "container": _container,
    "control_group_version": _control_group_version,
    "cpu_quota_cores": _cpu_quota_cores,
    "memory_limit_bytes": memory_limit,
}
