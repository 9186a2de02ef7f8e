"""Hand-built run files: the figures are chosen so that medians and ratios can be read off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.derive import cells, comparisons
from benchsuite.record.identity import cell_id
from benchsuite.record.types import (
    SCHEMA,
    Case,
    DeviceFacts,
    Gate,
    Line,
    Lost,
    Planned,
    Run,
    Samples,
    Tally,
    WorkDone,
)

CASE = Case(workload="hsiao-encode", version=1, params={"codewords": 1024, "k": 64, "n": 72})
DIGEST = "ab" * 32


@pytest.fixture
def run() -> Run:
    return Run(
        schema=SCHEMA,
        id="r",
        suite_version="0.1.0",
        argv=["run"],
        seed=1,
        preset="quick",
        started="2026-01-01T00:00:00Z",
        machine={},
        plugins=[],
        devices=[DeviceFacts(backend=name, id="cpu", facts={}) for name in ("alpha", "beta", "gamma")],
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
            "repetitions": 4,
        }
        return Gate(cell=cell.cell, **{**passed, **changes})  # type: ignore[arg-type]

    return build


@pytest.fixture
def visits() -> Callable[..., list[Samples]]:
    """One visit a block: three samples of 4 repetitions at 1, 2 and 1.5 times the block's ``seconds``."""

    def build(cell: Planned, seconds: list[float], first_block: int = 0, **changes: object) -> list[Samples]:
        recorded = {"position": 0, "output_sha256": DIGEST, "audit_draws": ["0f"], **changes}
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


@pytest.fixture
def tally() -> Callable[..., Tally]:
    """A hundred of two flips, all of which a distance of 4 detects."""

    def build(first_trial: int = 0, **changes: object) -> Tally:
        whole = Tally(
            case=Case(workload="hsiao-decode", version=1, params={}),
            case_key="c" * 64,
            label="hsiao-72-64",
            backend="alpha",
            model="flips:2",
            seed=1,
            first_trial=first_trial,
            trials=100,
            outcomes={"detected": 100},
        )
        return msgspec.structs.replace(whole, **changes)

    return build


@pytest.fixture
def sound(
    run: Run,
    planned: Callable[..., Planned],
    gate: Callable[..., Gate],
    visits: Callable[..., list[Samples]],
    tally: Callable[..., Tally],
) -> list[Line]:
    """A finished run: two measured cells, one unavailable, one lost; their rows and the comparison."""
    alpha, beta, dead = planned("alpha"), planned("beta"), planned("gamma")
    absent = planned("delta", status="unavailable", reason="no driver")
    lines: list[Line] = [run, alpha, beta, dead, absent, gate(alpha), gate(beta), gate(dead)]
    seconds = [0.001 * (1 + i / 100) for i in range(16)]
    lines += [*visits(alpha, seconds), *visits(beta, [s / 2 for s in seconds])]
    lines += [Lost(cell=dead.cell, block=block, reason="died", signal="SIGKILL") for block in (0, 1)]
    return [*lines, *cells(lines), *comparisons(lines), tally(0), tally(100), tally(0, backend="beta")]


@pytest.fixture
def changed(sound: list[Line]) -> Callable[..., list[Line]]:
    """The sound file with the first line of a kind changed."""

    def change(kind: type[Any], **changes: object) -> list[Line]:
        at = next(i for i, line in enumerate(sound) if isinstance(line, kind))
        return [*sound[:at], msgspec.structs.replace(sound[at], **changes), *sound[at + 1 :]]

    return change
