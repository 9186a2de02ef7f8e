"""The whole machine: several processes or threads of one engine at once, whose common time alone counts.

Each has its own pool. All begin at one instant of the clock that they share, repeat until the window is over
and note how far they were when; nothing but repetitions happens meanwhile, so that none is ever faster
because another one pauses. The audit stands at both ends.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, cycle, islice
from threading import Barrier
from typing import TypeVar

import numpy as np

from benchsuite.measure.bench import Bench
from benchsuite.measure.layout import copy_of
from benchsuite.measure.sample import CHECKED, VARIED, Sample
from benchsuite.workers import WorkerError

NOTES = 10  # of its progress that a member takes in the time of a sample
HEAD_START_SECONDS = 0.02  # for the slowest process to be ready: 2 ms of audit and a time slice
SPIN_SECONDS = 0.002  # of the head start: a sleep ends too late
READY_SECONDS = 10.0  # that threads wait for one that does not come
WINDOW = 4  # a window is so many times as long as a sample
TURNS = 4  # that each thread gets in a window, where all must share the GIL

T = TypeVar("T")


@dataclass(frozen=True)
class Rush:
    """One thread's: ``ticks[i]``: the shared clock's seconds when ``i * chunk`` repetitions were over.

    ``cpu_seconds``: of its whole process, at the first tick and at the last.
    """

    chunk: int
    ticks: list[float]
    cpu_seconds: list[float]


def window_seconds(sample_seconds: float, threads: int) -> float:
    """How long a rush lasts."""
    return max(WINDOW * sample_seconds, TURNS * threads * sys.getswitchinterval())


class Start:
    """One instant for all threads of a process. From then on waiting for the GIL is time that counts."""

    def __init__(self, at: float, threads: int) -> None:
        self._at, self._begun = at, (0.0, 0.0)
        self._ready = Barrier(threads, action=self._wait, timeout=READY_SECONDS)

    def together(self) -> tuple[float, float]:
        """Return when all are ready and ``at`` is over: that instant, and the CPU seconds until then."""
        self._ready.wait()
        return self._begun

    def _wait(self) -> None:
        """By the last thread, while the others sleep and want no GIL."""
        time.sleep(max(0.0, self._at - time.perf_counter() - SPIN_SECONDS))
        while time.perf_counter() < self._at:
            pass
        self._begun = time.perf_counter(), time.process_time()


class Troop:
    """The threads of this process that work at once, the calling one the first; each has its own bench."""

    def __init__(self, benches: Sequence[Bench], others: Sequence[ThreadPoolExecutor]) -> None:
        self._benches, self._others = benches, others

    def each(self, task: Callable[[Bench], T]) -> list[T]:
        """What ``task`` gives for every bench, all at once. When all are done, raises what one raised."""
        first, *others = self._benches
        futures = [thread.submit(task, bench) for thread, bench in zip(self._others, others, strict=True)]
        try:
            result = task(first)
        finally:
            wait(futures)
        return [result, *(future.result() for future in futures)]

    def rush(self, *, at: float, seconds: float, k: int) -> list[Rush]:
        """``rush`` by every thread."""
        start = Start(at, len(self._benches))
        gc.disable()
        try:
            return self.each(partial(rush, start=start, seconds=seconds, k=k))
        finally:
            gc.enable()


@contextmanager
def troop(benches: Sequence[AbstractContextManager[Bench]]) -> Iterator[Troop]:
    """Threads for ``benches``, which are opened and closed one after the other, each by its own thread.

    An engine meets one thread for a slot's whole life, and none in ``prepare`` but one.
    """
    with ExitStack() as stack:
        opened = [stack.enter_context(benches[0])]
        others = []
        for bench in benches[1:]:
            thread = stack.enter_context(ThreadPoolExecutor(1))
            opened.append(thread.submit(bench.__enter__).result())
            stack.callback(_close, thread, bench)
            others.append(thread)
        yield Troop(opened, others)


def _close(thread: ThreadPoolExecutor, bench: AbstractContextManager[Bench]) -> None:
    thread.submit(bench.__exit__, None, None, None).result()


def rush(bench: Bench, *, start: Start, seconds: float, k: int) -> Rush:
    """Repeat from ``start`` on for ``seconds``. Raises Wrong when the audit finds a wrong answer."""
    first = bench.draws.randrange(len(bench.slots))
    slot = bench.slots[first]
    varied = bench.vary(slot, VARIED)
    bench.load(slot)
    bench.perhaps_poison(slot)
    asked = copy_of(slot.inputs)
    turns = cycle(bench.runs[first:] + bench.runs[:first])
    chunk = max(1, k // NOTES)
    begun, cpu = start.together()
    ticks = [begun]
    while ticks[-1] < ticks[0] + seconds:
        for run in islice(turns, chunk):
            run()
        bench.lane.sync()
        ticks.append(time.perf_counter())
    done = Rush(chunk, ticks, [cpu, time.process_time()])
    bench.fetch(slot)
    bench.check(slot, [*varied, *bench.some_items(CHECKED)], asked)
    bench.require_fence()
    return done


def common(processes: Sequence[Sequence[Rush]]) -> Sample:
    """All repetitions in the time that all threads of all processes had in common.

    Repetitions under way at its ends count by their share; the number is then rounded, and the seconds with
    it, so that seconds by repetitions stay exact. CPU seconds are the processes' own, by the same share.
    Raises WorkerError where they had none in common.
    """
    rushes = list(chain.from_iterable(processes))
    begin, end = max(r.ticks[0] for r in rushes), min(r.ticks[-1] for r in rushes)
    if begin >= end:
        raise WorkerError("the processes or threads had no time in common: the machine is too busy")
    done = [np.interp((begin, end), r.ticks, r.chunk * np.arange(len(r.ticks))) for r in rushes]
    repetitions = float(sum(after - before for before, after in done))
    whole = max(1, round(repetitions))
    share = whole / repetitions
    cpu = (end - begin) * sum(map(_cpus_busy, processes))
    return Sample(whole, (end - begin) * share, cpu * share)


def _cpus_busy(threads: Sequence[Rush]) -> float:
    """CPU seconds of a process by seconds of wall time, while all of its threads were at it."""
    begun, ended = max(threads, key=lambda r: r.ticks[0]), min(threads, key=lambda r: r.ticks[-1])
    return (ended.cpu_seconds[1] - begun.cpu_seconds[0]) / (ended.ticks[-1] - begun.ticks[0])
