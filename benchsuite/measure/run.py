"""The orchestrator: gates, randomised blocks, and a record of each visit the moment it is over.

It holds no backend: whatever of an engine can crash, hang or lie runs in workers.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Any

import msgspec

from benchsuite.analyse.flags import visit_flags
from benchsuite.analyse.looks import LOOK_EVERY, MOST_BLOCKS, too_wide
from benchsuite.host.cases import params_from
from benchsuite.host.engine import Origin
from benchsuite.host.plan import relabelled
from benchsuite.host.plugins import Registry, described
from benchsuite.host.presets import Preset
from benchsuite.measure.crew import Crew, Key, way_message
from benchsuite.measure.crowd import HEAD_START_SECONDS, Rush, common, window_seconds
from benchsuite.measure.layout import Arena
from benchsuite.measure.order import keys_of, visiting_order
from benchsuite.measure.pressure import of_crowd
from benchsuite.record.types import CONTROL, Arrivals, Gate, Latency, Line, Lost, Planned, Samples
from benchsuite.workers import WorkerError, WorkerLost

GATE_SECONDS = 120.0
VISIT_SECONDS = 60.0
LOSSES = 2  # a cell that costs two workers is given up
CONTROL_SHARE = 0.05  # of repetitions that the control of an A/A test does and does not count
GATES = -1  # the block that losses in the gate are recorded under

Progress = Callable[[str, int, int, str], None]
"""(phase, steps over, steps in all, what comes next)."""
Waiting = Callable[[str, float], None]
"""(what is waited for, seconds that it may last), now and then while it lasts."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one cell may cost before its worker is ended: its gate, a visit, a worker's resident memory."""

    gate_seconds: float = GATE_SECONDS
    visit_seconds: float = VISIT_SECONDS
    worker_memory_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Looks:
    """When to measure beyond the preset's blocks: on precision and budget, never on significance."""

    precision: float
    """The relative half-width that every interval shall have."""
    budget_seconds: float = inf
    """Since ``measure`` began, after which no further look is taken."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What is measured and where it is recorded."""

    registry: Registry
    origins: Mapping[str, Origin]
    preset: Preset
    seed: int
    record: Callable[[Line], None]
    progress: Progress = lambda phase, done, total, label: None
    waiting: Waiting = lambda what, seconds: None
    limits: Limits = Limits()
    latency: bool = False
    """Whether cells of one item are timed call by call as well."""
    rates: Sequence[str] = ()
    """Loads to time such cells under; see ``arrivals.rate_of``."""
    arrivals: Arrivals = "poisson"
    looks: Looks | None = None


@dataclass
class State:
    """What is known so far, from this process or a resumed file."""

    gates: dict[str, Gate] = field(default_factory=dict)
    visited: set[tuple[str, int]] = field(default_factory=set)
    losses: Counter[str] = field(default_factory=Counter)
    wrong: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)

    def note(self, line: Line) -> None:
        """Learn from a line."""
        self.lines.append(line)
        match line:
            case Gate():
                self.gates[line.cell] = line
            case Samples():
                self.visited.add((line.cell, line.block))
                if not line.repetitions:
                    self.wrong.add(line.cell)
            case Lost():
                self.losses[line.cell] += 1
                self.visited.add((line.cell, line.block))

    def alive(self, cell: str) -> bool:
        """Whether the cell is still to be measured."""
        gate = self.gates.get(cell)
        gated = gate is None or gate.status == "measured"
        return gated and cell not in self.wrong and self.losses[cell] < LOSSES


def measure(setup: Setup, rows: Iterable[Planned], done: Iterable[Line] = ()) -> None:
    """Gate every planned row, then visit the good ones block by block; ``done`` is what a resumed file holds.

    Each line is recorded as it happens, so that an interruption costs the visit under way and no more.
    """
    began = time.perf_counter()
    planned = [row for row in rows if row.status == "planned"]
    state = State()
    for line in done:
        state.note(line)
    arena = Arena()
    crew = Crew(setup.origins, arena.descriptor, setup.limits.worker_memory_bytes)
    try:
        inputs, refused = fill(arena, setup, [row for row in planned if state.alive(row.cell)])
        for line in refused:
            state.note(line)
            setup.record(line)
        run = _Run(setup, planned, state, crew, inputs)
        run.gates()
        crew.dismiss()
        for block in range(setup.preset.blocks):
            run.block(block)
        if setup.looks is not None:
            run.more_blocks(setup.looks, began)
    finally:
        crew.dismiss()
        arena.close()


