"""The commands and their options; exit codes and one-line errors."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from benchsuite.cli.choices import (
    AsJson,
    Backends,
    Codes,
    Expression,
    FailOn,
    Listing,
    NoPlugins,
    Output,
    Plugins,
    Pool,
    PresetName,
    Processes,
    Resume,
    Scope,
    Seed,
    Settings,
    Suite,
    Threads,
    WorkerMemory,
)
from benchsuite.cli.code_app import code_app
from benchsuite.cli.decide_app import decide
from benchsuite.cli.depth import Arrivals, ArrivalTimes, Budget, Precision, Rates
from benchsuite.cli.ending import GOOD, INTERRUPTED, USAGE, printable
from benchsuite.cli.inject_app import inject
from benchsuite.cli.plugin_app import plugin_app
from benchsuite.cli.protect_app import protect
from benchsuite.cli.results_app import results_app


class Group(TyperGroup):
    """Built-in commands, then those of plugins, which are loaded only for a command that is not built in."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command called ``cmd_name``, or None."""
        built_in = super().get_command(ctx, cmd_name)
        if built_in is not None or cmd_name.startswith("-"):
            return built_in
        from benchsuite.cli.plugin_command import plugin_command

        return plugin_command(cmd_name)


app = typer.Typer(
    cls=Group,
    name="benchsuite",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "How fast is this algorithm on this engine, and what does it do when bits flip? Verified, comparable "
        "benchmarks of cryptography and error-correcting codes. `benchsuite run` alone does the quick preset."
    ),
    epilog="Plugins may bring more commands: benchsuite list plugins.",
)
app.add_typer(results_app, name="results")
app.add_typer(plugin_app, name="plugin")
app.add_typer(code_app, name="code")


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        from benchsuite import __version__

        typer.echo(f"benchsuite {__version__}")
        raise typer.Exit(GOOD)


@app.command()
def run(
    workloads: Annotated[list[str] | None, typer.Argument(metavar="WORKLOAD…", show_default=False)] = None,
    backend: Backends = None,
    expression: Expression = None,
    scope: Annotated[list[Scope] | None, typer.Option("--scope", help="Only this scope.")] = None,
    pool: Annotated[list[Pool] | None, typer.Option("--pool", help="Only this pool.")] = None,
    threads: Threads = None,
    processes: Processes = None,
    plugin: Plugins = None,
    no_plugin: NoPlugins = None,
    preset: Annotated[PresetName, typer.Option("--preset", help="How long to measure.")] = PresetName.quick,
    settings: Settings = None,
    suite: Annotated[Suite, typer.Option("--suite", help="Which benchmarks.")] = Suite.all,
    seed: Seed = 1,
    worker_memory: WorkerMemory = "",
    precision: Precision = None,
    budget: Budget = None,
    rate: Rates = None,
    arrivals: Arrivals = ArrivalTimes.poisson,
    code: Codes = None,
    output: Output = None,
    resume: Resume = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan; measure nothing.")] = False,
    json: AsJson = False,
) -> None:
    """Verify and measure; print tables and write a run file (results/local/ unless --output says else)."""
    from benchsuite.cli.run import Options, run_command

    if expression == "":
        raise typer.BadParameter("-k '' selects nothing: leave it out")
    options = Options(
        workloads=tuple(workloads or ()),
        backends=tuple(backend or ()),
        expression=expression or "",
        scopes=tuple(scope or ()),
        pools=tuple(pool or ()),
        threads=tuple(threads or ()),
        processes=tuple(processes or ()),
        preset=preset,
        settings=tuple(settings or ()),
        suite=suite,
        seed=seed,
        worker_memory=worker_memory,
        precision=precision,
        budget=budget,
        rates=tuple(rate or ()),
        arrivals=arrivals.value,
        codes=tuple(code or ()),
    )
    raise typer.Exit(
        run_command(
            options,
            plugins=plugin or [],
            blocked=no_plugin or [],
            output=output,
            resume=resume,
            dry_run=dry_run,
            json=json,
        )
    )


@app.command(name="list")
def list_(
    what: Annotated[Listing, typer.Argument(show_default=False)],
    plugin: Plugins = None,
    no_plugin: NoPlugins = None,
    json: AsJson = False,
) -> None:
    """List what there is; broken plugins with their error."""
    from benchsuite.cli.listing import list_command

    raise typer.Exit(list_command(what, plugins=plugin or [], blocked=no_plugin or [], json=json))


