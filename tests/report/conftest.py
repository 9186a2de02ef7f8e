"""A run made by hand that holds every status, an A/A pair, both pools and scopes, and tallies."""

from __future__ import annotations

from random import Random

import pytest

from benchsuite.record.identity import cell_id
from benchsuite.record.scalars import Status
from benchsuite.record.types import (
    SCHEMA,
    Case,
    Gate,
    Identity,
    Line,
    Lost,
    Planned,
    PlannedStatus,
    Run,
    Samples,
    Tally,
    WorkDone,
)

BLOCKS = 16
HOSTILE = "a|b\nc\x1b[31m [red]<b>_x_"


class RunBuilder:
    """Adds cells to a run, one line of code a cell; times are drawn from a seeded generator."""

    def __init__(self) -> None:
        self.random = Random(3)
        self.lines: list[Line] = [
            Run(
                schema=SCHEMA,
                id="r1",
                suite_version="0.1.0",
                argv=["run"],
                seed=7,
                preset="quick",
                started="2026-01-02T03:04:05Z",
                machine={"cpu_model": "Example CPU"},
                plugins=[],
                devices=[],
            )
        ]

    def plan(
        self,
        backend: str,
        *,
        label: str = "cipher, 1 KiB",
        workload: str = "cipher",
        scope: str = "end-to-end",
        pool: str = "hot",
        payload: int = 1024,
        twin: int = 0,
        status: PlannedStatus = "planned",
        reason: str = "",
    ) -> str:
        """The new cell's id."""
        identity = {
            "case_key": label,
            "backend": backend,
            "variant": "",
            "device": "cpu",
            "scope": scope,
            "pool": pool,
            "threads": 1,
            "processes": 1,
            "twin": twin,
        }
        cell = cell_id(**identity)  # type: ignore[arg-type]
        planned = Planned(
            case=Case(workload=workload, version=1, params={"size": payload}),
            label=label,
            constant_time="unknown",
            cell=cell,
            status=status,
            reason=reason,
            work=WorkDone(
                items=4, unit="message", payload_bytes=payload, bytes_in=payload, bytes_out=payload
            ),
            **identity,  # type: ignore[arg-type]
        )
        assert set(identity) < set(Identity.__struct_fields__)
        self.lines.append(planned)
        return cell

    def gate(self, cell: str, status: Status = "measured", reason: str = "") -> None:
        self.lines.append(Gate(cell=cell, status=status, reason=reason, checked_calls=9, output_sha256="d0"))

    def measure(self, backend: str, seconds: float, flags: tuple[str, ...] = (), **where: object) -> str:
        cell = self.plan(backend, **where)  # type: ignore[arg-type]
        self.gate(cell)
        for block in range(BLOCKS):
            wall = [100 * seconds * self.random.uniform(1.0, 1.02) for _ in range(3)]
            self.lines.append(
                Samples(
                    cell=cell,
                    block=block,
                    position=0,
                    repetitions=[100, 100, 100],
                    wall_seconds=wall,
                    cpu_seconds=wall,
                    output_sha256="d0",
                    flags=list(flags),
                )
            )
        return cell

    def tally(
        self, backend: str, status: Status = "measured", reason: str = "", first_trial: int = 0
    ) -> None:
        self.lines.append(
            Tally(
                case=Case(workload="code", version=1, params={}),
                case_key="code",
                label="code (72,64)",
                backend=backend,
                model="flips:3",
                seed=7,
                first_trial=first_trial,
                trials=5000 if status == "measured" else 0,
                outcomes={"detected": 2186, "miscorrected": 2814, "clean": 0} if status == "measured" else {},
                exact={
                    "detected": ("26072", "59640", 26072 / 59640),
                    "miscorrected": ("33568", "59640", 33568 / 59640),
                    "undetected": ("0", "59640", 0.0),
                },
                status=status,
                reason=reason,
            )
        )


def every_status() -> list[Line]:
    run = RunBuilder()
    run.measure("swift", 5e-7)
    run.measure("swift", 5e-7, twin=1)
    run.measure("swift", 9e-7, pool="cold", flags=("drift", "involuntary_switches"))
    run.measure("plain", 9.3e-6)
    run.measure("card", 2e-7, scope="resident")
    run.measure("swift", 2.5e-3, label="signature", payload=0)
    for label in ("cipher, 1 KiB", "signature"):
        run.plan("absent", label=label, status="unavailable", reason="no driver: install one")
    run.plan("plain", label="signature", status="unsupported", reason="signs nothing", payload=0)
    run.gate(run.plan("liar"), "wrong", "item 3: expected 1, got 0")
    run.gate(run.plan("slowpoke"), "timeout", "no answer in 10 s")
    crashed = run.plan("crasher")
    run.lines += [Lost(cell=crashed, block=b, reason="the worker died", signal="SIGSEGV") for b in (0, 1)]
    for first_trial in (0, 5000):
        run.tally("swift", first_trial=first_trial)
    run.tally("absent", "unavailable", "no driver: install one")
    return run.lines


@pytest.fixture
def bounded_lines() -> list[Line]:
    """Peaks of 200 ns, an engine that takes 500 ns, and one that takes 100 ns."""
    run = RunBuilder()
    run.measure("plain", 5e-7)
    run.measure("liar", 1e-7)
    for workload in ("machine-copy", "machine-read"):
        run.measure("plain", 2e-7, label=workload, workload=workload)
    return run.lines


@pytest.fixture
def lines() -> list[Line]:
    return every_status()


@pytest.fixture
def builder() -> RunBuilder:
    return RunBuilder()


@pytest.fixture
def hostile_lines() -> list[Line]:
    run = RunBuilder()
    run.measure("swift", 5e-7, label=HOSTILE)
    run.plan("plain", label=HOSTILE, status="unsupported", reason=HOSTILE)
    return run.lines
