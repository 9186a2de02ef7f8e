"""What share of a row's time the least movement of its bytes explains, by the run's own copies and reads.

Bounds never err in an engine's disfavour: where a peak is not known they are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from benchsuite.record.types import Cell, RooflineFlag, WorkDone

COPY = "machine-copy"
READ = "machine-read"
ABOVE: RooflineFlag = "above_roofline"


@dataclass(frozen=True, kw_only=True)
class _Peak:
    """A row of the family ``machine``."""

    footprint: int
    bytes_in: int
    seconds: float
    """The median over blocks, as of any row."""
    fastest: float
    """Seconds of a repetition in the fastest sample of all."""


@dataclass
class _Peaks:
    """Those of one device, as one scope, pool and number of threads and processes know it."""

    copies: list[_Peak] = field(default_factory=list)
    reads: list[_Peak] = field(default_factory=list)


def with_rooflines(rows: Sequence[Cell], fastest: Mapping[str, float]) -> list[Cell]:
    """The rows of one run, ``summary.roofline`` and the flag ``above_roofline`` filled in where peaks are.

    ``fastest``: cell id -> seconds of a repetition in its fastest sample. A share above 1 is no achievement
    but an error of the clock, of the engine or of the peak. The flag is set where that is sure: at the slow
    end of the row's interval, against the peaks' fastest samples, which no disturbance makes faster.
    """
    peaks = _peaks(rows, fastest)
    return [_with_roofline(row, peaks[_setting(row)]) if _setting(row) in peaks else row for row in rows]


def _peaks(rows: Iterable[Cell], fastest: Mapping[str, float]) -> dict[tuple[object, ...], _Peaks]:
    found: dict[tuple[object, ...], _Peaks] = defaultdict(_Peaks)
    for row in rows:
        if row.case.workload in (COPY, READ) and row.summary is not None and row.work and not row.twin:
            peaks = found[_setting(row)]
            (peaks.copies if row.case.workload == COPY else peaks.reads).append(
                _Peak(
                    footprint=_footprint(row.work),
                    bytes_in=row.work.bytes_in,
                    seconds=row.summary.seconds,
                    fastest=fastest[row.cell],
                )
            )
    return dict(found)


def _setting(row: Cell) -> tuple[object, ...]:
    """Devices of one id are one thing, whichever backend found it."""
    return row.device, row.scope, row.pool, row.threads, row.processes


def _footprint(work: WorkDone) -> int:
    return work.bytes_in + work.bytes_out


def _with_roofline(row: Cell, peaks: _Peaks) -> Cell:
    if row.summary is None or row.work is None:
        return row
    near = _Peaks(
        copies=_nearest(peaks.copies, row.pool, _footprint(row.work)),
        reads=_nearest(peaks.reads, row.pool, _footprint(row.work)),
    )
    bound = _bound(row.work, near, lambda peak: peak.seconds)
    if bound is None:
        return row
    surely = _bound(row.work, near, lambda peak: peak.fastest)
    slowest = row.summary.seconds_high
    above = surely is not None and slowest is not None and surely > slowest
    return msgspec.structs.replace(
        row,
        summary=msgspec.structs.replace(row.summary, roofline=bound / row.summary.seconds),
        flags=sorted({*row.flags, ABOVE}) if above else row.flags,
    )


def _nearest(peaks: Sequence[_Peak], pool: str, footprint: int) -> list[_Peak]:
    """Those that can bound a case of that footprint.

    In a hot pool the larger of two footprints is never faster but for what a call costs: the next one at or
    below bounds, and those above it may have been measured better. A cold pool lies beyond every cache.
    """
    if pool == "cold":
        return list(peaks)
    below = max((peak.footprint for peak in peaks if peak.footprint <= footprint), default=None)
    return [] if below is None else [peak for peak in peaks if peak.footprint >= below]


def _bound(work: WorkDone, peaks: _Peaks, seconds: Callable[[_Peak], float]) -> float | None:
    """The least seconds: all bytes in are read, and as many as are written besides are copied.

    None without a read; a copy reads too, and where there is none only the reading bounds.
    """
    if not peaks.reads:
        return None
    read = min(seconds(peak) / peak.bytes_in for peak in peaks.reads + peaks.copies)
    copied = min((seconds(peak) / peak.bytes_in for peak in peaks.copies), default=0.0)
    return max(work.bytes_in * read, min(work.bytes_in, work.bytes_out) * copied)
