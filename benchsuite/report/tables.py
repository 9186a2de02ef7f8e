"""Tables without a format: what is shown, in which order, and what has to be said beside it.

Rows are derived from samples and counts, never from the derived lines of a file, and run by run: a file
that was measured elsewhere or later is a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import expm1, log
from typing import NamedTuple, Protocol, TypeVar

from benchsuite.analyse.derive import cells as derive_cells
from benchsuite.analyse.derive import comparisons as derive_comparisons
from benchsuite.analyse.roofline import ABOVE
from benchsuite.record.types import Cell, Comparison, DeviceFacts, Line, Run, Summary, Tally
from benchsuite.report import numbers
from benchsuite.report.contention import contention_note

SCOPES = {
    "end-to-end": "end-to-end: host bytes to host bytes, transfers to and from a device included.",
    "resident": "resident: data where the engine wants it; transfers are not included.",
}
POOLS = {
    "hot": "hot: one slot, in cache.",
    "cold": "cold: rotating over slots that together exceed the last cache.",
}
FLAGS = {
    "above_roofline": ("!", "above the roofline: broken, not ranked"),
    "bimodal": ("B", "visits of two speeds"),
    "contended": ("C", "threads in one another's way"),
    "drift": ("D", "a trend over the visits"),
    "involuntary_switches": ("I", "involuntary switches"),
    "load": ("L", "other tasks to run"),
    "not_steady": ("N", "not steady in the gate"),
    "outliers": ("O", "a visit far off"),
    "psi": ("P", "tasks waited for a CPU (PSI)"),
    "steal": ("S", "CPU time stolen by the hypervisor"),
    "swap": ("X", "pages from or to a disk"),
    "thermal": ("H", "cores slowed for heat"),
    "throttled": ("T", "throttled by a quota"),
    "waited": ("W", "the worker waited for a CPU"),
}
"""Flag -> (its letter, what it means)."""

_T = TypeVar("_T", Cell, Tally)


class Text(NamedTuple):
    """One entry: the figure, and what goes behind or below it."""

    main: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """``heading``: the column says what a group of rows has in common."""

    title: str
    heading: bool = False
    right: bool = False


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Rows of one backend without a figure, for the same reason."""

    backend: str
    cases: str
    status: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """``rows`` have one entry a column; rows of one group are neighbours."""

    title: str
    columns: list[Column]
    rows: list[list[Text]]
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def filled_columns(table: Table) -> list[int]:
    """Columns that stand in rows where headings stand above them: none that is empty throughout."""
    return [
        index
        for index, column in enumerate(table.columns)
        if not column.heading and any(row[index].main for row in table.rows)
    ]


def split_runs(lines: Iterable[Line]) -> list[list[Line]]:
    """The lines of each run, its ``run`` line first: ids of cells are the same in every run."""
    runs: list[list[Line]] = []
    for line in lines:
        if isinstance(line, Run) or not runs:
            runs.append([])
        runs[-1].append(line)
    return runs


def throughput_table(lines: Sequence[Line], baseline: str | None = None) -> Table:
    """How fast: one row a measured cell of one run, grouped by case, scope and pool."""
    cells = sorted(derive_cells(lines), key=order)
    measured = [cell for cell in cells if cell.summary is not None]
    by_id = {cell.cell: cell for cell in cells}
    found = derive_comparisons(lines, baseline)
    compared = {c.contender: c for c in found if not by_id[c.contender].twin}
    baselines = {comparison.baseline for comparison in compared.values()}
    bounded = any(cell.summary.roofline is not None for cell in measured if cell.summary)
    columns = [
        Column(title="case", heading=True),
        Column(title="scope", heading=True),
        Column(title="pool", heading=True),
        Column(title="backend"),
        Column(title="throughput", right=True),
        Column(title="time", right=True),
        Column(title="n", right=True),
        *([Column(title="roofline", right=True)] if bounded else []),
        Column(title="ratio", right=True),
        Column(title="verdict"),
        Column(title="flags"),
    ]
    rows = [
        [
            Text(cell.label),
            Text(cell.scope),
            Text(cell.pool),
            engine(cell, cells),
            _throughput(cell, cell.summary),
            Text(numbers.seconds(cell.summary.seconds)),
            Text(numbers.count(cell.summary.blocks)),
            *([_roofline(cell.summary)] if bounded else []),
            *_standing(cell, compared.get(cell.cell), cell.cell in baselines),
            flags_of(cell),
        ]
        for cell in measured
        if cell.summary is not None and not cell.twin
    ]
    return Table(
        title="Throughput",
        columns=columns,
        rows=rows,
        gaps=folded_gaps([(cell, _place(cell)) for cell in cells if cell.summary is None], cells),
        notes=[
            *provenance(lines),
            *(_throughput_notes(measured) if rows else []),
            *comparison_notes(found, by_id),
        ],
    )


