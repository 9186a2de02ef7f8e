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
from benchsuite.cli.code_files import cases_of, spelled
from benchsuite.cli.doctor import all_checks
from benchsuite.cli.dry_run import expect, print_plan
from benchsuite.cli.ending import GOOD, INTERRUPTED, NOTHING, USAGE
from benchsuite.cli.inject import inject_everywhere
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
    require_whole,
    say,
    statuses,
)
from benchsuite.cli.stopping import looks, reached
from benchsuite.host.cases import Selection, select, size, unknown
from benchsuite.host.expression import parse
from benchsuite.host.plan import plan
from benchsuite.host.plugins import UsageError
from benchsuite.host.presets import PRESETS
from benchsuite.inject.campaign import Campaign, Workers
from benchsuite.inject.suite import standard_campaigns
from benchsuite.measure.arrivals import rate_of
from benchsuite.measure.run import Limits, Setup, measure
from benchsuite.record.machine import (
    cores_allowed,
    last_cache_bytes,
    machine_facts,
    memory_bytes,
    memory_limit_bytes,
)
from benchsuite.record.types import Arrivals, Cell, Fact, Line, Planned, Run, Tally, as_mapping

WORKER_MEMORY_SHARE = 0.8  # of what there is: before the kernel has to end something
UNKNOWN_CACHE_BYTES = 1 << 25  # where the machine does not tell: 32 MiB


@dataclass(frozen=True, kw_only=True)
class Options:
    """What decides the plan; a resumed file's are those that it was begun with."""

    workloads: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    expression: str = ""
    scopes: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    preset: str = "quick"
    settings: tuple[str, ...] = ()
    suite: str = "all"
    seed: int = 1
    worker_memory: str = ""
    precision: str | None = None
    budget: str | None = None
    rates: tuple[str, ...] = ()
    arrivals: Arrivals = "poisson"
    codes: tuple[str, ...] = ()

    def argv(self) -> list[str]:
        """The command line that asks for the same."""
        parts = [
            "run",
            *self.workloads,
            "--preset",
            self.preset,
            "--suite",
            self.suite,
            "--seed",
            str(self.seed),
        ]
        if self.expression:
            parts += ["-k", self.expression]
        if self.worker_memory:
            parts += ["--worker-memory", self.worker_memory]
        for option, values in (
            ("--backend", self.backends),
            ("--scope", self.scopes),
            ("--pool", self.pools),
            ("--threads", self.threads),
            ("--processes", self.processes),
            ("--set", self.settings),
            ("--precision", (self.precision,) if self.precision is not None else ()),
            ("--budget", (self.budget,) if self.budget is not None else ()),
            ("--rate", self.rates),
            ("--arrivals", (self.arrivals,) if self.arrivals != "poisson" else ()),
            ("--code", tuple(map(spelled, self.codes))),
        ):
            parts += [part for value in values for part in (option, value)]
        return parts

    @classmethod
    def of(cls, argv: Sequence[str]) -> Options:
        """The options that ``argv()`` wrote."""
        values: dict[str, list[str]] = {}
        words = iter(argv[1:])
        for word in words:
            key = word if word.startswith("-") else ""
            values.setdefault(key, []).append(next(words, "") if key else word)
        return cls(
            workloads=tuple(values.get("", ())),
            backends=tuple(values.get("--backend", ())),
            expression="".join(values.get("-k", ())),
            scopes=tuple(values.get("--scope", ())),
            pools=tuple(values.get("--pool", ())),
            threads=tuple(values.get("--threads", ())),
            processes=tuple(values.get("--processes", ())),
            preset=values.get("--preset", ["quick"])[0],
            settings=tuple(values.get("--set", ())),
            suite=values.get("--suite", ["all"])[0],
            worker_memory="".join(values.get("--worker-memory", ())),
            seed=int(seed) if (seed := values.get("--seed", ["1"])[0]).isdecimal() else -1,
            precision=values.get("--precision", [None])[0],
            budget=values.get("--budget", [None])[0],
            rates=tuple(values.get("--rate", ())),
            arrivals="fixed" if values.get("--arrivals") == ["fixed"] else "poisson",
            codes=tuple(values.get("--code", ())),
        )

    def require(self) -> None:
        """Raise UsageError for what no plugin can make sense of, before any is loaded."""
        if self.preset not in PRESETS:
            raise unknown("preset", self.preset, PRESETS)
        looks(self.precision, self.budget)
        self.loads()
        self.worker_memory_bytes()
        parse(self.selection().expression or "all")

    def loads(self) -> list[str]:
        """The rates of ``--rate``, each once. Raises UsageError for what is none, or for arrivals at none."""
        if self.arrivals != "poisson" and not self.rates:
            raise UsageError("--arrivals says how the calls of --rate arrive: give both")
        try:
            return [rate_of(text) for text in dict.fromkeys(",".join(self.rates).split(",")) if self.rates]
        except ValueError as error:
            raise UsageError(str(error)) from None

    def worker_memory_bytes(self) -> int:
        """What a worker may have resident. Raises UsageError for what is no size."""
        if not self.worker_memory:
            return int(WORKER_MEMORY_SHARE * memory_limit_bytes())
        try:
            return size(self.worker_memory)
        except ValueError as error:
            raise UsageError(f"--worker-memory {error}") from None

    def _crowds(self) -> tuple[tuple[int, int], ...]:
        """(threads, processes): several threads or several processes, never both in one row."""
        threads, processes = self.threads, self.processes
        if not threads and not processes:
            threads = processes = ("1", "all") if PRESETS[self.preset].whole_machine else ("1",)
        crowds = {(_count("--threads", text), 1) for text in threads}
        crowds |= {(1, _count("--processes", text)) for text in processes}
        return tuple(sorted(crowds))

    def selection(self) -> Selection:
        """The cases and cells asked for. Raises UsageError for a malformed ``--set``."""
        overrides = {}
        for setting in self.settings:
            name, equals, values = setting.partition("=")
            if not equals or not values:
                raise UsageError(f"--set takes NAME=VALUE,VALUE…, not {setting!r}")
            overrides[name] = _values(values)
        return Selection(
            workloads=self.workloads,
            backends=self.backends,
            expression=self.expression,
            scopes=self.scopes,
            pools=self.pools,
            crowds=self._crowds(),
            overrides=overrides,
            cases=cases_of(self.codes, self.preset),
        )


def _values(text: str) -> tuple[str, ...]:
    """Parted by commas; pairs ``key=value`` in a row are one value, until a key comes again."""
    found: list[list[str]] = []
    keys: set[str] = set()
    for part in text.split(","):
        key, equals, _ = part.partition("=")
        if equals and keys and key not in keys:
            found[-1].append(part)
        else:
            found.append([part])
            keys = set()
        if equals:
            keys.add(key)
    return tuple(map(",".join, found))


def _count(option: str, text: str) -> int:
    if text != "all" and not (text.isdecimal() and 1 <= int(text) <= 1024):
        raise UsageError(f"{option} takes a number from 1 to 1024, or all, not {text!r}")
    return cores_allowed() if text == "all" else int(text)


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
        or {campaign.code.encode.id, campaign.code.decode.id} & set(options.workloads)
        if matches(f"{campaign.code.name} {campaign.code.decode.id} {campaign.model.text}")
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
