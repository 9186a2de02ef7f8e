"""Which way a backend does both halves of a code, or all workloads of a whole, or why it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from benchsuite.api import Scope, Workload
from benchsuite.host.cases import Selection
from benchsuite.host.plan import Probe, not_implemented, plan
from benchsuite.host.plugins import Registry
from benchsuite.inject.composed import AnyThrough, Both
from benchsuite.inject.fused import fused_params
from benchsuite.inject.models import Model
from benchsuite.inject.rig import Through, block_params
from benchsuite.record.types import Planned
from benchsuite.workloads.codes import HSIAO_INJECT, Code
from benchsuite.workloads.codes.composed import AnyCode, Composed
from benchsuite.workloads.streams import case_key


@dataclass(frozen=True, kw_only=True)
class NoWay:
    """Why a backend does not take part: what its tally says."""

    status: Literal["unavailable", "unsupported"]
    reason: str


def find_way(
    registry: Registry, backend: str, probe: Probe, of: AnyCode, model: Model | None = None
) -> AnyThrough | NoWay:
    """The first device and scope that both halves share, host bytes before resident ones, first variants.

    ``probe`` is what the backend's ``probe()`` said in a worker. Of a composition each code has a way; a
    device whose data are resident may inject into another code under ``model`` by itself too.
    """
    if not isinstance(of, Composed):
        way = _way(registry, backend, probe, of)
        if model is None or isinstance(way, NoWay):
            return way
        return replace(way, fused=_fused(registry, backend, probe, of, model, way.device))
    inside, rank = (_way(registry, backend, probe, part) for part in (of.inside, of.rank))
    if isinstance(inside, Through) and isinstance(rank, Through):
        return Both(inside=inside, rank=rank)
    refused = [way for way in (inside, rank) if isinstance(way, NoWay)]
    if len(refused) == 2:
        return refused[0]
    part = of.inside if isinstance(inside, NoWay) else of.rank
    return NoWay(status=refused[0].status, reason=f"{part.name}: {refused[0].reason}")


def _way(registry: Registry, backend: str, probe: Probe, code: Code) -> Through | NoWay:
    cases = [(workload, block_params(code, workload)) for workload in (code.encode, code.decode)]
    roles = {code.encode.id: "which encodes this code", code.decode.id: "which decodes this code"}
    rows = find_rows(registry, backend, probe, cases, roles)
    if isinstance(rows, NoWay):
        return rows
    encode, decode = rows
    return Through(
        device=encode.device,
        scope=cast(Scope, encode.scope),
        encode=encode.variant,
        decode=decode.variant,
    )


def find_rows(
    registry: Registry,
    backend: str,
    probe: Probe,
    cases: Sequence[tuple[Workload[Any, Any, Any], Any]],
    roles: Mapping[str, str],
) -> list[Planned] | NoWay:
    """A hot row for each case, all on the first device and scope that they share, as ``find_way`` has it.

    ``roles`` say what each workload is to the whole, by its id.
    """
    rows = plan(registry, cases, {backend: probe}, Selection(), cold_from_bytes=None, last_cache_bytes=0)
    keys = [case_key(workload, params) for workload, params in cases]
    of_cases = [[row for row in rows if row.case_key == key and not row.twin] for key in keys]
    for found in of_cases:
        if not _planned(found):
            status = "unavailable" if found[0].status == "unavailable" else "unsupported"
            reason = found[0].reason
            if reason == not_implemented(backend) and any(map(_planned, of_cases)):
                workload = found[0].case.workload
                reason = not_implemented(backend, f"{workload}, {roles[workload]}")
            return NoWay(status=cast(Literal["unavailable", "unsupported"], status), reason=reason)
    places = [[(row.device, row.scope) for row in _planned(found)] for found in of_cases]
    shared = [place for place in places[0] if all(place in others for others in places)]
    if not shared:
        return NoWay(
            status="unsupported",
            reason=f"no device of {backend} does all of {', '.join(w.id for w, _ in cases)}",
        )
    chosen = min(shared, key=lambda place: place[1] == "resident")
    return [next(r for r in _planned(found) if (r.device, r.scope) == chosen) for found in of_cases]


def _fused(
    registry: Registry, backend: str, probe: Probe, code: Code, model: Model, device: str
) -> str | None:
    """The first variant that injects on data that are resident on ``device``.

    On a processor the data are at hand, and its decoder is what is asked about.
    """
    params = fused_params(code, model)
    if params is None:
        return None
    rows = plan(
        registry,
        [(HSIAO_INJECT, params)],
        {backend: probe},
        Selection(),
        cold_from_bytes=None,
        last_cache_bytes=0,
    )
    found = [r.variant for r in _planned(rows) if (r.device, r.scope, r.twin) == (device, "resident", 0)]
    return found[0] if found else None


def _planned(rows: Sequence[Planned]) -> list[Planned]:
    return [row for row in rows if row.status == "planned"]
