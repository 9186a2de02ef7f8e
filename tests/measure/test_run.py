"""Whole runs with real workers, of backends that misbehave in a chosen process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.derive import cells, comparisons
from benchsuite.analyse.flags import visit_flags
from benchsuite.analyse.looks import LOOK_EVERY, MOST_BLOCKS
from benchsuite.analyse.problems import problems
from benchsuite.host.cases import Selection
from benchsuite.host.engine import origin
from benchsuite.host.plan import Probe, plan
from benchsuite.host.plugins import discover
from benchsuite.host.presets import Preset
from benchsuite.measure.order import visiting_order
from benchsuite.measure.run import Limits, Looks, Setup, measure
from benchsuite.record.types import (
    SCHEMA,
    Cell,
    DeviceFacts,
    Gate,
    Latency,
    Line,
    Lost,
    Planned,
    Run,
    Samples,
)
from benchsuite.workloads import HSIAO_ENCODE
from benchsuite.workloads.codes.hsiao import HsiaoEncodeParams

TINY = Preset(name="tiny", blocks=2, samples=1, sample_seconds=1e-4)
CPU = Probe(devices=(("cpu", ("end-to-end",)),), max_lanes={"cpu": 3})
PLUGIN = '''
import os, signal, threading
from pathlib import Path

from benchsuite.api import Backend, Prepared, Unsupported, hookimpl, host_cpu
from benchsuite.measure import gate, probes
from benchsuite.testing.fakes import encode, other_sizes
from benchsuite.workloads import HSIAO_ENCODE

PROCESSES = Path(__file__).with_suffix(".processes")


def probe():
    """Runs once a worker."""
    gate.VARIED_SECONDS = probes.PROBE_SECONDS = 0.01  # these runs are about what happens between workers
    with PROCESSES.open("a") as file:
        file.write("x")
    return host_cpu()


backend = Backend(name="{name}", probe=probe)


@backend.implements(HSIAO_ENCODE, version=1, unless=other_sizes)
def prepare(job):
    process = len(PROCESSES.read_text())
    outputs = job.outputs
    {prepare}

    def run():
        encode(job.inputs, outputs)
        {run}

    return Prepared(run=run)


@hookimpl
def benchsuite_backends():
    return [backend]
'''
KILL = "if process {processes}: os.kill(os.getpid(), signal.SIGKILL)"
HANG = "if process {processes}: threading.Event().wait()"


@dataclass
class Recorded:
    """What a run wrote, and what follows from it."""

    rows: list[Planned]
    lines: list[Line] = field(default_factory=list)

    def of(self, kind: type[Any], backend: str = "") -> list[Any]:
        mine = {row.cell for row in self.rows if not backend or row.backend == backend}
        return [line for line in self.lines if isinstance(line, kind) and line.cell in mine]

    def derived(self) -> dict[str, Cell]:
        return {cell.backend: cell for cell in cells([*self.rows, *self.lines]) if not cell.twin}

    def visits(self) -> Counter[tuple[str, int, int]]:
        return Counter((v.cell, v.block, v.position) for v in self.of(Samples))


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Recorded]:
    """Run backends, given as name -> (code for prepare, code for each repetition), on one case."""

    def go(
        backends: dict[str, tuple[str, str]],
        *,
        codewords: int = 64,
        twin: bool = False,
        done: Sequence[Line] = (),
        rows: list[Planned] | None = None,
        preset: Preset = TINY,
        crowds: tuple[tuple[int, int], ...] = ((1, 1),),
        **options: Any,
    ) -> Recorded:
        extra = []
        for name, (prepare, repetition) in backends.items():
            path = tmp_path / f"{name}.py"
            text = PLUGIN.replace("{name}", name).replace("{prepare}", prepare).replace("{run}", repetition)
            path.write_text(text)
            extra.append(str(path))
        registry = discover(extra=extra)
        assert set(backends) <= set(registry.backends), [p.error for p in registry.plugins]
        planned = plan(
            registry,
            [(HSIAO_ENCODE, HsiaoEncodeParams(codewords=codewords))],
            dict.fromkeys(backends, CPU),
            Selection(crowds=crowds),
            cold_from_bytes=None,
            last_cache_bytes=1 << 20,
        )
        recorded = Recorded([row for row in planned if twin or not row.twin])
        assert rows is None or rows == recorded.rows
        setup = Setup(
            registry=registry,
            origins={name: origin(registry, name) for name in backends},
            preset=preset,
            seed=7,
            record=recorded.lines.append,
            **options,
        )
        measure(setup, recorded.rows, done)
        recorded.lines[:0] = done
        return recorded

    return go


HONEST = ("", "")


def test_every_cell_is_gated_once_and_visited_once_a_block_its_twin_too(run):
    recorded = run({"alpha": HONEST, "beta": HONEST}, twin=True)
    assert len(recorded.rows) == 3
    assert Counter(gate.cell for gate in recorded.of(Gate)) == Counter(row.cell for row in recorded.rows)
    assert Counter((v.cell, v.block) for v in recorded.of(Samples)) == Counter(
        (row.cell, block) for row in recorded.rows for block in range(2)
    )
    first_visit = recorded.lines.index(recorded.of(Samples)[0])
    assert all(isinstance(line, Gate) for line in recorded.lines[:first_visit])
    assert recorded.of(Lost) == []
    for visit in recorded.of(Samples):
        gate = next(g for g in recorded.of(Gate) if g.cell == visit.cell)
        assert visit.output_sha256 == gate.output_sha256
        assert len(visit.repetitions) == TINY.samples
        assert gate.repetitions <= visit.repetitions[0] <= max(1.25 * gate.repetitions, gate.repetitions + 1)
        assert visit.audit_draws
        assert 0 < min(visit.wall_seconds) < visit.pressure.seconds
        assert visit.flags == visit_flags(visit.pressure)
    assert {cell.status for cell in recorded.derived().values()} == {"measured"}
    assert len(comparisons([*recorded.rows, *recorded.lines])) == 2
    assert problems([head(), *recorded.rows, *recorded.lines]) == []


def head() -> Run:
    return Run(
        schema=SCHEMA,
        id="r",
        suite_version="0",
        argv=["run"],
        seed=7,
        preset="tiny",
        started="2026-01-01T00:00:00Z",
        machine={},
        plugins=[],
        devices=[DeviceFacts(backend=name, id="cpu", facts={}) for name in ("alpha", "beta")],
    )


def test_three_threads_are_one_worker_with_three_lanes_and_several_draws(run, tmp_path):
    preset = Preset(name="tiny", blocks=2, samples=2, sample_seconds=1e-4)
    recorded = run({"alpha": HONEST}, preset=preset, crowds=((1, 1), (3, 1)))
    of_threads = next(row for row in recorded.rows if row.threads == 3)
    visits = [visit for visit in recorded.of(Samples) if visit.cell == of_threads.cell]
    assert [(len(visit.repetitions), len(visit.audit_draws)) for visit in visits] == [(2, 3)] * 2
    assert {cell.status for cell in cells([*recorded.rows, *recorded.lines])} == {"measured"}
    assert (tmp_path / "alpha.processes").read_text() == "xxx"
    assert problems([head(), *recorded.rows, *recorded.lines]) == []


def test_threads_that_differ_are_wrong(run):
    late = "if threading.current_thread() is not threading.main_thread(): outputs.check[-1] ^= 1"
    recorded = run({"alpha": ("", late)}, crowds=((2, 1),))
    assert recorded.derived()["alpha"].status == "wrong"


def test_an_engine_in_place_is_not_measured_by_threads(run):
    recorded = run({"alpha": ("return Prepared(run=lambda: None, in_place=True)", "")}, crowds=((2, 1),))
    (cell,) = recorded.derived().values()
    assert (cell.status, cell.reason) == (
        "unsupported",
        "an engine that works in place is measured by one thread of one process",
    )


def test_each_block_has_workers_of_its_own(run, tmp_path):
    run({"alpha": HONEST})
    gates, *blocks = (tmp_path / "alpha.processes").read_text()
    assert (gates, blocks) == ("x", ["x"] * TINY.blocks)


def test_the_order_follows_from_the_seed_and_the_block_and_keeps_cases_together(run):
    nothing = Preset(name="none", blocks=0, samples=1, sample_seconds=1e-4)
    rows = run({"alpha": HONEST, "beta": HONEST}, preset=nothing).rows
    many = [
        msgspec.structs.replace(row, case_key=f"case {case}", cell=f"{row.backend} {case}")
        for case in range(6)
        for row in rows
    ]
    orders = {(seed, block): visiting_order(many, seed, block) for seed in range(3) for block in range(3)}
    assert all(order == visiting_order(many, *key) for key, order in orders.items())
    assert len({tuple(row.cell for row in order) for order in orders.values()}) == 9
    for order in orders.values():
        assert sorted(row.cell for row in order) == sorted(row.cell for row in many)
        cases = [row.case_key for row in order]
        assert cases[::2] == cases[1::2]
    assert {order[0].backend for order in orders.values()} == {"alpha", "beta"}


def test_a_worker_killed_once_costs_one_visit_and_the_rest_is_measured(run):
    recorded = run({"alpha": HONEST, "mortal": ("", KILL.format(processes="== 2"))})
    (lost,) = recorded.of(Lost)
    assert (lost.block, lost.signal) == (0, "SIGKILL")
    assert [visit.block for visit in recorded.of(Samples, "mortal")] == [1]
    assert [visit.block for visit in recorded.of(Samples, "alpha")] == [0, 1]
    assert {name: cell.status for name, cell in recorded.derived().items()} == {
        "alpha": "measured",
        "mortal": "measured",
    }


def test_a_worker_killed_twice_is_a_failed_cell_that_names_the_signal(run):
    recorded = run(
        {"alpha": HONEST, "mortal": ("", KILL.format(processes=">= 2"))},
        preset=Preset(name="tiny", blocks=4, samples=1, sample_seconds=1e-4),
    )
    assert [lost.block for lost in recorded.of(Lost)] == [0, 1]
    cell = recorded.derived()["mortal"]
    assert (cell.status, cell.summary) == ("failed", None)
    assert "SIGKILL" in cell.reason
    assert len(recorded.of(Samples, "alpha")) == 4
    assert recorded.derived()["alpha"].status == "measured"


def test_a_gate_that_is_killed_is_tried_again(run):
    once = run({"mortal": ("", KILL.format(processes="== 1"))})
    assert [(lost.block, lost.signal) for lost in once.of(Lost)] == [(-1, "SIGKILL")]
    assert once.derived()["mortal"].status == "measured"


def test_a_gate_that_is_killed_twice_fails(run):
    twice = run({"mortal": ("", KILL.format(processes=">= 1"))})
    assert [lost.block for lost in twice.of(Lost)] == [-1, -1]
    assert twice.of(Samples) == []
    assert twice.derived()["mortal"].status == "failed"
    assert "SIGKILL" in twice.derived()["mortal"].reason


def test_a_backend_that_hangs_is_ended_at_its_time_limit_and_is_said_to_be_waited_for(run):
    told = []
    recorded = run(
        {"sleepy": ("", HANG.format(processes=">= 2"))},
        limits=Limits(visit_seconds=1.0),
        waiting=lambda what, seconds: told.append((what, seconds)),
    )
    assert ("sleepy: hsiao (72,64) encode, 512 B", 1.0) in told
    assert [lost.reason for lost in recorded.of(Lost)] == ["timeout: no answer within 1 s"] * 2
    assert recorded.derived()["sleepy"].status == "timeout"


@pytest.mark.parametrize(
    ("prepare", "status", "reason"),
    [
        ("raise Unsupported('not on a Sunday')", "unsupported", "not on a Sunday"),
        ("raise OSError('no table')", "failed", "OSError: no table"),
        ("raise SystemExit('bye')", "failed", "SystemExit: bye"),
    ],
)
def test_what_prepare_raises_is_the_reason(run, prepare, status, reason):
    recorded = run({"moody": (prepare, "")})
    (cell,) = recorded.derived().values()
    assert cell.status == status
    assert cell.reason.startswith(reason)
    assert recorded.of(Samples) == []


def test_an_engine_that_raises_in_a_repetition_fails_with_the_text(run):
    recorded = run({"moody": ("", "raise ArithmeticError('odd')")})
    (cell,) = recorded.derived().values()
    assert cell.status == "failed"
    assert cell.reason.startswith("ArithmeticError: odd")


def test_an_engine_that_turns_wrong_after_the_gate_is_wrong_and_not_visited_again(run):
    recorded = run({"alpha": HONEST, "turncoat": ("", "outputs.check[-1] ^= process > 1")})
    (visit,) = recorded.of(Samples, "turncoat")
    assert (visit.block, visit.wall_seconds) == (0, [])
    cell = recorded.derived()["turncoat"]
    assert (cell.status, cell.summary) == ("wrong", None)
    assert cell.reason
    assert recorded.derived()["alpha"].status == "measured"
    assert comparisons([*recorded.rows, *recorded.lines]) == []


def test_where_two_digests_differ_the_oracle_names_the_loser(run):
    """One wrong word of 2 MiB, which no vector has and random checks hardly ever meet."""
    one_word = "if len(outputs.check) > 1000: outputs.check[123456] ^= 4"
    recorded = run({"alpha": HONEST, "beta": HONEST, "faulty": ("", one_word)}, codewords=1 << 18)
    derived = recorded.derived()
    assert {name: cell.status for name, cell in derived.items()} == {
        "alpha": "measured",
        "beta": "measured",
        "faulty": "wrong",
    }
    assert derived["faulty"].reason.startswith("item 123456: expected check")
    assert recorded.of(Samples, "faulty") == []


def test_an_engine_that_changes_its_inputs_does_not_drag_an_honest_one_down(run):
    forgets = "if len(outputs.check) > 1000: job.inputs.data[...] = 0; outputs.check[...] = 0"
    recorded = run({"alpha": HONEST, "forgetful": ("", forgets)}, codewords=1 << 12)
    assert {name: cell.status for name, cell in recorded.derived().items()} == {
        "alpha": "measured",
        "forgetful": "wrong",
    }


def test_a_run_cut_anywhere_goes_on_to_the_same_visits(run):
    backends = {"alpha": HONEST, "beta": HONEST}
    whole = run(backends)
    assert len(whole.lines) == 6
    for kept in range(len(whole.lines) + 1):
        resumed = run(backends, done=whole.lines[:kept], rows=whole.rows)
        assert resumed.lines[:kept] == whole.lines[:kept]
        assert resumed.visits() == whole.visits()
        assert Counter(g.cell for g in resumed.of(Gate)) == Counter(g.cell for g in whole.of(Gate))
        assert {cell.status for cell in resumed.derived().values()} == {"measured"}


def test_losses_are_remembered_when_a_run_goes_on(run):
    backends = {"mortal": ("", KILL.format(processes="== 2"))}
    first = run(backends)
    (lost,) = first.of(Lost)
    until = first.lines.index(lost) + 1
    again = run({"mortal": HONEST}, done=first.lines[:until], rows=first.rows)
    assert [visit.block for visit in again.of(Samples)] == [1]
    assert again.of(Lost) == [lost]


def test_calls_of_one_item_are_timed_singly_in_every_visit_alone_and_under_each_load(run):
    recorded = run(
        {"alpha": HONEST}, codewords=1, twin=True, latency=True, rates=["50%", "200/s"], arrivals="fixed"
    )
    found = recorded.of(Latency)
    asked = [(line.block, line.load.asked if line.load else "") for line in found]
    assert asked == [(block, load) for block in range(2) for load in ("", "50%", "200/s")]
    for line in found:
        assert line.calls == sum(calls for _, calls in line.histogram)
    fixed = [line.load for line in found if line.load and line.load.asked == "200/s"]
    assert {(load.offered_per_second, load.arrivals) for load in fixed} == {(200.0, "fixed")}
    assert all(load.seconds >= 19 / 200 for load in fixed)  # twenty calls, the last after nineteen gaps
    assert problems([head(), *recorded.rows, *recorded.lines]) == []


def test_calls_of_many_items_and_runs_that_do_not_ask_are_not_timed_singly(run):
    assert run({"alpha": HONEST}, codewords=2, latency=True).of(Latency) == []
    assert run({"alpha": HONEST}, codewords=1).of(Latency) == []


def test_no_block_begins_after_the_budget(run):
    spent = run({"alpha": HONEST}, looks=Looks(precision=1e-9, budget_seconds=0.0))
    assert {visit.block for visit in spent.of(Samples)} == set(range(TINY.blocks))


def test_looks_end_with_four_times_the_blocks_and_go_on_after_a_cut_to_the_same_visits(run):
    impossible = Looks(precision=1e-9)
    whole = run({"alpha": HONEST}, looks=impossible)
    visits = whole.of(Samples)
    assert [visit.block for visit in visits] == list(range(MOST_BLOCKS * TINY.blocks))
    cut = whole.lines.index(visits[TINY.blocks + LOOK_EVERY - 1])
    again = run({"alpha": HONEST}, done=whole.lines[:cut], rows=whole.rows, looks=impossible)
    assert again.visits() == whole.visits()
