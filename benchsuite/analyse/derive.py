"""Rows and comparisons, derived from what a run recorded: planned, gate, samples and lost lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import exp, log
from statistics import median

import msgspec

from benchsuite.analyse.flags import frequent_flags, series_flags
from benchsuite.analyse.intervals import median_interval
from benchsuite.analyse.roofline import ABOVE, with_rooflines
from benchsuite.analyse.threads import is_contended, scaling
from benchsuite.analyse.verdict import Pairs, compare
from benchsuite.record.scalars import Status
from benchsuite.record.types import (
    CONTROL,
    Cell,
    Comparison,
    Gate,
    Identity,
    Line,
    Lost,
    Planned,
    Samples,
    Summary,
)

CONFIDENCE = 0.99
"""Of the headline's interval."""
WRONG = "wrong: "
"""Begins a flag of samples whose audit failed; the reason follows."""
INTERRUPTED = "not measured: the run was interrupted"


@dataclass
class _Evidence:
    """What a file holds about one cell."""

    planned: Planned
    gates: list[Gate] = field(default_factory=list)
    visits: list[Samples] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)

    @property
    def gate(self) -> Gate | None:
        """The gate that decides: the first that was not passed, else the last."""
        failed = (gate for gate in self.gates if gate.status != "measured")
        return next(failed, self.gates[-1] if self.gates else None)


def cells(lines: Iterable[Line]) -> list[Cell]:
    """One row for every planned cell, in the order of the plan.

    The status is the first of these that applies: what the plan says (unavailable, unsupported); what the
    gate says; ``wrong`` where an audit failed or a visit's digest is not the gate's; ``timeout`` or
    ``failed`` where two visits were lost, the gate among them; ``failed`` where the run ended before any
    visit; else ``measured``. Only ``measured`` has times, and its share of the roofline where the run has
    peaks.
    """
    lines = list(lines)
    evidence = _collect(lines)
    rows = {cell: _cell(about) for cell, about in evidence.items()}
    fastest = {cell: min(visits.values()) for cell, visits in fastest_visits(lines).items()}
    return with_rooflines([*(rows | _scaled(rows, evidence)).values()], fastest)


def _scaled(rows: Mapping[str, Cell], evidence: Mapping[str, _Evidence]) -> dict[str, Cell]:
    """The measured rows of several threads, with how far they come beside as many processes."""
    measured = {(*_setting(row), *_engine(row), row.twin): row for row in rows.values() if row.summary}
    found = {}
    for row in measured.values():
        if row.threads > 1:
            as_many = msgspec.structs.replace(row, threads=1, processes=row.threads * row.processes)
            peer = measured.get((*_setting(as_many), *_engine(as_many), row.twin))
            others = evidence[peer.cell].visits if peer else []
            far = scaling(row.threads, evidence[row.cell].visits, others)
            flags = sorted({*row.flags, "contended"}) if is_contended(far) else row.flags
            found[row.cell] = msgspec.structs.replace(row, scaling=far, flags=flags)
    return found


def comparisons(lines: Iterable[Line], baseline: str | None = None) -> list[Comparison]:
    """Every measured cell against the baseline of its group, every twin against its sibling.

    A group shares case, scope, pool, threads and processes. Its baseline is a cell of the backend
    ``baseline``, by default the one with most measured cells in the run; where the group has none of that
    backend, the first by name. Pairs are the visits' minima in the blocks that both cells have; two cells
    without a common block are not compared, nor is one above the roofline. The verdicts are simultaneous over
    all that is returned.
    """
    lines = list(lines)
    measured = [cell for cell in cells(lines) if cell.status == "measured" and ABOVE not in cell.flags]
    fastest = fastest_visits(lines)
    opponents = []
    family = []
    for base, contender in _opponents(measured, baseline):
        ours, theirs = fastest[base.cell], fastest[contender.cell]
        blocks = sorted(ours.keys() & theirs.keys())
        if blocks:
            opponents.append((base, contender))
            log_ratios = [log(ours[block] / theirs[block]) for block in blocks]
            family.append(Pairs(log_ratios=log_ratios, same_code=contender.twin != base.twin))
    return [
        Comparison(
            case_key=contender.case_key,
            baseline=base.cell,
            contender=contender.cell,
            ratio=exp(judged.estimate.estimate),
            ratio_low=None if judged.estimate.low is None else exp(judged.estimate.low),
            ratio_high=None if judged.estimate.high is None else exp(judged.estimate.high),
            confidence=judged.confidence,
            comparisons=judged.comparisons,
            verdict=judged.verdict,
        )
        for (base, contender), judged in zip(opponents, compare(family), strict=True)
    ]


def fastest_visits(lines: Iterable[Line]) -> dict[str, dict[int, float]]:
    """Cell -> block -> seconds of a repetition in the fastest sample of the first visit in that block."""
    fastest: dict[str, dict[int, float]] = {}
    for line in lines:
        if isinstance(line, Samples) and line.wall_seconds:
            fastest.setdefault(line.cell, {}).setdefault(line.block, min(visit_seconds(line)))
    return fastest


def visit_seconds(visit: Samples) -> list[float]:
    """Wall seconds of one repetition, one figure a sample."""
    return [wall / k for wall, k in zip(visit.wall_seconds, visit.repetitions, strict=True)]


