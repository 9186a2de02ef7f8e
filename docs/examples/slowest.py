"""A command: ``benchsuite slowest FILE`` shows which measured cells of a run took longest for one repetition.

Commands come from installed plugins only. This file is one once a distribution has the entry point
``slowest = "slowest"`` in the group ``benchsuite``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchsuite.api import Command, hookimpl


def main(arguments: list[str]) -> int:
    """Read the ``cell`` lines; 2 where there is no such file of results."""
    parser = argparse.ArgumentParser(prog="benchsuite slowest", description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="a run file")
    parser.add_argument("--count", type=int, default=5, help="how many cells")
    options = parser.parse_args(arguments)
    try:
        lines = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines()]
        measured = [line for line in lines if line["type"] == "cell" and line["status"] == "measured"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"benchsuite slowest: {options.file} is no run file: {error!r}", file=sys.stderr)
        return 2
    for cell in sorted(measured, key=_seconds, reverse=True)[: options.count]:
        print(f"{_seconds(cell):.3g} s  {cell['backend']}  {cell['pool']}  {cell['label']!r}")
    return 0


def _seconds(cell: Any) -> float:
    return float(cell["summary"]["seconds"])


@hookimpl
def benchsuite_commands() -> Sequence[Command]:
    """The one command of this plugin."""
    return [Command(name="slowest", help="Show the slowest cells of a run.", main=main)]
