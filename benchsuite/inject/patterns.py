"""Every pattern of an error model, by its number: what ``--exhaustive`` goes through.

Only models whose patterns are all equally likely have numbers: then counting them is the exact answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from math import comb, gcd, lcm

import numpy as np

from benchsuite.host.plugins import UsageError
from benchsuite.inject.built_in import (
    BUILT_IN,
    CHANNELS,
    MIX,
    MIXTURE,
    adjacent_length,
    burst_length,
    pattern_of,
    positions_of_bits,
    symbol_shape,
)
from benchsuite.inject.cells import STUCK_AT
from benchsuite.inject.devices import PARTS, flipped
from benchsuite.inject.mix import widened
from benchsuite.inject.models import Model
from benchsuite.workloads.codes.errors import flips_of
from benchsuite.workloads.codes.layout import Layouts, Parts, layout
from benchsuite.workloads.streams import Positions

MAX_PATTERNS = 20_000_000  # some ten seconds of a fast decoder; beyond, the formula or a sample says as much


@dataclass(frozen=True)
class Enumeration:
    """The patterns of a model on n bits, from its arguments."""

    count: Callable[[str, int], int]
    """(arguments, n): raises ValueError where they are not equally likely."""
    positions: Callable[[str, int, int, int], Positions]
    """(arguments, n, first, count) -> ``int64[count, flips]``, -1 for none."""


def combinations(n: int, k: int, first: int, count: int) -> Positions:
    """Combinations ``first ... first + count - 1`` of k out of n in lexicographic order: ``int64[count, k]``.

    In the combinatorial number system the complement of a rank, C(n,k) - 1 - rank, is C(d1,k) + C(d2,k-1) +
    ... with d1 > d2 > ..., each d the largest that fits; the combination is n-1-d1, n-1-d2, ... (Knuth, TAOCP
    7.2.1.3). Takes C(n,k) below 2^62.

    >>> combinations(4, 2, 0, 6).tolist()
    [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    """
    return _unranked(n, k, np.arange(first, first + count, dtype=np.int64))


def _unranked(n: int, k: int, ranks: Positions) -> Positions:
    rest = comb(n, k) - 1 - ranks
    chosen = np.empty((len(ranks), k), np.int64)
    for column, size in enumerate(range(k, 0, -1)):
        # no rank reaches 2^62, so larger counts need not be told apart
        below = np.array([min(comb(d, size), 1 << 62) for d in range(n)], np.int64)
        digit = np.searchsorted(below, rest, side="right") - 1
        rest -= below[digit]
        chosen[:, column] = n - 1 - digit
    return chosen


def _bursts(arguments: str, n: int) -> int:
    length = burst_length(arguments, n)
    return (n - length + 1) << max(length - 2, 0)


def _burst_patterns(arguments: str, n: int, first: int, count: int) -> Positions:
    """Window by window; in each, the bits inside count up in binary."""
    length = burst_length(arguments, n)
    inside = max(length - 2, 0)
    window, interior = np.divmod(np.arange(first, first + count, dtype=np.int64), 1 << inside)
    ends = [window[:, None], window[:, None] + length - 1][: min(length, 2)]
    return np.concatenate([*ends, positions_of_bits(window + 1, interior.astype(np.uint64), inside)], axis=1)


def _symbol_errors(arguments: str, n: int) -> int:
    bits, count = symbol_shape(arguments, n)
    if n % bits:
        raise ValueError(
            f"the patterns of symbol:{arguments} are not equally likely, as the last symbol of {n} bits is "
            "short: use --exact for the formula or --trials for a sample"
        )
    return comb(n // bits, count) * int((2**bits - 1) ** count)


def _symbol_patterns(arguments: str, n: int, first: int, count: int) -> Positions:
    """Set by set of symbols; in each, their patterns count up like digits, the last symbol's fastest."""
    bits, wrong = symbol_shape(arguments, n)
    ranks = np.arange(first, first + count, dtype=np.int64)
    chosen = _unranked(n // bits, wrong, ranks // (2**bits - 1) ** wrong)
    flipped = []
    for place, symbol in enumerate(chosen.T):
        values = ranks // (2**bits - 1) ** (wrong - 1 - place) % (2**bits - 1) + 1
        flipped.append(positions_of_bits(bits * symbol, values.astype(np.uint64), bits))
    return np.concatenate(flipped, axis=1)


ENUMERATIONS: Mapping[str, Enumeration] = {
    "flips": Enumeration(
        lambda arguments, n: comb(n, flips_of(arguments, n)),
        lambda arguments, n, first, count: combinations(n, flips_of(arguments, n), first, count),
    ),
    "burst": Enumeration(_bursts, _burst_patterns),
    "at": Enumeration(
        lambda arguments, n: len({pattern_of(arguments, n)}),
        lambda arguments, n, first, count: np.tile(np.array(pattern_of(arguments, n)), (count, 1)),
    ),
    "adjacent": Enumeration(
        lambda arguments, n: n - adjacent_length(arguments, n) + 1,
        lambda arguments, n, first, count: (
            np.arange(first, first + count, dtype=np.int64)[:, None]
            + np.arange(adjacent_length(arguments, n))
        ),
    ),
    "symbol": Enumeration(_symbol_errors, _symbol_patterns),
}


def _part_enumeration(parts: Parts, kind: str) -> Enumeration:
    """Part by part; in each, its patterns count up from 1 in binary, or its bits do."""
    most = max(map(len, parts))
    each: int = {"uniform": 2**most - 1, "ones": 1, "one": most}[kind]

    def count(arguments: str, n: int) -> int:
        if each > 1 and min(map(len, parts)) < most:
            raise ValueError(
                f"patterns are not equally likely where the last device carries fewer of the {n} bits than "
                "the others: use --exact for the formula or --trials for a sample"
            )
        return len(parts) * each

    def positions(arguments: str, n: int, first: int, count: int) -> Positions:
        part, pattern = np.divmod(np.arange(first, first + count, dtype=np.int64)[:, None], each)
        bits = np.arange(most)
        flips = pattern + 1 >> bits & 1 == 1 if kind == "uniform" else (pattern == bits) | (kind == "ones")
        return flipped(parts, part[:, 0], flips)

    return Enumeration(count, positions)


def _mix_enumeration(mixed: Model, n: int, layouts: Layouts | None) -> Enumeration:
    """Part by part, in the order of their weights; each pattern of a part so many times as it weighs."""
    parts = [(Model(p.kind, p.arguments), p.weight) for p in MIXTURE.parts(mixed.arguments)]
    sizes = [pattern_count(part, n, layouts) for part, _ in parts]
    scale = lcm(*sizes)
    repeats = [weight * (scale // size) for (_, weight), size in zip(parts, sizes, strict=True)]
    repeats = [number // gcd(*repeats) for number in repeats]
    ends = list(accumulate(size * number for size, number in zip(sizes, repeats, strict=True)))

    def positions(arguments: str, n: int, first: int, count: int) -> Positions:
        found = []
        for (part, _), number, begin, end in zip(parts, repeats, [0, *ends], ends, strict=False):
            ranks = (np.arange(max(first, begin), min(first + count, end), dtype=np.int64) - begin) // number
            if ranks.size:
                some = patterns(part, n, int(ranks[0]), int(ranks[-1] - ranks[0]) + 1, layouts)
                found.append(some[ranks - ranks[0]])
        most = max(1, *(some.shape[1] for some in found))
        return np.concatenate([widened(some, most) for some in found])

    return Enumeration(lambda arguments, n: ends[-1], positions)


def _enumeration(model: Model, n: int, layouts: Layouts | None) -> Enumeration:
    if model.name in PARTS:
        return _part_enumeration(*PARTS[model.name](model.arguments, layouts or partial(layout, n)))
    if model.kind is MIX:
        return _mix_enumeration(model, n, layouts)
    return ENUMERATIONS[model.name]


def every_pattern(model: Model, n: int, layouts: Layouts | None = None) -> int:
    """How many patterns a model has on n bits; raises UsageError where they have no numbers.

    ``layouts`` are those of a ``Target``. In a mixture a pattern counts so many times as it weighs.
    """
    if model.kind in CHANNELS:
        raise UsageError(
            f"the patterns of {model.text} are not equally likely, so going through them tells nothing: "
            "use --exact for the formula or --trials for a sample"
        )
    if model.kind is STUCK_AT:
        raise UsageError(
            f"what {model.text} flips depends on the data, so it has no patterns to go through: use --exact "
            "for the formula or --trials for a sample"
        )
    if model.name not in {*ENUMERATIONS, *PARTS, MIX.name} or model.kind is not BUILT_IN.get(model.name):
        raise UsageError(f"the patterns of {model.text} cannot be enumerated: use --trials")
    try:
        return _enumeration(model, n, layouts).count(model.arguments, n)
    except ValueError as error:
        raise UsageError(str(error)) from None


def said(count: int) -> str:
    """A number of patterns, which may have more digits than anybody reads or Python prints."""
    return f"{count:,}" if count < 10**15 else f"more than 10^{(count.bit_length() - 1) * 30103 // 100000}"


def pattern_count(model: Model, n: int, layouts: Layouts | None = None) -> int:
    """How many patterns ``--exhaustive`` goes through; raises UsageError where it cannot go through them.

    Arguments are those of ``every_pattern``.
    """
    count = every_pattern(model, n, layouts)
    if count > MAX_PATTERNS:
        raise UsageError(
            f"{model.text} has {said(count)} patterns on {n} bits, more than the {MAX_PATTERNS:,} that "
            "--exhaustive goes through: use --exact for the formula or --trials for a sample"
        )
    return count


def patterns(model: Model, n: int, first: int, count: int, layouts: Layouts | None = None) -> Positions:
    """Patterns ``first ... first + count - 1`` of a model that ``pattern_count`` does not refuse."""
    return _enumeration(model, n, layouts).positions(model.arguments, n, first, count)
