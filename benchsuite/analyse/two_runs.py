"""An old run against a new one, unpaired: what moved the machine in between looks like an engine's doing.

So a verdict needs more than an interval that leaves out a ratio of 1; see docs/methodology.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log, log1p

from benchsuite.analyse.changes import Change, changes, device_name, other_machine
from benchsuite.analyse.derive import cells, comparisons, fastest_visits
from benchsuite.analyse.unpaired import Shift, shift_interval
from benchsuite.analyse.verdict import LEAST_DELTA, verdict
from benchsuite.record.types import Cell, Line, Run, Verdict

ALPHA = 0.05
"""That any verdict of a comparison of two runs is wrong."""
BETWEEN_SESSIONS = log1p(0.07)
"""What a machine's own speed may change from one session to the next, as a log ratio."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One cell that both runs planned and at least one measured.

    Ratios are old seconds by new seconds, of the visits' minima: above 1 the new run is faster. They are None
    unless both measured it; so is ``verdict``, which also is where the machines differ. ``reason`` says why.
    """

    old: Cell
    new: Cell
    changed: list[Change]
    """Facts of its device."""
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    verdict: Verdict | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Lonely:
    """A cell that only one run measured, and what the other says of that case."""

    cell: Cell
    reason: str


@dataclass(frozen=True, kw_only=True)
class TwoRuns:
    """All that two runs say about one another; intervals hold for all ``comparisons`` at once."""

    rows: list[Row]
    only_old: list[Lonely]
    only_new: list[Lonely]
    changes: list[Change]
    refused: str
    """Why there are no verdicts, or nothing."""
    comparisons: int
    confidence: float
    delta: float
    """As a log ratio: no difference below it is called one."""


def compare_runs(old: Sequence[Line], new: Sequence[Line]) -> TwoRuns:
    """Compare the lines of two files, each beginning with its ``run`` line, cell by cell.

    The zone in which no difference is called one is the largest of 1 %, both runs' A/A floors and what
    sessions differ by; every interval has confidence 1 - 5 % / comparisons.
    """
    then, now = old[0], new[0]
    assert isinstance(then, Run)
    assert isinstance(now, Run)
    refused, changed = other_machine(then, now), changes(then, now)
    before, after = _originals(old), _originals(new)
    both = [id_ for id_ in before if id_ in after and "measured" in (before[id_].status, after[id_].status)]
    measured = [id_ for id_ in both if before[id_].status == after[id_].status == "measured"]
    confidence = 1 - ALPHA / max(1, len(measured))
    delta = max(LEAST_DELTA, BETWEEN_SESSIONS, run_floor(old), run_floor(new))
    olds, news = fastest_visits(old), fastest_visits(new)
    rows = []
    for id_ in both:
        of = device_name(after[id_].backend, after[id_].device)
        row = Row(old=before[id_], new=after[id_], changed=[change for change in changed if change.of == of])
        if id_ in measured:
            shift = shift_interval(_logarithms(olds[id_]), _logarithms(news[id_]), confidence)
            rows.append(_judged(row, shift, delta, refused))
        else:
            rows.append(replace(row, reason=_unmeasured(row)))
    return TwoRuns(
        rows=rows,
        only_old=_lonely(before, after),
        only_new=_lonely(after, before),
        changes=changed,
        refused=refused,
        comparisons=len(measured),
        confidence=confidence,
        delta=delta,
    )


def run_floor(lines: Iterable[Line]) -> float:
    """The A/A floor of a run, as a log ratio; 0 where it has none."""
    lines = list(lines)
    twins = {cell.cell for cell in cells(lines) if cell.twin}
    pairs = [c for c in comparisons(lines) if c.contender in twins]
    ends = (end for pair in pairs for end in (pair.ratio_low, pair.ratio_high))
    return max((abs(log(end)) for end in ends if end is not None), default=0.0)


def _originals(lines: Iterable[Line]) -> dict[str, Cell]:
    return {cell.cell: cell for cell in cells(lines) if not cell.twin}


def _logarithms(visits: Mapping[int, float]) -> list[float]:
    return [log(seconds) for seconds in visits.values()]


def _judged(row: Row, shift: Shift, delta: float, refused: str) -> Row:
    return replace(
        row,
        ratio=exp(shift.estimate),
        ratio_low=None if shift.low is None else exp(shift.low),
        ratio_high=None if shift.high is None else exp(shift.high),
        verdict=None if refused else _verdict(shift, delta),
        reason=refused,
    )


def _verdict(shift: Shift, delta: float) -> Verdict:
    """That of the zone ``delta``; but a high A/A floor makes nothing the same."""
    found = verdict(shift.low, shift.high, delta)
    if found == "same" and verdict(shift.low, shift.high, BETWEEN_SESSIONS) != "same":
        return "inconclusive"
    return found


def _unmeasured(row: Row) -> str:
    then, cell = ("now", row.new) if row.old.status == "measured" else ("before", row.old)
    return f"{then} {cell.status}: {cell.reason}".removesuffix(": ")


def _lonely(mine: dict[str, Cell], others: dict[str, Cell]) -> list[Lonely]:
    """Measured cells of one run that the other did not even plan as such."""
    return [
        Lonely(cell=cell, reason=_absence(cell, others.values()))
        for id_, cell in mine.items()
        if id_ not in others and cell.status == "measured"
    ]


def _absence(cell: Cell, others: Iterable[Cell]) -> str:
    """Why the other run has no such row: another version of the workload, an engine that could not run."""
    for other in others:
        if (other.case.workload, other.backend) != (cell.case.workload, cell.backend):
            continue
        if other.case.version != cell.case.version and other.case.params == cell.case.params:
            return f"the other run has version {other.case.version} of {cell.case.workload}: not comparable"
        if other.case_key == cell.case_key and other.pool == cell.pool and other.status != "measured":
            return f"the other run has it {other.status}: {other.reason}"
    return "the other run has no such row"
