"""Runs made for questions: each row's rate is chosen, its visits differ by 1 % at most."""

from __future__ import annotations

from random import Random

from benchsuite.analyse.decide import Price, Question
from benchsuite.record.identity import cell_id
from benchsuite.record.types import SCHEMA, Case, Gate, Latency, Line, Load, Planned, Run, Samples, WorkDone

BYTES = 1 << 20
MODEL = "Example CPU"


def question(per_second: float, **changes: object) -> Question:
    facts = {"workload": "cipher", "version": 1, "settings": {}, "per_second": per_second, **changes}
    return Question(**facts)  # type: ignore[arg-type]


def price(per_hour: float, **units: int) -> Price:
    return Price(per_hour=per_hour, **units)


class Recorded:
    """A run file in the making."""

    def __init__(self, blocks: int = 16) -> None:
        self.random, self.blocks = Random(5), blocks
        self.lines: list[Line] = [
            Run(
                schema=SCHEMA,
                id="r",
                suite_version="0.1.0",
                argv=["run"],
                seed=1,
                preset="quick",
                started="2026-01-01T00:00:00Z",
                machine={"cpu_model": MODEL, "cores_allowed": 8},
                plugins=[],
                devices=[],
            )
        ]

    def row(
        self,
        backend: str,
        bytes_per_second: float,
        *,
        status: str = "measured",
        reason: str = "",
        messages: int = 1,
        busy: float = 1.0,
        flags: tuple[str, ...] = (),
        **where: object,
    ) -> str:
        """The new row's id; ``busy`` is its CPU time by its wall time."""
        identity = {
            **{"case_key": f"{messages:064d}", "backend": backend, "variant": "", "device": "cpu"},
            **{"scope": "end-to-end", "pool": "hot", "threads": 1, "processes": 1, "twin": 0, **where},
        }
        payload = BYTES * messages
        cell = cell_id(**identity)  # type: ignore[arg-type]
        self.lines.append(
            Planned(
                cell=cell,
                case=Case(
                    workload="cipher", version=1, params={"messages": messages, "size": BYTES, "name": "a"}
                ),
                label=f"cipher, {messages}",
                constant_time="unknown",
                status="planned" if status != "unavailable" else "unavailable",
                reason=reason,
                work=WorkDone(
                    items=messages,
                    unit="message",
                    payload_bytes=payload,
                    bytes_in=payload,
                    bytes_out=payload,
                ),
                **identity,  # type: ignore[arg-type]
            )
        )
        if status == "unavailable":
            return cell
        self.lines.append(
            Gate(cell=cell, status=status, reason=reason, checked_calls=9, output_sha256="d0", repetitions=4)  # type: ignore[arg-type]
        )
        for block in range(self.blocks if status == "measured" else 0):
            seconds = payload / bytes_per_second * self.random.uniform(0.995, 1.005)
            self.lines.append(
                Samples(
                    cell=cell,
                    block=block,
                    position=0,
                    repetitions=[4],
                    wall_seconds=[4 * seconds],
                    cpu_seconds=[4 * seconds * busy],
                    output_sha256="d0",
                    flags=list(flags),
                )
            )
        return cell

    def calls(
        self, cell: str, nanoseconds: int, load: float | None = None, *, overloaded: bool = False
    ) -> None:
        """A thousand calls a block, each of about ``nanoseconds``, alone or under ``load`` calls a second."""
        for block in range(self.blocks):
            told = load and Load(
                asked=f"{load:g}/s",
                arrivals="poisson",
                offered_per_second=load,
                seconds=1.0,
                idle_seconds=0.0 if overloaded else 0.5,
            )
            self.lines.append(
                Latency(
                    cell=cell,
                    block=block,
                    load=told or None,
                    calls=1000,
                    clock_nanoseconds=40,
                    histogram=[(nanoseconds + step, 20) for step in range(50)],
                )
            )
