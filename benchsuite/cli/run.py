"""``benchsuite run``: throughput, then injection, into one run file; tables at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from benchsuite.analyse.derive import cells, comparisons
from benchsuite.cli import publication
from benchsuite.cli.doctor import all_checks
from benchsuite.cli.dry_run import expect, print_plan
from benchsuite.cli.ending import GOOD, INTERRUPTED, NOTHING, USAGE
from benchsuite.cli.inject import inject_everywhere
from benchsuite.cli.output import show
from benchsuite.cli.progress import Reporter
from benchsuite.cli.run_options import Options
from benchsuite.cli.session import (
    Recorder,
    Session,
    create,
    exit_code,
    head,
    open_session,
    reopen,
    require_same_machine,
    require_whole,
    say,
    statuses,
)
from benchsuite.cli.stopping import looks, reached
from benchsuite.host.cases import select
from benchsuite.host.expression import parse
from benchsuite.host.plan import plan
from benchsuite.host.plugins import UsageError
from benchsuite.host.presets import PRESETS
from benchsuite.inject.campaign import Campaign
from benchsuite.inject.server import Workers
from benchsuite.inject.suite import standard_campaigns
from benchsuite.measure.run import Limits, Setup, measure
from benchsuite.record.machine import (
    last_cache_bytes,
    machine_facts,
    memory_bytes,
)
from benchsuite.record.types import Cell, Fact, Line, Planned, Run, Tally, as_mapping

__all__ = ["Options", "run_command"]

UNKNOWN_CACHE_BYTES = 1 << 25  # where the machine does not tell: 32 MiB


def run_command(
    options: Options,
    *,
    plugins: Sequence[str],
    blocked: Sequence[str],
    output: Path | None,
    resume: Path | None,
    dry_run: bool,
    json: bool,
) -> int:
    """Run and return the exit code."""
    options.require()
    if resume is not None:
        if output is not None or dry_run:
            raise UsageError("--resume goes on in the same file: leave --output and --dry-run out")
        writer, run, lines = reopen(resume)
        with writer:
            if run.argv[:1] != ["run"] or options.argv() not in (Options().argv(), run.argv):
                raise UsageError(f"{resume} was begun by other options: benchsuite {' '.join(run.argv)}")
            options = Options.of(run.argv)
            if options.argv() != run.argv:
                raise UsageError(f"{resume} does not say by which options it was begun: start a new run")
            options.require()
            if options.precision is not None and any(isinstance(line, Cell) for line in lines):
                raise UsageError(f"{resume} is complete, its looks are over: start a new run for more blocks")
            session = open_session(options.backends, plugins=plugins, blocked=blocked)
            require_same_machine(run, session)
            rows = _plan(options, session)
            _require_same_plan(rows, lines)
            if (checked := _checked(options, session, rows)).refused:
                return _refuse(checked)
            return _go(options, session, rows, Recorder(writer, [run, *lines]), json=json)
    session = open_session(options.backends, plugins=plugins, blocked=blocked)
    rows = _plan(options, session)
    if not rows and options.suite != "injection":
        say("nothing selected: no case matches; benchsuite list workloads shows what there is")
        return exit_code((), session) or NOTHING
    left_out = [name for name in options.workloads if all(row.case.workload != name for row in rows)]
    if left_out and rows:
        say(f"{', '.join(left_out)}: left out, no case has the parameters of --set or matches -k")
    checked = _checked(options, session, rows)
    if dry_run:
        with Reporter() as reporter:
            setup = _setup(options, session, lambda line: None, reporter)
            tried = expect(setup, rows, _injected(options), session, reporter)
        print_plan(rows, tried, checked.refused, setup=setup, json=json)
    if checked.refused:
        return _refuse(checked)
    if dry_run:
        something = any(r.status == "planned" and r.cell not in tried.refused for r in rows)
        good = GOOD if something or _injected(options) else NOTHING
        return exit_code(statuses(rows, []), session) or good
    run = head(session, argv=options.argv(), seed=options.seed, preset=options.preset)
    run = msgspec.structs.replace(run, machine=run.machine | dict(checked.facts))
    with create(run, output) as writer:
        return _go(options, session, rows, Recorder(writer, [run]), json=json)


@dataclass(frozen=True)
class _Checked:
    """What the preset for publication found before it measures; nothing for the others."""

    refused: Sequence[str] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)


def _checked(options: Options, session: Session, rows: Sequence[Planned]) -> _Checked:
    if options.preset != publication.PRESET:
        return _Checked()
    facts = machine_facts()
    checks = all_checks(session, facts)
    found = publication.refusals(facts, checks, rows, throughput=options.suite != "injection")
    return _Checked(list(found), {"doctor_warnings": publication.warnings(checks)})


def _refuse(checked: _Checked) -> int:
    for reason in checked.refused:
        say(f"preset {publication.PRESET} refuses: {reason}")
    return USAGE


def _plan(options: Options, session: Session) -> list[Planned]:
    if options.suite == "injection":
        return []
    selection = options.selection()
    loaded = [plugin for plugin in session.registry.plugins if plugin.status == "loaded"]
    rows = plan(
        session.registry,
        select(session.registry, selection, options.preset),
        session.probes,
        selection,
        cold_from_bytes=PRESETS[options.preset].cold_from_bytes,
        last_cache_bytes=last_cache_bytes() or UNKNOWN_CACHE_BYTES,
        memory_bytes=memory_bytes(),
        most_cells=PRESETS[options.preset].most_cells if selection.names_no_case else None,
    )
    require_whole(session.registry)
    for plugin in loaded:
        if plugin.status == "broken":
            say(f"plugin {plugin.name} is broken: {plugin.error}")
    return rows


def _require_same_plan(rows: Sequence[Planned], lines: Iterable[Line]) -> None:
    recorded = [line for line in lines if isinstance(line, Planned)]
    if recorded != list(rows[: len(recorded)]):
        raise UsageError(
            "the file's plan is not what would be planned now (were plugins added, removed or left out? "
            "name them again with --plugin): start a new run"
        )


def _go(options: Options, session: Session, rows: Sequence[Planned], record: Recorder, *, json: bool) -> int:
    """Do what is left to do; whatever happens, show what there is."""
    run = record.lines[0]
    assert isinstance(run, Run)
    facts = as_mapping(run)
    _notify(session, "benchsuite_run_started", run=facts)
    done = record.lines[1:]
    interrupted = False
    try:
        for row in rows[sum(isinstance(line, Planned) for line in done) :]:
            record(row)
        with Reporter() as reporter:
            if options.suite != "injection":
                measure(_setup(options, session, record, reporter), rows, done)
            tallies = [line for line in done if isinstance(line, Tally)]
            with closing(Workers()) as workers:
                for campaign in _injected(options):
                    inject_everywhere(campaign, session, record, tallies, reporter, workers)
        _derive(session, record)
    except KeyboardInterrupt:
        interrupted = True
    found = cells(record.lines)
    _notify(session, "benchsuite_run_finished", run=facts, cells=[as_mapping(cell) for cell in found])
    path = record.writer.path
    show(record.lines, json=json, command="run", file=str(path))
    if interrupted:
        again = "".join(
            f" --plugin {p.source}" for p in session.registry.plugins if not p.source.startswith("entry:")
        )
        say(f"interrupted; nothing measured is lost: benchsuite run --resume {path}{again}")
        return INTERRUPTED
    if options.precision is not None:
        say(reached(record.lines, options.precision))
    say(f"written to {path}")
    return exit_code(statuses(found, (line for line in record.lines if isinstance(line, Tally))), session)


def _setup(options: Options, session: Session, record: Callable[[Line], None], reporter: Reporter) -> Setup:
    return Setup(
        registry=session.registry,
        origins=session.origins,
        preset=PRESETS[options.preset],
        seed=options.seed,
        record=record,
        progress=reporter.step,
        waiting=reporter.waiting,
        limits=Limits(worker_memory_bytes=options.worker_memory_bytes()),
        latency=True,
        rates=options.loads(),
        arrivals=options.arrivals,
        looks=looks(options.precision, options.budget),
    )


def _injected(options: Options) -> list[Campaign]:
    """The standard campaigns that the selection of a suite, workloads and labels leaves."""
    if options.suite == "throughput" or options.codes:  # whose campaigns ``inject`` does
        return []
    matches = parse(options.expression) if options.expression else lambda label: True
    return [
        campaign
        for campaign in standard_campaigns(PRESETS[options.preset], options.seed)
        if not options.workloads
        or {workload.id for workload in campaign.code.workloads} & set(options.workloads)
        if matches(f"{campaign.code.name} {campaign.code.workloads[-1].id} {campaign.model.text}")
    ]


def _derive(session: Session, record: Recorder) -> None:
    """Append what follows from the measurements, cells and comparisons, unless the file has it already."""
    for cell in cells(record.lines):
        if cell not in record.lines:
            record(cell)
            _notify(session, "benchsuite_cell_finished", cell=as_mapping(cell))
    for comparison in comparisons(record.lines):
        if comparison not in record.lines:
            record(comparison)


def _notify(session: Session, hook: str, **facts: Any) -> None:
    for trouble in session.registry.notify(hook, **facts):
        say(trouble)
