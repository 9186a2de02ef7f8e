"""What is wrong with a run file whose lines all have the right shape: the work of ``results validate``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import isclose
from typing import TypeAlias

from msgspec import to_builtins

from benchsuite.analyse import derive
from benchsuite.analyse.problems_of_faults import FaultFacts, of_faults
from benchsuite.analyse.problems_of_tallies import CampaignFacts, of_tallies
from benchsuite.analyse.problems_of_trials import of_trials
from benchsuite.analyse.problems_of_visits import Shapes, of_visits
from benchsuite.record.fault import Fault
from benchsuite.record.types import (
    SCHEMA,
    Case,
    Cell,
    Comparison,
    Gate,
    Line,
    Lost,
    Planned,
    Run,
    Samples,
    Tally,
    Trial,
    WorkDone,
    as_mapping,
)

SAME = 1e-9
"""Relative: rows derived again on another machine differ by the rounding of its exp and log."""

CaseFacts: TypeAlias = Callable[[Case], tuple[str, str, WorkDone] | None]
"""The key, the label and the work of a case; None where its workload is not installed in that version.

Raises ValueError where it is, and has no such case.
"""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What can be looked up beside the file: in the installed suite and its plugins."""

    case: CaseFacts
    campaign: CampaignFacts
    fault: FaultFacts
    presets: Shapes
    """Of the suite's ``version``: those of another may differ."""
    version: str


def problems(lines: Iterable[Line], known: Known | None = None) -> list[str]:
    """One sentence for each problem, naming the cell and the field; empty for a sound file.

    ``lines`` are as ``store.read`` gives them, so that each is sound by itself. Without ``known`` only
    relations inside the file are checked. Each derived row is compared with the derivation from the lines
    before it, as a resumed run derives those again that changed; rows that are missing are no problem, since
    they can be derived at any time. They are compared only where the measurements are sound.
    """
    lines = list(lines)
    if not lines or not isinstance(lines[0], Run):
        return ["line 1: not a run line, so the schema of the rest is unknown"]
    run = lines[0]
    if run.schema != SCHEMA:
        return [f"line 1: schema {run.schema} is unknown: this version reads schema {SCHEMA}"]
    same_version = known is not None and run.suite_version == known.version
    found = list(of_visits(run, lines, known.presets if known and same_version else None))
    if not found:
        found += _of_derived(lines)
    tallies = [line for line in lines if isinstance(line, Tally)]
    found += of_tallies(run, tallies, known.campaign if known else None)
    found += of_trials(run, [line for line in lines if isinstance(line, Trial)], tallies)
    faults = [line for line in lines if isinstance(line, Fault)]
    found += of_faults(run, faults, known.fault if known else None)
    if known is not None:
        found += _of_cases(lines, known.case)
    return [*_of_run(run, lines), *found]


def _of_run(run: Run, lines: list[Line]) -> Iterator[str]:
    try:
        datetime.strptime(run.started, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        yield f"run: started: {run.started!r} is no UTC time such as 2026-01-31T12:00:00Z"
    if run.argv[:1] not in (["run"], ["inject"], ["protect"], ["doctor"]):
        yield f"run: argv: {run.argv} measures nothing"
    said = dict(pairwise(run.argv))
    for option, name in (("--seed", "seed"), ("--preset", "preset")):
        if said.get(option, str(getattr(run, name))) != str(getattr(run, name)):
            yield f"run: {name}: {getattr(run, name)!r}, where argv says {said[option]}"
    for number, line in enumerate(lines[1:], start=2):
        if isinstance(line, Run):
            yield f"line {number}: a second run line"


def _of_derived(lines: list[Line]) -> Iterator[str]:
    derived: dict[str, Cell | Comparison] | None = None
    recorded: dict[str, list[Line]] = {}
    for index, line in enumerate(lines):
        if isinstance(line, Planned | Gate | Samples | Lost):
            derived = None
        if not isinstance(line, Cell | Comparison):
            continue
        if derived is None:
            derived = _derived(lines[:index])
        name = _name(line)
        if line in recorded.setdefault(name, []):
            yield f"{name}: recorded twice"
        recorded[name].append(line)
        if name not in derived:
            yield f"{name}: the measurements before it give no such comparison"
        else:
            differences = _differences(as_mapping(line), as_mapping(derived[name]))
            yield from (f"{name}: {difference}" for difference in differences)


def _derived(lines: list[Line]) -> dict[str, Cell | Comparison]:
    rows: list[Cell | Comparison] = [*derive.cells(lines), *derive.comparisons(lines)]
    return {_name(row): row for row in rows}


def _name(row: Cell | Comparison) -> str:
    if isinstance(row, Cell):
        return f"cell {row.cell}"
    return f"comparison of {row.contender} with {row.baseline}"


def _of_cases(lines: list[Line], facts: CaseFacts) -> Iterator[str]:
    for line in lines:
        if not isinstance(line, Planned):
            continue
        try:
            known = facts(line.case)
        except ValueError as error:
            yield f"cell {line.cell}: case: {error}"
            continue
        if known is not None:
            key, label, work = known
            right = {"case_key": key, "label": label, "work": to_builtins(work)}
            here = {name: as_mapping(line)[name] for name in right}
            yield from (f"cell {line.cell}: {d}" for d in _differences(here, right))


def _differences(recorded: object, derived: object, field: str = "") -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(derived, dict):
        for key in sorted(recorded.keys() | derived.keys()):
            name = f"{field}.{key}" if field else key
            yield from _differences(recorded.get(key), derived.get(key), name)
    elif isinstance(recorded, float) and isinstance(derived, float):
        if not isclose(recorded, derived, rel_tol=SAME):
            yield f"{field}: recorded {recorded!r}, derived {derived!r}"
    elif recorded != derived:
        yield f"{field}: recorded {recorded!r}, derived {derived!r}"
