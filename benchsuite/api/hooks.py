"""The hook specifications. Each has a heading in docs/reference/hooks.md and a test."""

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
    """Engines that this plugin brings."""


@hookspec
def benchsuite_workloads() -> Iterable[Workload[Any, Any, Any]]:  # type: ignore[empty-body]
    """Operations that this plugin specifies."""


@hookspec
def benchsuite_error_models() -> Iterable[ErrorModel]:  # type: ignore[empty-body]
    """Ways in which bits flip."""


@hookspec
def benchsuite_report_formats() -> Iterable[ReportFormat]:  # type: ignore[empty-body]
    """Formats of reports."""


@hookspec
def benchsuite_commands() -> Iterable[Command]:  # type: ignore[empty-body]
    """Subcommands of ``benchsuite``."""


@hookspec
def benchsuite_run_started(run: Mapping[str, Any]) -> None:
    """A run began; ``run`` has the keys of the file's first line."""


@hookspec
def benchsuite_cell_finished(cell: Mapping[str, Any]) -> None:
    """A cell is final; ``cell`` has the keys of a ``cell`` line."""


@hookspec
def benchsuite_run_finished(run: Mapping[str, Any], cells: list[Mapping[str, Any]]) -> None:
    """A run ended, also when interrupted."""
