"""``benchsuite decide`` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsuite.cli.choices import AsJson, NoPlugins, Plugins


def decide(
    workload: Annotated[str, typer.Argument(metavar="WORKLOAD", show_default=False)],
    rate: Annotated[
        str, typer.Option("--rate", metavar="RATE", help="What must be met: 20GB/s, or 5000/s of items.")
    ],
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", show_default=False)] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE,…", help="Which cases: key_bits=256,message_bytes=16KiB."),
    ] = None,
    p99: Annotated[
        str | None, typer.Option("--p99", metavar="TIME", help="99 % of calls take no longer: 1ms.")
    ] = None,
    prices: Annotated[
        Path | None, typer.Option("--prices", metavar="FILE", help="TOML: what whole instances cost an hour.")
    ] = None,
    plugin: Plugins = None,
    no_plugin: NoPlugins = None,
    json: AsJson = False,
) -> None:
    """Say which engines meet a rate, with how many cores or GPUs and at what cost, from run files alone."""
    from benchsuite.cli.decide import Request, decide_command

    request = Request(
        workload=workload,
        rate=rate,
        settings=tuple(settings or ()),
        p99=p99,
        prices=prices,
        files=tuple(files or ()),
    )
    raise typer.Exit(decide_command(request, plugins=plugin or [], blocked=no_plugin or [], json=json))
