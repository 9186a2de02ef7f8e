"""``benchsuite protect``: protections under the same errors, then their speed, into one run file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchsuite.analyse.derive import cells
from benchsuite.cli.ending import INTERRUPTED
from benchsuite.cli.model_files import spelled_out
from benchsuite.cli.output import show
from benchsuite.cli.progress import Reporter
from benchsuite.cli.session import (
    Recorder,
    Session,
    create,
    exit_code,
    head,
    open_session,
    reopen,
    require_same_machine,
    say,
    statuses,
)
from benchsuite.host.cases import size
from benchsuite.host.plan import relabelled
from benchsuite.host.plugins import UsageError
from benchsuite.host.presets import PRESETS
from benchsuite.inject.models import parse_model
from benchsuite.inject.protect.campaign import Server, Strike, declared, run_strikes
from benchsuite.inject.protect.objects import Objects
from benchsuite.inject.protect.scheme import Scheme
from benchsuite.inject.protect.schemes import COMPARED, scheme_called
from benchsuite.inject.protect.step import Route, route_of
from benchsuite.inject.ways import NoWay, find_rows
from benchsuite.measure.run import Setup, measure
from benchsuite.record.types import Line, Planned, Tally

MODELS = ("flips:1", "bsc:0.00001", "burst:64")
"""Struck by unless asked for others: one bit, noise, and what a broken line or cell block does."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked for."""

    protections: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    data: str = "4KiB"
    backends: tuple[str, ...] = ()
    trials: int = 10_000
    speed: bool = True
    preset: str = "quick"
    seed: int = 1

    def argv(self) -> list[str]:
        """The command line that asks for the same."""
        parts = ["protect", "--data", self.data, "--trials", str(self.trials), "--seed", str(self.seed)]
        parts += ["--preset", self.preset]
        parts += [part for name in self.protections for part in ("--protection", name)]
        parts += [part for model in self.models for part in ("--model", model)]
        parts += [part for backend in self.backends for part in ("--backend", backend)]
        return parts + ([] if self.speed else ["--no-speed"])


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What is struck, and what each backend does it by."""

    strikes: Mapping[str, Sequence[Strike]]
    """By protection."""
    schemes: Sequence[Scheme]
    routes: Mapping[tuple[str, str], Route | NoWay]
    """By protection and backend."""
    rows: Sequence[Planned]
    """What is timed."""


def protect_command(
    request: Request,
    *,
    plugins: Sequence[str],
    blocked: Sequence[str],
    output: Path | None,
    resume: Path | None,
    json: bool,
) -> int:
    """Compare and return the exit code."""
    request = replace(request, models=tuple(map(spelled_out, request.models)))
    session = open_session(request.backends, plugins=plugins, blocked=blocked)
    plan = _plan(request, session)
    if resume is not None:
        if output is not None:
            raise UsageError("--resume goes on in the same file: leave --output out")
        writer, run, lines = reopen(resume)
        with writer:
            require_same_machine(run, session)
            if run.argv != request.argv():
                raise UsageError(f"{resume} was begun by other options: benchsuite {' '.join(run.argv)}")
            _require_same_plan(plan.rows, lines)
            return _go(request, plan, session, Recorder(writer, [run, *lines]), json=json)
    run = head(session, argv=request.argv(), seed=request.seed, preset=request.preset)
    with create(run, output) as writer:
        return _go(request, plan, session, Recorder(writer, [run]), json=json)


def _plan(request: Request, session: Session) -> _Plan:
    try:
        data_bytes = size(request.data)
    except ValueError as error:
        raise UsageError(f"--data {error}") from None
    models = [parse_model(model, session.registry) for model in request.models or MODELS]
    names = dict.fromkeys(request.protections or COMPARED)
    schemes = [scheme_called(name, data_bytes) for name in names]
    strikes = {
        scheme.name: [
            Strike(objects=Objects(scheme=scheme, model=model, seed=request.seed), trials=request.trials)
            for model in dict.fromkeys(models)
        ]
        for scheme in schemes
    }
    routes: dict[tuple[str, str], Route | NoWay] = {}
    rows: dict[str, Planned] = {}
    for scheme in schemes:
        roles = {workload.id: f"which {scheme.name} needs" for workload, _ in scheme.cases}
        for backend, probe in sorted(session.probes.items()):
            found = find_rows(session.registry, backend, probe, scheme.cases, roles)
            routes[scheme.name, backend] = found if isinstance(found, NoWay) else route_of(found)
            rows |= {} if isinstance(found, NoWay) or not request.speed else {row.cell: row for row in found}
    planned = list(rows.values())
    twin = [relabelled(planned[0], 1)] if planned else []
    return _Plan(strikes=strikes, schemes=schemes, routes=routes, rows=[*planned, *twin])


def _require_same_plan(rows: Sequence[Planned], lines: Sequence[Line]) -> None:
    recorded = [line for line in lines if isinstance(line, Planned)]
    if recorded != list(rows[: len(recorded)]):
        raise UsageError("the file's plan is not what would be planned now: start a new run")


def _go(request: Request, plan: _Plan, session: Session, record: Recorder, *, json: bool) -> int:
    """Do what is left to do; whatever happens, show what there is."""
    done = record.lines[1:]
    interrupted = False
    try:
        lines: list[Line] = [*map(declared, plan.schemes), *plan.rows]
        for line in lines:
            if line not in done:
                record(line)
        with Reporter() as reporter:
            _strike(plan, session, record, [line for line in done if isinstance(line, Tally)], reporter)
            if plan.rows:
                measure(_setup(request, session, record, reporter), plan.rows, done)
        for cell in cells(record.lines):
            if cell not in record.lines:
                record(cell)
    except KeyboardInterrupt:
        interrupted = True
    path = record.writer.path
    show(record.lines, json=json, command="protect", file=str(path))
    if interrupted:
        say(f"interrupted; nothing counted or measured is lost: the same command with --resume {path}")
        return INTERRUPTED
    say(f"written to {path}")
    tallies = [line for line in record.lines if isinstance(line, Tally)]
    return exit_code(statuses(cells(record.lines), tallies), session)


def _strike(
    plan: _Plan, session: Session, record: Recorder, done: Sequence[Tally], reporter: Reporter
) -> None:
    models = [strike.objects.model for strikes in plan.strikes.values() for strike in strikes]
    for backend in sorted(session.probes):
        with closing(Server(session.origins[backend], models, session.registry)) as server:
            for name, strikes in plan.strikes.items():
                run_strikes(
                    strikes,
                    backend,
                    plan.routes[name, backend],
                    server,
                    done=done,
                    record=record,
                    progress=partial(reporter.step, "striking"),
                )


def _setup(request: Request, session: Session, record: Recorder, reporter: Reporter) -> Setup:
    return Setup(
        registry=session.registry,
        origins=session.origins,
        preset=PRESETS[request.preset],
        seed=request.seed,
        record=record,
        progress=reporter.step,
        waiting=reporter.waiting,
    )
