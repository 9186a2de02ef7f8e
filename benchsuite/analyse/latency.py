"""Percentiles of single calls, with intervals by which blocks differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from benchsuite.analyse.derive import CONFIDENCE, cells
from benchsuite.record.types import Arrivals, Latency, Line

KEPT_BITS = 6
"""Behind the first bit of a call's time: at most 1 in 128 is rounded away, and intervals are wider by it."""
SHARES = (0.5, 0.9, 0.99, 0.999)
BEYOND = 10
"""Calls that must lie beyond a percentile: below, it is the luck of a few."""
IDLE_SHARE = 0.02
"""An engine that waits less than this for arrivals has more to do than it can."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Percentile:
    """``low`` and ``high`` are None where the calls beyond are too few for a bound."""

    share: float
    seconds: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class CellLatency:
    """The calls of a cell in all blocks, back to back or under one load."""

    cell: str
    asked: str
    """The load, "" without one."""
    arrivals: Arrivals | None
    offered_per_second: float | None
    """The median over blocks."""
    achieved_per_second: float | None
    overloaded_blocks: int
    """Of ``blocks``: those in which calls came faster than they were answered."""
    blocks: int
    calls: int
    clock_seconds: float
    percentiles: list[Percentile]
    """Of SHARES those that enough calls lie beyond."""
    slowest_seconds: float
    confidence: float


def latencies(lines: Iterable[Line]) -> list[CellLatency]:
    """One for every measured cell and load, in the order of the plan and of the loads."""
    lines = list(lines)
    found: dict[str, dict[tuple[str, Arrivals | None], list[Latency]]] = {
        cell.cell: {} for cell in cells(lines) if cell.status == "measured"
    }
    for line in lines:
        if isinstance(line, Latency) and line.cell in found:
            load = (line.load.asked, line.load.arrivals) if line.load else ("", None)
            found[line.cell].setdefault(load, []).append(line)
    return [
        _latency(cell, asked, arrivals, blocks)
        for cell, loads in found.items()
        for (asked, arrivals), blocks in loads.items()
    ]


def _latency(cell: str, asked: str, arrivals: Arrivals | None, blocks: list[Latency]) -> CellLatency:
    loads = [block.load for block in blocks if block.load is not None]
    times, counts = _counted(blocks)
    calls = int(counts.sum())
    shares = [share for share in SHARES if calls * (1 - share) >= BEYOND * (1 - 1e-9)]
    return CellLatency(
        cell=cell,
        asked=asked,
        arrivals=arrivals,
        offered_per_second=float(np.median([load.offered_per_second for load in loads])) if loads else None,
        achieved_per_second=calls / sum(load.seconds for load in loads) if loads else None,
        overloaded_blocks=sum(load.idle_seconds < IDLE_SHARE * load.seconds for load in loads),
        blocks=len(blocks),
        calls=calls,
        clock_seconds=min(block.clock_nanoseconds for block in blocks) * 1e-9,
        percentiles=[percentile(times, counts, share, CONFIDENCE) for share in shares],
        slowest_seconds=float(times[-1]) * 1e-9,
        confidence=CONFIDENCE,
    )


def _counted(blocks: Sequence[Latency]) -> tuple[Counts, Counts]:
    """int64[times] nanoseconds, ascending, and int64[blocks, times] calls."""
    times = np.unique([nanoseconds for block in blocks for nanoseconds, _ in block.histogram])
    counts = np.zeros((len(blocks), len(times)), np.int64)
    for row, block in zip(counts, blocks, strict=True):
        nanoseconds, calls = np.array(block.histogram, np.int64).T
        row[np.searchsorted(times, nanoseconds)] = calls
    return times, counts


def percentile(times: Counts, counts: Counts, share: float, confidence: float) -> Percentile:
    """The least of ``times`` (nanoseconds) that ``share`` of all calls do not exceed, and its interval.

    The interval is Woodruff's (1952) for clusters: the share of calls up to the percentile differs from
    block to block; what Student's t makes of that is a range of shares, read off the same distribution. It is
    right where calls of a block are alike, as those of a process are.
    """
    from scipy.special import stdtrit

    blocks, total = len(counts), counts.sum()
    upto = counts.sum(axis=0).cumsum() / total

    def index_of(wanted: float) -> int:
        return min(int(np.searchsorted(upto, wanted * (1 - 1e-12))), len(times) - 1)

    def at(wanted: float) -> float:
        return float(times[index_of(wanted)]) * 1e-9

    seconds, index = at(share), index_of(share)
    if blocks < 2:
        return Percentile(share=share, seconds=seconds, low=None, high=None)
    # of the calls that took just as long, those that make up the share: clocks are coarse, and ties many
    ties = counts[:, index]
    part = (share - upto[index]) * total / ties.sum() + 1
    below = counts[:, :index].sum(axis=1) + part * ties
    # the ratio estimator: blocks weigh by their calls
    residuals = (below - share * counts.sum(axis=1)) / (total / blocks)
    deviation = sqrt(float((residuals**2).sum()) / (blocks - 1) / blocks)
    margin = float(stdtrit(blocks - 1, (1 + confidence) / 2)) * deviation
    low, high = share - margin, share + margin
    rounded = 0.5 ** (KEPT_BITS + 1)
    return Percentile(
        share=share,
        seconds=seconds,
        low=at(low) * (1 - rounded) if low > 0 else None,
        high=at(high) * (1 + rounded) if high < 1 else None,
    )
