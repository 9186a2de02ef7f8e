"""Facts of the machine that explain a figure. Reads what an ordinary user may; never a name or a path.

A fact that cannot be read is None, and the key with ``_reason`` behind it says why.
"""

from __future__ import annotations

from benchsuite.record.machine import cpu, limits, software, suite
from benchsuite.record.machine.files import Files, Unread, allowed_cpus, value_or_reason
from benchsuite.record.types import Fact

_READERS = {**cpu.READERS, **limits.READERS, **software.READERS, **suite.READERS}


def machine_facts(files: Files | None = None) -> dict[str, Fact]:
    """Every fact of ``docs/reference/run-file.md``, read now; bytes, seconds and counts are plain numbers.

    Two machines, or one machine on two days, are told apart by these alone. ``files`` are those of this
    machine unless told.
    """
    files = files or Files()
    facts: dict[str, Fact] = {}
    for name, read in _READERS.items():
        facts[name], reason = value_or_reason(read, files)
        if reason:
            facts[f"{name}_reason"] = reason
    return facts


def last_cache_bytes(files: Files | None = None) -> int | None:
    """The size of the largest cache that serves one of the allowed cores, or None where unknown."""
    return max((size for size, _ in cpu.caches(files or Files()).values()), default=None)


def cores_allowed() -> int:
    """Cores that this process may run on. Raises Unread where the system has no affinity masks."""
    return len(allowed_cpus(Files()))


def memory_bytes() -> int:
    """The memory of this machine."""
    import psutil

    return int(psutil.virtual_memory().total)


def memory_limit_bytes(files: Files | None = None) -> int:
    """What processes here may have together: the memory, or less where the control group says so."""
    try:
        return min(memory_bytes(), limits.memory_limit(files or Files()))
    except Unread:
        return memory_bytes()
