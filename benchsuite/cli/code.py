"""``benchsuite code``: what a code is, and codes that users bring."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchsuite.cli.code_files import code_of, read_text
from benchsuite.cli.ending import GOOD
from benchsuite.cli.output import show_object, show_tables
from benchsuite.cli.session import say
from benchsuite.host.plugins import UsageError
from benchsuite.report.codes import code_latex, code_object, code_tables, summary
from benchsuite.workloads.codes import imported
from benchsuite.workloads.codes.matrix_file import choose, dump
from benchsuite.workloads.codes.matrix_text import Masks, read
from benchsuite.workloads.codes.symbol_matrix import POLYNOMIALS, Kind


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How to read a matrix, and what to make of it."""

    kind: Kind | None = None
    masks: Masks | None = None
    mask_bits: int | None = None
    symbol_bits: int = 1
    polynomial: str | None = None
    corrects: int | None = None


def show_command(text: str, *, whole: bool, latex: bool, json: bool) -> int:
    """Print the code of that name or file; ``whole`` is that of ``code_tables``."""
    if latex and json:
        raise UsageError("choose one of --latex and --json")
    of = code_of(text)
    if json:
        show_object("code show", code_object(of))
    elif latex:
        print(code_latex(of, whole=whole), end="")
    else:
        show_tables(code_tables(of, whole=whole))
    return GOOD


def import_command(file: Path, wanted: Wanted, output: Path | None) -> int:
    """Write the code of a matrix as JSON; say on stderr how it was read."""
    if output is not None and output.exists():
        raise UsageError(f"{output} exists: give another --output, or remove it")
    if wanted.symbol_bits not in POLYNOMIALS:
        raise UsageError(f"--symbol-bits must be 1, 2, 4 or 8, not {wanted.symbol_bits}")
    try:
        polynomial = None if wanted.polynomial is None else int(wanted.polynomial, 0)
    except ValueError:
        raise UsageError(
            f"--polynomial takes a number such as 0x11d, bit i being the coefficient of x^i, not "
            f"{wanted.polynomial!r}"
        ) from None
    text = read_text(file)
    try:
        given = read(
            text,
            symbol_bits=wanted.symbol_bits,
            kind=wanted.kind,
            masks=wanted.masks,
            mask_bits=wanted.mask_bits,
        )
        chosen = choose(
            given, symbol_bits=wanted.symbol_bits, polynomial=polynomial, corrects=wanted.corrects
        )
    except ValueError as error:
        raise UsageError(f"{file}: {error}") from None
    if output is None:
        print(dump(chosen), end="")
    else:
        output.write_text(dump(chosen), encoding="utf-8")
    of = imported(chosen)
    say(f"read {given.read_as}")
    for line in summary(of):
        say(line)
    if output is not None:
        say(f"written to {output}: benchsuite code show {output}")
    return GOOD
