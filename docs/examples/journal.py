"""An observer: what runs found, a line of JSON a cell, appended to the file that BENCHSUITE_JOURNAL names.

Run files are apart and large; a journal over months is one file that a plotting program reads at once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchsuite.api import hookimpl

KEYS = ("label", "case_key", "backend", "variant", "device", "scope", "pool", "processes", "twin", "status")

_run: dict[str, Any] = {}  # cells do not say of which run they are


def _append(entry: Mapping[str, Any]) -> None:
    journal = os.environ.get("BENCHSUITE_JOURNAL")
    if journal:
        with Path(journal).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


@hookimpl
def benchsuite_run_started(run: Mapping[str, Any]) -> None:
    """Remember the run."""
    _run.update(run=run["id"], started=run["started"], suite_version=run["suite_version"])


@hookimpl
def benchsuite_cell_finished(cell: Mapping[str, Any]) -> None:
    """A line a cell; without a figure its seconds are null."""
    seconds = cell["summary"]["seconds"] if cell["status"] == "measured" else None
    _append(_run | {key: cell[key] for key in KEYS} | {"seconds": seconds})


@hookimpl
def benchsuite_run_finished(cells: list[Mapping[str, Any]]) -> None:
    """A last line, with how many cells the run has: fewer lines than that, and it was interrupted."""
    _append(_run | {"cells": len(cells)})
