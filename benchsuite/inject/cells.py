"""The error models of memory cells: what flips depends on what is stored in them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from benchsuite.api import ErrorModel, Target
from benchsuite.inject.targets import shares
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.analysis import Asymmetric, Stuck, stored_outcomes
from benchsuite.workloads.codes.errors import (
    PLACES,
    Draw,
    bsc_flips,
    is_whole,
    probability,
    scattered,
    spelled,
)
from benchsuite.workloads.streams import Positions, distinct_positions


def _parse_stuck(arguments: str) -> str:
    value, _, count = arguments.partition(":")
    if value not in ("0", "1") or not is_whole(count) or int(count) == 0:
        raise ValueError(
            "stuck-at:VALUE:K needs the value that bits are stuck at, 0 or 1, and how many distinct bits, at "
            f"least 1, as in stuck-at:1:2, not {arguments!r}"
        )
    return f"{value}:{int(count)}"


def stuck_bits(arguments: str, n: int) -> tuple[int, int]:
    """(value, K); raises ValueError for more than the n bits of a codeword."""
    value, count = map(int, arguments.split(":"))
    if count > n:
        raise ValueError(f"stuck-at:{arguments} holds more bits than the {n} of a codeword: give 1 to {n}")
    return value, count


def _stuck_positions(arguments: str, target: Target, words: Draw) -> Positions:
    """Words 0 ... K - 1 say which bits are stuck, by Floyd's algorithm; those stored otherwise flip."""
    value, count = stuck_bits(arguments, target.n)
    held = distinct_positions(words(0, count), target.n, count)
    return np.where(np.take_along_axis(target.stored(), held, axis=1) == value, -1, held)


def _stuck_outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    return shares(stored_outcomes(code.linear, Stuck(code.n, *stuck_bits(arguments, code.n))))


STUCK_AT = ErrorModel(
    name="stuck-at",
    syntax="stuck-at:VALUE:K",
    help="K distinct bits, every set equally likely, read VALUE (0 or 1) whatever is stored",
    parse=_parse_stuck,
    on_target=_stuck_positions,
    exact=_stuck_outcomes,
)


def _parse_asymmetric(arguments: str) -> str:
    first, _, second = arguments.partition(":")
    up, down = probability(first), probability(second)
    if up is None or down is None or not 0 < max(up, down) < 1:
        raise ValueError(
            "asymmetric:P01:P10 needs the probabilities that a stored 0 and that a stored 1 flips, below 1, "
            f"not both 0 and of at most {PLACES} decimal places, as in asymmetric:0.001:1e-2, "
            f"not {arguments!r}"
        )
    return f"{spelled(up)}:{spelled(down)}"


def flip_rates(arguments: str) -> tuple[Fraction, Fraction]:
    """(of a stored 0, of a stored 1)."""
    up, down = map(Fraction, arguments.split(":"))
    return up, down


def _asymmetric_positions(arguments: str, target: Target, words: Draw) -> Positions:
    """Bits flip as in a symmetric channel of the greater probability; those of the other value are spared.

    Word 0 says how many there are, the words 1, 3, 5, ... where, and the word behind each whether it is kept.
    """
    up, down = flip_rates(arguments)
    flips = bsc_flips(spelled(max(up, down)), target.n, words)
    drawn = words(0, 1 + 2 * int(flips.max(initial=1)))[:, 1:]
    found = scattered(flips, drawn[:, 0::2], target.n)
    if up == down:
        return found
    rarer = int(up > down)
    kept = drawn[:, 1::2] < np.uint64(int(min(up, down) / max(up, down) * 2**64))
    value = np.take_along_axis(target.stored(), found, axis=1)  # of -1 it is no matter
    return np.where(kept | (value != rarer), found, -1)


def _asymmetric_outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    return shares(stored_outcomes(code.linear, Asymmetric(code.n, *flip_rates(arguments))))


ASYMMETRIC = ErrorModel(
    name="asymmetric",
    syntax="asymmetric:P01:P10",
    help="every stored 0 flips with probability P01, every stored 1 with P10, on its own",
    parse=_parse_asymmetric,
    on_target=_asymmetric_positions,
    exact=_asymmetric_outcomes,
)
