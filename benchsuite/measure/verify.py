"""Correctness only: the vectors of every workload, shipped or installed, through every backend."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import chain

import msgspec

from benchsuite.host.cases import Selection
from benchsuite.host.plan import Probe, plan
from benchsuite.host.plugins import Registry
from benchsuite.measure.crew import Crew, Key, way_message
from benchsuite.record.types import Planned
from benchsuite.workers import WorkerError, WorkerLost

VERIFY_SECONDS = 600.0  # thousands of calls of prepare, each of which may build tables


@dataclass(frozen=True, kw_only=True)
class Verified:
    """How the vectors of one workload fared in one implementation, on one device in one scope."""

    workload: str
    version: int
    backend: str
    variant: str
    device: str
    scope: str
    passed: int
    failed: int
    skipped: int
    status: str
    reason: str


def to_verify(
    registry: Registry, probes: Mapping[str, Probe], workloads: Collection[str] = ()
) -> list[Planned]:
    """One row for every backend, workload (of those named, or all), variant, device and scope."""
    cases = [(w, w.params()) for w in registry.workloads.values() if not workloads or w.id in workloads]
    rows = [
        plan(registry, cases, {name: probe}, Selection(), cold_from_bytes=None, last_cache_bytes=0)
        for name, probe in sorted(probes.items())
    ]
    return [_willing(row, registry) for row in chain.from_iterable(rows) if not row.twin]


def _willing(row: Planned, registry: Registry) -> Planned:
    """The row, planned although it refuses the default params: it may yet do those of vectors."""
    key = row.case.workload, row.variant
    implementation = registry.backends[row.backend].implementations.get(key)
    if row.device and implementation and implementation.version == row.case.version:
        return msgspec.structs.replace(row, status="planned", reason="")
    return row


def verify(row: Planned, crew: Crew) -> Verified:
    """How one row fares, in the worker of its backend."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    status, reason = str(row.status), row.reason
    if row.status == "planned":
        try:
            request = {"do": "verify", "way": way_message(row)}
            reply = crew.ask(Key(row.backend), request, VERIFY_SECONDS)
        except WorkerError as error:
            status, reason = "failed", str(error)
        except WorkerLost as lost:
            status, reason = "timeout" if lost.reason.startswith("timeout") else "failed", lost.reason
        else:
            counts = {key: reply[key] for key in counts}
            none_applies = reply["skipped"] and not reply["passed"] + reply["failed"]
            status = "wrong" if reply["failed"] else "unsupported" if none_applies else "passed"
            reason = reply["reason"]
    return Verified(
        workload=row.case.workload,
        version=row.case.version,
        backend=row.backend,
        variant=row.variant,
        device=row.device,
        scope=row.scope,
        status=status,
        reason=reason,
        **counts,
    )
