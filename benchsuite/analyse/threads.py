"""How far threads of one process hold each other back: beside as many processes, or by their CPU time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log
from statistics import median

from benchsuite.analyse.flags import visit_flags
from benchsuite.analyse.paired import signed_rank_interval
from benchsuite.record.types import Samples, Scaling

CONFIDENCE = 0.99
CONTENDED = 0.8
"""Of what as many processes do, or of the CPU time of as many cores: below, the threads are contended."""
LEAST_QUIET = 3
"""Visits that nothing disturbed, which may tell that the threads left cores idle."""


def scaling(
    threads: int,
    visits: Sequence[Samples],
    fastest: Mapping[int, float],
    processes: Mapping[int, float] | None,
) -> Scaling:
    """Of a cell of ``threads``; ``fastest`` of its visits by block, and those of as many ``processes``.

    CPU time counts only where nothing else kept the threads from it: in visits without a flag.
    """
    blocks = sorted(fastest.keys() & processes.keys()) if processes else []
    if processes and blocks:
        logs = [log(processes[block] / fastest[block]) for block in blocks]
        share = signed_rank_interval(logs, CONFIDENCE)
        return Scaling(
            of_processes=exp(share.estimate),
            of_processes_low=None if share.low is None else exp(share.low),
            of_processes_high=None if share.high is None else exp(share.high),
        )
    shares = [
        sum(visit.cpu_seconds) / sum(visit.wall_seconds) / threads
        for visit in visits
        if visit.wall_seconds and visit.pressure is not None and not visit_flags(visit.pressure)
    ]
    return Scaling(of_cpu_time=median(shares) if len(shares) >= LEAST_QUIET else None)


def is_contended(found: Scaling) -> bool:
    """Whether the threads surely reach less than 0.8 of what they could."""
    high = found.of_processes_high if found.of_processes is not None else found.of_cpu_time
    return high is not None and high < CONTENDED
