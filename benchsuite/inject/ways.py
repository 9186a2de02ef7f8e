"""Which way a backend does both halves of a code, or why it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from benchsuite.api import Scope
from benchsuite.host.cases import Selection
from benchsuite.host.plan import Probe, not_implemented, plan
from benchsuite.host.plugins import Registry
from benchsuite.inject.composed import AnyThrough, Both
from benchsuite.inject.rig import Through, block_params
from benchsuite.record.types import Planned
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.composed import AnyCode, Composed


@dataclass(frozen=True, kw_only=True)
class NoWay:
    """Why a backend does not take part: what its tally says."""

    status: Literal["unavailable", "unsupported"]
    reason: str


def find_way(registry: Registry, backend: str, probe: Probe, of: AnyCode) -> AnyThrough | NoWay:
    """The first device and scope that both halves share, host bytes before resident ones, first variants.

    ``probe`` is what the backend's ``probe()`` said in a worker. Of a composition each code has a way.
    """
    if not isinstance(of, Composed):
        return _way(registry, backend, probe, of)
    inside, rank = (_way(registry, backend, probe, part) for part in (of.inside, of.rank))
    if isinstance(inside, Through) and isinstance(rank, Through):
        return Both(inside=inside, rank=rank)
    refused = [way for way in (inside, rank) if isinstance(way, NoWay)]
    if len(refused) == 2:
        return refused[0]
    part = of.inside if isinstance(inside, NoWay) else of.rank
    return NoWay(status=refused[0].status, reason=f"{part.name}: {refused[0].reason}")


def _way(registry: Registry, backend: str, probe: Probe, code: Code) -> Through | NoWay:
    halves = (code.encode, code.decode)
    cases = [(workload, block_params(code, workload)) for workload in halves]
    rows = plan(registry, cases, {backend: probe}, Selection(), cold_from_bytes=None, last_cache_bytes=0)
    encoders, decoders = ([r for r in rows if r.case.workload == w.id and not r.twin] for w in halves)
    for refused, other, role in ((encoders, decoders, "encodes"), (decoders, encoders, "decodes")):
        if not _planned(refused):
            status = "unavailable" if refused[0].status == "unavailable" else "unsupported"
            reason = refused[0].reason
            if reason == not_implemented(backend) and _planned(other):
                reason = not_implemented(backend, f"{refused[0].case.workload}, which {role} this code")
            return NoWay(status=cast(Literal["unavailable", "unsupported"], status), reason=reason)
    pairs = [
        Through(device=e.device, scope=cast(Scope, e.scope), encode=e.variant, decode=d.variant)
        for e in _planned(encoders)
        for d in _planned(decoders)
        if (e.device, e.scope) == (d.device, d.scope)
    ]
    if not pairs:
        return NoWay(status="unsupported", reason=f"no device of {backend} does both halves of {code.name}")
    return min(pairs, key=lambda pair: pair.scope == "resident")


def _planned(rows: Sequence[Planned]) -> list[Planned]:
    return [row for row in rows if row.status == "planned"]
