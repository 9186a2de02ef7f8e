"""The commands ``benchsuite results …`` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsuite.cli.choices import AsJson, NoPlugins, Plugins

results_app = typer.Typer(
    no_args_is_help=True, help="Check run files, replay logged trials.", rich_markup_mode=None
)


@results_app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", show_default=False)], json: AsJson = False
) -> None:
    """Check run files: schema, visits, and every summary derived again from its samples."""
    from benchsuite.cli.files import validate_command

    raise typer.Exit(validate_command(files, json=json))


@results_app.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    line: Annotated[int, typer.Argument(metavar="LINE", min=1, show_default=False)],
    plugin: Plugins = None,
    no_plugin: NoPlugins = None,
    json: AsJson = False,
) -> None:
    """Show the trial that a line of a run file logs, through its backend again."""
    from benchsuite.cli.replay import replay_line_command

    raise typer.Exit(
        replay_line_command(file, line, plugins=plugin or [], blocked=no_plugin or [], json=json)
    )
