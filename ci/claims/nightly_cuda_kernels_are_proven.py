#!/usr/bin/env python3
"""Claim: every CUDA kernel is right in every order of threads and blocks, g++'s sanitizers find nothing in
it, its check reaches each of its lines (or the line says ``// unreached: why``), and notices each mutant.

At least 30 mutants, six a file. Emulated on the CPU: no GPU is needed, and nothing here is a time. The
tests do the same with a seeded tenth of the mutants.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "plugins/cuda/tests"))

import kernel_checks  # noqa: E402 - it lies beside the tests
from cuda_emulator import Emulator  # noqa: E402
from cuda_emulator.sanitizer import Sanitizer  # noqa: E402


def orders() -> bool:
    """Runs each check in each order; a wrong kernel raises."""
    for module in kernel_checks.MODULES:
        for order in kernel_checks.ORDERS:
            with kernel_checks.lane_of(Emulator(*order)) as lane:
                kernel_checks.check_of(module)(lane)
    files = len(kernel_checks.SOURCES)
    print(f"{files} files of kernels are right in {len(kernel_checks.ORDERS)} orders of threads and blocks")
    return files > 0


def sanitizers() -> bool:
    """Runs the checks under the sanitizers."""
    pairs = [(module, name) for module in kernel_checks.MODULES for name in get_args(Sanitizer)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = list(pool.map(lambda pair: kernel_checks.sanitized(*pair), pairs))
    found = [run.stderr for run in runs if run.returncode]
    print("\n".join(found), end="")
    print(f"{len(pairs)} checks under a sanitizer: {len(found)} with a finding")
    return not found


def lines() -> bool:
    """Counts the lines that the checks reach."""
    reached, explained, missed = kernel_checks.line_coverage()
    print("".join(f"{line}: missed\n" for line in missed), end="")
    print(f"{reached} lines of kernels are reached, {explained} explained, {len(missed)} missed")
    return not missed


def mutants() -> bool:
    """Judges mutants."""
    known = kernel_checks.mutants()
    killed = 0
    for source, mutant in known:
        verdict = kernel_checks.judged(source, mutant)
        killed += verdict == "killed"
        if verdict != "killed":
            print(f"{source}: {mutant.why}: {verdict}")
    print(f"{killed} of {len(known)} mutants are killed")
    return killed == len(known) >= 30


def main() -> int:
    """0 where the claim holds."""
    return 0 if all([orders(), lines(), sanitizers(), mutants()]) else 1


if __name__ == "__main__":
    sys.exit(main())
