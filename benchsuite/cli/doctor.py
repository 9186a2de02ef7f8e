"""``benchsuite doctor``: what is wrong with this machine, its clocks and plugins, and the remedy."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from statistics import median

import msgspec

from benchsuite.cli.check import Check
from benchsuite.cli.ending import BAD, GOOD
from benchsuite.cli.flag_checks import flag_checks
from benchsuite.cli.machine_checks import machine_checks
from benchsuite.cli.output import show_object, show_rows
from benchsuite.cli.session import Session, open_session
from benchsuite.measure.pressure import difference, read_counters, unread_counters
from benchsuite.record.machine import machine_facts
from benchsuite.record.types import Fact, Pressure

LEAST_FREE_BYTES = 1 << 28  # memory: the inputs of the quick preset; disk: a long run's file
RUNS = 16  # of a loop, as many as the quick preset has blocks


def doctor_command(*, plugins: Sequence[str], blocked: Sequence[str], json: bool) -> int:
    """Print the checks; exit code 1 where one failed."""
    session = open_session([], plugins=plugins, blocked=blocked, whole=False)
    checks = all_checks(session, machine_facts())
    if json:
        show_object("doctor", {"checks": [asdict(check) for check in checks]})
    else:
        show_rows(["check", "status", "found", "remedy"], [list(asdict(c).values()) for c in checks])
    return BAD if any(check.status == "failed" for check in checks) else GOOD


def all_checks(session: Session, facts: dict[str, Fact]) -> list[Check]:
    """The checks of a machine with ``facts``, and of the session's plugins and backends."""
    return [
        *machine_checks(facts),
        *_resources(),
        _clock(facts),
        *_flags(),
        *_plugins(session),
        *_backends(session),
    ]


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


def _flags() -> Iterator[Check]:
    """What a visit would meet now: the counters and the times of a fixed loop, run again and again."""
    before, seconds = read_counters(), []
    for _ in range(RUNS):
        timings = []
        for _ in range(3):
            begin = time.perf_counter()
            sum(range(200_000))
            timings.append(time.perf_counter() - begin)
        seconds.append(median(timings))
    met = msgspec.convert(difference(before, read_counters()), Pressure)
    yield from flag_checks(met, unread_counters(), seconds)


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
