"""The commands ``benchsuite results …`` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsuite.cli.choices import AsJson

results_app = typer.Typer(no_args_is_help=True, help="Check run files.", rich_markup_mode=None)


@results_app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", show_default=False)], json: AsJson = False
) -> None:
    """Check run files: schema, visits, and every summary derived again from its samples."""
    from benchsuite.cli.files import validate_command

    raise typer.Exit(validate_command(files, json=json))