def order(cell: Cell) -> tuple[object, ...]:
    """The order of rows: by case and pool, then by engine."""
    # Numbers before text, so that parameters of two versions of a workload still sort.
    params = sorted((name, isinstance(value, str), value) for name, value in cell.case.params.items())
    pools = list(POOLS)
    return (
        *(cell.case.workload, cell.case.version, params, pools.index(cell.pool), cell.scope),
        *(cell.threads, cell.processes, cell.backend, cell.variant, cell.device, cell.twin),
    )


def engine(cell: Cell, cells: Iterable[Cell]) -> Text:
    """The backend, and whatever else tells its rows apart."""
    parts = [
        cell.variant,
        told_device(cell, cells),
        f"{cell.threads} threads" if cell.threads != 1 else "",
        f"{cell.processes} processes" if cell.processes != 1 else "",
        "A/A twin" if cell.twin else "",
    ]
    detail = ", ".join(part for part in parts if part)
    return Text(cell.backend, f"({detail})" if detail else "")


class OnDevice(Protocol):
    """A row of any table of engines."""

    @property
    def backend(self) -> str: ...
    @property
    def device(self) -> str: ...


def told_device(row: OnDevice, rows: Iterable[OnDevice]) -> str:
    """Its device where its backend has several among ``rows``; otherwise nothing."""
    devices = {other.device for other in rows if other.backend == row.backend and other.device}
    return row.device if len(devices) > 1 else ""


def _place(cell: Cell) -> str:
    return f"{cell.label}, {cell.scope}, {cell.pool}"


def _throughput(cell: Cell, summary: Summary) -> Text:
    """Payload bytes a second, or items where the work has no payload."""
    if cell.work is None:
        return Text(numbers.MISSING)
    amount, unit = (
        (cell.work.payload_bytes, "B/s")
        if cell.work.payload_bytes
        else (cell.work.items, f"{cell.work.unit}/s")
    )
    slowest, fastest = summary.seconds_high, summary.seconds_low
    low = amount / slowest if slowest else None
    high = amount / fastest if fastest else None
    return Text(*numbers.interval(amount / summary.seconds, low, high, unit))


def _roofline(summary: Summary) -> Text:
    return Text("" if summary.roofline is None else numbers.percent(summary.roofline))


def flags_of(cell: Cell) -> Text:
    """A row's flags, by their letters."""
    return Text(" ".join(FLAGS[flag][0] if flag in FLAGS else flag for flag in cell.flags))


def flags_note(cells: Iterable[Cell]) -> str:
    """What the letters mean, of flags that occur; "" without any."""
    flags = sorted({flag for cell in cells for flag in cell.flags if flag in FLAGS})
    return f"flags: {', '.join(' '.join(FLAGS[flag]) for flag in flags)}." if flags else ""


def _standing(cell: Cell, comparison: Comparison | None, is_baseline: bool) -> tuple[Text, Text]:
    """Ratio and verdict."""
    if ABOVE in cell.flags:
        return Text(""), Text("broken")
    if comparison is None:
        return Text(numbers.ratio(1.0) if is_baseline else ""), Text("baseline" if is_baseline else "")
    ratio = numbers.interval(comparison.ratio, comparison.ratio_low, comparison.ratio_high, "×")
    return Text(*ratio), Text(*comparison.verdict.replace("_", " ").split(" ", 1))


def folded_gaps(missing: Sequence[tuple[_T, str]], cells: Sequence[Cell]) -> list[Gap]:
    """Rows without a figure, folded where backend, status and reason agree."""
    folded: dict[tuple[str, str, str], list[tuple[_T, str]]] = {}
    for row, place in missing:
        folded.setdefault((row.backend, row.status, row.reason), []).append((row, place))
    gaps = []
    for (backend, status, reason), rows in sorted(folded.items(), key=lambda item: item[0]):
        engines = {" ".join(engine(row, cells)).strip() for row, _ in rows if isinstance(row, Cell)}
        gaps.append(
            Gap(
                backend=engines.pop() if len(engines) == 1 else backend,
                cases=rows[0][1] if len(rows) == 1 else f"{numbers.count(len(rows))} cases",
                status=status,
                reason=reason,
            )
        )
    return gaps


