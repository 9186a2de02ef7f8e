"""The worker's side: opens one backend, proves it on published vectors, counts chunks of objects."""

from __future__ import annotations

from typing import Any

from benchsuite.api import Unsupported
from benchsuite.host.engine import Engine, open_engine
from benchsuite.host.proof import Wrong, check_vectors
from benchsuite.inject.models import parse_model
from benchsuite.inject.protect.objects import Objects, block_of, count_objects
from benchsuite.inject.protect.scheme import Guard, Scheme
from benchsuite.inject.protect.schemes import scheme_called
from benchsuite.inject.protect.step import Route

_engine: Engine | None = None
_guard: Guard | None = None


def serve(request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``open``; then, protection by protection, ``prove`` (which prepares it) and any ``chunk``.

    The last two reply with ``status``, ``reason`` and ``outcomes``.
    """
    global _engine, _guard  # noqa: PLW0603  a worker is one backend
    if request["do"] == "open":
        _engine, reply = open_engine(request)
        return reply
    assert _engine is not None, "open comes first"
    scheme = scheme_called(request["name"], request["data_bytes"])
    try:
        if request["do"] == "prove":
            if _guard is not None:
                _guard.close()
            _guard = None
            _guard = _proven(_engine, scheme, Route(**request["route"]))
            return _reply()
        assert _guard is not None, "prove comes before chunk"
        model = parse_model(request["model"], _engine.registry)
        objects = Objects(scheme=scheme, model=model, seed=request["seed"])
        return _reply() | {"outcomes": count_objects(_guard, objects, request["first"], request["count"])}
    except Wrong as reason:
        return _reply("wrong", str(reason))
    except Unsupported as reason:
        return _reply("unsupported", " ".join(str(reason).split()))


def _proven(engine: Engine, scheme: Scheme, route: Route) -> Guard:
    for workload, params in scheme.cases:
        check_vectors(engine, route.way(workload, params))
    return scheme.guard(engine, route, block_of(scheme))


def _reply(status: str = "measured", reason: str = "") -> dict[str, Any]:
    return {"status": status, "reason": reason, "outcomes": {}}
