"""Sweeps: what becomes of an error model as one of its arguments grows, as a table with its curve."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10

from benchsuite.analyse.estimates import estimate
from benchsuite.analyse.tallies import settled
from benchsuite.record.types import Line, Run, Tally
from benchsuite.report import numbers
from benchsuite.report.tables import Column, Table, Text

MARKS = {
    "clean": "c",
    "not_injected": "n",
    "corrected": "C",
    "false_alarm": "F",
    "lost": "L",
    "detected": "D",
    "detected_hiding_silent": "H",
    "miscorrected": "M",
    "undetected": "U",
    "silent": "S",
}
"""Outcome -> its mark in the curve, from the least to the most severe: the last one covers the others."""
WIDTH = 48  # places of the curve
DECADES = 16  # of it at most: what is rarer has no mark


def sweep_tables(lines: Sequence[Line]) -> list[Table]:
    """A table for each swept model, code and size of access of a run; none where nothing was swept."""
    names = {
        value.partition(":")[0]
        for run in lines
        if isinstance(run, Run)
        for option, value in pairwise(run.argv)
        if option == "--sweep"
    }
    groups: dict[tuple[str, str, int], list[Tally]] = {}
    for tally in settled(line for line in lines if isinstance(line, Tally)):
        name = tally.model.partition(":")[0]
        if name in names and tally.status == "measured":
            groups.setdefault((name, tally.label, tally.codewords), []).append(tally)
    return [_table(name, label, codewords, tallies) for (name, label, codewords), tallies in groups.items()]


def _table(name: str, label: str, codewords: int, tallies: Sequence[Tally]) -> Table:
    told = {o for tally in tallies for o in (*tally.outcomes, *(tally.exact or {})) if any(_rates(tally, o))}
    outcomes = [outcome for outcome in MARKS if outcome in told]
    low = floor(log10(min((r for t in tallies for o in outcomes for r in _rates(t, o) if r), default=0.1)))
    low = max(-DECADES, min(low, -1))
    access = f", accesses of {codewords} codewords" if codewords > 1 else ""
    columns = [
        Column(title=f"{name}:", right=True),
        Column(title="backend"),
        *(Column(title=outcome.replace("_", " "), right=True) for outcome in outcomes),
        Column(title=f"1e{low} … 1"),
    ]
    rows = [
        [
            Text(tally.model.partition(":")[2]),
            Text(tally.backend or "by formula"),
            *(_rate(tally, outcome) for outcome in outcomes),
            Text(_curve(tally, outcomes, low)),
        ]
        for tally in tallies
    ]
    marks = ", ".join(f"{MARKS[outcome]} {outcome.replace('_', ' ')}" for outcome in outcomes)
    return Table(
        title=f"Sweep of {name}, {label}{access}",
        columns=columns,
        rows=rows,
        gaps=[],
        notes=[
            "Rates as counted, the exact probability in parentheses where it is known; by formula: the exact "
            f"one alone. The curve is of the exact ones, else of the rates, its scale logarithmic: {marks}."
        ],
    )


def _rates(tally: Tally, outcome: str) -> tuple[float | None, float | None]:
    """As counted or weighted, and exact; None where there is none."""
    counted = estimate(tally, outcome).rate if tally.trials else None
    exact = (tally.exact or {}).get(outcome)
    return counted, exact[2] if exact else (0.0 if tally.exact and "lost" not in tally.exact else None)


def _rate(tally: Tally, outcome: str) -> Text:
    counted, exact = _rates(tally, outcome)
    if counted is None:
        return Text(numbers.probability(exact))
    return Text(numbers.probability(counted), f"({numbers.probability(exact)})" if exact is not None else "")


def _curve(tally: Tally, outcomes: Sequence[str], low: int) -> str:
    places = ["·"] * WIDTH
    for outcome in outcomes:
        counted, exact = _rates(tally, outcome)
        rate = counted if exact is None else exact
        if rate and log10(rate) >= low:
            places[ceil((1 - log10(rate) / low) * (WIDTH - 1))] = MARKS[outcome]
    return "".join(places)
