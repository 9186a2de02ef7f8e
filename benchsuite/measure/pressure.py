"""What else the machine did during a visit: the kernel's counters, read before it and after, never between.

It counts only. Whether that was too much to believe the visit's figures, ``benchsuite.analyse.flags`` says.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Mapping

from benchsuite.record.machine.files import (
    CPUS,
    Files,
    Unread,
    allowed_cpus,
    control_groups,
    fields,
    value_or_reason,
)

_TICKS_A_SECOND = 100  # USER_HZ, in which /proc/stat counts, whatever the kernel's own tick is

Counters = Mapping[str, float]
"""Counter -> its value; a counter that this machine does not let be read is missing."""


def read_counters(files: Files | None = None) -> dict[str, float]:
    """The counters now. Costs 0.5 ms, and a file more for each core that counts its thermal throttling."""
    return _read(files or Files())[0]


def unread_counters(files: Files | None = None) -> dict[str, str]:
    """Counter -> why this machine does not let it be read."""
    return _read(files or Files())[1]


def difference(before: Counters, after: Counters, *, ours: int = 1) -> dict[str, float]:
    """The keys of ``record.types.Pressure``: what a visit between two readings met.

    ``ours``: processes of this run that may be runnable while the counters are read, the reader included.
    """
    both = before.keys() & after.keys()
    found = {name: max(0, after[name] - before[name]) for name in _READERS if name in both - _MOMENTARY}
    if "cpus" in both:
        found["capacity_seconds"] = after["cpus"] * found["seconds"]
    if {"cpus", "online", "runnable"} <= both:
        beside = max(0, min(before["runnable"], after["runnable"]) - ours)
        # those of a larger machine that are not on our CPUs do not contend with us: take our share
        found["contending_seconds"] = beside * found["seconds"] * after["cpus"] / after["online"]
    return found


def of_crowd(rushes: Iterable[Iterable[Counters]]) -> dict[str, float]:
    """A visit of several processes: in each rush the most that one of them met, and of these the sum."""
    total: dict[str, float] = {}
    for members in rushes:
        most: dict[str, float] = {}
        for met in members:
            most |= {name: max(value, most.get(name, 0)) for name, value in met.items()}
        total |= {name: value + total.get(name, 0) for name, value in most.items()}
    return total


def _read(files: Files) -> tuple[dict[str, float], dict[str, str]]:
    read = {name: value_or_reason(reader, files) for name, reader in _READERS.items()}
    counters = {name: value for name, (value, _) in read.items() if value is not None}
    return counters, {name: reason for name, (_, reason) in read.items() if reason}


def _stat(files: Files) -> dict[str, str]:
    return fields(files.text("proc/stat", "the system does not count CPU time"), " ")


def _online(files: Files) -> float:
    cpus = [name for name in _stat(files) if name.startswith("cpu") and name != "cpu"]
    if not cpus:
        raise Unread("the kernel does not list its CPUs")
    return len(cpus)


def _steal_seconds(files: Files) -> float:
    """Of the CPUs that this process may use."""
    lines = _stat(files)
    columns = [lines[f"cpu{cpu}"].split() for cpu in allowed_cpus(files)]
    return sum(int(column[7]) for column in columns) / _TICKS_A_SECOND


def _runnable(files: Files) -> float:
    """Tasks that run or could, on all CPUs of the machine, the reader among them."""
    return int(_stat(files)["procs_running"])


def _stalled_seconds(files: Files) -> float:
    """Time in which some task waited for a CPU: in this control group, or else in the whole system.

    The innermost group that tells is the truest: what happens on CPUs that are not ours stalls none of it.
    """
    try:
        groups = [folder for version, folder in control_groups(files, "cpu") if version == 2]
    except Unread:
        groups = []
    for name in (*(f"{group}/cpu.pressure" for group in groups), "proc/pressure/cpu"):
        try:
            some, _, _ = files.text(name, "").partition("\n")
            return int(some.rpartition("total=")[2]) / 1e6
        except (Unread, ValueError):
            continue
    raise Unread("the kernel reports no pressure stalls (psi=0, or older than 4.20)")


def _waited_seconds(files: Files) -> float:
    """Time in which a thread of this process was ready to run and had no CPU."""
    threads = files.below("proc/self/task", "*/schedstat")
    if not threads:
        raise Unread("the kernel does not count it (no schedstat)")
    return sum(int(files.text(name, "the thread has ended").split()[1]) for name in threads) / 1e9


def _throttled(files: Files, *names: str) -> float:
    """The first of ``names`` in the CPU accounts of this process's control groups, and of those above."""
    found = []
    for _, group in control_groups(files, "cpu"):
        try:
            account = fields(files.text(f"{group}/cpu.stat", ""), " ")
        except Unread:
            continue
        found += [int(account[name]) for name in names if name in account][:1]
    if not found:
        raise Unread("no control group with a quota of CPU time")
    return sum(found)


def _throttled_seconds(files: Files) -> float:
    try:
        return _throttled(files, "throttled_usec") / 1e6
    except Unread:
        return _throttled(files, "throttled_time") / 1e9  # version 1 counts nanoseconds


def _thermal_events(files: Files) -> float:
    names = [f"{CPUS}/cpu{cpu}/thermal_throttle/core_throttle_count" for cpu in allowed_cpus(files)]
    return sum(files.number(name, "the processor does not tell (no thermal_throttle)") for name in names)


def _swapped_pages(files: Files) -> float:
    lines = fields(files.text("proc/vmstat", "the system does not count swapped pages"), " ")
    return int(lines["pswpin"]) + int(lines["pswpout"])


_READERS: dict[str, Callable[[Files], float]] = {
    "seconds": lambda files: time.perf_counter(),
    "cpus": lambda files: len(allowed_cpus(files)),
    "online": _online,
    "runnable": _runnable,
    "steal_seconds": _steal_seconds,
    "stalled_seconds": _stalled_seconds,
    "waited_seconds": _waited_seconds,
    "throttled_periods": lambda files: _throttled(files, "nr_throttled"),
    "throttled_seconds": _throttled_seconds,
    "involuntary_switches": lambda files: resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw,
    "major_faults": lambda files: resource.getrusage(resource.RUSAGE_SELF).ru_majflt,
    "swapped_pages": _swapped_pages,
    "thermal_events": _thermal_events,
}
_MOMENTARY = {"cpus", "online", "runnable"}
