"""The workers of a run: one a backend and label, and more where several processes are measured at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from benchsuite.host.engine import Origin
from benchsuite.record.types import Planned
from benchsuite.workers import Worker, WorkerError, WorkerLost

OPEN_SECONDS = 60.0


def way_message(row: Planned) -> dict[str, Any]:
    """What a worker must know of ``row`` in order to prepare it."""
    return {
        "workload": row.case.workload,
        "params": row.case.params,
        "variant": row.variant,
        "device": row.device,
        "scope": row.scope,
    }


class Key(NamedTuple):
    """Which worker: the backend, and 1 for the second one that the A/A pair takes."""

    backend: str
    label: int = 0
    member: int = 0
    """Of a crowd: processes that are measured at once."""


class Crew:
    """One worker a backend and label; those of a block are spawned side by side, so that none is younger."""

    def __init__(
        self, origins: Mapping[str, Origin], descriptor: int | None = None, memory_bytes: int | None = None
    ) -> None:
        """``descriptor``: of the memory of inputs that all of them map, if there is one."""
        self._origins, self._memory_bytes = origins, memory_bytes
        self._keep = [] if descriptor is None else [descriptor]
        self._workers: dict[Key, Worker] = {}

    def assemble(self, keys: Iterable[Key]) -> None:
        """Spawn the workers of a block; one that fails is left to the request that needs it."""
        begun = {key: self._begin(key) for key in sorted(keys)}
        for key, worker in begun.items():
            with suppress(WorkerError, WorkerLost):
                self._workers[key] = self._opened(worker, key)

    def ask(
        self,
        key: Key,
        request: dict[str, Any],
        seconds: float,
        waiting: Callable[[], None] = lambda: None,
    ) -> dict[str, Any]:
        """Ask the worker ``key``; see ``Worker.ask``. After a loss the next request spawns a new one."""
        if key not in self._workers:
            self._workers[key] = self._opened(self._begin(key), key)
        try:
            return self._workers[key].ask(request, seconds=seconds, waiting=waiting)
        except WorkerLost:
            del self._workers[key]
            raise

    def ask_all(
        self,
        keys: Sequence[Key],
        request: dict[str, Any],
        seconds: float,
        waiting: Callable[[], None] = lambda: None,
    ) -> list[dict[str, Any]]:
        """Ask several workers at once; raises what the first that failed raised, after all have answered."""
        self.assemble(key for key in keys if key not in self._workers)
        workers = {key: self._workers.get(key) or self._opened(self._begin(key), key) for key in keys}
        self._workers |= workers
        replies: list[dict[str, Any]] = []
        failures: list[WorkerError | WorkerLost] = []
        for worker in workers.values():
            with suppress(WorkerLost):  # as in _begin
                worker.send(request)
        for key, worker in workers.items():
            try:
                replies.append(worker.receive(seconds=seconds, waiting=waiting))
            except WorkerError as error:
                failures.append(error)
            except WorkerLost as lost:
                del self._workers[key]
                failures.append(lost)
        if failures:
            raise failures[0]
        return replies

    def _begin(self, key: Key) -> Worker:
        worker = Worker("benchsuite.measure.serve:serve", keep=self._keep, memory_bytes=self._memory_bytes)
        with suppress(WorkerLost):  # whoever waits for the reply learns of it
            worker.send(self._origins[key.backend].request())
        return worker

    def _opened(self, worker: Worker, key: Key) -> Worker:
        try:
            reply = worker.receive(seconds=OPEN_SECONDS)
            if reply["unavailable"]:
                raise WorkerError(f"{key.backend} is no longer available: {reply['unavailable']}")
        except WorkerError:
            worker.bury()
            raise
        return worker

    def dismiss(self) -> None:
        """Bury all workers."""
        for worker in self._workers.values():
            worker.bury()
        self._workers.clear()
