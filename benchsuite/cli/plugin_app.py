"""The commands ``benchsuite plugin …`` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

plugin_app = typer.Typer(no_args_is_help=True, help="Write plugins.", rich_markup_mode=None)


@plugin_app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Where to; benchsuite-NAME without it.")
    ] = None,
) -> None:
    """Write a plugin: a complete distribution that passes its own tests."""
    from benchsuite.cli.plugin import new_command

    raise typer.Exit(new_command(name, output))


@plugin_app.command()
def check(
    plugin: Annotated[str, typer.Argument(metavar="PLUGIN", show_default=False)],
    skip: Annotated[
        list[str] | None, typer.Option("--skip", metavar="RULE", help="Leave this rule out; may be repeated.")
    ] = None,
    no_plugin: Annotated[
        list[str] | None,
        typer.Option(
            "--no-plugin", metavar="NAME", help="Do not load this plugin or distribution beside it."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Hold an installed plugin, or one in a .py file, to every rule, in a worker process."""
    from benchsuite.cli.plugin import check_command

    raise typer.Exit(check_command(plugin, skip=skip or [], blocked=no_plugin or [], json=json))
