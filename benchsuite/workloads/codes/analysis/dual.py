"""The 2^r words of the dual code, classed by the groups of positions that they meet: by transforms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.codes.analysis.refusal import NoFormula
from benchsuite.workloads.codes.linear_code import LinearCode

MOST_ROWS = 24  # 16 million dual words: a few seconds and 300 MB

Counts = npt.NDArray[np.signedinteger]


def transform(counts: Counts) -> Counts:
    """The fast Walsh-Hadamard transform: for every u the sum over s of ``counts[s]`` times (-1)^(u s).

    ``counts: int[2^r]``; its absolute values must sum to less than the dtype holds.

    >>> transform(np.array([1, 1, 0, 0])).tolist()
    [2, 0, 2, 0]
    """
    # every pass sums over the highest bit of the index and makes it the lowest: all passes have one geometry,
    # and the order is the first one again in the end
    source, target, half = counts.copy(), np.empty_like(counts), len(counts) // 2
    for _ in range(len(counts).bit_length() - 1):
        np.add(source[:half], source[half:], out=target[0::2])
        np.subtract(source[:half], source[half:], out=target[1::2])
        source, target = target, source
    return source


def require_rows(r: int) -> None:
    """Raise NoFormula where the words of the dual code are more than are gone through."""
    if r > MOST_ROWS:
        raise NoFormula(f"the dual code has 2^{r} words, more than the 2^{MOST_ROWS} that are gone through")


def basis(columns: Iterable[int]) -> list[int]:
    """Independent columns with all sums that the given ones have."""
    found: list[int] = []
    for column in columns:
        rest = column
        for leading in found:
            rest = min(rest, rest ^ leading)
        if rest:
            found.append(rest)
    return found


def sums(independent: Iterable[int]) -> npt.NDArray[np.int64]:
    """``int64[2^columns]``: the sums of all sets of independent columns."""
    found = np.zeros(1, np.int64)
    for column in independent:
        found = np.concatenate([found, found ^ column])
    return found


def missed_groups(groups: Sequence[Sequence[int]], r: int) -> Counts:
    """``int32[2^r]``: for every dual word u, how many groups of columns it is orthogonal to, all of a group.

    The sum of (-1)^(u s) over the span of a group is the size of the span for such a u, else zero.
    """
    spans = [sums(basis(group)) for group in groups]
    largest = max(map(len, spans), default=1)
    counts = np.zeros(1 << r, np.int32)
    for span in spans:
        counts[span] += largest // len(span)
    return transform(counts) // largest


def columns_of(code: LinearCode) -> list[int]:
    """The check matrix of the arrays, its columns in codeword order."""
    return [code.columns[bit] for bit in code.bits]


def symbol_groups(code: LinearCode) -> list[Sequence[int]]:
    """The columns of each symbol."""
    return grouped(code.columns, code.symbol_bits)


def grouped(columns: Sequence[int], bits: int) -> list[Sequence[int]]:
    """Aligned groups of ``bits`` columns; the last one may be short."""
    return [columns[start : start + bits] for start in range(0, len(columns), bits)]


@cache
def dual_classes(code: LinearCode, bits: int) -> Counter[tuple[int, bool, int]]:
    """Dual words by (how many full groups, whether a short last group, how many symbols) they meet.

    Groups are of ``bits`` bits in codeword order; a dual word meets what it is not zero on. Raises NoFormula
    where the dual is too large to go through.
    """
    require_rows(code.r)
    groups = grouped(columns_of(code), bits)
    full = [group for group in groups if len(group) == bits]
    symbols, short = code.symbols, groups[len(full) :]
    keys = 2 * (len(full) - missed_groups(full, code.r)) + len(short) - missed_groups(short, code.r)
    keys = keys * (symbols + 1) + symbols - missed_groups(symbol_groups(code), code.r)
    found = np.bincount(keys)
    return Counter(
        {
            (key // (symbols + 1) // 2, bool(key // (symbols + 1) % 2), key % (symbols + 1)): int(found[key])
            for key in np.flatnonzero(found).tolist()
        }
    )
