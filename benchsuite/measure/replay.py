"""Repetitions that are shorter than calling them: the device replays recordings, made outside the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, cycle, islice, repeat

from benchsuite.api import RecordingLane

SHORT_SECONDS = 50e-6
"""Calling a repetition from Python costs its host 5 to 10 us: of a shorter one that is a tenth or more."""
RECORDED = 64
"""Repetitions of a recording at least: its own launch is then a hundredth or less."""

Call = Callable[[], None]


def rotation(lane: RecordingLane, runs: Sequence[Call]) -> Call:
    """Every slot in turn, as often as makes RECORDED repetitions, recorded as one."""
    return lane.record(list(runs) * rotations(runs))


def rotations(runs: Sequence[Call]) -> int:
    """How often each slot has its turn in a recorded rotation."""
    return -(-RECORDED // len(runs))


def replays(lane: RecordingLane, runs: Sequence[Call], whole: Call, start: int, count: int) -> Sequence[Call]:
    """Calls that enqueue exactly ``count`` repetitions from slot ``start`` on; ``whole`` is their rotation.

    What lies before and behind whole rotations is recorded anew; a single repetition is called, which is no
    slower than its recording.
    """
    lead = min(count, -start % len(runs))
    often, rest = divmod(count - lead, rotations(runs) * len(runs))
    before, behind = runs[start:][:lead], list(islice(cycle(runs), rest))
    first, last = ([lane.record(part)] if len(part) > 1 else part for part in (before, behind))
    return list(chain(first, repeat(whole, often), last))
