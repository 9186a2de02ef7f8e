"""Backends around the suite's own slow encoder: two honest ones, and one for every lie to be seen through.

Each is a backend of its own, so that one run shows all of them beside each other. The liars are as clever as
an optimisation that went wrong could be; what a hostile plugin could do beyond is in docs/methodology.md.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchsuite.api import Backend, Device, HostLane, Job, Prepared, hookimpl, host_cpu
from benchsuite.testing.encoder import Liar, Run, encode, honest, other_sizes
from benchsuite.testing.remembering import REMEMBERING
from benchsuite.workloads import HSIAO_DECODE, HSIAO_ENCODE
from benchsuite.workloads.codes import bulk
from benchsuite.workloads.codes.hsiao import hsiao_columns


def wrong_byte(inputs: Any, outputs: Any) -> Run:
    """One codeword in a thousand is wrong, none in the short published vectors."""

    def run() -> None:
        encode(inputs, outputs)
        outputs.check[999::1000] ^= 1

    return run


def empty(inputs: Any, outputs: Any) -> Run:
    """Does nothing."""
    return lambda: None


def first_only(inputs: Any, outputs: Any) -> Run:
    """Right at first, a no-op later."""
    calls = iter(range(3))

    def run() -> None:
        if next(calls, None) is not None:
            encode(inputs, outputs)

    return run


def half(inputs: Any, outputs: Any) -> Run:
    """Half of the codewords, but all of one: the published vectors come out."""
    middle = (len(inputs.data) + 1) // 2

    def run() -> None:
        outputs.check[:middle] = bulk.check_bits(hsiao_columns(72, 64), 64, inputs.data[:middle])

    return run


def one_in_ten(inputs: Any, outputs: Any) -> Run:
    """Nine repetitions in ten are skipped."""
    calls = 0

    def run() -> None:
        nonlocal calls
        if calls % 10 == 0:
            encode(inputs, outputs)
        calls += 1

    return run


def in_background(inputs: Any, outputs: Any) -> Run:
    """The work is left to a thread."""
    return lambda: threading.Thread(target=encode, args=(inputs, outputs)).start()


def overflowing(inputs: Any, outputs: Any) -> Run:
    """Writes a byte too much."""

    def run() -> None:
        encode(inputs, outputs)
        ctypes.memset(outputs.check.ctypes.data + outputs.check.nbytes, 0, 1)

    return run


HOST_LIARS: Sequence[Liar] = (
    wrong_byte,
    empty,
    first_only,
    half,
    one_in_ten,
    in_background,
    overflowing,
    *REMEMBERING,
)


def host_backend(name: str, make: Liar) -> Backend[HostLane]:
    """A backend on the host whose encoder is ``make(inputs, outputs)``."""
    backend = Backend(name=name, probe=host_cpu)

    @backend.implements(HSIAO_ENCODE, version=1, unless=other_sizes)
    def prepare(job: Job[Any, Any, Any, HostLane]) -> Prepared:
        return Prepared(run=make(job.inputs, job.outputs))

    return backend


def copying_decoder() -> Backend[HostLane]:
    """A decoder that takes every word for clean."""
    backend = Backend(name="liar-copying-decoder", probe=host_cpu)

    @backend.implements(HSIAO_DECODE, version=1, unless=other_sizes)
    def prepare(job: Job[Any, Any, Any, HostLane]) -> Prepared:
        def run() -> None:
            job.outputs.data[...] = job.inputs.data
            job.outputs.outcome[...] = 0

        return Prepared(run=run)

    return backend


class LateLane(HostLane):
    """A queue whose first sync after a submission returns at once, and whose second does the work."""

    def __init__(self) -> None:
        self._work: list[Run] = []
        self._synced = False

    def submit(self, work: Run) -> None:
        """Enqueue."""
        self._work.append(work)
        self._synced = False

    def sync(self) -> None:
        """Work, but only when asked twice."""
        if self._synced:
            while self._work:
                self._work.pop()()
        self._synced = True


@contextmanager
def _late_lanes(count: int) -> Iterator[Sequence[LateLane]]:
    yield [LateLane() for _ in range(count)]


def _device(lanes: Any) -> Callable[[], Sequence[Device[Any]]]:
    return lambda: [Device(id="fake", facts={}, scopes=("resident",), lanes=lanes)]


class OnDevice:
    """Inputs and outputs in the memory of a device that is simulated on the host."""

    def __init__(self, job: Job[Any, Any, Any, Any]) -> None:
        self._host_inputs, self._host_outputs = job.inputs, job.outputs
        self.inputs = type(job.inputs)(data=job.inputs.data.copy())
        self.outputs = type(job.outputs)(check=job.outputs.check.copy())
        self.asked = type(job.inputs)(data=job.inputs.data.copy())

    def load(self) -> None:
        """Host to device."""
        self.inputs.data[...] = self._host_inputs.data

    def fetch(self) -> None:
        """Device to host."""
        self._host_outputs.check[...] = self.outputs.check

    def remember(self) -> None:
        """Keep the inputs of this run: what a late worker needs in order to be right."""
        self.asked.data[...] = self.inputs.data


def resident(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """An honest device."""
    memory = OnDevice(job)
    return Prepared(run=lambda: encode(memory.inputs, memory.outputs), load=memory.load, fetch=memory.fetch)


def works_in_fetch(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """``run`` only notes that there is something to do; the first ``fetch`` does it."""
    memory, due = OnDevice(job), False

    def run() -> None:
        nonlocal due
        memory.remember()
        due = True

    def fetch() -> None:
        nonlocal due
        if due:
            encode(memory.asked, memory.outputs)
        due = False
        memory.fetch()

    return Prepared(run=run, load=memory.load, fetch=fetch)


def works_twice(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """Works in the first two repetitions after a load only."""
    memory, left = OnDevice(job), 2

    def load() -> None:
        nonlocal left
        memory.load()
        left = 2

    def run() -> None:
        nonlocal left
        if left:
            encode(memory.inputs, memory.outputs)
            left -= 1

    return Prepared(run=run, load=load, fetch=memory.fetch)


class SlowClock(HostLane):
    """A lane that counts a tenth of the time."""

    def seconds(self, start: int, stop: int) -> float:
        """Less than passed."""
        return super().seconds(start, stop) / 10


class VisitingClock(HostLane):
    """Counts a tenth of the time where no short case, as published vectors are, was prepared before."""

    def __init__(self) -> None:
        self.gated = False

    def seconds(self, start: int, stop: int) -> float:
        """True in the gate's process only."""
        return super().seconds(start, stop) / (1 if self.gated else 10)