def provenance(lines: Sequence[Line]) -> list[str]:
    """Where each run among ``lines`` comes from, a sentence each."""
    return [
        f"Run {line.id}: benchsuite {line.suite_version}, {line.preset and f'preset {line.preset}, '}"
        f"seed {line.seed}, {line.started}, {line.machine.get('cpu_model') or 'unknown CPU'}, "
        f"{line.machine.get('cores_allowed') or 'unknown'} cores"
        f"{''.join(dict.fromkeys(map(_library, line.devices)))}."
        for line in lines
        if isinstance(line, Run)
    ]


def _library(device: DeviceFacts) -> str:
    """A device's backend and what it was made with, as far as that is short."""
    texts = [(name, fact) for name, fact in device.facts.items() if isinstance(fact, str) and len(fact) <= 32]
    return f"; {device.backend}: {', '.join(' '.join(pair) for pair in texts[:2])}" if texts else ""


def _throughput_notes(measured: Sequence[Cell]) -> list[str]:
    scopes, pools = {cell.scope for cell in measured}, {cell.pool for cell in measured}
    confidence = next(cell.summary.confidence for cell in measured if cell.summary)
    notes = [
        f"throughput: user data by the median of visit medians, {numbers.percent(confidence)} interval; "
        "time: of one repetition; n: blocks, each in fresh processes.",
        " ".join(text for scope, text in SCOPES.items() if scope in scopes),
        " ".join(text for pool, text in POOLS.items() if pool in pools),
        constant_time_note(measured),
        "N processes or threads: all at once, each with its own data; only the time that they had in common "
        "counts."
        if any(cell.processes * cell.threads > 1 for cell in measured)
        else "",
        contention_note(measured),
        "roofline: the share of the time in which the bytes could be read and copied, by the run's own "
        "machine rows."
        if any(cell.summary.roofline is not None for cell in measured if cell.summary)
        else "",
        flags_note(measured),
    ]
    return [note for note in notes if note]


def constant_time_note(measured: Sequence[Cell]) -> str:
    """What backends say of whether their time depends on secrets; "" where none says anything."""
    said: dict[str, set[str]] = {}
    for cell in measured:
        said.setdefault(cell.constant_time, set()).add(" ".join((cell.backend, cell.variant)).strip())
    known = [f"{claim}: {', '.join(sorted(said[claim]))}" for claim in sorted(said) if claim != "unknown"]
    return f"constant time, by the backends' own word: {'; '.join(known)}." if known else ""


def comparison_notes(found: Sequence[Comparison], by_id: dict[str, Cell]) -> list[str]:
    """What the ratios are against and how sure; the A/A pairs, and the floor that they set."""
    if not found:
        return []
    comparisons, confidence = found[0].comparisons, found[0].confidence
    baselines = sorted({by_id[c.baseline].backend for c in found if not by_id[c.contender].twin})
    notes = [
        f"ratio: seconds of the baseline ({', '.join(baselines)}) by seconds of the row, the least of "
        "a visit each, paired by block: above 1 the row is faster. Its intervals hold for all "
        f"{comparisons} comparisons at once, the A/A pair among them "
        f"(family-wise α {numbers.percent(comparisons * (1 - confidence))}). verdict: faster or "
        "slower where the interval lies beyond 1 % and beyond the A/A floor, same where it lies within, "
        "else inconclusive."
    ] * bool(baselines)
    bounds = []
    for comparison in found:
        twin = by_id[comparison.contender]
        if twin.twin:
            main, detail = numbers.interval(
                comparison.ratio, comparison.ratio_low, comparison.ratio_high, "×"
            )
            notes.append(f"A/A: {twin.backend} against itself ({_place(twin)}) {main} {detail}".rstrip())
            bounds += [abs(log(end)) for end in (comparison.ratio_low, comparison.ratio_high) if end]
    if bounds:
        notes[-1] += f" → floor {numbers.percent(expm1(max(bounds)))}"
    return notes
