#!/usr/bin/env python3
"""Claim: a run beside as many busy processes as there are cores says so: its rows are flagged.

Every measured row of such a run must have the flag ``load``, nearly every ``psi``, some ``waited``. A flag
whose counter this machine does not have is not asked for, but one of them must be. The same run without the
load is printed beside it: what else works here, nobody knows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchsuite.analyse.derive import cells
from benchsuite.measure.pressure import unread_counters
from benchsuite.record import store
from benchsuite.record.machine import cores_allowed
from benchsuite.record.types import Cell, Samples

SOURCES = {"load": "runnable", "psi": "stalled_seconds", "waited": "waited_seconds"}
LEAST = {"load": 1.0, "psi": 0.9, "waited": 0.1}
"""Share of the rows that must have the flag: a worker may have the luck of a core of its own."""


def run(folder: str) -> tuple[list[Cell], Counter[str], int]:
    """(measured rows, flag -> visits, visits) of a run of one cipher and one code on every engine."""
    path = Path(folder) / "run.jsonl"
    command = [sys.executable, "-m", "benchsuite", "run", "aes-ctr", "hsiao-decode", "--preset", "smoke"]
    command += ["--suite", "throughput", "--output", str(path)]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    lines = store.read(path).lines
    visits = [line for line in lines if isinstance(line, Samples)]
    measured = [cell for cell in cells(lines) if cell.status == "measured"]
    return measured, Counter(flag for visit in visits for flag in visit.flags), len(visits)


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """So many processes that compute for as long as this lasts, and not longer than their parent."""
    code = "import os\nwhile os.getppid() == {}: sum(range(100_000))"
    crowd = [subprocess.Popen([sys.executable, "-c", code.format(os.getpid())]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in crowd:
            process.kill()
            process.wait()


def main() -> int:
    """0 where the claim holds."""
    unread, processes = unread_counters(), max(2, cores_allowed())
    if cores_allowed() < (os.cpu_count() or 1):
        unread["runnable"] = "tasks on the cores that are not ours count by our share of the machine"
    asked = {flag: least for flag, least in LEAST.items() if SOURCES[flag] not in unread}
    with tempfile.TemporaryDirectory() as folder:
        _, calm, visits = run(folder)
    print(f"without load of ours: flags of {visits} visits: {dict(calm)}")
    with tempfile.TemporaryDirectory() as folder, busy(processes):
        rows, loaded, visits = run(folder)
    print(f"beside {processes} busy processes: flags of {visits} visits: {dict(loaded)}")
    for flag in LEAST.keys() - asked.keys():
        print(f"{flag} is not asked for: {unread[SOURCES[flag]]}")
    held = bool(rows) and bool(asked)
    for flag, least in asked.items():
        have = sum(flag in row.flags for row in rows)
        held = held and have >= least * len(rows)
        print(f"{flag}: {have} of {len(rows)} rows, at least {least:.0%} must have it")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
