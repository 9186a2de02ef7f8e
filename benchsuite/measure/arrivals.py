"""Calls under a load: they arrive at times of their own, and whoever is late has a queue to work off.

The time of a call counts from its arrival, not from when its turn came: an engine that stalls does not stop
the callers (Tene's "coordinated omission").
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from random import Random

from benchsuite.measure.bench import Bench
from benchsuite.measure.latency import Clock, collector_off, turns
from benchsuite.record.types import Arrivals

LOAD_SECONDS = 0.1  # of arrivals in a visit
PATIENCE = 3  # times as long an overloaded engine may take to answer them: of more it gets the first
MOST_ARRIVALS = 100_000


@dataclass(frozen=True)
class Served:
    """What came of arrivals: nanoseconds of each call from its arrival on, of the whole, and of waiting."""

    taken: list[int]
    whole: int
    idle: int


def rate_of(text: str) -> str:
    """``text`` if it is a rate, such as ``1000/s`` or ``50%``. Raises ValueError otherwise."""
    number = text.removesuffix("/s") if text.endswith("/s") else text.removesuffix("%")
    digits = number.replace(".", "", 1)
    if number == text or not (digits.isascii() and digits.isdecimal()) or not 0 < float(number) <= 1e7:
        raise ValueError(
            f"--rate takes calls a second or a share of the highest rate, 1000/s or 50%, not {text!r}"
        )
    return text


def offered(text: str, highest_per_second: float) -> float:
    """Calls a second that ``rate_of`` text asks for, of an engine that can do ``highest_per_second``."""
    if text.endswith("%"):
        return float(text[:-1]) / 100 * highest_per_second
    return float(text[:-2])


def schedule(per_second: float, arrivals: Arrivals, draws: Random, *, highest_per_second: float) -> list[int]:
    """Nanoseconds from the beginning at which calls arrive in LOAD_SECONDS on average, 0 the first.

    ``poisson``: exponential gaps, as of many callers that know nothing of each other. At least two calls,
    at most 100,000 and what an engine of ``highest_per_second`` answers in PATIENCE times that time.
    """
    answered = PATIENCE * LOAD_SECONDS * highest_per_second
    count = max(2, round(min(per_second * LOAD_SECONDS, answered, MOST_ARRIVALS)))
    gap: Callable[[], float] = (
        (lambda: draws.expovariate(per_second)) if arrivals == "poisson" else (lambda: 1 / per_second)
    )
    gaps = (gap() for _ in range(count - 1))
    return [round(seconds * 1e9) for seconds in accumulate(gaps, initial=0.0)]


def open_loop(due: Sequence[int], clock: Clock = time.perf_counter_ns) -> Callable[[Bench, int, int], Served]:
    """A timing that serves the first ``count`` of ``due``, in their order, none before its time."""

    def timing(bench: Bench, start: int, count: int) -> Served:
        taken: list[int] = []
        idle, sync = 0, bench.lane.sync
        runs = [slot.prepared.run for slot in turns(bench, start, count)]
        with collector_off():
            begin = now = clock()
            for run, after in zip(runs, islice(due, count), strict=True):
                arrival = begin + after
                if now < arrival:
                    idle += arrival - now
                    while now < arrival:
                        now = clock()
                run()
                sync()
                now = clock()
                taken.append(now - arrival)
        return Served(taken, now - begin, idle)

    return timing