def tells_its_clock(job: Job[Any, Any, Any, Any]) -> Prepared:
    """An honest device whose lane learns where it is."""
    job.lane.gated |= len(job.inputs.data) == 1
    return resident(job)


@contextmanager
def _visiting_clocks(count: int) -> Iterator[Sequence[VisitingClock]]:
    yield [VisitingClock() for _ in range(count)]


@contextmanager
def _slow_clocks(count: int) -> Iterator[Sequence[SlowClock]]:
    yield [SlowClock() for _ in range(count)]


def works_at_second_sync(job: Job[Any, Any, Any, LateLane]) -> Prepared:
    """``run`` submits to a lane that works when it is synced for the second time."""
    memory = OnDevice(job)

    def run() -> None:
        memory.remember()
        job.lane.submit(lambda: encode(memory.asked, memory.outputs))

    def fetch() -> None:
        job.lane.sync()
        memory.fetch()

    return Prepared(run=run, load=memory.load, fetch=fetch)


def device_backend(name: str, prepare: Callable[[Any], Prepared], lanes: Any) -> Backend[Any]:
    """A backend on a simulated device."""
    backend: Backend[Any] = Backend(name=name, probe=_device(lanes))
    backend.implements(HSIAO_ENCODE, version=1, unless=other_sizes)(prepare)
    return backend


def backends() -> list[Backend[Any]]:
    """All of them: ``honest``, ``honest-resident`` and the liars."""
    host_lanes = host_cpu()[0].lanes
    return [
        host_backend("honest", honest),
        device_backend("honest-resident", resident, host_lanes),
        *(host_backend(f"liar-{make.__name__.replace('_', '-')}", make) for make in HOST_LIARS),
        copying_decoder(),
        device_backend("liar-works-in-fetch", works_in_fetch, host_lanes),
        device_backend("liar-works-at-second-sync", works_at_second_sync, _late_lanes),
        device_backend("liar-works-twice", works_twice, host_lanes),
        device_backend("liar-slow-clock", resident, _slow_clocks),
        device_backend("liar-visiting-clock", tells_its_clock, _visiting_clocks),
    ]


@hookimpl
def benchsuite_backends() -> list[Backend[Any]]:
    """The fakes as a plugin."""
    return backends()
