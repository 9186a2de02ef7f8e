"""Runs a command whose emulated kernels are checked by a sanitizer of g++, which must be loaded first of all.

``python -m cuda_emulator.sanitized SANITIZER -- COMMAND ...``: every ``Emulator`` of the
command compiles for it. The first finding is reported on stderr, with the line of the kernel, and ends the
command with exit code 66.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from typing import NoReturn, cast, get_args

from cuda_emulator.errors import CompileException
from cuda_emulator.sanitizer import Sanitizer, environment

_NO_RANDOM_ADDRESSES = 0x0040000
"""ADDR_NO_RANDOMIZE (linux/personality.h): g++ 12's ThreadSanitizer fails where they are very random."""


def main(arguments: Sequence[str]) -> NoReturn:
    """Becomes the command, or exits with 2 when it cannot."""
    names = get_args(Sanitizer)
    if len(arguments) < 3 or arguments[0] not in names or arguments[1] != "--":
        sys.exit(_refused(f"usage: python -m cuda_emulator.sanitized {'|'.join(names)} -- COMMAND ..."))
    sanitizer = cast("Sanitizer", arguments[0])
    try:
        variables = environment(sanitizer)
    except CompileException as error:
        sys.exit(_refused(str(error)))
    if sanitizer == "thread":
        ctypes.CDLL(None).personality(_NO_RANDOM_ADDRESSES)
    os.execvpe(arguments[2], list(arguments[2:]), variables)


def _refused(why: str) -> int:
    print(why, file=sys.stderr)
    return 2


if __name__ == "__main__":
    main(sys.argv[1:])
