"""How far threads of one process hold each other back: beside as many processes, or by their CPU time."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from operator import truediv
from statistics import median

from benchsuite.analyse.paired import signed_rank_interval
from benchsuite.record.types import Samples, Scaling

CONFIDENCE = 0.99
CONTENDED = 0.8
"""Of what as many processes do, or of the CPU time of as many cores: below, the threads are contended."""
LEAST_QUIET = 3
"""Visits that nothing disturbed, which may tell that the threads left cores idle."""


def scaling(threads: int, visits: Sequence[Samples], processes: Sequence[Samples]) -> Scaling:
    """Of a cell of ``threads`` with ``visits``, beside those of as many ``processes``, none where unmeasured.

    Only visits without a flag count: two processes get more of a busy machine than one with two threads.
    """
    mine, others = _fastest(visits), _fastest(processes)
    logs = [log(others[block] / mine[block]) for block in sorted(mine.keys() & others.keys())]
    if logs:
        share = signed_rank_interval(logs, CONFIDENCE)
        return Scaling(
            of_processes=exp(share.estimate),
            of_processes_low=None if share.low is None else exp(share.low),
            of_processes_high=None if share.high is None else exp(share.high),
        )
    shares = [
        sum(visit.cpu_seconds) / sum(visit.wall_seconds) / threads
        for visit in visits
        if visit.wall_seconds and visit.pressure and not visit.flags
    ]
    return Scaling(of_cpu_time=median(shares) if len(shares) >= LEAST_QUIET else None)


def _fastest(visits: Sequence[Samples]) -> dict[int, float]:
    """Block -> seconds of a repetition in the fastest sample of its first undisturbed visit."""
    fastest: dict[int, float] = {}
    for visit in visits:
        if visit.wall_seconds and not visit.flags:
            fastest.setdefault(visit.block, min(map(truediv, visit.wall_seconds, visit.repetitions)))
    return fastest


def is_contended(found: Scaling) -> bool:
    """Whether the threads surely reach less than 0.8 of what they could."""
    high = found.of_processes_high if found.of_processes is not None else found.of_cpu_time
    return high is not None and high < CONTENDED
