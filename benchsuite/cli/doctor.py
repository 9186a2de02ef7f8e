"""``benchsuite doctor``: what is wrong with this machine, its clocks and plugins, and the remedy."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Literal

from benchsuite.cli.ending import BAD, GOOD
from benchsuite.cli.output import show_object, show_rows
from benchsuite.cli.session import Session, open_session
from benchsuite.record.machine import machine_facts
from benchsuite.record.types import Fact

LEAST_FREE_BYTES = 1 << 28  # memory: the inputs of the quick preset; disk: a long run's file


@dataclass(frozen=True)
class Check:
    """One finding."""

    name: str
    status: Literal["ok", "warning", "failed"]
    found: str
    remedy: str = ""


def doctor_command(*, plugins: Sequence[str], blocked: Sequence[str], json: bool) -> int:
    """Print the checks; exit code 1 where one failed."""
    session = open_session([], plugins=plugins, blocked=blocked)
    facts = machine_facts()
    checks = [*_machine(facts), *_resources(), _clock(facts), *_plugins(session), *_backends(session)]
    if json:
        show_object("doctor", {"checks": [asdict(check) for check in checks]})
    else:
        show_rows(["check", "status", "found", "remedy"], [list(asdict(c).values()) for c in checks])
    return BAD if any(check.status == "failed" for check in checks) else GOOD


def _machine(facts: dict[str, Fact]) -> Iterator[Check]:
    cores, load = facts["cores_allowed"], facts["load_average_1_minute"]
    if isinstance(load, float) and isinstance(cores, int):
        idle = load < 0.3 * cores
        yield Check(
            "load",
            "ok" if idle else "warning",
            f"{load:.2f} on {cores} cores",
            "" if idle else "end other work: figures taken beside it are noisier and may be inconclusive",
        )
    governor = facts["governor"]
    slow = governor not in {None, "performance"}
    yield Check(
        "frequency governor",
        "warning" if slow else "ok",
        str(governor or facts.get("governor_reason", "unknown")),
        "cpupower frequency-set -g performance" if slow else "",
    )
    quota = facts["cpu_quota_cores"]
    limited = isinstance(quota, float) and isinstance(cores, int) and quota < cores
    yield Check(
        "CPU quota",
        "warning" if limited else "ok",
        f"{quota:g} of {cores} cores" if limited else "none below the number of cores",
        "raise the container's CPU limit to whole cores: a throttled process pauses in mid-sample"
        if limited
        else "",
    )
    yield Check(
        "hypervisor",
        "warning" if facts["hypervisor"] else "ok",
        {True: "virtual machine", False: "bare metal"}.get(facts["hypervisor"] is True, "unknown"),
        "neighbours cost time: trust intervals, not single figures" if facts["hypervisor"] else "",
    )


def _resources() -> Iterator[Check]:
    import psutil

    free = psutil.virtual_memory().available
    disk = shutil.disk_usage(Path.cwd()).free
    for name, found, remedy in (
        ("memory", free, "free some memory: the cold pools need it"),
        ("disk", disk, "free some space: a run file must be written to the end"),
    ):
        enough = found >= LEAST_FREE_BYTES
        yield Check(name, "ok" if enough else "failed", f"{found >> 20} MiB free", "" if enough else remedy)


def _clock(facts: dict[str, Fact]) -> Check:
    """The clock's tick and the cost of reading it, against samples of 5 ms."""
    reads = [time.perf_counter_ns() for _ in range(10_001)]
    steps = [after - before for before, after in pairwise(reads)]
    found = f"{facts['clock_source'] or 'unknown source'}, {median(steps)} ns a reading"
    if min(steps) < 0:
        return Check("clock", "failed", found + ", runs backwards", "choose another clock source")
    if median(steps) > 1000:
        return Check("clock", "warning", found, "slow clock: use the tsc clock source if it is stable")
    return Check("clock", "ok", found)


def _plugins(session: Session) -> Iterator[Check]:
    for plugin in session.registry.plugins:
        broken = plugin.status in {"broken", "conflict"}
        yield Check(
            f"plugin {plugin.name}",
            "failed" if broken else "ok",
            f"{plugin.status} {plugin.version}".strip() + (f": {plugin.error}" if plugin.error else ""),
            f"mend or uninstall it, or pass --no-plugin {plugin.name}" if broken else "",
        )


def _backends(session: Session) -> Iterator[Check]:
    for name, probe in session.probes.items():
        if probe.unavailable:
            reason, _, remedy = probe.unavailable.partition(": ")
            yield Check(f"backend {name}", "warning", reason, remedy)
        else:
            yield Check(f"backend {name}", "ok", "devices: " + ", ".join(id_ for id_, _ in probe.devices))
