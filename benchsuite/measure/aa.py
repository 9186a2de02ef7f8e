"""Equal code under two labels, many times, and a control that is slower by a known share: tests the machine.

The path of a run exactly: the same gate, blocks, workers and visits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import ceil

from benchsuite.host.plan import relabelled
from benchsuite.measure.run import CONTROL_SHARE, Setup, measure
from benchsuite.record.types import CONTROL, Gate, Line, Planned

CONTROLS = 2
"""Cells that have a control beside their A/A twin."""
COUNTABLE = 5
"""Repetitions that a control adds to a sample at least: fewer, and rounding would decide how large it is."""


def measure_aa(setup: Setup, rows: Iterable[Planned], comparisons: int) -> None:
    """Gate ``rows``, pair those that pass with a twin, and compare every pair in as many rounds as it takes.

    A round is the preset's blocks, in which each pair gives one comparison; the rounds give at least
    ``comparisons``. The plan of twins and controls is recorded after the gates, since it depends on them:
    the fastest cells have a control.
    """
    lines: list[Line] = []

    def record(line: Line) -> None:
        lines.append(line)
        setup.record(line)

    originals = list(rows)
    for row in originals:
        record(row)
    measure(replace(setup, record=record, preset=replace(setup.preset, blocks=0)), originals)
    gates = {line.cell: line for line in lines if isinstance(line, Gate)}
    passed = [row for row in originals if row.cell in gates and gates[row.cell].status == "measured"]
    if not passed:
        return
    labels = [*(relabelled(row, 1) for row in passed), *_controls(passed, gates)]
    for row in labels:
        record(row)
    rounds = ceil(comparisons / len(passed))
    # a label must not be refused because noise made it as slow as no case may be
    blocks = replace(setup.preset, blocks=rounds * setup.preset.blocks, longest_repetition_seconds=None)
    measure(replace(setup, record=record, preset=blocks), [*passed, *labels], list(lines))


def _controls(passed: Sequence[Planned], gates: dict[str, Gate]) -> list[Planned]:
    """Controls of the cells with most repetitions a sample."""
    fine = [row for row in passed if CONTROL_SHARE * gates[row.cell].repetitions >= COUNTABLE]
    fine.sort(key=lambda row: -gates[row.cell].repetitions)
    return [relabelled(row, CONTROL) for row in fine[:CONTROLS]]