@app.command()
def verify(
    workloads: Annotated[list[str] | None, typer.Argument(metavar="WORKLOAD…", show_default=False)] = None,
    backend: Backends = None,
    plugin: Plugins = None,
    no_plugin: NoPlugins = None,
    json: AsJson = False,
) -> None:
    """Check correctness only: the published vectors through every backend, with counts."""
    from benchsuite.cli.verify import verify_command

    raise typer.Exit(
        verify_command(
            workloads or [], backend or [], plugins=plugin or [], blocked=no_plugin or [], json=json
        )
    )


app.command()(inject)
app.command()(protect)
app.command()(decide)


@app.command()
def report(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", show_default=False)],
    format_: Annotated[
        str,
        typer.Option("--format", metavar="FORMAT", help="table, markdown, csv, json, latex, or a plugin's."),
    ] = "table",
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline", metavar="NAME", help="The backend that ratios are to, where it was measured."
        ),
    ] = None,
    output: Output = None,
    plugin: Plugins = None,
    no_plugin: NoPlugins = None,
    json: AsJson = False,
) -> None:
    """Make tables from run files."""
    from benchsuite.cli.files import report_command

    raise typer.Exit(
        report_command(
            files,
            "json" if json else format_,
            baseline,
            output,
            plugins=plugin or [],
            blocked=no_plugin or [],
        )
    )


@app.command()
def compare(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", show_default=False)],
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            "--fail-on", metavar="WHAT", help="Exit code 3 where a row is slower, 1 where one is wrong."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Compare within one run file, or an old file with a new one; say what changed between them."""
    from benchsuite.cli.compare import compare_command

    raise typer.Exit(compare_command(files, fail_on_slower=fail_on is not None, json=json))


@app.command()
def doctor(
    plugin: Plugins = None,
    no_plugin: NoPlugins = None,
    aa: Annotated[
        bool, typer.Option("--aa", help="Compare equal code many times instead: what can be told here?")
    ] = False,
    comparisons: Annotated[
        int | None,
        typer.Option(
            "--comparisons", metavar="N", min=1, max=10_000, help="At least so many; with --aa: 200."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="With --aa: 1.")
    ] = None,
    output: Output = None,
    json: AsJson = False,
) -> None:
    """Say what is wrong with this machine, its clocks and plugins, and the remedy."""
    if aa:
        from benchsuite.cli.aa import aa_command

        raise typer.Exit(
            aa_command(
                comparisons=comparisons or 200,
                seed=1 if seed is None else seed,
                output=output,
                plugins=plugin or [],
                blocked=no_plugin or [],
                json=json,
            )
        )
    if (comparisons, seed, output) != (None, None, None):
        raise typer.BadParameter("--comparisons, --seed and --output go with --aa: add it")
    from benchsuite.cli.doctor import doctor_command

    raise typer.Exit(doctor_command(plugins=plugin or [], blocked=no_plugin or [], json=json))


def main() -> NoReturn:
    """Run the command line; a mistake of the user gets one line and exit code 2."""
    _open_standard_streams()
    previous = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        code = app(prog_name="benchsuite", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(GOOD)
    except Exception as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message(), err=True)  # type: ignore[attr-defined]
            sys.exit(USAGE)
        if is_usage_error(error):
            fail(message_of(error), USAGE)
        raise
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    sys.exit(code or GOOD)


def _interrupt(number: int, frame: object) -> NoReturn:
    """End what runs, once: from then on what was measured is being saved and shown."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _open_standard_streams() -> None:
    """A closed stream must not end a measurement, nor its number become a run file's; no text may fail."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        continue
    os.close(descriptor)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  for good
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def is_usage_error(error: Exception) -> bool:
    """Whether ``error`` is the user's to mend."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"UsageError", "ClickException", "BadRunFile", "OSError"})


def message_of(error: Exception) -> str:
    """One line: what is wrong, and the remedy."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {(error.strerror or 'cannot be opened').lower()}"
    formatted = getattr(error, "format_message", None)
    return " ".join(str(formatted() if formatted else error).split())


def fail(message: str, code: int) -> NoReturn:
    """Print one line to stderr and exit."""
    typer.echo(f"benchsuite: {printable(message)}", err=True)
    sys.exit(code)
