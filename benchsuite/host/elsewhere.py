"""``unless`` of a library in C, asked of a worker: a bad pointer ends that one, not the orchestrator."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from benchsuite.api import native
from benchsuite.host.cases import params_from
from benchsuite.host.engine import Origin
from benchsuite.host.plugins import Registry, discover
from benchsuite.workers import Worker, WorkerError, WorkerLost
from benchsuite.workloads.streams import params_mapping

UNLESS_SECONDS = 60.0
"""For one answer; the first waits for the library to be loaded."""


def ask_elsewhere(registry: Registry, origins: Iterable[Origin]) -> None:
    """Let workers answer for the libraries in C among the backends of ``origins``, once they are asked."""
    for origin in origins:
        backend, elsewhere = registry.backends[origin.backend], Elsewhere(origin)
        asked = {
            key: replace(implementation, unless=partial(elsewhere.unless, key))
            for key, implementation in backend.implementations.items()
            if native.answers(implementation)
        }
        if asked:
            registry.backends[origin.backend] = replace(
                backend, implementations={**backend.implementations, **asked}
            )


class Elsewhere:
    """The worker of one backend: started when first asked, buried when nothing refers to this any more."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._worker: Worker | None = None
        self._lost: dict[tuple[str, str], str] = {}

    def unless(self, key: tuple[str, str], params: Any) -> str | None:
        """Why the (workload, variant) ``key`` cannot do ``params``. After a loss, always that it was lost."""
        if key in self._lost:
            return self._lost[key]
        request = {"key": list(key), "params": params_mapping(params, defaults=True)}
        try:
            reason = self._asked().ask({"do": "unless", **request}, seconds=UNLESS_SECONDS)["reason"]
        except WorkerError as error:
            return f"unless() failed: {error}"
        except WorkerLost as lost:
            self._worker = None
            self._lost[key] = f"unless() did not survive: {lost.reason}"
            return self._lost[key]
        return None if reason is None else str(reason)

    def _asked(self) -> Worker:
        if self._worker is None:
            self._worker = Worker("benchsuite.host.elsewhere:serve")
            weakref.finalize(self, self._worker.bury)
            self._worker.ask(self._origin.request(), seconds=UNLESS_SECONDS)
        return self._worker


class Answering:
    """The worker's side: the plugins of the request that opened it."""

    def __init__(self) -> None:
        self._registry, self._backend = Registry(), ""

    def __call__(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer ``open``, then ``unless``."""
        if request["do"] == "open":
            self._registry = discover(extra=request["extra"], only=request["sources"])
            self._backend = request["backend"]
            return {}
        workload, variant = request["key"]
        params = params_from(self._registry.workloads[workload], request["params"])
        implementation = self._registry.backends[self._backend].implementations[workload, variant]
        return {"reason": implementation.unless(params)}


serve = Answering()
