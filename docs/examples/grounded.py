"""An error model that looks at what is stored: L neighbouring bits read 0, so those of them flip that are 1.

A bit line shorted to ground does that. ``benchsuite inject hsiao-72-64 --model grounded:4
--plugin docs/examples/grounded.py`` counts what a code makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchsuite.api import ErrorModel, Target, hookimpl
from benchsuite.workloads.streams import Positions, Words, below


def parse(arguments: str) -> str:
    """L in its one spelling."""
    if not (arguments.isascii() and arguments.isdigit() and int(arguments)):
        raise ValueError(
            f"grounded:L needs a number of bits, at least 1, as in grounded:4, not {arguments!r}"
        )
    return str(int(arguments))


def on_target(arguments: str, target: Target, words: Callable[[int, int], Words]) -> Positions:
    """Word 0 says where the bits begin; -1 stands for those that are 0 already."""
    length = int(arguments)
    if length > target.n:
        raise ValueError(f"grounded:{length} is more than the {target.n} bits of a trial")
    at = below(words(0, 1), target.n - length + 1) + np.arange(length)
    return np.where(np.take_along_axis(target.stored(), at, axis=1) == 1, at, -1)


@hookimpl
def benchsuite_error_models() -> Sequence[ErrorModel]:
    """The one model of this plugin, of which no formula is known."""
    return [
        ErrorModel(
            name="grounded",
            syntax="grounded:L",
            help="L neighbours read 0 whatever is stored",
            parse=parse,
            on_target=on_target,
            exact=lambda arguments, code: None,
        )
    ]
