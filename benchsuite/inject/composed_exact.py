"""What is exact of a rank's code over chips with a code inside: by how many chips send something wrong.

One flip in a chip is mended inside it, and the rank mends as many wrong symbols of a codeword as it corrects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

from benchsuite.inject.built_in import ADJACENT, AT, BURST, DEVICE, FLIPS, PIN, SYMBOL
from benchsuite.inject.judged import TooMany
from benchsuite.inject.models import Model
from benchsuite.inject.outcomes import of_accesses
from benchsuite.inject.patterns import every_pattern, patterns
from benchsuite.workloads.codes.analysis import NoFormula
from benchsuite.workloads.codes.composed import Composed
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.codes.outcomes import OUTCOMES
from benchsuite.workloads.reference.on_die_and_rank import fates

MOST_FLIPS = 5
"""That spoil two chips at most."""
MOST_PATTERNS = 5000  # judged one by one: some seconds

Numbers = npt.NDArray[np.int64]


def composed_outcomes(of: Composed, model: Model, codewords: int) -> Mapping[str, tuple[int, int]]:
    """Outcome -> (numerator, denominator) of a trial of which so many ``codewords`` are read.

    ``lost`` is all but corrected. A chip is spoiled by two flips or more. Known where no more chips can be
    than the rank corrects, and for a few flips of a rank that corrects one. Raises NoFormula elsewhere.
    """
    spoiled = _most_spoiled(of, model)
    if spoiled is not None and spoiled <= of.rank.corrects:
        nothing = model.kind is FLIPS and model.arguments == "0"
        never = dict.fromkeys(("corrected", "detected", "detected_hiding_silent", "silent"), (0, 1))
        return {"clean": (1, 1)} if nothing else never | {"corrected": (1, 1)}
    if model.kind is FLIPS and of.rank.corrects == 1 and int(model.arguments) <= MOST_FLIPS:
        flips = int(model.arguments)
        lost, patterns = _lost(of, flips, codewords), comb(of.n, flips)
        return {"corrected": (patterns - lost, patterns), "lost": (lost, patterns)}
    if spoiled is None:
        raise NoFormula("nothing here bounds in how many chips two bits or more flip")
    raise NoFormula(
        f"{spoiled} chips may have two flips or more, and what {of.rank.name} makes of more than "
        f"{of.rank.corrects} has to be counted"
    )


def judged_compositions(of: Composed, model: Model, codewords: int) -> Mapping[str, tuple[int, int]]:
    """Outcome -> (patterns, all patterns) of a trial of which so many ``codewords`` are read.

    A pattern alone decides, as both codes are linear: the reference has it struck words of zeros. Raises as
    ``judged_outcomes`` does.
    """
    count = every_pattern(model, of.n, of.layout)
    if count > MOST_PATTERNS:
        raise TooMany(f"{model.text} has {count:,} patterns, and {MOST_PATTERNS:,} are judged one by one")
    struck = patterns(model, of.n, 0, count, of.layout)
    zeros = [[0] * (of.rank.k // 8)] * of.codewords
    found = [
        OUTCOMES.index(fate)
        for row in struck.tolist()
        for fate in fates(
            of.inside.columns,
            of.rank.linear.r // 8,
            zeros,
            [divmod(position, of.inside.n) for position in row if position >= 0],
        )[:codewords]
    ]
    flips = (struck >= 0).sum(axis=1)
    counts = of_accesses(np.array(found, np.uint8), flips, injecting=True).counts().outcomes
    return {name: (number, count) for name, number in counts.items()}


def _lost(of: Composed, flips: int, codewords: int) -> int:
    """Patterns that make two chips send one of so many codewords wrong; at most two chips are spoiled."""
    others, lost = of.chips - 2, 0
    for first in range(2, flips - 1):
        for second in range(2, flips - first + 1):
            alone = flips - first - second
            elsewhere = comb(others, alone) * of.inside.n**alone
            lost += _meeting(of.inside.linear, first, second, codewords) * elsewhere
    # each two chips once: the loops say which of them has how many
    return comb(of.chips, 2) * lost


def _meeting(inside: LinearCode, first: int, second: int, codewords: int) -> int:
    """Of so many flips in a chip and so many in another: those after which both send one codeword wrong."""
    (some, often), (more, oftener) = _spoiled(inside, first), _spoiled(inside, second)
    meet = (some[:, None] & more & (1 << codewords) - 1) != 0
    return int((often @ meet * oftener).sum())


@cache
def _spoiled(inside: LinearCode, flips: int) -> tuple[Numbers, Numbers]:
    """(sets, patterns): which codewords a chip sends wrong, bit w for codeword w, after how many patterns."""
    columns = np.array(inside.columns)
    byte = np.append(1 << np.arange(inside.k) // 8, np.zeros(inside.n - inside.k, np.int64))
    found: dict[int, int] = {}
    for chosen in _patterns(inside.n, flips):
        syndromes = np.bitwise_xor.reduce(columns[chosen], axis=1)
        at = np.full(1 << inside.n - inside.k, -1)
        at[columns] = np.arange(inside.n)
        mended = at[syndromes]
        wrong = np.zeros((len(chosen), inside.n), np.bool_)
        np.put_along_axis(wrong, chosen, values=True, axis=1)
        rows = np.flatnonzero(mended >= 0)
        wrong[rows, mended[rows]] ^= True
        sets = np.bitwise_or.reduce(np.where(wrong, byte, 0), axis=1)
        for codewords, number in zip(*np.unique(sets, return_counts=True), strict=True):
            found[int(codewords)] = found.get(int(codewords), 0) + int(number)
    return np.array(list(found)), np.array(list(found.values()))


def _patterns(n: int, flips: int) -> Iterator[Numbers]:
    """``int64[patterns, flips]``, by their first position."""
    for first in range(n - flips + 1):
        rest = combinations(range(first + 1, n), flips - 1)
        some = np.array(list(rest))
        yield np.concatenate([np.full((len(some), 1), first), some], axis=1)


def _most_spoiled(of: Composed, model: Model) -> int | None:
    """The most chips of which two or more bits flip at once; None where any number may."""
    if model.kind in (DEVICE, PIN):
        return 1
    if model.kind is FLIPS:
        return int(model.arguments) // 2
    if model.kind is AT:
        hits = Counter(int(position) // of.inside.n for position in model.arguments.split(","))
        return sum(flips > 1 for flips in hits.values())
    if model.kind is SYMBOL:
        bits, count = map(int, model.arguments.split(":"))
        across = 1 if of.inside.n % bits == 0 else 2
        return count // 2 if bits == 1 else count * across
    if model.kind in (ADJACENT, BURST):
        length = int(model.arguments)
        # a window has two bits or more on both sides of a border from 4 bits on
        return 1 if length < 4 else 2 + (length - 4) // of.inside.n
    return None
