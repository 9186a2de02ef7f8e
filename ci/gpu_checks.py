#!/usr/bin/env python3
"""Runs ``check(lane)`` of every test module of the CUDA kernels, on the first GPU or on an emulated one.

It is what sanitizers wrap. ``--list`` only names the GPUs, or says why there are none (exit code 4).
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import Any

from benchsuite_cuda.backend import import_cupy, probe

from benchsuite.api import Device, Unavailable

TESTS = Path(__file__).parents[1] / "plugins" / "cuda" / "tests"


def devices(*, emulated: bool) -> list[Device[Any]]:
    """Those with data that are resident. Raises Unavailable."""
    if emulated:
        from cuda_emulator import Emulator

        found = probe(Emulator)
    else:
        found = probe(import_cupy)
    return [device for device in found if "resident" in device.scopes]


def with_checks() -> list[Path]:
    """The modules of tests that have a ``check``."""
    paths = sorted(TESTS.glob("test_cuda_*.py"))
    return [path for path in paths if "\ndef check(" in path.read_text(encoding="utf-8")]


def check(path: Path, lane: Any) -> None:
    """Run the check of one. Raises what it raises, and ImportError where what its tests need is not here."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    module.check(lane)
    lane.sync()


def main() -> int:
    """0 where every check passes, 1 where one does not, 4 where there is no GPU."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emulated", action="store_true", help="on the emulator")
    parser.add_argument("--list", action="store_true", help="name the GPUs")
    options = parser.parse_args()
    try:
        found = devices(emulated=options.emulated)
    except Unavailable as reason:
        print(reason)
        return 4
    if options.list:
        names = ", ".join(f"{device.id} {device.facts['name']}" for device in found)
        print("".join(letter if letter.isprintable() else "?" for letter in names))
        return 0
    paths, failed = with_checks(), 0
    for path in paths:
        name = path.stem.removeprefix("test_cuda_")
        with found[0].lanes(1) as (lane,):
            try:
                check(path, lane)
            except Exception as error:  # noqa: BLE001  whatever it raises is its finding
                failed += 1
                print(f"{name}: FAILED: {type(error).__name__}: {error}")
            else:
                print(f"{name}: passed")
    print(f"{len(paths) - failed} checks passed, {failed} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
