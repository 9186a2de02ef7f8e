#!/usr/bin/env python3
"""Claim: every lying backend is ``wrong``, without a time, unranked, exit 1; the honest ones stay measured.

The liars of ``benchsuite.testing.fakes`` beside its honest fakes and the real engines, through the command
line. The audit draws from the system, so that each run is another trial: three, of three seeds. ``--tenth``:
one, in which each liar is found as surely.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

from benchsuite.testing.fakes import backends

FAKES = "benchsuite.testing.fakes"
SEEDS = (1,) if "--tenth" in sys.argv[1:] else (1, 2, 3)
NAMES = [backend.name for backend in backends()]
LIARS = [name for name in NAMES if name.startswith("liar-")]
HONEST = [name for name in NAMES if name not in LIARS]
CODELESS = "openssl,cuda,pycryptodome,checksums,chacha20-poly1305"
"""Engines that would only say that they have no such code, or no GPU."""


def run(seed: int, folder: str) -> tuple[int, dict[str, Any]]:
    """(exit code, report) of a throughput run of the encoders and decoders."""
    command = [sys.executable, "-m", "benchsuite", "run", "hsiao-encode", "hsiao-decode", "--plugin", FAKES]
    command += ["--preset", "smoke", "--suite", "throughput", "--seed", str(seed), "--json"]
    environment = os.environ | {"BENCHSUITE_NO_PLUGINS": CODELESS}
    environment["TMPDIR"] = folder  # where one of the liars keeps its answers
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def problems(code: int, report: dict[str, Any]) -> list[str]:
    """What contradicts the claim."""
    found = [] if code == 1 else [f"exit code {code}, not 1"]
    ranked = {c[side] for c in report["comparisons"] for side in ("baseline", "contender")}
    tried = [cell for cell in report["cells"] if cell["status"] not in ("unsupported", "unavailable")]
    for cell in tried:
        if cell["backend"] in LIARS:
            right = cell["status"] == "wrong" and cell["reason"] and cell["summary"] is None
            right = right and cell["first_call_seconds"] is None and cell["cell"] not in ranked
        else:
            right = cell["status"] == "measured" and cell["summary"] is not None
        if not right:
            found.append(f"{cell['backend']}, {cell['label']}: {cell['status']} {cell['reason']}")
    missing = {*LIARS, *HONEST} - {cell["backend"] for cell in tried}
    return found + [f"{name} was not tried" for name in sorted(missing)]


def main() -> int:
    """0 where the claim holds."""
    good = True
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            code, report = run(seed, folder)
        found = problems(code, report)
        wrong = {cell["backend"]: cell["reason"] for cell in report["cells"] if cell["status"] == "wrong"}
        measured = sorted({cell["backend"] for cell in report["cells"] if cell["status"] == "measured"})
        print(f"seed {seed}: {len(wrong)} of {len(LIARS)} liars wrong; measured: {', '.join(measured)}")
        if seed == SEEDS[0]:
            print(*(f"  {name}: {reason}" for name, reason in sorted(wrong.items())), sep="\n")
        print(*found, sep="\n", end="\n" if found else "")
        good = good and not found
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
