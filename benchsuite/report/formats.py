"""Reports as text: a terminal's table, Markdown, CSV, JSON. Knows no statistics and formats no number.

What a file holds may be hostile: control characters are spelled out before they reach a terminal, Markdown's
own characters are escaped, text in CSV is quoted.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

import msgspec

from benchsuite.analyse.derive import cells, comparisons
from benchsuite.analyse.fit import fits
from benchsuite.analyse.latency import latencies
from benchsuite.analyse.tallies import count_of, settled
from benchsuite.api import ReportFormat
from benchsuite.record.fault import Fault
from benchsuite.record.types import (
    Case,
    Cell,
    Comparison,
    Identity,
    Line,
    Run,
    Scaling,
    Summary,
    Tally,
    WorkDone,
    as_mapping,
)
from benchsuite.report.faults import CSV_COLUMNS, csv_rows, fault_objects, settled_faults
from benchsuite.report.latex import latex
from benchsuite.report.outcomes import outcome_rates
from benchsuite.report.protection import protection_objects
from benchsuite.report.suites import tables
from benchsuite.report.tables import Gap, Table, filled_columns, split_runs

_BOLD, _DIM, _RED, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"
_ANSI = re.compile(r"\x1b\[\d*m")
_ALARMING = ("failed", "timeout", "wrong")


def render(
    lines: Iterable[Line],
    format_name: str,
    formats: Mapping[str, ReportFormat] | None = None,
    *,
    baseline: str | None = None,
) -> str:
    """The report on the lines of one or more run files, by a built-in format or one of ``formats``.

    Ratios are to the backend ``baseline``, by default the one with most measured cells. A plugin's format
    gets cells, comparisons and tallies as the built-in ones show them, beside the lines that they come from.
    Raises ValueError for a format that is not known, naming those that are.
    """
    known = {**(formats or {}), **FORMATS}
    if format_name not in known:
        near = get_close_matches(format_name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"no report format is called {format_name!r}: known are {', '.join(known)}{hint}")
    if format_name in _TEXTS:
        return _TEXTS[format_name](lines, baseline)
    return known[format_name].render([as_mapping(line) for line in _derived(lines, baseline)])


def _derived(lines: Iterable[Line], baseline: str | None) -> Iterator[Line]:
    """Every run with what is derived from it anew: one that was interrupted has no such lines of its own."""
    for run in split_runs(lines):
        yield from (line for line in run if not isinstance(line, Cell | Comparison | Fault | Tally))
        yield from cells(run)
        yield from comparisons(run, baseline)
        yield from settled(line for line in run if isinstance(line, Tally))
        yield from settled_faults(run)


def terminal(
    lines: Iterable[Line], baseline: str | None = None, *, width: int | None = None, color: bool = False
) -> str:
    """Tables for a terminal of ``width`` columns, by default the one there is.

    ``color`` is for the caller to decide, who knows where the text goes and whether ``NO_COLOR`` is set.
    """
    return terminal_tables(tables(lines, baseline), width=width, color=color)


def terminal_tables(shown: Iterable[Table], *, width: int | None = None, color: bool = False) -> str:
    """``shown`` for a terminal; see ``terminal``."""
    columns = width or shutil.get_terminal_size((100, 24)).columns
    text = "\n".join(_terminal_table(table, columns) for table in shown)
    return text if color else _ANSI.sub("", text)


def markdown(lines: Iterable[Line], baseline: str | None = None) -> str:
    """GitHub's tables, one a suite and run, with the rows without a figure below."""
    return "\n".join(_markdown_table(table) for table in tables(lines, baseline))


