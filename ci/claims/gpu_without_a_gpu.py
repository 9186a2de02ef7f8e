#!/usr/bin/env python3
"""Claim: without a GPU ``ci/gpu.sh`` runs to its end on the emulator, every kernel right, and prints no time.

And what could be taken for a time of a GPU is refused: a run of the emulated engine measures nothing.
``doctor`` names the missing piece in one line.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 540
TIME = re.compile(r"\d\s*([nµum]s|s|[kMGT]B/s|[kMGT]b/s|/s)\b")
PLUGIN = ["--plugin", "ci/emulated_cuda.py"]


def benchsuite(*arguments: str) -> dict[str, list[dict[str, str]]]:
    """The object that a command prints."""
    command = [sys.executable, "-m", "benchsuite", *arguments, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return found


def main() -> int:
    """0 where the claim holds."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.monotonic()
        done = subprocess.run(
            ["ci/gpu.sh", folder],
            cwd=ROOT,
            env=os.environ | {"PYTHON": sys.executable, "CUDA_VISIBLE_DEVICES": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - begin
        written = sorted(path.suffix for path in Path(folder).iterdir())
        summary = next(Path(folder).glob("*.md")).read_text(encoding="utf-8")
        run = benchsuite(
            *("run", "hsiao-encode", "--preset", "smoke", "--suite", "throughput", *PLUGIN),
            *("--backend", "cuda-emulated"),
            *("--output", f"{folder}/emulated.jsonl"),
        )
    times = [line for line in done.stdout.splitlines() if TIME.search(line)]
    statuses = {(cell["status"], cell["reason"]) for cell in run["cells"]}
    print(summary.strip())
    print(f"ended with {done.returncode} after {seconds:.0f} s, {len(times)} lines with a time")
    print(*(f"run of the emulated engine: {status}: {reason}" for status, reason in statuses), sep="\n")
    refused = statuses == {("unsupported", "an emulated device is never timed: use benchsuite verify")}
    (missing,) = (each for each in benchsuite("doctor")["checks"] if each["name"] == "backend cuda")
    told = f"{missing['found']}: {missing['remedy']}"
    print(f"doctor: {told}")
    named = missing["status"] == "warning" and told.isprintable() and all(missing.values())
    whole = done.returncode == 0 and written == [".md"] and seconds < MOST_SECONDS
    return 0 if whole and refused and named and not times else 1


if __name__ == "__main__":
    sys.exit(main())
