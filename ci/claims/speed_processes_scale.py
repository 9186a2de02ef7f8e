#!/usr/bin/env python3
"""Claim: OpenSSL by processes scales as far as the cores here; hot and cold pools are rows of their own.

How far the cores scale, a loop of plain Python says that needs no memory and shares nothing: all at once over
one. Gate: OpenSSL's AES-256-GCM in a hot pool scales at least 0.9 times as far, the best of three tries each.
Virtual cores may be threads of one core, or lent elsewhere meanwhile.
"""

import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchsuite.analyse.derive import cells
from benchsuite.record import store
from benchsuite.record.machine import cores_allowed
from benchsuite.record.types import Cell

GATE = 0.9
TRIES = 3
CONTROL_SECONDS = 0.5
CASE = ("aes-gcm-encrypt", "--set", "key_bits=256", "--set", "message_bytes=16KiB", "--set", "messages=64")


def control() -> float:
    """Turns of a loop by all cores at once over those by one, in the same time."""
    cores = cores_allowed()
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        pool.map(turns, [0.0] * cores)  # all have started
        one = pool.apply(turns, (CONTROL_SECONDS,))
        return sum(pool.map(turns, [CONTROL_SECONDS] * cores, chunksize=1)) / one


def turns(seconds: float) -> int:
    """How often the loop turns in so long a time."""
    end, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        count += 1
    return count


def measured(folder: str) -> Iterator[Cell]:
    """The measured cells of a run by one process and by all."""
    path = Path(folder) / "run.jsonl"
    axes = ("--pool", "hot", "--pool", "cold", "--processes", "1", "--processes", "all")
    command = (sys.executable, "-m", "benchsuite", "run", *CASE, "--backend", "openssl", *axes)
    subprocess.run(
        [*command, "--suite", "throughput", "--output", str(path)], check=True, capture_output=True
    )
    return (cell for cell in cells(store.read(path).lines) if cell.status == "measured" and not cell.twin)


def attempt() -> tuple[float, float]:
    """How far OpenSSL scales in a hot pool, and how far the cores do; prints both pools."""
    with tempfile.TemporaryDirectory() as folder:
        rates = {(c.pool, c.processes): c.summary.bytes_per_second for c in measured(folder) if c.summary}
    cores = cores_allowed()
    assert len(rates) == 4, f"hot and cold, one process and {cores}, are four rows, not {sorted(rates)}"
    for pool in ("hot", "cold"):
        one, every = rates[pool, 1] / 1e9, rates[pool, cores] / 1e9
        print(f"{pool}: {one:.2f} GB/s by one process, {every:.2f} by {cores}: {every / one:.2f} x")
    return rates["hot", cores] / rates["hot", 1], control()


def main() -> int:
    if cores_allowed() == 1:
        print("one core: nothing to scale over")
        return 0
    openssl, cores = map(max, zip(*(attempt() for _ in range(TRIES)), strict=True))
    print(f"OpenSSL {openssl:.2f} x, the cores {cores:.2f} x: {openssl / cores:.2f} (gate {GATE})")
    return 0 if openssl / cores >= GATE else 1


if __name__ == "__main__":
    sys.exit(main())
