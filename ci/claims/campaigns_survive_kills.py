#!/usr/bin/env python3
"""Claim: whatever is killed whenever, a campaign that is resumed comes to the same run file.

The orchestrator, with one worker and with two, is killed by SIGKILL at seeded random moments, between chunks
and within, and resumed, until it ends by itself; beside it workers are killed, whose chunks are then done
again. Each time the whole lines of the file are a prefix of those of a campaign that was left alone, and in
the end they are the same, logged trials among them; no worker outlives its orchestrator.
"""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchsuite.record import store
from benchsuite.record.types import Line, Run, Tally

SEEDS = (1, 2)
KILLS = 2
TRIALS = 6_000_000
BURIAL_SECONDS = 60.0
CAMPAIGN = ["hsiao-72-64", "--model", "flips:3", "--trials", str(TRIALS), "--log", "miscorrected"]
COMMAND = [sys.executable, "-m", "benchsuite", "inject", *CAMPAIGN, "--backend", "numpy"]
TOKEN = secrets.token_hex(8)
"""In the environment of all that this script starts: how it finds what is left."""


def start(*arguments: str, folder: Path) -> subprocess.Popen[bytes]:
    """The campaign, quiet, marked with the token; other plugins are left out, which take time to load."""
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "BENCHSUITE_CLAIM": TOKEN, "BENCHSUITE_NO_PLUGINS": "cuda,numba,openssl"}
    return subprocess.Popen([*COMMAND, *arguments], cwd=folder, env=environment, **quiet)


def marked(but: int = 0) -> list[int]:
    """The processes with the token that live, but for one."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            alive = process.status() != psutil.STATUS_ZOMBIE and process.pid != but
            if alive and process.environ().get("BENCHSUITE_CLAIM") == TOKEN:
                found.append(process.pid)
    return found


def lines(path: Path) -> list[Line]:
    """All whole lines but the head, which tells the time."""
    return [line for line in store.read(path).lines if not isinstance(line, Run)]


def killed(path: Path, workers: str, moments: random.Random, folder: Path) -> str:
    """Begin or resume, let a line or more be written, kill; what was killed."""
    before = len(lines(path)) if path.exists() else 0
    file = ["--resume", str(path)] if path.exists() else ["--output", str(path)]
    run = start(*file, "--workers", workers, folder=folder)
    target = moments.choice(("orchestrator", "a worker, then the orchestrator"))
    while run.poll() is None and (not path.exists() or len(lines(path)) < before + moments.randint(1, 3)):
        time.sleep(0.005)
    time.sleep(moments.uniform(0, 0.2))
    if target != "orchestrator" and (others := marked(but=run.pid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(moments.choice(others), signal.SIGKILL)
        time.sleep(moments.uniform(0, 0.5))
    run.send_signal(signal.SIGKILL)
    run.wait()
    return f"{workers} worker(s), {target}"


def outlived() -> int:
    """How many processes live on, after a time to die."""
    end = time.monotonic() + BURIAL_SECONDS
    while (left := marked()) and time.monotonic() < end:
        time.sleep(0.05)
    return len(left)


def disturbed(seed: int, alone: list[Line], folder: Path) -> bool:
    """Whether a campaign that is killed again and again comes to the lines of the one left ``alone``."""
    path, moments, good = folder / f"killed-{seed}.jsonl", random.Random(seed), True
    for turn in range(KILLS):
        what = killed(path, str(1 + (seed + turn) % 2), moments, folder)
        left, found = outlived(), lines(path)
        ledger = "with" if path.with_name(f"{path.name}.ledger").exists() else "without"
        held = not left and found == alone[: len(found)]
        print(
            f"seed {seed}: {what} killed: {sum(isinstance(line, Tally) for line in found)} chunks, {ledger} "
            f"a ledger{'' if held else f' NOT A PREFIX, or {left} processes outlived it'}"
        )
        good &= held
    code = start("--resume", str(path), "--workers", "2", folder=folder).wait()
    same = lines(path) == alone
    print(f"seed {seed}: resumed to the end, exit {code}: {'the same lines' if same else 'OTHER LINES'}")
    return good and code == 0 and same and not path.with_name(f"{path.name}.ledger").exists()


def worker_killed(alone: list[Line], folder: Path) -> bool:
    """Whether a campaign one of whose two workers is killed, and not the orchestrator, loses nothing."""
    path = folder / "worker.jsonl"
    run = start("--output", str(path), "--workers", "2", folder=folder)
    while run.poll() is None and (not path.exists() or not lines(path)):
        time.sleep(0.005)
    others = marked(but=run.pid)
    with contextlib.suppress(ProcessLookupError, IndexError):
        os.kill(others[0], signal.SIGKILL)
    code, same = run.wait(), lines(path) == alone
    print(f"a worker of {len(others)} killed: exit {code}, {'the same lines' if same else 'OTHER LINES'}")
    return bool(others) and code == 0 and same


def main() -> int:
    """0 where the claim holds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        code = start("--output", str(folder / "alone.jsonl"), folder=folder).wait()
        alone = lines(folder / "alone.jsonl")
        print(f"left alone: exit {code}, {sum(isinstance(line, Tally) for line in alone)} chunks")
        good = code == 0 and worker_killed(alone, folder)
        for seed in SEEDS:
            good &= disturbed(seed, alone, folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