def _collect(lines: Iterable[Line]) -> dict[str, _Evidence]:
    """Cell id -> evidence, in the order of the plan; lines about unplanned cells are left out."""
    lines = list(lines)
    found: dict[str, _Evidence] = {}
    for line in lines:
        if isinstance(line, Planned):
            found.setdefault(line.cell, _Evidence(line))
    for line in lines:
        if isinstance(line, Gate | Samples | Lost) and line.cell in found:
            evidence = found[line.cell]
            if isinstance(line, Gate):
                evidence.gates.append(line)
            elif isinstance(line, Samples):
                evidence.visits.append(line)
            else:
                evidence.lost.append(line)
    return found


def _cell(evidence: _Evidence) -> Cell:
    status, reason = _status(evidence)
    gate = evidence.gate
    identity = {name: getattr(evidence.planned, name) for name in Identity.__struct_fields__}
    row = Cell(
        **identity,
        cell=evidence.planned.cell,
        status=status,
        reason=reason,
        work=evidence.planned.work,
        output_sha256=gate.output_sha256 if gate else None,
        flags=sorted(_recorded_flags(evidence)),
    )
    if status != "measured" or gate is None:
        return row
    seconds = _block_seconds(evidence)
    return msgspec.structs.replace(
        row,
        first_call_seconds=gate.first_call_seconds,
        summary=_summary(evidence.planned, seconds),
        flags=sorted({*row.flags, *series_flags(seconds)}),
    )


def _status(evidence: _Evidence) -> tuple[Status, str]:
    planned, gate = evidence.planned, evidence.gate
    if planned.status != "planned":
        return planned.status, planned.reason
    if gate is not None and gate.status != "measured":
        return gate.status, gate.reason
    if gate is not None and (reason := _wrong(evidence, gate)):
        return "wrong", reason
    if len(evidence.lost) >= 2:
        hung = all(lost.reason.startswith("timeout") for lost in evidence.lost)
        return "timeout" if hung else "failed", _loss(evidence.lost)
    if gate is None or not _block_seconds(evidence):
        return "failed", INTERRUPTED
    return "measured", ""


def _wrong(evidence: _Evidence, gate: Gate) -> str | None:
    for visit in evidence.visits:
        for flag in visit.flags:
            if flag.startswith(WRONG):
                return flag.removeprefix(WRONG)
        if visit.output_sha256 != gate.output_sha256:
            return f"block {visit.block}: other outputs than at the gate, from the same inputs"
    return None


def _loss(lost: list[Lost]) -> str:
    """The distinct reasons, each with its signal unless it names it: both may matter."""
    told = [
        f"{loss.reason} ({loss.signal})" if loss.signal and loss.signal not in loss.reason else loss.reason
        for loss in lost
    ]
    times = "twice" if len(lost) == 2 else f"{len(lost)} times"
    return f"{'; '.join(dict.fromkeys(told))}, lost {times}"


def _recorded_flags(evidence: _Evidence) -> set[str]:
    """Those of the gates, and those that enough visits have."""
    visits = [[flag for flag in visit.flags if not flag.startswith(WRONG)] for visit in evidence.visits]
    return {flag for gate in evidence.gates for flag in gate.flags} | frequent_flags(visits)


def _block_seconds(evidence: _Evidence) -> list[float]:
    """The visits' medians in the order of their blocks; of a block recorded twice, the first visit."""
    medians: dict[int, float] = {}
    for visit in evidence.visits:
        if visit.wall_seconds:
            medians.setdefault(visit.block, median(visit_seconds(visit)))
    return [medians[block] for block in sorted(medians)]


def _summary(planned: Planned, block_seconds: list[float]) -> Summary:
    seconds = median(block_seconds)
    low, high = median_interval(block_seconds, CONFIDENCE)
    return Summary(
        blocks=len(block_seconds),
        seconds=seconds,
        seconds_low=low,
        seconds_high=high,
        confidence=CONFIDENCE,
        bytes_per_second=planned.work.payload_bytes / seconds,
        items_per_second=planned.work.items / seconds,
    )


def _opponents(measured: list[Cell], baseline: str | None) -> Iterator[tuple[Cell, Cell]]:
    """(baseline, contender) of every comparison: group by group, then the A/A pairs."""
    originals = [cell for cell in measured if cell.twin == 0]
    present = Counter(cell.backend for cell in originals)
    most_measured = min(present, key=lambda name: (-present[name], name), default=None)
    favourite = baseline if baseline is not None else most_measured
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for cell in originals:
        groups.setdefault(_setting(cell), []).append(cell)
    for group in groups.values():
        first, *others = sorted(group, key=lambda c: (c.backend != favourite, *_engine(c)))
        for contender in others:
            yield first, contender
    siblings = {(*_setting(cell), *_engine(cell)): cell for cell in originals}
    for twin in measured:
        sibling = siblings.get((*_setting(twin), *_engine(twin)))
        if twin.twin not in (0, CONTROL) and sibling is not None:
            yield sibling, twin


def _setting(cell: Cell) -> tuple[object, ...]:
    return cell.case_key, cell.scope, cell.pool, cell.threads, cell.processes


def _engine(cell: Cell) -> tuple[str, str, str]:
    return cell.backend, cell.variant, cell.device
