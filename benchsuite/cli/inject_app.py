"""``benchsuite inject``: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from benchsuite.cli.choices import AsJson, Backends, NoPlugins, Output, Plugins, Resume, Seed

Models = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="MODEL", help="How bits flip: flips:3; may be repeated."),
]
Sweeps = Annotated[
    list[str] | None,
    typer.Option(
        "--sweep",
        metavar="MODEL",
        help="A model with several values of an argument: flips:1..8, bsc:1e-4..1e-1*7; may be repeated.",
    ),
]
Trials = Annotated[int | None, typer.Option("--trials", metavar="N", min=1, help="How many trials.")]
Precision = Annotated[
    str | None,
    typer.Option("--precision", metavar="P", help="Until every 99 % interval is this narrow: 1% or 0.01."),
]
Exact = Annotated[bool, typer.Option("--exact", help="By formula, without sampling.")]
Exhaustive = Annotated[bool, typer.Option("--exhaustive", help="Every pattern once.")]
Faults = Annotated[
    list[str] | None,
    typer.Option("--fault", metavar="FAULT", help="Of a cipher or RSA: what is struck; may be repeated."),
]
Protection = Annotated[
    str, typer.Option("--protect", metavar="HOW", help="Of RSA: what the signer does: verify or recompute.")
]
Access = Annotated[
    int | None,
    typer.Option(
        "--access",
        metavar="BYTES",
        min=1,
        max=4096,
        help="A trial is an access to so many bytes of data, of several codewords: 64.",
    ),
]

Rare = Annotated[
    bool,
    typer.Option(
        "--rare",
        help="Spread trials of bsc or awgn over numbers of flips, weighted: for outcomes below 1e-6.",
    ),
]
Log = Annotated[
    str | None,
    typer.Option(
        "--log", metavar="OUTCOME,…", help="Write down the trials of these outcomes: miscorrected,undetected."
    ),
]
Replay = Annotated[
    int | None,
    typer.Option("--replay", metavar="TRIAL", min=0, help="Show this one trial in full; write no file."),
]
Workers = Annotated[
    int,
    typer.Option("--workers", metavar="N", min=1, max=256, help="So many processes of each backend."),
]


def inject(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", show_default=False)],
    model: Models = None,
    sweep: Sweeps = None,
    backend: Backends = None,
    trials: Trials = None,
    precision: Precision = None,
    exact: Exact = False,
    exhaustive: Exhaustive = False,
    access: Access = None,
    rare: Rare = False,
    log: Log = None,
    replay: Replay = None,
    workers: Workers = 1,
    fault: Faults = None,
    protect: Protection = "",
    seed: Seed = 1,
    plugin: Plugins = None,
    no_plugin: NoPlugins = None,
    output: Output = None,
    resume: Resume = None,
    json: AsJson = False,
) -> None:
    """Flip bits in codewords of CODE, decode, and count outcomes beside their exact probabilities.

    Or strike a cipher, or RSA signatures, by --fault, and count what is damaged, rejected or given away.
    """
    from benchsuite.cli.faults import asked_for, faults_command
    from benchsuite.cli.inject import Request, inject_command

    if asked_for(context.params):
        raise typer.Exit(faults_command(context.params))
    request = Request(
        code=code,
        models=tuple(model or ()),
        sweeps=tuple(sweep or ()),
        backends=tuple(backend or ()),
        trials=trials,
        precision=precision,
        exact=exact,
        exhaustive=exhaustive,
        seed=seed,
        access=access,
        rare=rare,
        log=tuple(name.strip() for name in log.split(",")) if log is not None else (),
    )
    raise typer.Exit(
        inject_command(
            request,
            plugins=plugin or [],
            blocked=no_plugin or [],
            output=output,
            resume=resume,
            json=json,
            processes=workers,
            replay=replay,
        )
    )
