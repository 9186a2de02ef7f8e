#!/usr/bin/env python3
"""Claim: an engine that is faster than its bytes can be moved is marked, and compared with nobody.

This file is also the plugin: a copy under another name, and an engine whose lane counts 60 % of the time, so
much as the probe of the clock lets pass. Where noise widens the row's interval nothing is sure: three tries.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from benchsuite.analyse.roofline import ABOVE
from benchsuite.api import Backend, Device, HostLane, Job, Prepared, Workload, hookimpl
from benchsuite.workloads import MACHINE_COPY

ECHO = replace(MACHINE_COPY, id="echo")
TRIES = 3
COUNTED = 0.6


class FastClock(HostLane):
    """Counts less than passed."""

    def seconds(self, start: int, stop: int) -> float:
        """A share of the seconds between two marks."""
        return COUNTED * super().seconds(start, stop)


@contextmanager
def _lanes(count: int) -> Iterator[Sequence[FastClock]]:
    yield [FastClock() for _ in range(count)]


backend = Backend(name="liar-fast-clock", probe=lambda: [Device(id="cpu", facts={}, lanes=_lanes)])


@backend.implements(ECHO, version=1)
def echo(job: Job[Any, Any, Any, FastClock]) -> Prepared:
    """An honest copy."""
    source, target = memoryview(job.inputs.data), memoryview(job.outputs.data)
    return Prepared(run=partial(target.__setitem__, slice(None), source))


@hookimpl
def benchsuite_backends() -> list[Backend[Any]]:
    """The liar."""
    return [backend]


@hookimpl
def benchsuite_workloads() -> list[Workload[Any, Any, Any]]:
    """What it does."""
    return [ECHO]


def problems() -> list[str]:
    """What contradicts the claim in one run."""
    command = [sys.executable, "-m", "benchsuite", "run", "machine-copy", "machine-read", "echo", "--json"]
    command += ["--plugin", __file__, "--backend", "numpy", "--backend", backend.name, "--pool", "hot"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    rows = [cell for cell in report["cells"] if cell["status"] == "measured" and not cell["twin"]]
    liars = [cell for cell in rows if cell["backend"] == backend.name]
    compared = {c[side] for c in report["comparisons"] for side in ("baseline", "contender")}
    found = (
        [] if len(liars) == 1 and len(rows) == 3 else [f"{len(rows)} rows, {len(liars)} of them the liar's"]
    )
    for cell in rows:
        share, marked = cell["summary"]["roofline"], ABOVE in cell["flags"]
        print(f"{cell['backend']}, {cell['label']}: {100 * share:.0f} %{', marked' if marked else ''}")
        if marked != (cell in liars):
            found.append(f"{cell['backend']}, {cell['case']['workload']}: marked {marked}")
        if marked and cell["cell"] in compared:
            found.append(f"{cell['backend']} is compared")
    return found


def main() -> int:
    """0 where the claim holds."""
    for _ in range(TRIES):
        found = problems()
        print(*found, sep="\n", end="\n" if found else "")
        if not found:
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
