"""Every plugin is imported, and its hooks called, in a worker first: what ends a process ends that one."""

from __future__ import annotations

import builtins
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterable
from types import ModuleType
from typing import Any

import numpy as np

from benchsuite.host.guard import guarded
from benchsuite.host.plugins import Registry, UsageError, candidates, described, enrol, new_manager
from benchsuite.workers import Worker, WorkerError, WorkerLost
from benchsuite.workers.place import own_place

START_SECONDS = 60.0
REHEARSAL_SECONDS = 10.0
"""For the import of one plugin, and again for its hooks."""

# what is asked for, what had then ended or was still going on
_STEPS = (
    ("import", "the process that imported it", "its import did not end"),
    ("hooks", "the process that called its hooks", "its hooks did not end"),
)


_RELIED_ON = (builtins, hashlib, json, np, os, subprocess, time)
"""Modules whose functions the measuring and the checking rest on."""


def rehearse(*, blocked: Collection[str] = (), extra: Iterable[str] = ()) -> dict[str, str]:
    """Source of each plugin that must not be loaded in this process -> the reason.

    One worker tries all in turn; it is replaced after one that failed. Raises UsageError for an ``extra``
    that is neither a file nor a module, or where no worker can be started.
    """
    fatal = {}
    worker: Worker | None = None
    try:
        for plugin, _ in candidates(extra, blocked):
            if plugin.status != "loaded":
                continue
            worker = worker or _started()
            if reason := _rehearsed(worker, plugin.source):
                fatal[plugin.source] = reason
                worker.bury()
                worker = None
    finally:
        if worker:
            worker.bury()
    return fatal


def _started() -> Worker:
    worker = Worker("benchsuite.host.rehearsal:serve")
    try:
        worker.ask({"do": "start"}, seconds=START_SECONDS)
    except (WorkerError, WorkerLost) as error:
        raise UsageError(f"no worker can be started to try plugins in: {error}") from None
    return worker


def _rehearsed(worker: Worker, source: str) -> str:
    """Why the plugin must not be loaded, or nothing."""
    for step, ended, goes_on in _STEPS:
        try:
            error = worker.ask({"do": step, "source": source}, seconds=REHEARSAL_SECONDS)["error"]
        except WorkerError as refused:
            return str(refused)
        except WorkerLost as lost:
            if lost.reason.startswith("timeout"):
                return f"{goes_on} within {REHEARSAL_SECONDS:g} s"
            return f"{ended} {lost.reason.removeprefix('the worker ')}"
        if error:
            return str(error)
    return ""


class Stage:
    """The worker's side: the plugin that was imported last."""

    def __init__(self) -> None:
        self._module: object = None

    def __call__(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer ``start``, ``import`` or ``hooks``: what the plugin raised, in one line."""
        if request["do"] == "start":
            from benchsuite import workloads  # noqa: F401  what every plugin imports is not one plugin's time

            return {}
        source = request["source"]
        extra = [] if source.startswith("entry:") else [source]
        watch = _Watch()
        try:
            with guarded():  # the next plugin must not suffer from this one
                ((plugin, load),) = candidates(extra, only=[source])
                if request["do"] == "import":
                    self._module = load()
                else:
                    enrol(Registry(), new_manager(), plugin, self._module)
                left = watch.left()
        except BaseException as error:  # noqa: BLE001  a plugin may raise anything
            return {"error": described(error) + own_place(error)}
        return {"error": f"loading it left behind {', '.join(left)}" if left else ""}


class _Watch:
    """What no plugin may leave behind when it is loaded, since the next one would meet it."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._threads = sys._current_frames().keys()
        self._functions = _functions()

    def left(self) -> list[str]:
        """Each in words. The functions are put back: the reply is sent by them."""
        found = []
        if sys._current_frames().keys() - self._threads:
            found.append("a thread")
        if os.getpid() != self._pid or _has_children():  # a copy of the worker answers the same
            found.append("a process")
        for (module, name), function in self._functions.items():
            if getattr(module, name, None) is not function:
                setattr(module, name, function)
                found.append(f"a patched {module.__name__}.{name}")
        return found


def _functions() -> dict[tuple[ModuleType, str], Any]:
    return {(module, name): value for module in _RELIED_ON for name, value in vars(module).items()}


def _has_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


serve = Stage()
