"""Every plugin is imported, and its hooks called, in a worker first: what ends a process ends that one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

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


def rehearse(*, blocked: Collection[str] = (), extra: Iterable[str] = ()) -> dict[str, str]:
    """Source of each plugin that must not be loaded in this process -> the reason.

    One worker tries all in turn; it is replaced where a plugin killed it. Raises UsageError for an ``extra``
    that is neither a file nor a module, or where no worker can be started.
    """
    fatal = {}
    worker: Worker | None = None
    try:
        for plugin, _ in candidates(extra, blocked):
            if plugin.status != "loaded":
                continue
            worker = worker or _started()
            reason, lives = _rehearsed(worker, plugin.source)
            worker = worker if lives else None
            if reason:
                fatal[plugin.source] = reason
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


def _rehearsed(worker: Worker, source: str) -> tuple[str, bool]:
    """Why the plugin must not be loaded, or nothing; and whether the worker lives."""
    for step, ended, goes_on in _STEPS:
        try:
            error = worker.ask({"do": step, "source": source}, seconds=REHEARSAL_SECONDS)["error"]
        except WorkerError as refused:
            return str(refused), True
        except WorkerLost as lost:
            if lost.reason.startswith("timeout"):
                return f"{goes_on} within {REHEARSAL_SECONDS:g} s", False
            return f"{ended} {lost.reason.removeprefix('the worker ')}", False
        if error:
            return error, True
    return "", True


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
        with guarded():  # the next plugin must not suffer from this one
            try:
                ((plugin, load),) = candidates(extra, only=[source])
                if request["do"] == "import":
                    self._module = load()
                else:
                    enrol(Registry(), new_manager(), plugin, self._module)
            except BaseException as error:  # noqa: BLE001  a plugin may raise anything
                return {"error": described(error) + own_place(error)}
        return {"error": ""}


serve = Stage()
