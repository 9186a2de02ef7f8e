"""The hook specifications. From them ``ci/hooks_page.py`` writes the hooks of docs/reference/hooks.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pluggy

from benchsuite.api.extension import Command, ErrorModel, ReportFormat
from benchsuite.api.types import Backend, Workload

PROJECT = "benchsuite"
API = 1
"""The number that ``Backend.api`` is compared with."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def benchsuite_backends() -> Iterable[Backend[Any]]:  # type: ignore[empty-body]
    """Engines that this plugin brings. ``Backend.api`` must be 1, the number of this contract."""


@hookspec
def benchsuite_workloads() -> Iterable[Workload[Any, Any, Any]]:  # type: ignore[empty-body]
    """Operations that this plugin specifies. They join the built-in ones in every command."""


@hookspec
def benchsuite_error_models() -> Iterable[ErrorModel]:  # type: ignore[empty-body]
    """Ways in which bits flip, for ``--model`` of ``inject``. A built-in model is never replaced."""


@hookspec
def benchsuite_report_formats() -> Iterable[ReportFormat]:  # type: ignore[empty-body]
    """Formats for ``--format`` of ``report``. A built-in format is never replaced."""


@hookspec
def benchsuite_commands() -> Iterable[Command]:  # type: ignore[empty-body]
    """Subcommands of ``benchsuite``, of installed plugins only. A built-in command is never replaced.

    Plugins are loaded only for a command that is not built in.
    """


@hookspec
def benchsuite_run_started(run: Mapping[str, Any]) -> None:
    """``benchsuite run`` began, or goes on with a file; ``run`` has the keys of the file's first line."""


@hookspec
def benchsuite_cell_finished(cell: Mapping[str, Any]) -> None:
    """A cell is final; ``cell`` has the keys of a ``cell`` line.

    Called for each cell when all blocks are over, not when the run is interrupted.
    """


@hookspec
def benchsuite_run_finished(run: Mapping[str, Any], cells: list[Mapping[str, Any]]) -> None:
    """``benchsuite run`` ended, also when interrupted."""
