"""The commands ``benchsuite code …`` and their options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

code_app = typer.Typer(no_args_is_help=True, help="Look at codes; bring your own.", rich_markup_mode=None)


class KindName(StrEnum):
    """Which matrix a file holds."""

    check = "check"
    generator = "generator"


class MasksName(StrEnum):
    """What each mask of a file stands for."""

    check_bits = "check-bits"
    data_columns = "data-columns"
    rows = "rows"
    columns = "columns"


@code_app.command()
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", show_default=False)],
    whole: Annotated[
        bool, typer.Option("--all", help="The weights and matrix of a long code as well.")
    ] = False,
    latex: Annotated[bool, typer.Option("--latex", help="As LaTeX.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print a code's matrix, distance, weights and guarantees; CODE is a name or an imported file."""
    from benchsuite.cli.code import show_command

    raise typer.Exit(show_command(code, whole=whole, latex=latex, json=json))


@code_app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    kind: Annotated[
        KindName | None, typer.Option("--kind", help="Which matrix: needed unless masks tell.")
    ] = None,
    masks: Annotated[
        MasksName | None, typer.Option("--masks", help="What each mask stands for, where counts do not tell.")
    ] = None,
    mask_bits: Annotated[
        int | None,
        typer.Option(
            "--mask-bits", metavar="N", min=1, max=2048, help="Of a mask, where digits do not tell."
        ),
    ] = None,
    symbol_bits: Annotated[int, typer.Option("--symbol-bits", metavar="M", help="1, 2, 4 or 8.")] = 1,
    polynomial: Annotated[
        str | None,
        typer.Option(
            "--polynomial", metavar="P", help="Of the symbols' field: 0x11d; the usual one without it."
        ),
    ] = None,
    corrects: Annotated[
        int | None,
        typer.Option(
            "--corrects", metavar="T", min=0, help="Wrong symbols to mend; as many as can be without it."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Where to write; to stdout without it.")
    ] = None,
) -> None:
    """Make a code of a generator or check matrix: 0/1 text, CSV, or masks as in hardware sources."""
    from benchsuite.cli.code import Wanted, import_command

    wanted = Wanted(
        kind=kind.value if kind else None,
        masks=masks.value if masks else None,
        mask_bits=mask_bits,
        symbol_bits=symbol_bits,
        polynomial=polynomial,
        corrects=corrects,
    )
    raise typer.Exit(import_command(file, wanted, output))
