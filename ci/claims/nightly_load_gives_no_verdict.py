#!/usr/bin/env python3
"""Claim: under load a run says inconclusive rather than something false: 20 A/A runs, no verdict.

Two processes that never rest run beside each run of one cheap case by one engine under two names. Neither
name may be called faster or slower. The run's own A/A pair, which makes the floor of that verdict, has none
itself: at 97.5 % it may be off in one run of forty, so up to 5 of 20 can be chance (probability 2e-5 beyond).
``--tenth``: 2 runs, one of which may be chance.
"""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RUNS = 20
BUSY = 2
CHANCE = 5
ENGINES = """
from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.testing.encoder import encode, other_sizes
from benchsuite.workloads import HSIAO_ENCODE

backends = [Backend(name=name, probe=host_cpu) for name in ("this", "that")]

for backend in backends:
    @backend.implements(HSIAO_ENCODE, version=1, unless=other_sizes)
    def prepare(job):
        return Prepared(run=lambda: encode(job.inputs, job.outputs))

@hookimpl
def benchsuite_backends():
    return backends
"""
OPTIONS = ["hsiao-encode", "--backend", "this", "--backend", "that", "--suite", "throughput", "--pool", "hot"]
SETTINGS = ["--set", "n=72", "--set", "k=64", "--set", "codewords=1024"]


def spin() -> None:
    """Never rest."""
    while True:
        pass


@contextmanager
def load() -> Iterator[None]:
    """Busy processes for as long as it is open."""
    processes = [multiprocessing.get_context("spawn").Process(target=spin, daemon=True) for _ in range(BUSY)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def judged(seed: int, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two comparisons of a run under load: of the two names, and of the A/A pair."""
    (folder / "engines.py").write_text(ENGINES)
    options = [*OPTIONS, *SETTINGS, "--seed", str(seed), "--plugin", str(folder / "engines.py"), "--json"]
    command = [sys.executable, "-m", "benchsuite", "run", *options]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    names, pair = json.loads(done.stdout)["comparisons"]
    return names, pair


def main() -> int:
    """0 where the claim holds."""
    runs = RUNS // 10 if "--tenth" in sys.argv[1:] else RUNS
    verdicts: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, load():
        for seed in range(1, runs + 1):
            names, pair = judged(seed, Path(folder))
            verdicts[names["verdict"]] += 1
            pairs[pair["verdict"]] += 1
            for what, found in (("two names", names), ("A/A pair", pair)):
                ends = " ".join(f"{found[end]:.3f}" for end in ("ratio_low", "ratio", "ratio_high"))
                print(f"run {seed} under load, {what}: {ends}: {found['verdict']}", flush=True)
    false, off = (count["faster"] + count["slower"] for count in (verdicts, pairs))
    allowed = 1 if runs < RUNS else 0
    print(f"{false} false verdicts in {runs} A/A runs under load: {dict(verdicts)}; A/A pairs: {dict(pairs)}")
    return 0 if false <= allowed and off <= CHANCE else 1


if __name__ == "__main__":
    sys.exit(main())
