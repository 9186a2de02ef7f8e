"""What several commands share: the plugins, the backends that take part, and the head of a run file."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from benchsuite import __version__
from benchsuite.analyse.tallies import settled
from benchsuite.cli.ending import BAD, GOOD, NOTHING, UNAVAILABLE, printable
from benchsuite.host.cases import unknown
from benchsuite.host.elsewhere import ask_elsewhere
from benchsuite.host.engine import Origin, origin, probe_all
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Plugin, Registry, UsageError, discover
from benchsuite.host.rehearsal import rehearse
from benchsuite.inject.built_in import BUILT_IN
from benchsuite.measure.pressure import unread_counters
from benchsuite.record import store
from benchsuite.record.machine import machine_facts
from benchsuite.record.types import SCHEMA, Cell, DeviceFacts, Line, Planned, PluginFacts, Run, Tally
from benchsuite.report.formats import FORMATS
from benchsuite.workers import blas_threads

_SAME_MACHINE = (
    *("cpu_model", "cores_logical", "kernel_release", "python_version", "numpy_version", "blas_threads"),
)
# All but a file's name: import errors say where they looked, and a run file must not.
_PATH = re.compile(r"(?<![\w./])/(?!/)(?:[^/\s'\"]+/)+")


@dataclass(frozen=True)
class Session:
    """The plugins and the probed backends of one invocation."""

    registry: Registry
    origins: Mapping[str, Origin]
    probes: Mapping[str, Probe]
    devices: tuple[DeviceFacts, ...]
    named: tuple[str, ...]
    """Backends asked for by name."""

    def missing(self) -> list[str]:
        """Backends asked for by name that this machine cannot run."""
        return [name for name in self.named if self.probes[name].unavailable]


def open_session(
    backends: Sequence[str],
    *,
    plugins: Sequence[str],
    blocked: Sequence[str],
    probe: bool = True,
    whole: bool = True,
) -> Session:
    """Load plugins; probe the backends named, or all.

    Raises UsageError for an unknown name and, if ``whole``, for one of ``plugins`` that did not load whole:
    an installed engine of its backend's name would answer for it.
    """
    try:
        blas_threads()
    except ValueError as error:
        raise UsageError(str(error)) from None
    registry = load(plugins=plugins, blocked=blocked, whole=whole)
    for name in backends:
        if name not in registry.backends:
            raise unknown("backend", name, registry.backends)
    chosen = sorted(set(backends) or registry.backends)
    origins = {name: origin(registry, name) for name in chosen}
    ask_elsewhere(registry, origins.values())
    probed = probe_all(list(origins.values())) if probe else {}
    devices = tuple(
        DeviceFacts(backend=name, id=device["id"], facts=device["facts"])
        for name, (_, found) in probed.items()
        for device in found
    )
    probes = {name: found for name, (found, _) in probed.items()}
    return Session(registry, origins, probes, devices, tuple(backends))


def load(*, plugins: Sequence[str], blocked: Sequence[str], whole: bool = False) -> Registry:
    """Rehearse and load plugins; say on stderr which did not load whole, and what loading did to the process.

    ``blocked`` are those of ``--no-plugin``; BENCHSUITE_NO_PLUGINS blocks more. ``whole`` is that of
    ``open_session``. Raises UsageError for an empty name.
    """
    if not all(name.strip() for name in blocked):
        raise UsageError("--no-plugin '' names no plugin: leave it out")
    named = os.environ.get("BENCHSUITE_NO_PLUGINS", "").replace(",", " ").split()
    fatal = rehearse(blocked=[*blocked, *named], extra=plugins)
    registry = discover(blocked=[*blocked, *named], extra=plugins, fatal=fatal, reserved=_built_in())
    if whole:
        require_whole(registry)
    for plugin in registry.plugins:
        if trouble := _trouble(plugin):
            say(trouble)
        for note in plugin.notes:
            say(f"plugin {plugin.name} {note}")
    return registry


def _built_in() -> Mapping[str, Collection[str]]:
    """Hook -> names that no plugin may take."""
    from benchsuite.cli.app import app

    return {
        "benchsuite_error_models": BUILT_IN,
        "benchsuite_report_formats": FORMATS,
        "benchsuite_commands": typer.main.get_group(app).commands,
    }


def require_whole(registry: Registry) -> None:
    """Raise UsageError where a plugin that ``--plugin`` named is broken or in conflict."""
    for plugin in registry.plugins:
        if not plugin.source.startswith("entry:") and (trouble := _trouble(plugin)):
            raise UsageError(f"{trouble}; it was named by --plugin, so nothing was measured")


def _trouble(plugin: Plugin) -> str:
    """Why it did not load whole, or nothing."""
    verb = {"broken": "is broken", "conflict": "conflicts"}.get(plugin.status)
    return f"plugin {plugin.name} {verb}: {plugin.error}" if verb else ""


def head(session: Session, *, argv: Sequence[str], seed: int, preset: str) -> Run:
    """The first line of a new run file."""
    return Run(
        schema=SCHEMA,
        id=secrets.token_hex(4),
        suite_version=__version__,
        argv=list(argv),
        seed=seed,
        preset=preset,
        started=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        machine=machine_facts()
        | {"counters_unread": [f"{name}: {reason}" for name, reason in unread_counters().items()]},
        plugins=[
            PluginFacts(
                name=p.name,
                version=p.version,
                status=p.status,
                error=_PATH.sub("", p.error),
                notes=[_PATH.sub("", note) for note in p.notes],
            )
            for p in session.registry.plugins
        ],
        devices=list(session.devices),
    )


def create(run: Run, output: Path | None) -> store.Writer:
    """A new run file that begins with ``run``."""
    path = output or store.default_path(datetime.now(UTC), run.id)
    try:
        writer = store.create(path)
    except ValueError as error:
        raise UsageError(str(error)) from None
    writer.append(run)
    return writer


def reopen(path: Path) -> tuple[store.Writer, Run, list[Line]]:
    """A run file to go on with: the writer, its first line, and the rest."""
    for warning in store.read(path).warnings:
        say(warning)
    try:
        writer, lines = store.resume(path)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if not lines or not isinstance(lines[0], Run):
        writer.close()
        raise UsageError(f"{path} holds nothing to go on with: start anew without --resume")
    return writer, lines[0], lines[1:]


def require_same_machine(run: Run, session: Session) -> None:
    """Raise UsageError where figures of here would not belong into the file of ``run``."""
    here = machine_facts()
    for fact in _SAME_MACHINE:
        if fact in run.machine and run.machine[fact] != here.get(fact):
            raise UsageError(
                f"the file was begun where {fact} was {run.machine.get(fact)}, here it is {here.get(fact)}: "
                "figures of both must not be mixed; start a new run"
            )
    before = {(d.backend, d.id): d.facts for d in run.devices}
    now = {(d.backend, d.id): d.facts for d in session.devices}
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key):
            raise UsageError(
                f"device {key[1]} of {key[0]} is not what it was when the file was begun "
                f"({_difference(before.get(key), now.get(key))}): start a new run"
            )


def _difference(before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> str:
    if before is None or now is None:
        return "it is new" if before is None else "it is gone"
    name = next(n for n in sorted(before.keys() | now.keys()) if before.get(n) != now.get(n))
    return f"{name}: {before.get(name)}, now {now.get(name)}"


@dataclass
class Recorder:
    """Appends lines to the file and keeps them for the tables."""

    writer: store.Writer
    lines: list[Line] = field(default_factory=list)

    def __call__(self, line: Line) -> None:
        self.writer.append(line)
        self.lines.append(line)


def statuses(found: Iterable[Cell | Planned], tallies: Iterable[Tally]) -> set[str]:
    """What became of cells and of campaigns."""
    return {cell.status for cell in found} | {tally.status for tally in settled(tallies)}


def exit_code(statuses: Collection[str], session: Session) -> int:
    """1 where something is wrong or failed, 4 where a backend asked for by name is unavailable.

    5 where the backends asked for by name do nothing of what was selected, else 0.
    """
    if {"wrong", "failed", "timeout"} & set(statuses):
        return BAD
    for name in session.missing():
        say(f"{name} is unavailable: {session.probes[name].unavailable}")
    if session.missing():
        return UNAVAILABLE
    if session.named and set(statuses) == {"unsupported"}:
        say(f"{' and '.join(session.named)} did nothing of what was selected: the reasons are in the table")
        return NOTHING
    return GOOD


def say(text: str) -> None:
    """One line on stderr."""
    print(f"benchsuite: {printable(text)}", file=sys.stderr)
