"""Results on stdout: tables, or one JSON object."""

from __future__ import annotations

import json as json_module
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from benchsuite.cli.ending import printable
from benchsuite.record.types import Line
from benchsuite.report.formats import report_object, terminal, terminal_tables
from benchsuite.report.tables import Table


def show(
    lines: Sequence[Line], *, json: bool, command: str, baseline: str | None = None, **more: Any
) -> None:
    """Print the report on ``lines``."""
    if json:
        print(json_module.dumps(report_object(lines) | {"command": command} | more))
    else:
        print(terminal(lines, baseline, color=_color()), end="")


def show_tables(tables: Sequence[Table]) -> None:
    """Print tables that are not those of a report."""
    print(terminal_tables(tables, color=_color()), end="")


def _color() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def show_object(command: str, values: Mapping[str, Any]) -> None:
    """Print ``{"schema": 1, "command", …}``."""
    print(json_module.dumps({"schema": 1, "command": command} | dict(values)))


def show_rows(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a plain table; control characters in cells are spelled out."""
    from tabulate import tabulate

    clean = [[printable(str(cell)) for cell in row] for row in rows]
    print(tabulate(clean, headers=list(titles), tablefmt="simple", disable_numparse=True))
