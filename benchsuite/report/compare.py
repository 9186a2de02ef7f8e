"""Comparisons as tables and objects: of one run with itself, of an old run with a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import expm1
from typing import Any

from msgspec.structs import replace

from benchsuite.analyse.changes import Change
from benchsuite.analyse.derive import cells, comparisons
from benchsuite.analyse.two_runs import ALPHA, BETWEEN_SESSIONS, Lonely, Row, TwoRuns
from benchsuite.record.types import Cell, Fact, Identity, Line, as_mapping
from benchsuite.report import numbers
from benchsuite.report.tables import Column, Table, Text, comparison_notes, engine, folded_gaps, provenance

_HEADINGS = [Column(title=title, heading=True) for title in ("case", "scope", "pool")]


def paired_table(lines: Sequence[Line]) -> Table:
    """Every comparison within one run, as its report has them."""
    by_id = {cell.cell: cell for cell in cells(lines)}
    found = comparisons(lines)
    all_cells = list(by_id.values())
    rows = []
    for comparison in found:
        base, contender = by_id[comparison.baseline], by_id[comparison.contender]
        ratio = numbers.interval(comparison.ratio, comparison.ratio_low, comparison.ratio_high, "×")
        row = [*_place(contender), engine(base, all_cells), engine(contender, all_cells), Text(*ratio)]
        rows.append([*row, Text(comparison.verdict.replace("_", " "))])
    return Table(
        title="Comparisons within the run",
        columns=[
            *_HEADINGS,
            Column(title="baseline"),
            Column(title="contender"),
            Column(title="ratio", right=True),
            Column(title="verdict"),
        ],
        rows=rows,
        notes=[*provenance(lines), *comparison_notes(found, by_id)],
    )


def unpaired_tables(old: Sequence[Line], new: Sequence[Line], found: TwoRuns) -> list[Table]:
    """The old run against the new one, and the facts that changed between them."""
    tables = [_rows_table(old, new, found)]
    if found.changes:
        tables.append(
            Table(
                title="Changed between the files",
                columns=[Column(title=title) for title in ("of", "fact", "old", "new")],
                rows=[
                    [Text(change.of), Text(change.fact), Text(_fact(change.old)), Text(_fact(change.new))]
                    for change in found.changes
                ],
            )
        )
    return tables


def unpaired_object(found: TwoRuns) -> dict[str, Any]:
    """The keys of ``compare --json`` for two files."""
    return {
        "paired": False,
        "refused": found.refused,
        "delta": found.delta,
        "comparisons": [_row_object(row, found) for row in found.rows],
        "changed": [asdict(change) for change in found.changes],
        "only_old": [_lonely_object(lonely) for lonely in found.only_old],
        "only_new": [_lonely_object(lonely) for lonely in found.only_new],
    }


def _rows_table(old: Sequence[Line], new: Sequence[Line], found: TwoRuns) -> Table:
    all_cells = [row.new for row in found.rows]
    measured = [row for row in found.rows if row.ratio is not None]
    missing = [(row.new, row.reason) for row in found.rows if row.ratio is None]
    missing += [(only.cell, f"only in the old run: {only.reason}") for only in found.only_old]
    missing += [(only.cell, f"only in the new run: {only.reason}") for only in found.only_new]
    return Table(
        title="Old run against new run, unpaired",
        columns=[
            *_HEADINGS,
            Column(title="backend"),
            Column(title="old", right=True),
            Column(title="new", right=True),
            Column(title="ratio", right=True),
            Column(title="verdict"),
            Column(title="changed"),
        ],
        rows=[_row(row, all_cells) for row in measured],
        gaps=folded_gaps(
            [
                (replace(cell, reason=reason), ", ".join(text.main for text in _place(cell)))
                for cell, reason in missing
            ],
            all_cells,
        ),
        notes=[*(f"Old: {note}" for note in provenance(old)), *(f"New: {note}" for note in provenance(new))]
        + [_rule(found)] * bool(measured)
        + [f"No verdicts: {found.refused}."] * bool(found.refused),
    )


def _row(row: Row, all_cells: Sequence[Cell]) -> list[Text]:
    seconds = [cell.summary.seconds if cell.summary else None for cell in (row.old, row.new)]
    return [
        *_place(row.new),
        engine(row.new, all_cells),
        *(Text(numbers.seconds(each)) for each in seconds),
        Text(*numbers.interval(row.ratio, row.ratio_low, row.ratio_high, "×")),
        Text((row.verdict or "none").replace("_", " ")),
        Text("; ".join(_change(change) for change in row.changed)),
    ]


def _rule(found: TwoRuns) -> str:
    return (
        "old, new: seconds of a repetition, medians of visits. ratio: old by new, but of the least of each "
        "visit, which noise moves less: above 1 the new run is faster. Not "
        "paired: whatever moved the machine in between is in the ratio. Its intervals hold for all "
        f"{numbers.count(found.comparisons)} at once (family-wise α {numbers.percent(ALPHA)}). verdict: "
        f"faster or slower where the interval lies beyond {numbers.percent(expm1(found.delta))}, the largest "
        "of both A/A floors and what sessions differ by without a cause, "
        f"{numbers.percent(expm1(BETWEEN_SESSIONS))}; same where it lies within the latter; else "
        "inconclusive. To tell less apart, measure both in one run."
    )


def _place(cell: Cell) -> list[Text]:
    return [Text(cell.label), Text(cell.scope), Text(cell.pool)]


def _change(change: Change) -> str:
    return f"{change.fact}: {_fact(change.old)} → {_fact(change.new)}"


def _fact(fact: Fact) -> str:
    if fact is None:
        return numbers.MISSING
    return ", ".join(fact) if isinstance(fact, list) else str(fact)


def _identity(cell: Cell) -> dict[str, Any]:
    mapping = as_mapping(cell)
    return {"cell": cell.cell} | {
        name: mapping[name] for name in Identity.__struct_fields__ if name != "twin"
    }


def _row_object(row: Row, found: TwoRuns) -> dict[str, Any]:
    return {
        **_identity(row.new),
        "old_status": row.old.status,
        "new_status": row.new.status,
        "old_seconds": row.old.summary.seconds if row.old.summary else None,
        "new_seconds": row.new.summary.seconds if row.new.summary else None,
        "ratio": row.ratio,
        "ratio_low": row.ratio_low,
        "ratio_high": row.ratio_high,
        "confidence": found.confidence,
        "comparisons": found.comparisons,
        "verdict": row.verdict,
        "reason": row.reason,
        "changed": [asdict(change) for change in row.changed],
    }


def _lonely_object(lonely: Lonely) -> dict[str, Any]:
    return {**_identity(lonely.cell), "reason": lonely.reason}
