"""Single calls, each timed by itself, and the histogram that keeps them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from benchsuite.analyse.latency import KEPT_BITS
from benchsuite.measure.bench import Bench, Slot

CLOCK_READINGS = 200

Clock = Callable[[], int]
"""Nanoseconds of the host, which a caller waits by: that of a device's lane leaves the way to it out."""


def single_calls(bench: Bench, start: int, count: int, clock: Clock = time.perf_counter_ns) -> list[int]:
    """Nanoseconds of each of ``count`` calls, one after the other; each answer is there before the next."""
    taken, sync = [], bench.lane.sync
    with collector_off():
        for slot in turns(bench, start, count):
            if bench.in_place:
                slot.restore()
                bench.load(slot)
            run = slot.prepared.run
            begin = clock()
            run()
            sync()
            taken.append(clock() - begin)
    return taken


def turns(bench: Bench, start: int, count: int) -> Iterator[Slot]:
    """``count`` slots in address order from slot ``start`` on."""
    return (bench.slots[turn % len(bench.slots)] for turn in range(start, start + count))


@contextmanager
def collector_off() -> Iterator[None]:
    """No collection of garbage meanwhile."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def clock_cost(bench: Bench, clock: Clock = time.perf_counter_ns) -> int:
    """The least nanoseconds that a call of nothing shows."""
    sync, least = bench.lane.sync, []
    for _ in range(CLOCK_READINGS):
        begin = clock()
        sync()
        least.append(clock() - begin)
    return min(least)


def histogram(nanoseconds: Sequence[int]) -> list[tuple[int, int]]:
    """(nanoseconds, calls), ascending; of each time the six highest bits behind the first are kept, rounded.

    The buckets are those of HdrHistogram (Tene): as many in every power of two.

    >>> histogram([100, 100, 12345])
    [(100, 2), (12288, 1)]
    """
    times = np.asarray(nanoseconds, np.int64)
    _, exponents = np.frexp(times)
    steps = 1 << np.maximum(exponents.astype(np.int64) - 1 - KEPT_BITS, 0)
    rounded, calls = np.unique((times + steps // 2) // steps * steps, return_counts=True)
    return list(zip(rounded.tolist(), calls.tolist(), strict=True))
