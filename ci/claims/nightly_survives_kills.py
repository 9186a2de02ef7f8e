#!/usr/bin/env python3
"""Claim: killing loses nothing but the visit under way.

Ten SIGKILLs of the orchestrator at seeded random moments: each time the file is readable and every line that
was in it is still there; no worker outlives the orchestrator; resumed to the end, the cells and visits are
those of a run that was left alone, none lost, none twice. A worker that is killed twice is one ``failed``
cell that names the signal, and the others are measured. ``--tenth``: two of the ten.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

from benchsuite.analyse.derive import cells
from benchsuite.record import store
from benchsuite.record.types import Cell, Line, Lost, Samples

KILLS = 2 if "--tenth" in sys.argv[1:] else 10
SEED = 1
MOST_LINES = 16
BURIAL_SECONDS = 60.0
COMMAND = [sys.executable, "-m", "benchsuite", "run"]
SELECTION = ["aes-ctr", "--suite", "throughput", "--set", "message_bytes=16KiB"]
TOKEN = secrets.token_hex(8)
"""In the environment of all that this script starts: how it finds what is left."""
MORTAL = """
import os, signal
from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.workloads import AES_CTR

backend = Backend(name="mortal", probe=host_cpu)

@backend.implements(AES_CTR, version=1)
def prepare(job):
    return Prepared(run=lambda: os.kill(os.getpid(), signal.SIGKILL))

@hookimpl
def benchsuite_backends():
    return [backend]
"""


def start(*arguments: str, folder: str) -> subprocess.Popen[bytes]:
    """A run, quiet, marked with the token."""
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, env={**os.environ, "BENCHSUITE_CLAIM": TOKEN}, **quiet
    )


def left_over() -> list[int]:
    """The processes with the token that live on, after a time to die."""
    end = time.monotonic() + BURIAL_SECONDS
    while (alive := [p.pid for p in psutil.process_iter() if _marked(p)]) and time.monotonic() < end:
        time.sleep(0.05)
    return alive


def _marked(process: psutil.Process) -> bool:
    try:
        zombie = process.status() == psutil.STATUS_ZOMBIE
        return not zombie and process.environ().get("BENCHSUITE_CLAIM") == TOKEN
    except psutil.Error:
        return False


def kill_once(more: int, moment: float, path: Path, folder: str) -> list[str]:
    """Start or resume, kill ``moment`` seconds after ``more`` new lines; what contradicts the claim."""
    before = store.read(path).lines if path.exists() else []
    arguments = ["--resume", str(path)] if before else [*SELECTION, "--output", str(path)]
    run = start(*arguments, folder=folder)
    while run.poll() is None and line_ends(path) < max(1, len(before) + more):
        time.sleep(0.002)
    time.sleep(moment)
    found = [] if run.poll() is None else [f"ended before it could be killed, exit {run.returncode}"]
    run.send_signal(signal.SIGKILL)
    run.wait()
    if orphans := left_over():
        found.append(f"{len(orphans)} workers outlived the orchestrator by {BURIAL_SECONDS:.0f} s")
    after = store.read(path)
    if after.lines[: len(before)] != before:
        found.append("lines that were there are gone or changed")
    torn = "a torn last line" if after.warnings else "whole lines"
    print(
        f"killed {more} lines and {moment:.3f} s on: {len(before)} lines became {len(after.lines)}, {torn}",
        *found,
    )
    return found


def line_ends(path: Path) -> int:
    """Lines in the file so far."""
    return path.read_bytes().count(b"\n") if path.exists() else 0


def visits(lines: list[Line]) -> Counter[tuple[str, int, int]]:
    """How often each (cell, block, position) was visited."""
    return Counter((line.cell, line.block, line.position) for line in lines if isinstance(line, Samples))


def statuses(lines: list[Line]) -> dict[str, str]:
    """Cell -> status."""
    return {cell.cell: cell.status for cell in cells(lines)}


def orchestrator_killed(folder: str) -> list[str]:
    """The kills, a resume to the end, and an undisturbed run beside it."""
    moments = random.Random(SEED)
    path, other = Path(folder) / "killed.jsonl", Path(folder) / "alone.jsonl"
    found = []
    for _ in range(KILLS):
        found += kill_once(moments.randint(0, MOST_LINES), moments.uniform(0, 0.3), path, folder)
    codes = start("--resume", str(path), folder=folder).wait()
    codes |= start(*SELECTION, "--output", str(other), folder=folder).wait()
    killed, alone = store.read(path).lines, store.read(other).lines
    valid = subprocess.run(
        [sys.executable, "-m", "benchsuite", "results", "validate", str(path)], cwd=folder, check=False
    )
    twice = [visit for visit, times in visits(killed).items() if times > 1]
    held = {
        "both end with exit code 0": codes == 0,
        f"{len(statuses(alone))} cells, the same": statuses(killed) == statuses(alone),
        f"{len(visits(alone))} visits, the same": visits(killed).keys() == visits(alone).keys(),
        f"{len(twice)} visits twice": not twice,
        "no line tells of a loss": not any(isinstance(line, Lost) for line in killed),
        "the file is valid": valid.returncode == 0,
    }
    print(*(f"{'held' if good else 'NOT HELD'}: {what}" for what, good in held.items()), sep="\n")
    return found + [what for what, good in held.items() if not good]


def worker_killed(folder: str) -> list[str]:
    """A backend that kills its own worker, beside honest ones."""
    plugin, path = Path(folder) / "mortal.py", Path(folder) / "mortal.jsonl"
    plugin.write_text(MORTAL)
    arguments = ["aes-ctr", "--preset", "smoke", "--suite", "throughput", "--plugin", str(plugin)]
    code = start(*arguments, "--output", str(path), folder=folder).wait()
    lines = store.read(path).lines
    rows: list[Cell] = [cell for cell in cells(lines) if cell.status not in ("unavailable", "unsupported")]
    mortal = [cell for cell in rows if cell.backend == "mortal" and not cell.twin]
    others = {cell.status for cell in rows if cell.backend != "mortal"}
    print(f"a worker killed twice: exit {code}, {[(cell.status, cell.reason) for cell in mortal]}")
    good = code == 1 and others == {"measured"} and len(mortal) == 1
    good = good and mortal[0].status == "failed" and "SIGKILL" in mortal[0].reason
    return [] if good and not left_over() else ["a worker killed twice"]


def main() -> int:
    """0 where the claim holds."""
    with tempfile.TemporaryDirectory() as folder:
        found = orchestrator_killed(folder) + worker_killed(folder)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
