"""Facts of the machine that explain a figure. Reads what an ordinary user may; never a name or a path.

A fact that cannot be read is None, and the key with ``_reason`` behind it says why.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchsuite.record.types import Fact

_CPUS = Path("/sys/devices/system/cpu")
_CGROUPS = Path("/sys/fs/cgroup")


class _Unread(Exception):
    """Why a fact cannot be read; the message is recorded, so it holds no path."""


def machine_facts() -> dict[str, Fact]:
    """Every fact of ``docs/reference/run-file.md``, read now; bytes, seconds and counts are plain numbers.

    Two machines, or one machine on two days, are told apart by these alone.
    """
    facts: dict[str, Fact] = {}
    for name, read in _READERS.items():
        try:
            facts[name] = read()
        except _Unread as unread:
            facts[name], facts[f"{name}_reason"] = None, str(unread)
    return facts


def last_cache_bytes() -> int | None:
    """The size of the largest cache that serves one of the allowed cores, or None where unknown."""
    return max(_caches().values(), default=None)


def _text(path: Path, otherwise: str) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise _Unread(otherwise) from error


def _allowed() -> list[int]:
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    if affinity is None:
        raise _Unread("this system has no affinity masks")
    return sorted(affinity(0))


def cores_allowed() -> int:
    """Cores that this process may run on."""
    return len(_allowed())


def _cpu_field(*names: str) -> str:
    cpuinfo = _text(Path("/proc/cpuinfo"), "this system has no cpuinfo")
    for name in names:
        if found := re.search(rf"^{name}\s*:\s*(.+)$", cpuinfo, re.MULTILINE):
            return found[1].strip()
    raise _Unread(f"cpuinfo has no field {' or '.join(names)}")


def _cpu_model() -> str:
    try:
        return _cpu_field("model name", "Model", "cpu model")
    except _Unread:
        if name := platform.processor():
            return name
        raise


def _cores(logical: bool) -> int:
    import psutil

    cores = psutil.cpu_count(logical=logical)
    if cores is None:
        raise _Unread("the system does not say")
    return cores


def memory_bytes() -> int:
    """The memory of this machine."""
    import psutil

    return int(psutil.virtual_memory().total)


def _caches() -> dict[str, int]:
    """Cache name (``l1d``, ``l1i``, ``l2`` …) -> bytes, as the first allowed core sees them."""
    try:
        first = _allowed()[0]
    except _Unread:
        return {}
    sizes = {}
    for folder in (_CPUS / f"cpu{first}" / "cache").glob("index*"):
        try:
            level, kind, size = (_text(folder / name, "") for name in ("level", "type", "size"))
        except _Unread:
            continue  # virtual machines offer some caches without a size
        if found := re.fullmatch(r"(\d+)([KMG]?)", size):
            suffix = {"Data": "d", "Instruction": "i"}.get(kind, "")
            sizes[f"l{level}{suffix}"] = int(found[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[found[2]]
    return sizes


def _cache(name: str) -> int:
    size = _caches().get(name)
    if size is None:
        raise _Unread("the kernel does not list this cache")
    return size


def _governor() -> str:
    return _text(
        _CPUS / "cpufreq/policy0/scaling_governor",
        "no frequency scaling here (a virtual machine, or no driver)",
    )


def _turbo() -> bool:
    no_turbo = _CPUS / "intel_pstate/no_turbo"
    if no_turbo.exists():
        return _text(no_turbo, "unreadable") == "0"
    return _text(_CPUS / "cpufreq/boost", "no switch for turbo here (a virtual machine, or no driver)") == "1"


def _hypervisor() -> bool:
    try:
        return "hypervisor" in _cpu_field("flags").split()
    except _Unread:
        raise _Unread("only x86 on Linux has a flag for it") from None


def _container() -> str:
    for mark, name in (("/.dockerenv", "docker"), ("/run/.containerenv", "podman")):
        if Path(mark).exists():
            return name
    if "KUBERNETES_SERVICE_HOST" in os.environ:
        return "kubernetes"
    return _text(Path("/run/systemd/container"), "no sign of a container")


def _cpu_quota_cores() -> float:
    """Cores that the control groups around this process let it use; the tightest counts."""
    groups = _text(Path("/proc/self/cgroup"), "this system has no control groups")
    quotas = [
        quota
        for _, controllers, group in (line.split(":", 2) for line in groups.splitlines())
        for quota in _quotas(controllers.split(","), group)
    ]
    if not quotas:
        raise _Unread("no quota is set")
    return min(quotas)


def _quotas(controllers: list[str], group: str) -> list[float]:
    """Quotas of one group and those above it; version 2 has no named controllers, version 1 has ``cpu``."""
    root = _CGROUPS if controllers == [""] else _CGROUPS / "cpu"
    if controllers != [""] and "cpu" not in controllers:
        return []
    folder, quotas = root / group.lstrip("/"), []
    for above in (folder, *folder.parents):
        try:
            if root == _CGROUPS:
                limit, period = _text(above / "cpu.max", "").split()
            else:
                limit, period = (_text(above / f"cpu.cfs_{name}_us", "") for name in ("quota", "period"))
        except _Unread:
            continue
        if limit not in ("max", "-1"):
            quotas.append(int(limit) / int(period))
    return quotas


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError) as error:
        raise _Unread("the system has no os-release") from error


def _glibc() -> str:
    confstr: Callable[[str], str | None] | None = getattr(os, "confstr", None)
    try:
        version = confstr("CS_GNU_LIBC_VERSION") if confstr else None
    except (OSError, ValueError):
        version = None
    if version is None:
        raise _Unread("the C library is not glibc")
    return version.removeprefix("glibc ")


def _mitigations() -> list[str]:
    """Vulnerabilities that cost speed here: what is mitigated or open, not what the CPU is free of."""
    folder = _CPUS / "vulnerabilities"
    if not folder.is_dir():
        raise _Unread("the kernel does not list vulnerabilities")
    found = ((path.name, _text(path, "unreadable")) for path in sorted(folder.iterdir()))
    return [f"{name}: {state}" for name, state in found if state != "Not affected"]


def _load_average() -> float:
    getloadavg: Callable[[], tuple[float, float, float]] | None = getattr(os, "getloadavg", None)
    try:
        if getloadavg:
            return getloadavg()[0]
    except OSError:
        raise _Unread("the system does not say") from None
    raise _Unread("this system has no load average")


def _psi_available() -> bool:
    try:
        return bool(_text(Path("/proc/pressure/cpu"), ""))  # there, but unreadable, where it is switched off
    except _Unread:
        return False


def _numpy_version() -> str:
    import numpy as np

    return np.__version__


def _has_gil() -> bool:
    enabled: Callable[[], bool] | None = getattr(sys, "_is_gil_enabled", None)  # Python 3.13 on
    return enabled() if enabled else True


_READERS: dict[str, Callable[[], Fact]] = {
    "cpu_model": _cpu_model,
    "cores_physical": lambda: _cores(logical=False),
    "cores_logical": lambda: _cores(logical=True),
    "cores_allowed": cores_allowed,
    "cache_l1d_bytes": lambda: _cache("l1d"),
    "cache_l1i_bytes": lambda: _cache("l1i"),
    "cache_l2_bytes": lambda: _cache("l2"),
    "cache_l3_bytes": lambda: _cache("l3"),
    "governor": _governor,
    "turbo": _turbo,
    "smt": lambda: _text(_CPUS / "smt/active", "the kernel does not say") == "1",
    "hypervisor": _hypervisor,
    "container": _container,
    "cpu_quota_cores": _cpu_quota_cores,
    "memory_bytes": memory_bytes,
    "os": platform.system,
    "distribution": _distribution,
    "kernel_release": platform.release,
    "architecture": platform.machine,
    "clock_source": lambda: _text(
        Path("/sys/devices/system/clocksource/clocksource0/current_clocksource"), "the kernel does not say"
    ),
    "clock_resolution_seconds": lambda: time.get_clock_info("perf_counter").resolution,
    "mitigations": _mitigations,
    "load_average_1_minute": _load_average,
    "psi_available": _psi_available,
    "glibc": _glibc,
    "python_version": platform.python_version,
    "python_implementation": platform.python_implementation,
    "python_build": lambda: f"{' '.join(platform.python_build())} {platform.python_compiler()}",
    "python_gil": _has_gil,
    "numpy_version": _numpy_version,
}
