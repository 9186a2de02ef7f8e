"""What a call costs and what a byte costs: t = a + b bytes, where a run holds several sizes of message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from benchsuite.analyse.derive import CONFIDENCE, cells, fastest_visits
from benchsuite.analyse.intervals import median_interval
from benchsuite.record.types import Cell, Line

SIZE = "message_bytes"
"""The parameter by which cases of one group differ."""
LEAST_SIZES = 3
LINEAR = 0.1
"""The worst relative residual of a line: beyond, no two figures describe the sizes."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A line through the cells of one engine, which differ in the size of the message alone."""

    cells: list[str]
    """Ids, from the smallest message on."""
    blocks: int
    floor_seconds: float
    """a, of a call of no byte. May be below 0, within its interval, where calls cost next to nothing."""
    floor_low: float | None
    floor_high: float | None
    bytes_per_second: float | None
    """1 / b, of a message without end; None where time does not grow with bytes."""
    bytes_per_second_low: float | None
    bytes_per_second_high: float | None
    confidence: float
    worst_residual: float
    """The largest |line / seconds - 1|, by the medians over blocks."""

    @property
    def linear(self) -> bool:
        """Whether the line describes all sizes."""
        return self.worst_residual <= LINEAR and self.bytes_per_second is not None


def fits(lines: Iterable[Line]) -> list[Fit]:
    """A fit for every engine and case with at least three sizes of message, in the order of the plan.

    One line a block, through the visits' fastest samples; a and b are the medians over blocks, with their
    order-statistic intervals. The line is that of least absolute relative residuals: 16 B weigh as much as
    2 MiB, and one size off the line does not bend it.
    """
    lines = list(lines)
    seconds = fastest_visits(lines)
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells(lines):
        if cell.status == "measured" and not cell.twin and SIZE in cell.case.params and cell.work:
            groups.setdefault(_group(cell), []).append(cell)
    found = []
    for group in groups.values():
        sizes = sorted(group, key=_payload_bytes)
        blocks = sorted(set.intersection(*(set(seconds[cell.cell]) for cell in sizes)))
        if len({_payload_bytes(cell) for cell in sizes} - {0}) >= LEAST_SIZES and blocks:
            payload = [float(_payload_bytes(cell)) for cell in sizes]
            times = [[seconds[cell.cell][block] for cell in sizes] for block in blocks]
            found.append(_fit([cell.cell for cell in sizes], payload, times))
    return found


def line_through(payload_bytes: Sequence[float], seconds: Sequence[float]) -> tuple[float, float]:
    """(a, b) that minimise the sum of |1 - (a + b bytes) / seconds|.

    Some best line passes through two of the points (Charnes, Cooper and Ferguson 1955): all are tried.

    >>> line_through([0, 1000, 2000], [1.0, 2.0, 3.0])
    (1.0, 0.001)
    """

    def misfit(line: tuple[float, float]) -> float:
        return sum(abs(1 - (line[0] + line[1] * x) / t) for x, t in zip(payload_bytes, seconds, strict=True))

    pairs = combinations(zip(payload_bytes, seconds, strict=True), 2)
    slopes = (((x, t), (u - t) / (y - x)) for (x, t), (y, u) in pairs if x != y)
    return min(((t - slope * x, slope) for (x, t), slope in slopes), key=misfit)


def _fit(ids: list[str], payload: list[float], times: list[list[float]]) -> Fit:
    lines = [line_through(payload, row) for row in times]
    floors, slopes = [line[0] for line in lines], [line[1] for line in lines]
    a, b = median(floors), median(slopes)
    low, high = median_interval(slopes, CONFIDENCE)
    typical = [median(column) for column in zip(*times, strict=True)]
    return Fit(
        cells=ids,
        blocks=len(times),
        floor_seconds=a,
        **dict(zip(("floor_low", "floor_high"), median_interval(floors, CONFIDENCE), strict=True)),
        bytes_per_second=_inverse(b),
        bytes_per_second_low=_inverse(high),
        bytes_per_second_high=_inverse(low),
        confidence=CONFIDENCE,
        worst_residual=max(abs((a + b * x) / t - 1) for x, t in zip(payload, typical, strict=True)),
    )


def _inverse(slope: float | None) -> float | None:
    return 1 / slope if slope is not None and slope > 0 else None


def _payload_bytes(cell: Cell) -> int:
    return cell.work.payload_bytes if cell.work else 0


def _group(cell: Cell) -> tuple[object, ...]:
    """All that the sizes of one line have in common."""
    others = tuple(sorted((name, value) for name, value in cell.case.params.items() if name != SIZE))
    return (
        *(cell.case.workload, cell.case.version, others, cell.backend, cell.variant, cell.device),
        *(cell.scope, cell.pool, cell.threads, cell.processes),
    )
