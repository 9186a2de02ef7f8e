#!/usr/bin/env python3
"""README: `uv run benchsuite run` downloads less than 100 MB, uv itself included."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT_BYTES = 100e6

with tempfile.TemporaryDirectory() as folder:
    projects = [ROOT, *(ROOT / "plugins" / name for name in ("numpy", "openssl", "cuda"))]
    wheels = Path(folder) / "wheels"
    subprocess.run([sys.executable, "-m", "venv", f"{folder}/python"], check=True)
    subprocess.run(
        [f"{folder}/python/bin/pip", "download", "--quiet", "--dest", wheels, "uv", *projects],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    found = sorted(wheels.glob("*.whl"), key=lambda path: -path.stat().st_size)
    total = sum(path.stat().st_size for path in found)
    largest = ", ".join(f"{p.name.split('-')[0]} {p.stat().st_size / 1e6:.0f}" for p in found[:5])
    print(
        f"{total / 1e6:.0f} MB in {len(found)} wheels, limit {LIMIT_BYTES / 1e6:.0f} MB; largest: {largest}"
    )
    sys.exit(not 0 < total < LIMIT_BYTES)
