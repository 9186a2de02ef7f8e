"""The whole machine: several processes of one engine at once, of which only the common time counts.

Every process has its own pool. All begin at one instant of the clock that they share, repeat until the window
is over and note how far they were when; nothing but repetitions happens meanwhile, so that no process is ever
faster because another one pauses. The audit stands at both ends.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np

from benchsuite.measure.bench import Bench
from benchsuite.measure.layout import copy_of
from benchsuite.measure.sample import CHECKED, VARIED, Sample
from benchsuite.workers import WorkerError

NOTES = 10  # of its progress that a process takes in the time of a sample
HEAD_START_SECONDS = 0.02  # for the slowest process to be ready: 2 ms of audit and a time slice
WINDOW = 4  # a window is so many times as long as a sample


@dataclass(frozen=True)
class Rush:
    """``ticks[i]``: the shared clock's seconds when ``i * chunk`` repetitions were over."""

    chunk: int
    ticks: list[float]
    cpu_seconds: float


def rush(bench: Bench, *, at: float, seconds: float, k: int) -> Rush:
    """Repeat from the instant ``at`` on for ``seconds``. Raises Wrong when the audit finds a wrong answer."""
    first = bench.draws.randrange(len(bench.slots))
    slot = bench.slots[first]
    varied = bench.vary(slot, VARIED)
    bench.load(slot)
    bench.perhaps_poison(slot)
    asked = copy_of(slot.inputs)
    turns = cycle(bench.runs[first:] + bench.runs[:first])
    chunk = max(1, k // NOTES)
    gc.disable()
    while time.perf_counter() < at:
        pass
    cpu = time.process_time()
    ticks = [time.perf_counter()]
    while ticks[-1] < ticks[0] + seconds:
        for run in islice(turns, chunk):
            run()
        bench.lane.sync()
        ticks.append(time.perf_counter())
    cpu = time.process_time() - cpu
    gc.enable()
    bench.fetch(slot)
    bench.check(slot, [*varied, *bench.some_items(CHECKED)], asked)
    return Rush(chunk, ticks, cpu)


def common(rushes: Sequence[Rush]) -> Sample:
    """All repetitions in the time that all processes had in common.

    Repetitions under way at its ends count by their share; the number is then rounded, and the seconds with
    it, so that seconds by repetitions stay exact. CPU seconds are the processes' own, by the same share.
    Raises WorkerError where they had none in common.
    """
    begin, end = max(r.ticks[0] for r in rushes), min(r.ticks[-1] for r in rushes)
    if begin >= end:
        raise WorkerError("the processes had no time in common: the machine is too busy")
    done = [np.interp((begin, end), r.ticks, r.chunk * np.arange(len(r.ticks))) for r in rushes]
    repetitions = float(sum(after - before for before, after in done))
    whole = max(1, round(repetitions))
    share = whole / repetitions
    cpu = sum(r.cpu_seconds * (end - begin) / (r.ticks[-1] - r.ticks[0]) for r in rushes)
    return Sample(whole, (end - begin) * share, cpu * share)
