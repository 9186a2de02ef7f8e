"""The worker's side: opens one backend, proves it on published vectors, counts chunks of trials."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from benchsuite.api import Unsupported
from benchsuite.host.engine import Engine, open_engine
from benchsuite.host.proof import Wrong, check_vectors
from benchsuite.inject.composed import AnyRig, every_way, rig_of, through_of
from benchsuite.inject.erasures import decoding
from benchsuite.inject.fused import FusedRig, count_fused, fused_way
from benchsuite.inject.models import parse_model
from benchsuite.inject.shown import Picker, show_trial
from benchsuite.inject.trials import Draws, count_trials
from benchsuite.workloads.codes.composed import requested_any

_engine: Engine | None = None
_rig: AnyRig | None = None
_fused: FusedRig | None = None


def serve(request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``open``; then, code by code, ``prove`` (which prepares it) and any number of ``chunk``.

    The last two reply with ``status``, ``reason`` and ``outcomes``, a chunk with ``codeword_outcomes`` and
    what it was asked to ``log`` too. In place of a chunk ``show`` replies with one trial.
    """
    global _engine, _rig, _fused  # noqa: PLW0603  a worker is one backend
    if request["do"] == "open":
        _engine, reply = open_engine(request)
        return reply
    assert _engine is not None, "open comes first"
    try:
        if request["do"] == "prove":
            for prepared in (_rig, _fused):
                if prepared is not None:
                    prepared.close()
            _rig = _fused = None
            _rig, _fused = _proven(_engine, request)
            return _reply()
        assert _rig is not None, "prove comes before chunk"
        draws, first = _draws(_engine, request), request["first"]
        if request["do"] == "show":
            return _reply() | {"shown": show_trial(_rig, draws, first)}
        count, picker = request["count"], Picker(request.get("log", {}))
        if _fused is not None:
            counts = count_fused(_fused, _rig, draws, first, count)
        else:
            counts = count_trials(_rig, draws, first, count, picker)
        return _reply() | asdict(counts) | {"logged": picker.picked}
    except Wrong as reason:
        return _reply("wrong", str(reason))
    except Unsupported as reason:
        return _reply("unsupported", " ".join(str(reason).split()))


def _reply(status: str = "measured", reason: str = "") -> dict[str, Any]:
    return {"status": status, "reason": reason, "outcomes": {}}


def _proven(engine: Engine, request: dict[str, Any]) -> tuple[AnyRig, FusedRig | None]:
    through = through_of(request["through"])
    model = parse_model(request["model"], engine.registry)
    of = decoding(requested_any(request["code"]), model.kind)
    fused = fused_way(of, model, through)
    for way in (*every_way(of, through), *([fused] if fused else [])):
        check_vectors(engine, way)
    return rig_of(engine, of, through), FusedRig(engine, fused) if fused else None


def _draws(engine: Engine, request: dict[str, Any]) -> Draws:
    model = parse_model(request["model"], engine.registry)
    return Draws(
        code=decoding(requested_any(request["code"]), model.kind),
        model=model,
        seed=request["seed"],
        exhaustive=request["exhaustive"],
        codewords=request["codewords"],
        rare=request["rare"],
    )
