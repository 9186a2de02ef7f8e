#!/usr/bin/env python3
"""Claim: a backend that cannot run is exit 4 where it was asked for by name, an unknown one exit 2: one line

``--backend cuda`` without a GPU: the others' tables are not spoilt by a traceback, and one line has the
reason and the remedy. A misspelt name: the known ones and the nearest.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile


def run(backend: str) -> subprocess.CompletedProcess[str]:
    """A smoke run of one backend."""
    command = [sys.executable, "-m", "benchsuite", "run", "--preset", "smoke", "--backend", backend]
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def told(done: subprocess.CompletedProcess[str], code: int, *words: str) -> bool:
    """Whether it ended with ``code`` and one line of stderr has all ``words``; prints that line."""
    lines = [line for line in done.stderr.splitlines() if all(word in line for word in words)]
    print(f"exit {done.returncode} (expected {code}): {lines[0] if lines else done.stderr.strip()[-400:]}")
    return done.returncode == code and len(lines) == 1 and "Traceback" not in done.stderr + done.stdout


def main() -> int:
    """0 where the claim holds."""
    cuda = run("cuda")
    if cuda.returncode == 0:
        print("there is a GPU here: that cuda is unavailable without one is not tried")
        good = True
    else:
        good = told(cuda, 4, "cuda is unavailable: ", "install")
    good &= told(run("nosuch"), 2, "'nosuch'", "Known: ", "cuda", "numpy", "openssl")
    good &= told(run("nunpy"), 2, "'nunpy'", "did you mean numpy?", "Known: ", "openssl")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
