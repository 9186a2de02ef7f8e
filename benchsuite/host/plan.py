"""From cases, backends and devices to cells: every row of the run, planned or with the reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import msgspec

from benchsuite.api import Backend, Implementation, Workload
from benchsuite.host.cases import Selection
from benchsuite.host.limit import limited
from benchsuite.host.plugins import Registry, described
from benchsuite.record.identity import cell_id_of
from benchsuite.record.types import Case, Planned, PlannedStatus, Pool, WorkDone
from benchsuite.workloads.streams import case_key, params_mapping

MAX_SLOTS = 4096  # more slots than this take longer to prepare than to measure
_CACHES = 2  # a cold pool is twice the last cache, so that a rotation evicts itself
_DEVICE_CACHES = 3  # of a device's: what it evicts it does not tell, and an audit has written one slot anew


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a backend's ``probe()`` said in a worker: its devices, or why there are none."""

    devices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(id, scopes) of each."""
    max_lanes: Mapping[str, int] = field(default_factory=dict)
    """Device id -> threads that it may be used by at once; 1 where it is missing."""
    cache_bytes: Mapping[str, int] = field(default_factory=dict)
    """Device id -> the last cache of data that are resident there; missing where it is the host's."""
    unavailable: str = ""


def slots_of_pool(pool: Pool, bytes_touched: int, caches_bytes: int) -> int:
    """The number of slots to exceed caches; more than MAX_SLOTS means that the pool is not feasible."""
    return 1 if pool == "hot" else max(2, -(-caches_bytes // max(1, bytes_touched)))


def plan(
    registry: Registry,
    cases: Iterable[tuple[Workload[Any, Any, Any], Any]],
    probes: Mapping[str, Probe],
    selection: Selection,
    *,
    cold_from_bytes: int | None,
    last_cache_bytes: int,
    memory_bytes: int | None = None,
    most_cells: int | None = None,
) -> list[Planned]:
    """All rows of a run, the A/A twin last. ``probes`` holds the backends that take part.

    A pool that would take more than half of ``memory_bytes`` is not planned; of more than ``most_cells`` some
    are left out, see ``limited``.
    """
    rows = []
    for workload, params in cases:
        work = WorkDone(**workload.work(params)._asdict())
        pools = _pools(selection, work.payload_bytes, cold_from_bytes)
        for backend, probe in sorted(probes.items()):
            for way in _ways(registry.backends[backend], workload, params, probe):
                for pool, (threads, processes) in product(pools, selection.crowds):
                    members = threads * processes
                    if members > 1 and (way.reason or way.scope != "end-to-end"):
                        continue
                    caches = _caches_bytes(way, probe, last_cache_bytes)
                    slots = slots_of_pool(pool, work.bytes_in + work.bytes_out, caches)
                    reason = (
                        way.reason
                        or _one_lane(threads, probe.max_lanes.get(way.device, 1))
                        or _infeasible(slots, members, work, memory_bytes)
                    )
                    row = _row(workload, params, work, backend, way, pool, reason)
                    row = msgspec.structs.replace(row, threads=threads, processes=processes, slots=slots)
                    rows.append(_identified(row))
    wanted = [row for row in rows if not selection.scopes or row.scope in selection.scopes]
    kept = limited(wanted, most_cells)
    return kept + _twin(kept)


def _caches_bytes(way: _Way, probe: Probe, last_cache_bytes: int) -> int:
    """What a cold pool must exceed: the caches of where its data lie."""
    if way.scope == "resident" and way.device in probe.cache_bytes:
        return _DEVICE_CACHES * probe.cache_bytes[way.device]
    return _CACHES * last_cache_bytes


def _one_lane(threads: int, max_lanes: int) -> str:
    return "" if threads <= max_lanes else f"its device takes at most {max_lanes} threads, not {threads}"


def _infeasible(slots: int, members: int, work: WorkDone, memory_bytes: int | None) -> str:
    if slots > MAX_SLOTS:
        return (
            f"a cold pool of so small a case would take {slots} slots, more than {MAX_SLOTS}: "
            "batch several items, or measure it hot"
        )
    pool_bytes = slots * members * (work.bytes_in + work.bytes_out)
    if memory_bytes is not None and pool_bytes > memory_bytes // 2:
        return f"its pool of {pool_bytes >> 20} MiB is more than half of the {memory_bytes >> 20} MiB here"
    return ""


def _pools(selection: Selection, payload_bytes: int, cold_from_bytes: int | None) -> Sequence[Pool]:
    if selection.pools:
        pools: tuple[Pool, ...] = ("hot", "cold")
        return [pool for pool in pools if pool in selection.pools]
    if cold_from_bytes is None or payload_bytes < max(cold_from_bytes, 1 << 14):
        return ["hot"]
    return ["hot", "cold"]


@dataclass(frozen=True, kw_only=True)
class _Way:
    """One way in which a backend may do a case, or the reason why it does not."""

    variant: str = ""
    constant_time: str = "unknown"
    device: str = ""
    scope: str = "end-to-end"
    status: PlannedStatus = "unsupported"
    reason: str = ""


def _ways(
    backend: Backend[Any], workload: Workload[Any, Any, Any], params: Any, probe: Probe
) -> Iterator[_Way]:
    mine = {variant: i for (id_, variant), i in sorted(backend.implementations.items()) if id_ == workload.id}
    if probe.unavailable:
        yield _Way(status="unavailable", reason=probe.unavailable)
    elif not mine:
        yield _Way(reason=_reason(backend, workload.id))
    for variant, implementation in mine.items() if not probe.unavailable else ():
        reason = _refusal(implementation, workload, params)
        for device, scopes in probe.devices:
            for scope in scopes:
                yield _Way(
                    variant=variant,
                    constant_time=implementation.constant_time,
                    device=device,
                    scope=scope,
                    reason=reason,
                )


def _refusal(implementation: Implementation, workload: Workload[Any, Any, Any], params: Any) -> str:
    if implementation.version != workload.version:
        return f"stale (implements v{implementation.version}, suite asks v{workload.version})"
    try:
        reason = implementation.unless(params)
    except BaseException as error:  # noqa: BLE001  the plugin's code; its failure is the reason
        return f"unless() failed: {described(error)}"
    if reason is not None and not isinstance(reason, str):
        return f"unless() must give a reason or None, not {reason!r:.80}"
    return reason or ""


def _reason(backend: Backend[Any], workload: str) -> str:
    for prefix, reason in backend.reasons.items():
        if workload == prefix or workload.startswith(f"{prefix}-"):
            return reason
    return not_implemented(backend.name)  # one text, so that tables fold such rows into a line


def not_implemented(backend: str, what: str = "it") -> str:
    """The reason of a backend that gives none."""
    return f"{backend} does not implement {what}"


def _row(
    workload: Workload[Any, Any, Any],
    params: Any,
    work: WorkDone,
    backend: str,
    way: _Way,
    pool: Pool,
    reason: str,
) -> Planned:
    return Planned(
        cell="",
        case=Case(
            workload=workload.id, version=workload.version, params=params_mapping(params, defaults=True)
        ),
        case_key=case_key(workload, params),
        label=workload.label(params),
        backend=backend,
        variant=way.variant,
        constant_time=way.constant_time,
        device=way.device,
        scope=way.scope,
        pool=pool,
        threads=1,
        processes=1,
        twin=0,
        status=way.status if reason else "planned",
        reason=reason,
        work=work,
    )


def relabelled(row: Planned, twin: int) -> Planned:
    """The same cell under another label: 1 for the second of an A/A pair, or CONTROL."""
    return _identified(msgspec.structs.replace(row, twin=twin))


def _identified(row: Planned) -> Planned:
    cell = cell_id_of(row)
    return msgspec.structs.replace(row, cell=cell)


def _twin(rows: Sequence[Planned]) -> list[Planned]:
    """The second label of the A/A pair: the first hot cell that will be measured, once more."""
    alone = (row for row in rows if row.threads == row.processes == 1)
    first = next((row for row in alone if row.status == "planned" and row.pool == "hot"), None)
    return [relabelled(first, 1)] if first else []
