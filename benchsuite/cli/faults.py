"""``benchsuite inject`` of a cipher or a signer: faults instead of errors in codewords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from benchsuite.cli.ending import INTERRUPTED
from benchsuite.cli.model_files import spelled_out
from benchsuite.cli.output import show
from benchsuite.cli.progress import Reporter
from benchsuite.cli.session import Recorder, Session, create, exit_code, head, open_session, say
from benchsuite.host.cases import unknown
from benchsuite.host.plugins import UsageError
from benchsuite.inject.faults.campaign import Engines, run_own, run_through
from benchsuite.inject.faults.engines import find_way
from benchsuite.inject.faults.targets import TARGETS, Aes, Target, parse_fault
from benchsuite.inject.faults.trials import Injection
from benchsuite.inject.models import parse_model
from benchsuite.record.fault import Fault
from benchsuite.workloads.rsa.faults import PROTECTIONS

MODEL = "flips:1"
MESSAGES = 20_000  # two seconds, and a mean to a tenth of a bit
SIGNATURES = 100


OF_CODES = (
    *("sweep", "precision", "exact", "exhaustive", "access", "rare", "log", "replay", "workers", "resume"),
)
"""Options of ``inject`` that a cipher or a signer has no use for."""

Options = Mapping[str, Any]
"""Those of ``inject``, by the names of its parameters."""


def asked_for(options: Options) -> bool:
    """Whether a cipher or a signer is to be struck; raises UsageError for options that do not go together."""
    name, of_faults = options["code"], options["fault"] or options["protect"]
    if name not in TARGETS:
        if of_faults:
            raise UsageError(f"--fault and --protect are of ciphers and RSA: leave them out for {name}")
        return False
    if not options["fault"]:
        raise UsageError(f"--fault is missing: {name} has {', '.join(TARGETS[name].faults)}")
    if given := [option for option in OF_CODES if _is_given(option, options[option])]:
        raise UsageError(f"--{given[0]} is of codes: leave it out for {name}")
    if options["protect"]:
        _require_protection(TARGETS[name], options["protect"])
    return True


def _is_given(option: str, value: Any) -> bool:
    if option == "workers":
        return bool(value > 1)
    return value is not None and value is not False and value != ()


def faults_command(options: Options) -> int:
    """Strike, count what became of it, and return the exit code.

    Without ``--backend`` the suite's own cipher or signer answers, and every engine that can.
    """
    target, json = TARGETS[options["code"]], bool(options["json"])
    options = {**options, "model": [spelled_out(model) for model in options["model"] or ()]}
    faults = dict.fromkeys(parse_fault(target, fault) for fault in options["fault"])
    named = options["backend"] or ()
    session = open_session(
        named,
        plugins=options["plugin"] or (),
        blocked=options["no_plugin"] or (),
        probe=bool(named) or any(target.is_input(fault) for fault in faults),
    )
    injections = [
        Injection(
            target=target,
            fault=fault,
            model=parse_model(model, session.registry),
            seed=options["seed"],
            protect=options["protect"],
        )
        for fault in faults
        for model in options["model"] or (MODEL,)
    ]
    run = head(session, argv=_argv(options), seed=options["seed"], preset="")
    with create(run, options["output"]) as writer:
        record = Recorder(writer, [run])
        interrupted = _strike_all(injections, session, options["trials"], record)
        show(record.lines, json=json, command="inject", file=str(writer.path))
        say(f"{'interrupted; ' * interrupted}written to {writer.path}")
    if interrupted:
        return INTERRUPTED
    return exit_code({line.status for line in record.lines if isinstance(line, Fault)}, session)


def _argv(options: Options) -> list[str]:
    """The command line that asks for the same."""
    parts = ["inject", options["code"], "--seed", str(options["seed"])]
    for option in ("fault", "model", "backend"):
        parts += [part for value in options[option] or () for part in (f"--{option}", value)]
    parts += ["--trials", str(options["trials"])] if options["trials"] else []
    return parts + (["--protect", options["protect"]] if options["protect"] else [])


def _strike_all(
    injections: Sequence[Injection], session: Session, trials: int | None, record: Recorder
) -> bool:
    """Whether it was interrupted."""
    try:
        with Reporter() as reporter, closing(Engines()) as engines:
            for injection in injections:
                usual = MESSAGES if isinstance(injection.target, Aes) else SIGNATURES
                _strike(injection, session, trials or usual, record, reporter, engines)
    except KeyboardInterrupt:
        return True
    return False


def _require_protection(target: Target, protect: str) -> None:
    if isinstance(target, Aes):
        raise UsageError(f"--protect is of signers: leave it out for {target.name}")
    if protect not in PROTECTIONS:
        raise unknown("protection", protect, PROTECTIONS)


def _has(session: Session, backend: str, target: Target) -> bool:
    """Whether the backend has what the target is asked for, on whatever machine."""
    ids = {id_ for id_, _ in session.registry.backends[backend].implementations}
    return target.workload is not None and target.workload.id in ids


def _strike(
    injection: Injection,
    session: Session,
    trials: int,
    record: Recorder,
    reporter: Reporter,
    engines: Engines,
) -> None:
    """On the suite's own cipher where no backend is named, and on every backend that takes part."""

    def progress(done: int, total: int) -> None:
        reporter.step("injecting", done, total, f"{injection.target.name}: {injection.fault}")

    if not session.named:
        run_own(injection, trials, record, progress)
        if not injection.target.is_input(injection.fault) or injection.protect:
            return
    for name, probe in sorted(session.probes.items()):
        if not session.named and not _has(session, name, injection.target):
            continue
        way = find_way(session.registry, name, probe, injection)
        source = session.origins[name]
        run_through(injection, source, way, session.registry, trials, record, progress, engines)
