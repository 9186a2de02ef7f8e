"""What is wrong with what a run planned, gated and visited: relations between lines, in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from benchsuite.analyse.derive import WRONG
from benchsuite.analyse.flags import visit_flags
from benchsuite.analyse.problems_of_latency import of_latencies, of_looks
from benchsuite.api import ConstantTime, Scope
from benchsuite.record.identity import cell_id_of
from benchsuite.record.types import Cell, Gate, Line, Lost, Planned, Run, Samples, as_mapping

Shapes = Mapping[str, tuple[int, int]]
"""Preset -> (blocks, samples of a visit)."""

CPU_SLACK = 2.0, 1e-3  # two clocks are read one after the other; the CPU's may tick as rarely as this
GATE = -1  # the block of what was lost in a gate


def of_visits(run: Run, lines: Sequence[Line], presets: Shapes | None) -> Iterator[str]:
    """Everything about planned, gate, samples and lost lines; the presets only where they are given."""
    cores = run.machine.get("cores_allowed")
    history = _History(
        {(device.backend, device.id) for device in run.devices}, cores if isinstance(cores, int) else 1
    )
    for line in lines:
        if isinstance(line, Planned | Gate | Samples | Lost | Cell):
            yield from (f"cell {line.cell}{problem}" for problem in history.of_next(line))
    yield from _of_digests(history)
    yield from _of_shapes(run, lines, history, presets)
    yield from of_latencies(lines)


@dataclass
class _History:
    """What the lines so far say about each cell."""

    devices: set[tuple[str, str]]
    cores: int
    """That an engine may share a repetition out among, whatever the row's threads are."""
    planned: dict[str, Planned] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    """The last of each cell."""
    visits: dict[tuple[str, int], Samples | Lost] = field(default_factory=dict)
    visited: set[str] = field(default_factory=set)

    def of_next(self, line: Planned | Gate | Samples | Lost | Cell) -> Iterator[str]:
        """What is wrong with the next line, as it goes on after the cell's id; then learn from it."""
        row = self.planned.get(line.cell)
        if isinstance(line, Planned):
            yield from _of_planned(line)
            if row is not None:
                yield ": cell: planned twice"
            if line.status == "planned" and (line.backend, line.device) not in self.devices:
                yield f": device: the run had no {line.device} of {line.backend}"
            self.planned.setdefault(line.cell, line)
        elif row is None:
            yield f": cell: a {as_mapping(line)['type']} line of a cell that was not planned before"
        elif isinstance(line, Cell):
            return
        elif row.status != "planned":
            yield f": status: a {as_mapping(line)['type']} line, though planned as {row.status}"
        elif isinstance(line, Gate):
            yield from self._of_gate(line)
            self.gates[line.cell] = line
        elif line.block > GATE:
            yield from (f", block {line.block}: {problem}" for problem in self._of_visit(row, line))
            self.visits.setdefault((line.cell, line.block), line)
            self.visited.add(line.cell)

    def _of_gate(self, gate: Gate) -> Iterator[str]:
        if gate.status != "measured":
            return  # a later verdict may always take a passed one back
        if gate.cell in self.gates or gate.cell in self.visited:
            yield ": gate: passed after an earlier verdict or visit"
        if not gate.checked_calls:
            yield ": checked_calls: passed, though no call was checked"

    def _of_visit(self, row: Planned, visit: Samples | Lost) -> Iterator[str]:
        gate = self.gates.get(visit.cell)
        if (visit.cell, visit.block) in self.visits:
            yield "block: visited twice"
        if gate is None or gate.status != "measured":
            yield "no passed gate before it"
        elif isinstance(visit, Samples):
            yield from _of_figures(row, gate, visit, self.cores)


def _of_planned(row: Planned) -> Iterator[str]:
    right = cell_id_of(row)
    if row.cell != right:
        yield f": cell: its identity hashes to {right}"
    for name, known in (("constant_time", get_args(ConstantTime)), ("scope", get_args(Scope))):
        if getattr(row, name) not in known:
            yield f": {name}: {getattr(row, name)!r} is none of {', '.join(known)}"


def _of_figures(row: Planned, gate: Gate, visit: Samples, cores: int) -> Iterator[str]:
    lengths = len(visit.repetitions), len(visit.wall_seconds), len(visit.cpu_seconds)
    if len(set(lengths)) > 1:
        yield f"{lengths[0]} repetitions, {lengths[1]} wall_seconds, {lengths[2]} cpu_seconds"
        return
    if _is_wrong(visit) == bool(visit.repetitions):
        yield "flags: wrong, and yet it has samples" if visit.repetitions else "repetitions: no samples"
    if visit.pressure is not None and visit.repetitions:
        right = visit_flags(visit.pressure, visit.device_readings)
        if visit.flags != right:
            yield f"flags: {visit.flags}, where its pressure gives {right}"
    if visit.repetitions and visit.output_sha256 != gate.output_sha256:
        yield "output_sha256: not the gate's"
    members = row.threads * row.processes
    if len(visit.audit_draws) != members:
        yield f"audit_draws: {len(visit.audit_draws)} of {members} threads and processes"
    most = max(gate.repetitions + gate.repetitions // 4, gate.repetitions + 1)
    for repetitions in visit.repetitions if members == 1 else ():
        if not gate.repetitions <= repetitions <= most:
            yield f"repetitions: {repetitions}, where the gate allows {gate.repetitions} to {most}"
    factor, slack = CPU_SLACK
    # a device's clock leaves out what its host does between repetitions that work in place
    times = zip(visit.wall_seconds, visit.cpu_seconds, strict=True) if row.scope == "end-to-end" else ()
    for wall, cpu in times:
        if cpu > factor * wall * max(cores, members) + slack:
            yield f"cpu_seconds: {cpu}, more than all cores, threads and processes can spend in {wall} s"


def _is_wrong(visit: Samples) -> bool:
    return any(flag.startswith(WRONG) for flag in visit.flags)


def _of_digests(history: _History) -> Iterator[str]:
    """Of cells with figures: before that, the oracle has not judged between them yet."""
    first: dict[tuple[str, str, int], Gate] = {}
    for cell in dict.fromkeys(v.cell for v in history.visits.values() if isinstance(v, Samples)):
        row, gate = history.planned[cell], history.gates.get(cell)
        if gate is None or gate.status != "measured":
            continue
        other = first.setdefault((row.case_key, row.pool, gate.slots), gate)
        if gate.output_sha256 != other.output_sha256:
            yield f"cell {cell}: output_sha256: not that of cell {other.cell}, which does the same"


def _of_shapes(run: Run, lines: Sequence[Line], history: _History, presets: Shapes | None) -> Iterator[str]:
    """All visits of a run have equally many samples, in the blocks of its preset or those of its looks."""
    whole = {
        key: len(v.repetitions)
        for key, v in history.visits.items()
        if isinstance(v, Samples) and not _is_wrong(v)
    }
    counted = Counter(whole.values()).most_common(1)
    blocks, samples = None, counted[0][0] if counted else 0
    if presets is not None and history.planned:
        if run.preset not in presets:
            yield f"run: preset: {run.preset!r} is none of {', '.join(presets)}"
        else:
            blocks, samples = presets[run.preset]
    for (cell, block), number in whole.items():
        if number != samples:
            yield f"cell {cell}, block {block}: {number} samples, where visits have {samples}"
    if blocks is not None:
        yield from of_looks(run, lines, blocks)
