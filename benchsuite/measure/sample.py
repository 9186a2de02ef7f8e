"""One sample: a drawn number of repetitions in two audited segments. Small enough to read in one screen."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from benchsuite.api import Items
from benchsuite.measure.bench import Bench, Slot
from benchsuite.measure.layout import copy_of

WARM_UPS = 2  # samples of a visit before those that count
VARIED = 2
CHECKED = 8
MOST_REPETITIONS = 200_000
CONFIRMATIONS = 2  # of a calibration: a sample that noise made long enough is too short
PATIENCE = 100  # samples that calibrating may last by the host's clock, whatever the lane's says

_T = TypeVar("_T")
Seconds = tuple[float, float, float]
"""Of the lane's clock, of the CPU and of the host's clock."""


@dataclass(frozen=True)
class Sample:
    """What was timed: all repetitions together, the audit's pauses left out."""

    repetitions: int
    wall_seconds: float
    cpu_seconds: float
    host_seconds: float = 0.0  # the same by the host's clock, of one lane

    @property
    def seconds(self) -> Seconds:
        """All three."""
        return self.wall_seconds, self.cpu_seconds, self.host_seconds


def sample(bench: Bench, k: int, uncounted: float = 0.0) -> Sample:
    """Time between ``k`` and 1.25 ``k`` repetitions. Raises Wrong when an audit finds a wrong answer.

    No engine can foresee the number, the cut or what is varied. In a hot pool half of the
    cuts come right after the first repetition: whoever skips some has then no later one to hide behind.
    ``uncounted`` is a share of repetitions to time as well but not to count: it makes any engine slower.
    """
    count = bench.draws.randint(k, max(k + k // 4, k + 1))
    hot = len(bench.slots) == 1
    cut = 1 if hot and bench.draws.random() < 0.5 else bench.draws.randrange(1, count)
    start = bench.draws.randrange(len(bench.slots))
    first = audited(bench, timed, start, cut, warm=k > 2)
    second = audited(bench, timed, start + cut, count - cut + round(uncounted * count), warm=k > 2)
    return Sample(count, *map(sum, zip(first, second, strict=True)))


def calibrate(bench: Bench, least_seconds: float) -> tuple[int, float]:
    """k, so that a sample lasts ``least_seconds`` and 1000 clock ticks; and seconds of a repetition."""
    least = max(least_seconds, 1000 * time.get_clock_info("perf_counter").resolution)
    k, end = 2, time.perf_counter() + PATIENCE * least
    while True:
        seconds = timed(bench, 0, k)[0]
        if seconds >= least:  # by itself, or by a pause of the machine? then the next time will tell
            seconds = min([seconds, *(timed(bench, 0, k)[0] for _ in range(CONFIRMATIONS))])
        if seconds >= least or k >= MOST_REPETITIONS or time.perf_counter() > end:
            return k, seconds / k
        k = min(MOST_REPETITIONS, max(2 * k, int(1.1 * k * least / max(seconds, 1e-9))))


def audited(
    bench: Bench, timing: Callable[[Bench, int, int], _T], start: int, count: int, *, warm: bool = True
) -> _T:
    """What ``timing`` takes of ``count`` repetitions from slot ``start`` on; one of the slots is audited."""
    turns = min(count, len(bench.slots))
    # the audit warms its slot: in a cold pool it is one of the later ones, cold again when its turn comes
    slot = bench.slots[(start + bench.draws.randrange(turns // 2, turns)) % len(bench.slots)]
    if warm and len(bench.slots) == 1:  # a hot pool is hot again after the last audit
        bench.repeat(slot)
    if bench.in_place:
        slot.restore()
    varied = bench.vary(slot, VARIED)
    bench.load(slot)
    bench.perhaps_poison(slot)
    # what was asked, lest an engine change the question; not of a cold pool: a copy would warm the slot
    asked = copy_of(slot.inputs) if bench.resident or bench.in_place or len(bench.slots) == 1 else None
    if bench.in_place:
        slot.original = asked
    taken = timing(bench, start, count)
    _audit(bench, slot, [*varied, *bench.some_items(CHECKED)], asked)
    return taken


def _audit(bench: Bench, slot: Slot, items: Items, asked: Any) -> None:
    """Check the answers; on a device, other inputs go in before the answers come out."""
    if bench.resident:
        bench.vary(slot, None if bench.work.payload_bytes <= 1 << 16 else CHECKED * VARIED)
        bench.load(slot)
        bench.fetch(slot)
    bench.check(slot, items, asked)


def timed(bench: Bench, start: int, count: int) -> Seconds:
    """The timed loop. Costs the engine's call and 20-40 ns a repetition, or what replays cost."""
    if bench.in_place:
        return _timed_in_place(bench, start, count)
    lane, calls = bench.lane, bench.calls(start, count)
    collecting = gc.isenabled()
    gc.disable()
    cpu = time.process_time()
    host = time.perf_counter()
    begin = lane.mark()
    for call in calls:
        call()
    end = lane.mark()
    lane.sync()
    host = time.perf_counter() - host
    cpu = time.process_time() - cpu
    if collecting:
        gc.enable()
    return lane.seconds(begin, end), cpu, host


def _timed_in_place(bench: Bench, start: int, count: int) -> Seconds:
    """As ``timed``, each repetition alone and its inputs restored before it."""
    wall = cpu = 0.0
    for turn in range(start, start + count):
        slot = bench.slots[turn % len(bench.slots)]
        slot.restore()
        bench.load(slot)
        cpu_begin = time.process_time()
        begin = bench.lane.mark()
        slot.prepared.run()
        end = bench.lane.mark()
        bench.lane.sync()
        cpu += time.process_time() - cpu_begin
        wall += bench.lane.seconds(begin, end)
    return wall, cpu, wall  # a repetition alone is timed by the host's clock