def fill(
    arena: Arena, setup: Setup, planned: Sequence[Planned]
) -> tuple[dict[tuple[str, int], dict[str, Any]], list[Gate]]:
    """The inputs of every case, made once: (case_key, slots) -> the message by which workers map them.

    And the verdicts on cells whose workload could not make them.
    """
    cases: dict[str, list[Planned]] = defaultdict(list)
    for row in planned:
        cases[row.case_key].append(row)
    filled: dict[tuple[str, int], dict[str, Any]] = {}
    refused = []
    for key, rows in cases.items():
        workload = setup.registry.workloads[rows[0].case.workload]
        try:
            params = params_from(workload, rows[0].case.params)
            most = max(row.slots for row in rows)
            message = arena.add([workload.inputs(params, setup.seed, slot) for slot in range(most)])
        except Exception as error:  # noqa: BLE001  the workload may be a plugin's
            reason = f"the inputs could not be made: {described(error)}"
            refused += [Gate(cell=r.cell, status="failed", reason=reason, checked_calls=0) for r in rows]
            continue
        for count in {row.slots for row in rows}:
            filled[key, count] = message | {"slots": count, "constants": message["constants"][:count]}
    return filled, refused


@dataclass
class _Run:
    setup: Setup
    planned: list[Planned]
    state: State
    crew: Crew
    inputs: dict[tuple[str, int], dict[str, Any]]

    def gates(self) -> None:
        """Gate every cell that has no verdict yet, then let the oracle judge between unequal digests."""
        ungated = [row for row in self.planned if row.cell not in self.state.gates]
        self.crew.assemble({Key(row.backend) for row in ungated if self.state.alive(row.cell)})
        for index, row in enumerate(self.planned):
            self.setup.progress("verifying", index, len(self.planned), f"{row.backend}: {row.label}")
            while row.cell not in self.state.gates and self.state.alive(row.cell):
                self._gate(row)
        self._judge()

    def more_blocks(self, looks: Looks, began: float) -> None:
        """Look every few blocks; go on with the cases that are not precise enough while there is time."""
        wide: set[str] = set()
        for block in range(self.setup.preset.blocks, MOST_BLOCKS * self.setup.preset.blocks):
            if (block - self.setup.preset.blocks) % LOOK_EVERY == 0:
                wide = too_wide([*self.planned, *self.state.lines], looks.precision, before=block)
                if time.perf_counter() - began > looks.budget_seconds:
                    return
            if not wide:
                return
            self.block(block, wide)

    def block(self, block: int, only: Set[str] | None = None) -> None:
        """Visit living cells, all or those of ``only``, in an order that the seed and the block decide."""
        wanted = [row for row in self.planned if only is None or row.cell in only]
        order = visiting_order(wanted, self.setup.seed, block)
        keys = {row.cell: key for row, key in zip(order, keys_of(order, self.setup.seed, block), strict=True)}
        self.crew.assemble({keys[row.cell] for row in order if self._due(row, block)})
        for position, row in enumerate(order):
            if not self._due(row, block):
                continue
            done = block * len(order) + position
            total = max(self.setup.preset.blocks, block + 1) * len(order)
            self.setup.progress("measuring", done, total, f"{row.backend}: {row.label}")
            self._visit(row, block, position, keys[row.cell])
        self.crew.dismiss()

    def _due(self, row: Planned, block: int) -> bool:
        return self.state.alive(row.cell) and (row.cell, block) not in self.state.visited

    def _record(self, line: Line) -> None:
        self.state.note(line)
        self.setup.record(line)

    def _ask(self, key: Key, row: Planned, do: str, seconds: float, **more: Any) -> dict[str, Any]:
        return self.crew.ask(key, self._request(row, do, **more), seconds, self._waiting(row, seconds))

    def _waiting(self, row: Planned, seconds: float) -> Callable[[], None]:
        return partial(self.setup.waiting, f"{row.backend}: {row.label}", seconds)

    def _request(self, row: Planned, do: str, **more: Any) -> dict[str, Any]:
        return {"do": do, "way": way_message(row), "inputs": self.inputs[row.case_key, row.slots], **more}

    def _gate(self, row: Planned) -> None:
        try:
            reply = self._ask(
                Key(row.backend),
                row,
                "gate",
                self.setup.limits.gate_seconds,
                members=row.threads * row.processes,
                sample_seconds=self.setup.preset.sample_seconds,
                longest_repetition_seconds=self.setup.preset.longest_repetition_seconds,
            )
        except WorkerError as error:
            self._record(Gate(cell=row.cell, status="failed", reason=str(error), checked_calls=0))
        except WorkerLost as lost:
            self._record(Lost(cell=row.cell, block=GATES, reason=lost.reason, signal=lost.signal))
        else:
            self._record(self._calibrated(row, _gate_line(row, reply)))

    def _calibrated(self, row: Planned, gate: Gate) -> Gate:
        """A second label repeats as often as the first: under load shorter samples have lower minima."""
        first = self.state.gates.get(relabelled(row, 0).cell)
        if first is None or first.status != "measured" or gate.status != "measured":
            return gate
        return msgspec.structs.replace(gate, repetitions=first.repetitions, replayed=first.replayed)

    def _judge(self) -> None:
        groups: dict[tuple[str, int], list[Planned]] = defaultdict(list)
        for row in self.planned:
            gate = self.state.gates.get(row.cell)
            if gate and gate.status == "measured" and gate.output_sha256:
                groups[row.case_key, row.slots].append(row)
        for rows in groups.values():
            if len({self.state.gates[row.cell].output_sha256 for row in rows}) > 1:
                reasons = {row.cell: self._judged(row) for row in rows}
                for row in rows:
                    reason = reasons[row.cell] or (
                        "" if any(reasons.values()) else "its digest differs from another backend's"
                    )
                    if reason:
                        verdict = self.state.gates[row.cell]
                        self._record(msgspec.structs.replace(verdict, status="wrong", reason=reason))

    def _judged(self, row: Planned) -> str:
        try:
            return str(self._ask(Key(row.backend), row, "judge", self.setup.limits.gate_seconds)["wrong"])
        except (WorkerError, WorkerLost) as error:
            return f"could not be judged after its digest differed: {error}"

    def _alone(self, row: Planned, gate: Gate, key: Key) -> dict[str, Any]:
        return self._ask(
            key,
            row,
            "visit",
            self.setup.limits.visit_seconds,
            samples=self.setup.preset.samples,
            repetitions=gate.repetitions,
            replayed=gate.replayed,
            uncounted=CONTROL_SHARE if row.twin == CONTROL else 0.0,
            latency=self.setup.latency and _by_the_call(row),
            rates=list(self.setup.rates),
            arrivals=self.setup.arrivals,
        )

    def _crowd(self, row: Planned, gate: Gate) -> dict[str, Any]:
        """A visit by several threads or processes, with the keys of one by a single thread."""
        keys = [Key(row.backend, member=member) for member in range(row.processes)]
        muster = self._request(row, "muster", threads=row.threads, repetitions=gate.repetitions)
        seconds = self.setup.limits.visit_seconds
        waiting = self._waiting(row, seconds)
        mustered = self.crew.ask_all(keys, muster, seconds, waiting)
        wrong = [reply["wrong"] for reply in mustered if reply["wrong"]]
        digests = {reply["output_sha256"] for reply in mustered}
        visit: dict[str, Any] = {
            "output_sha256": digests.pop() if len(digests) == 1 else None,
            "draws": [draw for reply in mustered for draw in reply["draws"]],
            "samples": [],
        }
        met = []
        for _ in range(self.setup.preset.samples if not wrong else 0):
            request = {
                "do": "rush",
                "at": time.perf_counter() + HEAD_START_SECONDS,
                "seconds": window_seconds(self.setup.preset.sample_seconds, row.threads),
                "repetitions": gate.repetitions,
                "processes": row.processes,
            }
            rushes = self.crew.ask_all(keys, request, seconds, waiting)
            wrong = [reply["wrong"] for reply in rushes if reply["wrong"]]
            if wrong:
                break
            taken = common([[Rush(**each) for each in reply["rushes"]] for reply in rushes])
            visit["samples"].append([taken.repetitions, taken.wall_seconds, taken.cpu_seconds])
            met.append([reply["pressure"] for reply in rushes])
        return visit | {"wrong": wrong[0] if wrong else "", "pressure": of_crowd(met) or None}

    def _visit(self, row: Planned, block: int, position: int, key: Key) -> None:
        gate = self.state.gates[row.cell]
        try:
            reply = self._crowd(row, gate) if row.threads * row.processes > 1 else self._alone(row, gate, key)
        except (WorkerError, WorkerLost) as error:
            signal = error.signal if isinstance(error, WorkerLost) else None
            self._record(Lost(cell=row.cell, block=block, reason=str(error), signal=signal))
            return
        wrong = reply["wrong"]
        if not wrong and reply["output_sha256"] != gate.output_sha256:
            wrong = "its answers to the case's own inputs differ from those it gave in the gate"
        samples = [] if wrong else reply["samples"]
        line = {
            "cell": row.cell,
            "block": block,
            "position": position,
            "repetitions": [s[0] for s in samples],
            "wall_seconds": [s[1] for s in samples],
            "cpu_seconds": [s[2] for s in samples],
            "output_sha256": reply["output_sha256"],
            "flags": [f"wrong: {wrong}"] if wrong else [],
            "audit_draws": reply["draws"],
            "pressure": None if wrong else reply["pressure"],
            "device_readings": [] if wrong else reply.get("device_readings", []),
        }
        try:
            visit = msgspec.convert(line, Samples)
            if visit.pressure is not None:
                visit = msgspec.structs.replace(
                    visit, flags=visit_flags(visit.pressure, visit.device_readings)
                )
            found = [{**timed, "cell": row.cell, "block": block} for timed in reply.get("latencies", ())]
            latencies = msgspec.convert(found, list[Latency])
        except msgspec.ValidationError as error:
            self._record(Lost(cell=row.cell, block=block, reason=f"no possible figures: {error}"))
        else:
            self._record(visit)
            for latency in latencies:
                self._record(latency)


def _by_the_call(row: Planned) -> bool:
    """Whether a call is one item, for which somebody waits on the host."""
    alone = row.threads == row.processes == row.work.items == 1
    return alone and row.scope == "end-to-end" and not row.twin


def _gate_line(row: Planned, reply: dict[str, Any]) -> Gate:
    try:
        return msgspec.convert({**reply, "cell": row.cell}, Gate)
    except msgspec.ValidationError as error:
        return Gate(cell=row.cell, status="failed", reason=f"no possible figures: {error}", checked_calls=0)
