"""The name of a row: the same wherever and whenever the same cell is planned."""

from __future__ import annotations

from hashlib import sha256

from benchsuite.record.types import Identity
from benchsuite.workloads.streams import canonical_json


def cell_id(
    *,
    case_key: str,
    backend: str,
    variant: str,
    device: str,
    scope: str,
    pool: str,
    threads: int,
    processes: int,
    twin: int,
) -> str:
    """First 16 hexadecimal digits of SHA-256 of the canonical JSON array of the fields, in this order."""
    fields = [case_key, backend, variant, device, scope, pool, threads, processes, twin]
    return sha256(canonical_json(fields)).hexdigest()[:16]


def cell_id_of(row: Identity) -> str:
    """The id that a row's own fields make."""
    return cell_id(
        case_key=row.case_key,
        backend=row.backend,
        variant=row.variant,
        device=row.device,
        scope=row.scope,
        pool=row.pool,
        threads=row.threads,
        processes=row.processes,
        twin=row.twin,
    )
