"""Benches around engines that are written in the tests, without workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from benchsuite.api import Device, HostLane, Job, Prepared
from benchsuite.measure.bench import Bench, Slot, meet
from benchsuite.measure.layout import blank_outputs, copy_of
from benchsuite.workloads import HSIAO_ENCODE
from benchsuite.workloads.codes.hsiao import HsiaoEncodeParams


class VirtualLane:
    """A queue whose clock stands still but for what ``advance`` says."""

    def __init__(self) -> None:
        self.now = 0.0
        self.log: list[object] = []

    def advance(self, seconds: float, note: object = "run") -> None:
        self.now += seconds
        self.log.append(note)

    def sync(self) -> None:
        self.log.append("sync")

    def mark(self) -> float:
        self.log.append("mark")
        return self.now

    def seconds(self, start: float, stop: float) -> float:
        return stop - start

    def timed(self) -> list[list[object]]:
        """What ran between the first mark and the second, the third and the fourth, and so on."""
        ran: list[list[object]] = [[]]
        for event in self.log:
            if event == "mark":
                ran.append([])
            elif event != "sync":
                ran[-1].append(event)
        return ran[1::2]


@pytest.fixture
def virtual_lane() -> VirtualLane:
    return VirtualLane()


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    """Make a bench of encoders: ``engine(inputs, outputs)`` gives ``run``, or ``device(job)`` a Prepared."""

    def make(
        engine: Callable[[Any, Any], Callable[[], None]] | None = None,
        *,
        device: Callable[[Any], Prepared] | None = None,
        codewords: int = 64,
        slots: int = 1,
        lane: Any = None,
        in_place: bool = False,
        seed: int = 1,
    ) -> Bench:
        lane = lane or HostLane()
        params = HsiaoEncodeParams(codewords=codewords)
        pool, draws = [], Random(seed)
        answers, fence = blank_outputs(HSIAO_ENCODE.outputs(params), slots)
        met = None
        for number, outputs in enumerate(answers):
            inputs = HSIAO_ENCODE.inputs(params, 1, number)
            original = copy_of(inputs)
            met = met or meet(HSIAO_ENCODE, params, inputs, draws)
            if device is not None:
                prepared = device(job_of(params, lane, inputs, outputs))
            else:
                assert engine is not None
                prepared = Prepared(run=engine(inputs, outputs), in_place=in_place)
            pool.append(Slot(prepared, inputs, outputs, original))
        pool[0].restore()
        return Bench(HSIAO_ENCODE, params, lane, pool, draws, fence, met)

    yield make


def job_of(params: Any, lane: Any, inputs: Any, outputs: Any) -> Job[Any, Any, Any, Any]:
    device: Device[Any] = Device(id="fake", facts={}, lanes=lambda count: pytest.fail("not asked for"))
    return Job(params=params, device=device, lane=lane, scope="resident", inputs=inputs, outputs=outputs)
