#!/usr/bin/env python3
"""Claim: README's ``benchsuite run`` ends well within 90 s on two cores, with both tables and a valid file.

Its Python engines are measured; without a GPU, cuda's rows fold into one line with the remedy. Plugins beyond
those that README's command line installs would add cells, and are blocked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

from benchsuite.analyse.derive import cells
from benchsuite.api import PROJECT
from benchsuite.record import store
from benchsuite.record.types import Tally

ROOT = Path(__file__).resolve().parents[2]
GATE_SECONDS = 90.0
MEASURED = ("numpy", "openssl")


def main() -> int:
    """0 where the claim holds."""
    command = [sys.executable, "-m", "benchsuite"]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        done = subprocess.run(
            [*command, "run"], cwd=folder, capture_output=True, text=True, check=False, env=readers()
        )
        seconds = time.perf_counter() - started
        (path,) = Path(folder).glob("results/local/*.jsonl")
        valid = subprocess.run([*command, "results", "validate", str(path)], cwd=folder, check=False)
        lines = store.read(path).lines
    statuses: dict[str, set[str]] = {}
    for cell in cells(lines):
        statuses.setdefault(cell.backend, set()).add(cell.status)
    here = "measured" in statuses["cuda"]
    folded = [line for line in done.stdout.splitlines() if line.startswith("cuda: unavailable")]
    held = {
        f"exit code {done.returncode}": done.returncode == 0,
        f"{seconds:.1f} s (gate {GATE_SECONDS:.0f})": seconds < GATE_SECONDS,
        "both tables": all(f"{title}\n" in done.stdout for title in ("Throughput", "Error injection")),
        f"valid file of {len(lines)} lines": valid.returncode == 0,
        "measured: " + ", ".join(MEASURED): all("measured" in statuses[name] for name in MEASURED),
        "tallies": any(isinstance(line, Tally) and line.status == "measured" for line in lines),
        "a GPU is here" if here else f"cuda in {len(folded)} lines: {folded}": here or 1 <= len(folded) <= 2,
        "no traceback": "Traceback" not in done.stdout + done.stderr,
    }
    for what, good in held.items():
        print(f"{'held' if good else 'NOT HELD'}: {what}")
    return 0 if all(held.values()) else 1


def readers() -> dict[str, str]:
    """The engines that a reader of README gets, on a terminal on which no line is wrapped."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    base = project["dependency-groups"]["dev"]
    others = [e.name for e in entry_points(group=PROJECT) if e.dist and e.dist.name not in base]
    return {**os.environ, "COLUMNS": "400", "BENCHSUITE_NO_PLUGINS": ",".join(others)}


if __name__ == "__main__":
    sys.exit(main())
