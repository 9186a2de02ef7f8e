"""Hand-built run files: the figures are chosen so that medians and ratios can be read off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchsuite.record.identity import cell_id
from benchsuite.record.types import Case, Gate, Planned, Run, Samples, WorkDone

CASE = Case(workload="hsiao-encode", version=1, params={"codewords": 1024, "k": 64, "n": 72})
DIGEST = "ab" * 32


@pytest.fixture
def run() -> Run:
    return Run(
        id="r",
        suite_version="0.1.0",
        argv=["run"],
        seed=1,
        preset="quick",
        started="2026-01-01T00:00:00Z",
        machine={},
        plugins=[],
        devices=[],
    )


@pytest.fixture
def planned() -> Callable[..., Planned]:
    def build(backend: str = "alpha", **changes: object) -> Planned:
        identity = {
            "case_key": "c" * 64,
            "backend": backend,
            "variant": "",
            "device": "cpu",
            "scope": "end-to-end",
            "pool": "hot",
            "threads": 1,
            "processes": 1,
            "twin": 0,
        }
        rest = {
            "label": "hsiao (72,64) encode",
            "constant_time": "unknown",
            "status": "planned",
            "reason": "",
        }
        identity.update((k, v) for k, v in changes.items() if k in identity)
        rest.update((k, str(v)) for k, v in changes.items() if k in rest)
        work = WorkDone(items=1024, unit="codeword", payload_bytes=8192, bytes_in=8192, bytes_out=1024)
        return Planned(case=CASE, work=work, cell=cell_id(**identity), **identity, **rest)  # type: ignore[arg-type]

    return build


@pytest.fixture
def gate() -> Callable[..., Gate]:
    def build(cell: Planned, **changes: object) -> Gate:
        passed = {
            "status": "measured",
            "checked_calls": 9,
            "output_sha256": DIGEST,
            "first_call_seconds": 0.5,
        }
        return Gate(cell=cell.cell, **{**passed, **changes})  # type: ignore[arg-type]

    return build


@pytest.fixture
def visits() -> Callable[..., list[Samples]]:
    """One visit a block: three samples of 4 repetitions at 1, 2 and 1.5 times the block's ``seconds``."""

    def build(cell: Planned, seconds: list[float], first_block: int = 0, **changes: object) -> list[Samples]:
        recorded = {"position": 0, "output_sha256": DIGEST, "flags": [], **changes}
        return [
            Samples(
                cell=cell.cell,
                block=block,
                repetitions=[4, 4, 4],
                wall_seconds=[4 * s, 8 * s, 6 * s],
                cpu_seconds=[4 * s, 8 * s, 6 * s],
                **recorded,  # type: ignore[arg-type]
            )
            for block, s in enumerate(seconds, first_block)
        ]

    return build
