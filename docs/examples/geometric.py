"""An error model: a run of neighbouring flipped bits, each followed by one more with probability P.

A defect that spreads along a row makes such runs. ``benchsuite inject hsiao-72-64 --model geometric:0.5
--plugin docs/examples/geometric.py`` counts what a code makes of them, beside the exact rates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from benchsuite.api import ErrorModel, hookimpl
from benchsuite.workloads.codes import Code
from benchsuite.workloads.streams import Positions, Words, below


def parse(arguments: str) -> str:
    """P in its one spelling; three places keep the exact rates short."""
    if not re.fullmatch(r"0?\.\d{1,3}", arguments, re.ASCII) or not Fraction(arguments):
        raise ValueError(
            "geometric:P needs a probability above 0 and below 1, of at most three decimal places, as in "
            f"geometric:0.5, not {arguments!r}"
        )
    return "0." + arguments.partition(".")[2].rstrip("0")


def positions(arguments: str, n: int, words: Callable[[int, int], Words]) -> Positions:
    """Word 0 says where a run begins, word 1 how long it is; the codeword's end cuts it.

    A run is longer than j bits with probability P^j, as a whole number of 2^64: floats differ by machine.
    """
    drawn = words(0, 2)
    longer = np.array([int(Fraction(arguments) ** j * 2**64) for j in range(n - 1, 0, -1)], np.uint64)
    length = n - np.searchsorted(longer, drawn[:, 1], side="right")
    first = below(drawn[:, 0], n)
    last = np.minimum(first + length, n) - 1
    at = first[:, None] + np.arange(length.max(initial=1))
    return np.where(at <= last[:, None], at, -1)


def exact(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    """Every run through the decoder: its syndrome is the sum of the columns that it covers."""
    p, q = Fraction(arguments).as_integer_ratio()
    weights = dict.fromkeys(("corrected", "detected", "miscorrected", "undetected"), 0)
    for first in range(code.n):
        syndrome = 0
        for length in range(1, code.n - first + 1):
            syndrome ^= code.columns[first + length - 1]
            cut = first + length == code.n
            weight = p ** (length - 1) * q ** (code.n - length) * (q if cut else q - p)
            weights[_outcome(code, syndrome, length)] += weight
    return {outcome: (weight, code.n * q**code.n) for outcome, weight in weights.items()}


def _outcome(code: Code, syndrome: int, length: int) -> str:
    if not syndrome:
        return "undetected"
    if not code.corrects or syndrome not in code.columns:
        return "detected"
    return "corrected" if length == 1 else "miscorrected"


@hookimpl
def benchsuite_error_models() -> Sequence[ErrorModel]:
    """The one model of this plugin."""
    return [ErrorModel(name="geometric", syntax="geometric:P", parse=parse, positions=positions, exact=exact)]
