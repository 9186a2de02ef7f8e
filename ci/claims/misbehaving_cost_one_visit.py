#!/usr/bin/env python3
"""Claim: thirteen misbehaving plugins cost one visit each, with the reason; all the rest is measured.

Each plugin of ``benchsuite.testing.misbehaving`` spoils its first visit, after a sound gate. What that visit
cost must be one ``lost`` line that says why; the next block measures the plugin, and both blocks the
honest engine beside it. The limit of a visit is shortened, so that the hang ends soon.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchsuite.analyse.derive import cells
from benchsuite.host.cases import Selection
from benchsuite.host.engine import origin, probe_all
from benchsuite.host.plan import plan
from benchsuite.host.plugins import discover
from benchsuite.host.presets import Preset
from benchsuite.measure.run import Limits, Setup, measure
from benchsuite.record.types import Gate, Line, Lost, Planned, Samples
from benchsuite.testing import misbehaving
from benchsuite.workloads import HSIAO_ENCODE
from benchsuite.workloads.codes.hsiao import HsiaoEncodeParams

PRESET = Preset(name="claim", blocks=2, samples=1, sample_seconds=1e-3)
LIMITS = Limits(visit_seconds=20.0, worker_memory_bytes=1 << 29)
EXPECTED: Mapping[str, tuple[str, str | None]] = {
    "exits": ("the worker ended with exit code 0", None),
    "raises-system-exit": ("SystemExit: done", None),
    "raises-interrupt": ("KeyboardInterrupt", None),
    "raises-at-length": ("ValueError: xxx", None),
    "segfaults": ("the worker was killed by SIGSEGV", "SIGSEGV"),
    "aborts": ("the worker was killed by SIGABRT", "SIGABRT"),
    "hangs": ("timeout: no answer within 20 s", None),
    "hoards": ("memory: ", None),
    "chatters": ("the worker sent something that is not a message", None),
    "floods": ("the worker wrote more than 64 MiB to stderr", None),
    "closes": ("the worker ended with exit code 1: OSError", None),
    "loses-its-device": ("DeviceLost: the card fell off the bus: reboot", None),
    "is-timed-out": ("the worker was killed by SIGALRM", "SIGALRM"),
}
"""Backend -> how the reason of the lost visit begins, and its signal."""


def run(folder: Path) -> tuple[list[Planned], list[Line]]:
    """The plan and what a run of it records; each plugin is armed as soon as its gate is passed."""
    registry = discover(extra=[misbehaving.__name__])
    origins = {name: origin(registry, name) for name in (misbehaving.HONEST, *EXPECTED)}
    probes = {name: probe for name, (probe, _) in probe_all(list(origins.values())).items()}
    case = (HSIAO_ENCODE, HsiaoEncodeParams(codewords=1024))
    planned = plan(registry, [case], probes, Selection(), cold_from_bytes=None, last_cache_bytes=1 << 25)
    rows = [row for row in planned if not row.twin]
    backends = {row.cell: row.backend for row in rows}
    lines: list[Line] = []

    def record(line: Line) -> None:
        lines.append(line)
        if isinstance(line, Gate) and line.status == "measured":
            (folder / backends[line.cell]).touch()

    measure(
        Setup(
            registry=registry,
            origins=origins,
            preset=PRESET,
            seed=1,
            record=record,
            limits=LIMITS,
        ),
        rows,
    )
    return rows, lines


def main() -> int:
    """0 where the claim holds."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[misbehaving.FOLDER] = folder
        rows, lines = run(Path(folder))
    good, told = 0, {cell.cell: cell for cell in cells([*rows, *lines])}
    for row in rows:
        visits = [line for line in lines if isinstance(line, Samples) and line.cell == row.cell]
        lost = [line for line in lines if isinstance(line, Lost) and line.cell == row.cell]
        wanted = [(0, *EXPECTED[row.backend])] if row.backend in EXPECTED else []
        found = [(line.block, line.reason, line.signal) for line in lost]
        right = len(found) == len(wanted) and all(
            (block, signal) == (at, name) and reason.startswith(begins)
            for (block, reason, signal), (at, begins, name) in zip(found, wanted, strict=True)
        )
        right &= told[row.cell].status == "measured" and len(visits) + len(lost) == PRESET.blocks
        good += right
        cost = "; ".join(reason[:60] for _, reason, _ in found) or "nothing lost"
        print(f"{row.backend:<19}{'' if right else 'NOT AS CLAIMED: '}{len(visits)} visits measured; {cost}")
    print(f"{good} of {len(EXPECTED) + 1} as claimed, the honest engine among them")
    return 0 if good == len(EXPECTED) + 1 else 1


if __name__ == "__main__":
    sys.exit(main())
