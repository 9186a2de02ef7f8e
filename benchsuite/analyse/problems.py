"""What is wrong with a run file whose lines all have the right shape: the work of ``results validate``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import isclose, isfinite
from typing import TypeAlias

from benchsuite.analyse import derive
from benchsuite.analyse.tallies import overlaps
from benchsuite.record.identity import cell_id
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
    as_mapping,
)

SAME = 1e-9
"""Relative: rows derived again on another machine differ by the rounding of its exp and log."""

CaseKey: TypeAlias = Callable[[Case], str | None]


def problems(lines: Iterable[Line], case_key: CaseKey | None = None) -> list[str]:
    """One sentence for each problem, naming the cell and the field; empty for a sound file.

    ``case_key`` gives the key of a case, or None where its workload is not installed; without it the keys
    are not checked. Derived rows are compared with the derivation only where the measurements are sound.
    A ``cell`` line that later lines about the same cell supersede is passed over, and so is a ``comparison``
    line that any later measurement supersedes: a resumed run derives both again. Derived lines that are
    missing are no problem: they can be derived at any time.
    """
    lines = list(lines)
    if not lines or not isinstance(lines[0], Run):
        return ["line 1: not a run line, so the schema of the rest is unknown"]
    if lines[0].schema != SCHEMA:
        return [f"line 1: schema {lines[0].schema} is unknown: this version reads schema {SCHEMA}"]
    found = [*_of_plan(lines), *_of_visits(lines)]
    if not found:
        found += [*_of_cells(lines), *_of_comparisons(lines)]
    found += _of_tallies(lines)
    if case_key is not None:
        found += _of_keys(lines, case_key)
    return found


def _of_plan(lines: list[Line]) -> Iterator[str]:
    known = set()
    for line in lines:
        if not isinstance(line, Planned):
            continue
        right = cell_id(
            case_key=line.case_key,
            backend=line.backend,
            variant=line.variant,
            device=line.device,
            scope=line.scope,
            pool=line.pool,
            threads=line.threads,
            processes=line.processes,
            twin=line.twin,
        )
        if line.cell != right:
            yield f"cell {line.cell}: cell: its identity hashes to {right}"
        if line.cell in known:
            yield f"cell {line.cell}: cell: planned twice"
        known.add(line.cell)
    for line in lines:
        if isinstance(line, Gate | Samples | Lost | Cell) and line.cell not in known:
            yield f"cell {line.cell}: cell: a {as_mapping(line)['type']} line of a cell that was not planned"


def _of_visits(lines: list[Line]) -> Iterator[str]:
    visited = set()
    for line in lines:
        if not isinstance(line, Samples):
            continue
        visit = f"cell {line.cell}, block {line.block}"
        if (line.cell, line.block) in visited:
            yield f"{visit}: block: visited twice"
        visited.add((line.cell, line.block))
        lengths = len(line.repetitions), len(line.wall_seconds), len(line.cpu_seconds)
        if len(set(lengths)) > 1:
            yield f"{visit}: {lengths[0]} repetitions, {lengths[1]} wall_seconds, {lengths[2]} cpu_seconds"
        if any(k <= 0 for k in line.repetitions):
            yield f"{visit}: repetitions: not all positive"
        if not all(isfinite(s) and s > 0 for s in line.wall_seconds):
            yield f"{visit}: wall_seconds: not all positive"
        # A sample shorter than a tick of the CPU clock may cost 0 of it.
        if not all(isfinite(s) and s >= 0 for s in line.cpu_seconds):
            yield f"{visit}: cpu_seconds: not all positive or 0"


def _of_cells(lines: list[Line]) -> Iterator[str]:
    derived = {cell.cell: cell for cell in derive.cells(lines)}
    last = {line.cell: i for i, line in enumerate(lines) if isinstance(line, Gate | Samples | Lost)}
    for i, line in enumerate(lines):
        if isinstance(line, Cell) and i > last.get(line.cell, 0):
            for difference in _differences(as_mapping(line), as_mapping(derived[line.cell])):
                yield f"cell {line.cell}: {difference}"


def _of_comparisons(lines: list[Line]) -> Iterator[str]:
    derived = {(c.baseline, c.contender): c for c in derive.comparisons(lines)}
    last = max(i for i, line in enumerate(lines) if isinstance(line, Run | Planned | Gate | Samples | Lost))
    for line in lines[last + 1 :]:
        if not isinstance(line, Comparison):
            continue
        name = f"comparison of {line.contender} with {line.baseline}"
        again = derived.get((line.baseline, line.contender))
        if again is None:
            yield f"{name}: the measurements give no such comparison"
            continue
        for difference in _differences(as_mapping(line), as_mapping(again)):
            yield f"{name}: {difference}"


def _of_tallies(lines: list[Line]) -> Iterator[str]:
    tallies = [line for line in lines if isinstance(line, Tally)]
    for tally in tallies:
        counted = sum(tally.outcomes.values())
        if tally.status == "measured" and counted != tally.trials:
            yield f"{_chunk(tally)}: outcomes: they sum to {counted}, not to the {tally.trials} trials"
        if tally.trials < 0 or any(count < 0 for count in tally.outcomes.values()):
            yield f"{_chunk(tally)}: outcomes: not all positive or 0"
    for first, second in overlaps(tallies):
        yield f"{_chunk(second)}: first_trial: trials from {second.first_trial} on are in {_chunk(first)} too"


def _chunk(tally: Tally) -> str:
    return (
        f"tally of {tally.label}, {tally.model}, {tally.backend}, seed {tally.seed}, "
        f"trials {tally.first_trial}+{tally.trials}"
    )


def _of_keys(lines: list[Line], case_key: CaseKey) -> Iterator[str]:
    for line in lines:
        if isinstance(line, Planned | Cell | Tally):
            right = case_key(line.case)
            if right is not None and right != line.case_key:
                name = _chunk(line) if isinstance(line, Tally) else f"cell {line.cell}"
                yield f"{name}: case_key: the case hashes to {right}, not {line.case_key}"


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
