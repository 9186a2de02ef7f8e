#!/usr/bin/env python3
"""Claim: every broken plugin of ``tests/zoo`` is contained, named and explained; the good one is measured.

Each file says on its first line what becomes of it. ``list plugins`` must say so of those that are broken, in
conflict, or changed the process; one smoke run with all of them installed must say so of the others' cells.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copyfile
from typing import Any

ZOO = Path(__file__).parents[2] / "tests" / "zoo"


def expected() -> dict[str, tuple[str, str]]:
    """Plugin -> (status, part of the explanation)."""
    paths = sorted(ZOO.glob("*.py"))
    lines = {path.stem: path.read_text(encoding="utf-8").splitlines()[0] for path in paths}
    return {name: line.removeprefix("# ").partition(": ")[::2] for name, line in lines.items()}


def install(site: Path) -> None:
    """A distribution for each, as far as Python can tell; broken ones cost only themselves."""
    for name in expected():
        info = site / f"zoo_{name}-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: zoo-{name}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[benchsuite]\n{name} = zoo_{name}\n")
        copyfile(ZOO / f"{name}.py", site / f"zoo_{name}.py")


def command(*arguments: str, folder: str) -> tuple[int, dict[str, Any], str]:
    """(exit code, the object on stdout, stderr) of a command with the whole zoo installed."""
    line = [sys.executable, "-m", "benchsuite", *arguments, "--json"]
    env = os.environ | {"PYTHONPATH": f"{folder}/site"}
    done = subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if "Traceback" in done.stderr or not done.stdout.startswith("{"):
        sys.exit(f"benchsuite {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return done.returncode, json.loads(done.stdout), done.stderr


def main() -> int:
    """0 where the claim holds."""
    with tempfile.TemporaryDirectory() as folder:
        install(Path(folder) / "site")
        listed, items, told = command("list", "plugins", folder=folder)
        options = ["--preset", "smoke", "--suite", "throughput"]
        ran, report, _ = command("run", "hsiao-encode", *options, folder=folder)
    plugins = {item["name"]: item for item in items["items"]}
    cells: dict[str, set[tuple[str, str]]] = {}
    for cell in report["cells"]:
        cells.setdefault(cell["backend"], set()).add((cell["status"], cell["reason"]))
    contained = 0
    for name, (status, text) in expected().items():
        plugin = plugins[name]
        said = {(plugin["status"], reason) for reason in [plugin["error"], *plugin["notes"]]}
        if status in {"measured", "unsupported", "wrong"}:
            said = cells[name.partition("_")[0]]
            right = all(found == status and reason.startswith(text) for found, reason in said)
        else:
            right = any(found == status and text in reason for found, reason in said)
            right &= any(line.startswith(f"benchsuite: plugin {name} ") for line in told.splitlines())
        contained += right
        print(f"{name:15} {'' if right else 'NOT CONTAINED '}{'; '.join(': '.join(s) for s in sorted(said))}")
    installed = {status for name in ("numpy", "openssl") for status, _ in cells[name]}
    print(f"{contained} of {len(expected())} contained; list ended with {listed}, run with {ran}; ", end="")
    print(f"installed engines in the same run: {', '.join(sorted(installed))}")
    return 0 if (contained, listed, ran) == (len(expected()), 0, 1) and "measured" in installed else 1


if __name__ == "__main__":
    sys.exit(main())
