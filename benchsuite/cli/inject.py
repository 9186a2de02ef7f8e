"""``benchsuite inject``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from benchsuite.cli.code_files import spelled, target_of
from benchsuite.cli.ending import GOOD, INTERRUPTED
from benchsuite.cli.model_files import spelled_out
from benchsuite.cli.output import show
from benchsuite.cli.progress import Reporter
from benchsuite.cli.replay import replay_command
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
from benchsuite.cli.stopping import effort, share
from benchsuite.host.plugins import UsageError
from benchsuite.inject.access import codewords_of
from benchsuite.inject.campaign import Campaign, exact_tally, run_campaign
from benchsuite.inject.models import parse_model
from benchsuite.inject.server import Workers
from benchsuite.inject.sweeps import swept
from benchsuite.inject.ways import find_way
from benchsuite.record.types import Line, Run, Tally, Trial
from benchsuite.scale.ledger import Ledger
from benchsuite.workloads.codes.composed import AnyCode

TRIALS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked for."""

    code: str
    models: tuple[str, ...]
    backends: tuple[str, ...] = ()
    trials: int | None = None
    precision: str | None = None
    exact: bool = False
    exhaustive: bool = False
    seed: int = 1
    access: int | None = None
    log: tuple[str, ...] = ()
    sweeps: tuple[str, ...] = ()
    rare: bool = False

    def argv(self) -> list[str]:
        """The command line that asks for the same."""
        parts = ["inject", spelled(self.code), "--seed", str(self.seed)]
        parts += [part for model in self.models for part in ("--model", model)]
        parts += [part for sweep in self.sweeps for part in ("--sweep", sweep)]
        parts += [part for backend in self.backends for part in ("--backend", backend)]
        parts += ["--trials", str(self.trials)] if self.trials else []
        parts += ["--precision", self.precision] if self.precision else []
        parts += ["--access", str(self.access)] if self.access else []
        parts += ["--log", ",".join(self.log)] if self.log else []
        parts += ["--rare"] if self.rare else []
        return parts + (["--exhaustive"] if self.exhaustive else [])


def inject_command(
    request: Request,
    *,
    plugins: Sequence[str],
    blocked: Sequence[str],
    output: Path | None,
    resume: Path | None,
    json: bool,
    processes: int = 1,
    replay: int | None = None,
) -> int:
    """Count outcomes and return the exit code; ``--exact`` needs no backend and writes no file.

    ``processes`` of each backend count at once; ``replay`` is the number of the one trial to be shown.
    """
    if (
        sum((request.exact, request.exhaustive, request.trials is not None or request.precision is not None))
        > 1
    ):
        raise UsageError("choose one of --exact, --exhaustive, and --trials or --precision")
    if not (request.models or request.sweeps):
        raise UsageError("say how bits flip: --model flips:3, or --sweep flips:1..8 for several at once")
    if replay is not None and (request.exact or request.log or output or resume or processes > 1):
        raise UsageError(
            "--replay shows one trial: leave --exact, --log, --workers, --output and --resume out"
        )
    if request.rare and (request.exact or request.exhaustive):
        raise UsageError("--rare weights a sample: leave --exact and --exhaustive out")
    request = replace(request, models=tuple(map(spelled_out, request.models)))
    of = target_of(request.code)
    session = open_session(
        [] if request.exact else request.backends, plugins=plugins, blocked=blocked, probe=not request.exact
    )
    campaigns = _campaigns(request, of, session)
    if replay is not None:
        return replay_command(campaigns, session, replay, json=json)
    if request.precision is not None:
        for line in effort(share(request.precision), campaigns):
            say(line)
    run = head(session, argv=request.argv(), seed=request.seed, preset="")
    if request.exact:
        return _show_exact(run, campaigns, json=json)
    if resume is not None:
        if output is not None:
            raise UsageError("--resume goes on in the same file: leave --output out")
        writer, run, lines = reopen(resume)
        with writer:
            require_same_machine(run, session)
            if run.argv != request.argv():
                raise UsageError(f"{resume} was begun by other options: benchsuite {' '.join(run.argv)}")
            return _go(campaigns, session, Recorder(writer, [run, *lines]), processes, json=json)
    with create(run, output) as writer:
        return _go(campaigns, session, Recorder(writer, [run]), processes, json=json)


def _campaigns(request: Request, of: AnyCode, session: Session) -> list[Campaign]:
    precision = None if request.precision is None else share(request.precision)
    sampled = not (request.exhaustive or request.exact)
    trials = TRIALS if sampled and request.trials is None and precision is None else request.trials
    return [
        Campaign(
            code=of,
            model=parse_model(model, session.registry),
            seed=request.seed,
            trials=1 if request.exact else trials,
            precision=precision,
            exhaustive=request.exhaustive,
            codewords=codewords_of(of, request.access),
            log=request.log,
            rare=request.rare,
        )
        for model in dict.fromkeys([*request.models, *(m for text in request.sweeps for m in swept(text))])
    ]


def _show_exact(run: Run, campaigns: Sequence[Campaign], *, json: bool) -> int:
    """Show the answers that there are; raises UsageError that says which models have none."""
    tallies: list[Line] = []
    refused: list[str] = []
    for campaign in campaigns:
        try:
            tallies.append(exact_tally(campaign.code, campaign.model, campaign.seed, campaign.codewords))
        except UsageError as reason:
            refused.append(str(reason))
    if tallies:
        show([run, *tallies], json=json, command="inject")
    if refused:
        raise UsageError("; ".join(refused))
    return GOOD


def _go(
    campaigns: Sequence[Campaign], session: Session, record: Recorder, processes: int, *, json: bool
) -> int:
    done = [line for line in record.lines if isinstance(line, Tally | Trial)]
    path = record.writer.path
    interrupted = False
    try:
        with (
            Reporter() as reporter,
            closing(Workers()) as workers,
            closing(Ledger(path.with_name(f"{path.name}.ledger"))) as ledger,
        ):
            for campaign in campaigns:
                inject_everywhere(
                    campaign, session, record, done, reporter, workers, processes=processes, ledger=ledger
                )
    except KeyboardInterrupt:
        interrupted = True
    show(record.lines, json=json, command="inject", file=str(path))
    if interrupted:
        say(f"interrupted; nothing counted is lost: the same command with --resume {path}")
        return INTERRUPTED
    say(f"written to {path}")
    return exit_code(statuses([], (line for line in record.lines if isinstance(line, Tally))), session)


def inject_everywhere(
    campaign: Campaign,
    session: Session,
    record: Recorder,
    done: Sequence[Tally | Trial],
    reporter: Reporter,
    workers: Workers,
    *,
    processes: int = 1,
    ledger: Ledger | None = None,
) -> None:
    """Run ``campaign`` on every backend of the session, in so many processes of each."""
    for name, probe in sorted(session.probes.items()):

        def progress(trials: int, total: int | None, label: str = f"{name}: {campaign.model.text}") -> None:
            reporter.step("injecting", trials, total, label)

        run_campaign(
            campaign,
            session.origins[name],
            find_way(session.registry, name, probe, campaign.code, campaign.model),
            session.registry,
            done=done,
            record=record,
            progress=progress,
            workers=workers,
            processes=processes,
            ledger=ledger,
        )
