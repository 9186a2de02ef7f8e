"""The worker's side: opens one backend, proves it on published vectors, counts chunks of trials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchsuite.api import Unsupported
from benchsuite.host.engine import Engine, open_engine
from benchsuite.host.plugins import Registry
from benchsuite.host.proof import Wrong
from benchsuite.inject.faults.ciphers import count_messages
from benchsuite.inject.faults.engines import Through, decryptor, proven, signer
from benchsuite.inject.faults.signatures import count_signatures
from benchsuite.inject.faults.targets import TARGETS, Aes
from benchsuite.inject.faults.trials import Counts, Injection
from benchsuite.inject.models import parse_model

Count = Callable[[int, int], Counts]

_engine: Engine | None = None
_count: Count | None = None
_close: Callable[[], None] | None = None


def serve(request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``open``, then ``prove``, then any number of ``chunk``.

    The last two reply with ``status`` and ``reason``, a chunk with ``counts`` as ``as_message`` has them.
    """
    global _engine, _count, _close  # noqa: PLW0603  a worker is one backend
    if request["do"] == "open":
        _engine, reply = open_engine(request)
        return reply
    assert _engine is not None, "open comes first"
    try:
        if request["do"] == "prove":
            if _close is not None:
                _close()
            _count = _close = None
            _count, _close = _proven(_engine, request)
            return {"status": "measured", "reason": ""}
        assert _count is not None, "prove comes before chunk"
        counts = _count(request["first"], request["count"])
        return {"status": "measured", "reason": "", "counts": as_message(counts)}
    except Wrong as reason:
        return {"status": "wrong", "reason": str(reason)}
    except Unsupported as reason:
        return {"status": "unsupported", "reason": " ".join(str(reason).split())}


def _proven(engine: Engine, request: dict[str, Any]) -> tuple[Count, Callable[[], None] | None]:
    """What counts chunks, and what lets the engine go afterwards."""
    injection = injection_of(request["injection"], engine.registry)
    way = proven(engine, injection.target, Through(**request["through"]))
    if isinstance(injection.target, Aes):
        decrypt, close = decryptor(engine, way, injection)
        return lambda first, count: count_messages(injection, first, count, decrypt), close
    sign = signer(engine, way)
    return lambda first, count: count_signatures(injection, first, count, sign), None


def as_request(injection: Injection) -> dict[str, Any]:
    """An injection as a message."""
    return {
        "target": injection.target.name,
        "fault": injection.fault,
        "model": injection.model.text,
        "seed": injection.seed,
        "protect": injection.protect,
    }


def injection_of(request: dict[str, Any], registry: Registry) -> Injection:
    """What ``as_request`` was asked to spell."""
    named = {"target": TARGETS[request["target"]], "model": parse_model(request["model"], registry)}
    return Injection(**request | named)


def as_message(counts: Counts) -> dict[str, Any]:
    """Counts in the keys of a line of a run file."""
    return {
        "flips": counts.flips,
        "outcomes": dict(counts.outcomes),
        "damage": {
            region: {"histogram": sorted(damage.histogram.items()), "as_flipped": damage.as_flipped}
            for region, damage in counts.damage.items()
            if damage.histogram
        },
    }
