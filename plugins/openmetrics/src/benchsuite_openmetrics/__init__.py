"""Reports as OpenMetrics 1.0 (openmetrics.io), the text that Prometheus and its kin read.

``benchsuite report FILE --format openmetrics`` gives gauges of what was measured, the states of cells, and
counts of injected errors. Knows the contract and the keys of a run file only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from benchsuite.api import ReportFormat, hookimpl

Record = Mapping[str, Any]
Point = tuple[Mapping[str, str], float]
"""Labels of its own beside those of the record, and the value."""

STATUSES = ("measured", "unavailable", "unsupported", "failed", "wrong", "timeout")
_WHERE = ("backend", "variant", "device", "scope", "pool", "threads", "processes", "twin")
_CAMPAIGN = ("backend", "model", "seed", "exhaustive")


class Family(NamedTuple):
    """A metric family: its metadata, and the points that a record of one type has in it."""

    name: str
    kind: str
    unit: str
    help: str
    of: str
    points: Callable[[Record], Iterable[Point]]


def _summary(key: str) -> Callable[[Record], Iterator[Point]]:
    """What the summary of a measured cell has under ``key``; an interval's ends may be missing."""

    def points(cell: Record) -> Iterator[Point]:
        value = cell["summary"][key] if cell["status"] == "measured" else None
        if value is not None:
            yield {}, value

    return points


def _throughput(key: str) -> Callable[[Record], Iterator[Point]]:
    """Bytes by the seconds under ``key``, where the cell moves user data at all."""

    def points(cell: Record) -> Iterator[Point]:
        for labels, seconds in _summary(key)(cell):
            if payload := cell["work"]["payload_bytes"]:
                yield labels, payload / seconds

    return points


def _states(cell: Record) -> Iterator[Point]:
    for status in STATUSES:
        yield {"benchsuite_cell_status": status}, int(cell["status"] == status)


def _outcomes(tally: Record) -> Iterator[Point]:
    for outcome, count in tally["outcomes"].items() if tally["status"] == "measured" else ():
        yield {"outcome": outcome}, count


def _run(run: Record) -> Iterator[Point]:
    yield {key: run[key] for key in ("suite_version", "preset", "started")}, 1


FAMILIES = (
    Family("benchsuite_run", "info", "", "A run and the suite that made it.", "run", _run),
    Family("benchsuite_cell_status", "stateset", "", "What became of a cell.", "cell", _states),
    Family(
        *("benchsuite_repetition_seconds", "gauge", "seconds"),
        *("One repetition: the median over blocks.", "cell", _summary("seconds")),
    ),
    Family(
        *("benchsuite_repetition_low_seconds", "gauge", "seconds"),
        *("Lower end of its interval.", "cell", _summary("seconds_low")),
    ),
    Family(
        *("benchsuite_repetition_high_seconds", "gauge", "seconds"),
        *("Upper end of its interval.", "cell", _summary("seconds_high")),
    ),
    Family(
        *("benchsuite_throughput_bytes_per_second", "gauge", "bytes_per_second"),
        *("User data by that median.", "cell", _throughput("seconds")),
    ),
    Family(
        *("benchsuite_throughput_low_bytes_per_second", "gauge", "bytes_per_second"),
        *("Lower end of its interval.", "cell", _throughput("seconds_high")),
    ),
    Family(
        *("benchsuite_throughput_high_bytes_per_second", "gauge", "bytes_per_second"),
        *("Upper end of its interval.", "cell", _throughput("seconds_low")),
    ),
    Family(
        *("benchsuite_items_per_second", "gauge", "items_per_second"),
        *("Messages, codewords or signatures by that median.", "cell", _summary("items_per_second")),
    ),
    Family("benchsuite_trials", "gauge", "", "Injected errors by outcome.", "tally", _outcomes),
)


def _identity(record: Record) -> dict[str, str]:
    """The labels that tell a record from all others of its run."""
    if record["type"] == "run":
        return {}
    names = ("case_key", *(_CAMPAIGN if record["type"] == "tally" else _WHERE))
    what: dict[str, str] = {"workload": record["case"]["workload"], "case": record["label"]}
    return what | {name: str(record[name]) for name in names}


def _escaped(text: str) -> str:
    """A label's value: what a terminal might obey is spelled out, then escaped as OpenMetrics asks."""
    visible = "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
    return visible.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _samples(family: Family, records: Sequence[Record]) -> Iterator[str]:
    found, run = {}, ""
    for record in records:
        run = record["id"] if record["type"] == "run" else run
        if record["type"] == family.of:
            for own, value in family.points(record):
                labels = {"run": run, **_identity(record), **own}
                written = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
                found[written] = value  # a file that is given twice counts once
    name = f"{family.name}_info" if family.kind == "info" else family.name
    for written, value in found.items():
        yield f"{name}{{{written}}} {value!r}"


def render(records: Sequence[Record]) -> str:
    """The exposition: families without a sample are left out, as are values of what was not measured."""
    lines = []
    for family in FAMILIES:
        samples = list(_samples(family, records))
        if samples:
            unit = [f"# UNIT {family.name} {family.unit}"] if family.unit else []
            lines += [f"# TYPE {family.name} {family.kind}", *unit, f"# HELP {family.name} {family.help}"]
            lines += samples
    return "\n".join([*lines, "# EOF"]) + "\n"


@hookimpl
def benchsuite_report_formats() -> Sequence[ReportFormat]:
    """The one format of this plugin."""
    return [ReportFormat(name="openmetrics", suffix=".txt", render=render)]
