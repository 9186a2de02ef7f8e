"""The command line as a process of its own, whose exit code is final whatever plugins have left in it."""

from __future__ import annotations

import os
import sys
import traceback
from typing import NoReturn

import typer

from benchsuite.cli.app import main
from benchsuite.cli.ending import BAD, GOOD, USAGE, printable


def console() -> NoReturn:
    """Run the command line and end the process at once.

    What a plugin registered with ``atexit``, its threads and its library's destructors come too late to hold
    the process up or to change its exit code. Run files are closed by then.
    """
    try:
        main()
    except SystemExit as ended:
        code = _number(ended.code)
    except BaseException:  # noqa: BLE001  ours, and a mistake: shown as Python shows it
        traceback.print_exc()
        code = BAD
    os._exit((code if _flushed() else code or USAGE) & 0xFF)


def _number(code: int | str | None) -> int:
    """What Python makes of an exit code; a plugin's command may exit with a text."""
    if isinstance(code, str):
        typer.echo(printable(code), err=True)
        return BAD
    return code or GOOD


def _flushed() -> bool:
    """Whether all that was printed is written, or nobody reads it any more."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (BrokenPipeError, ValueError):  # ValueError: a plugin's command has closed it
        return True
    except OSError as error:
        os.write(2, f"benchsuite: stdout: {(error.strerror or 'cannot be written').lower()}\n".encode())
        return False
    return True