def comma_separated(lines: Iterable[Line], baseline: str | None = None) -> str:
    """One row a cell, and one an outcome of a tally: raw SI numbers, text quoted, empty where missing."""
    text = io.StringIO()
    writer = csv.DictWriter(text, TIDY_COLUMNS, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writeheader()
    for row in tidy_rows(lines, baseline):
        writer.writerow({key: "" if value is None else value for key, value in row.items()})
    return text.getvalue()


def report_object(lines: Iterable[Line], baseline: str | None = None) -> dict[str, Any]:
    """``{"schema": 1, "command": "report", …}``, and a list for each of ``cells``, ``comparisons`` and so on.

    Cells, comparisons, tallies and faults have the keys of their line in a run file, and ``run`` (the run's
    id); a tally has ``rates`` too, a fault ``rates`` and ``means``. Latencies, fits and protections are those
    of ``analyse``.
    """
    names = ("cells", "comparisons", "latencies", "fits", "tallies", "protections", "faults")
    parts: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for run in split_runs(lines):
        identity = {"run": _run_id(run)}
        parts["cells"] += [as_mapping(cell) | identity for cell in cells(run)]
        parts["comparisons"] += [
            as_mapping(comparison) | identity for comparison in comparisons(run, baseline)
        ]
        parts["latencies"] += [asdict(timed) | identity for timed in latencies(run)]
        parts["fits"] += [asdict(fit) | {"linear": fit.linear} | identity for fit in fits(run)]
        merged = settled(line for line in run if isinstance(line, Tally))
        parts["tallies"] += [
            as_mapping(tally) | {"rates": outcome_rates(tally)} | identity for tally in merged
        ]
        parts["protections"] += [found | identity for found in protection_objects(run)]
        parts["faults"] += [fault | identity for fault in fault_objects(run)]
    return {"schema": 1, "command": "report", **parts}


def _json(lines: Iterable[Line], baseline: str | None = None) -> str:
    return json.dumps(report_object(lines, baseline), indent=2) + "\n"


Text = Callable[[Iterable[Line], str | None], str]

_TEXTS: Mapping[str, Text] = {
    "table": terminal,
    "markdown": markdown,
    "csv": comma_separated,
    "json": _json,
    "latex": latex,
}


def _format(name: str, suffix: str) -> ReportFormat:
    """A built-in format, of the kind that plugins register: it gets mappings too."""

    def from_mappings(records: Sequence[Mapping[str, Any]]) -> str:
        return _TEXTS[name]([msgspec.convert(record, Line) for record in records], None)

    return ReportFormat(name=name, suffix=suffix, render=from_mappings)


FORMATS: dict[str, ReportFormat] = {
    name: _format(name, suffix)
    for name, suffix in (
        *(("table", ".txt"), ("markdown", ".md"), ("csv", ".csv"), ("json", ".json")),
        ("latex", ".tex"),
    )
}


def _visible(text: str) -> str:
    """Control characters spelled out: none may move a cursor, colour a line or begin one."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|&~])", r"\\\1", _visible(text))


def _terminal_table(table: Table, width: int) -> str:
    """Groups under a heading; where lines get too long, each entry's detail goes below its figure."""
    body = _grouped(table, " ")
    if any(len(_ANSI.sub("", line)) > width for line in body):
        body = _grouped(table, "\n")
    gaps = [line for gap in table.gaps for line in _gap_lines(gap, width)]
    notes = [f"{_DIM}{line}{_PLAIN}" for note in table.notes for line in _wrapped(note, width, "  ")]
    parts = [[f"{_BOLD}{table.title}{_PLAIN}"], body, gaps, notes]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _grouped(table: Table, joint: str) -> list[str]:
    from tabulate import tabulate

    if not table.rows:
        return []
    shown = filled_columns(table)
    entries = [
        [joint.join(_visible(part) for part in row[index] if part) for index in shown] for row in table.rows
    ]
    # The titles go in as a row: tabulate pads columns to two more than their headers.
    text = tabulate(
        [[table.columns[index].title for index in shown], *entries],
        tablefmt="plain",
        disable_numparse=True,
        colalign=["right" if table.columns[index].right else "left" for index in shown],
    )
    head, *aligned = (f"  {line}".rstrip() for line in text.splitlines())
    body, group = [head], ""
    for row, cells_of_row in zip(table.rows, entries, strict=True):
        heading = " · ".join(_visible(row[i].main) for i, c in enumerate(table.columns) if c.heading)
        if heading != group:
            body += [f"{_BOLD}{heading}{_PLAIN}"]
            group = heading
        height = 1 + max(entry.count("\n") for entry in cells_of_row)
        body += aligned[:height]
        del aligned[:height]
    return body


def _gap_lines(gap: Gap, width: int) -> list[str]:
    text = f"{gap.backend}: {gap.status}, {gap.cases}" + (f": {gap.reason}" if gap.reason else "")
    lines = _wrapped(_visible(text), width, "    ")
    return [f"{_RED}{line}{_PLAIN}" for line in lines] if gap.status in _ALARMING else lines


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(_visible(text), width, subsequent_indent=indent, break_on_hyphens=False)


def _markdown_table(table: Table) -> str:
    parts = [f"## {table.title}"]
    if table.rows:
        rows = [[" ".join(part for part in entry if part) for entry in row] for row in table.rows]
        parts.append(_github([c.title for c in table.columns], [c.right for c in table.columns], rows))
    if table.gaps:
        gaps = [[gap.backend, gap.cases, gap.status, gap.reason] for gap in table.gaps]
        parts.append(_github(["backend", "cases", "status", "reason"], [False] * 4, gaps))
    parts += [_escaped(note) for note in table.notes]
    return "\n\n".join(parts) + "\n"


def _github(titles: list[str], right: list[bool], rows: list[list[str]]) -> str:
    from tabulate import tabulate

    return tabulate(
        [[_escaped(entry) for entry in row] for row in rows],
        titles,
        tablefmt="pipe",  # GitHub's, with the alignment of columns that tabulate's "github" leaves out
        disable_numparse=True,
        colalign=["right" if is_right else "left" for is_right in right],
    )


def _run_id(run: Sequence[Line]) -> str:
    return next((line.id for line in run if isinstance(line, Run)), "")


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """One row of a record: its parts' keys beside its own, what stays nested as JSON."""
    row: dict[str, Any] = {}
    for key, value in record.items():
        if key in ("case", "work", "summary", "scaling"):
            row |= _flat(value or {})
        elif isinstance(value, dict):
            row[key] = json.dumps(value, sort_keys=True)
        else:
            row[key] = " ".join(value) if isinstance(value, list) else value
    return row


def tidy_rows(lines: Iterable[Line], baseline: str | None) -> Iterator[dict[str, Any]]:
    """Cells with their comparison; tallies, one row an outcome; protections with their speeds; faults, one
    row an outcome and one a region.
    """
    report = report_object(lines, baseline)
    compared = {
        (comparison["run"], comparison["contender"]): comparison for comparison in report["comparisons"]
    }
    for cell in report["cells"]:
        against = compared.get((cell["run"], cell["cell"]), {})
        yield _flat(cell) | {
            "baseline": against.get("baseline"),
            "ratio": against.get("ratio"),
            "ratio_low": against.get("ratio_low"),
            "ratio_high": against.get("ratio_high"),
            "ratio_confidence": against.get("confidence"),
            "comparisons": against.get("comparisons"),
            "verdict": against.get("verdict"),
        }
    for tally in report["tallies"]:
        counts, rates, theory = tally.pop("outcomes"), tally.pop("rates"), tally.pop("theory")
        exact = {outcome: value for outcome, (_, _, value) in (tally.pop("exact") or {}).items()}
        exact |= {outcome: known["probability"] for outcome, known in theory.items() if known["exact"]}
        del tally["codeword_outcomes"], tally["strata"]  # a row is a trial's outcome
        if not rates:
            yield _flat(tally)
        for outcome, rate in rates.items():
            yield _flat(tally) | {
                "outcome": outcome,
                "count": count_of(counts, outcome),
                "rate": rate["rate"],
                "rate_low": rate["low"],
                "rate_high": rate["high"],
                "rate_confidence": rate["confidence"],
                "exact": exact.get(outcome),
                "expected": None if outcome in exact else theory.get(outcome, {}).get("probability"),
            }
    for found in report["protections"]:
        paces = {f"{what}_{key}": (found[what] or {}).get(key) for what in _PACES for key in _PACE}
        whole = {key: value for key, value in found.items() if key not in (*_PACES, "name")}
        flags = " ".join(found["flags"])
        yield {"type": "protection", "label": found["name"]} | whole | paces | {"flags": flags}
    for fault in report["faults"]:
        yield from csv_rows(fault)


_PACES = ("encode", "decode", "repair")
_PACE = ("bytes_per_second", "low", "high")
TIDY_COLUMNS = (
    *("type", "run", "status", "reason", *Case.__struct_fields__, "case_key", "label", "cell"),
    *(name for name in Identity.__struct_fields__ if name not in ("case", "case_key", "label")),
    *(
        *WorkDone.__struct_fields__,
        "first_call_seconds",
        *Summary.__struct_fields__,
        *Scaling.__struct_fields__,
        "output_sha256",
        "flags",
    ),
    *("baseline", "ratio", "ratio_low", "ratio_high", "ratio_confidence", "comparisons", "verdict"),
    *("model", "seed", "exhaustive", "codewords", "rare", "fused"),
    *("first_trial", "trials", "outcome", "count"),
    *("rate", "rate_low", "rate_high", "rate_confidence", "exact", "expected"),
    *("data_bytes", "stored_bits", "overhead", *(f"{what}_{key}" for what in _PACES for key in _PACE)),
    *CSV_COLUMNS,
)
