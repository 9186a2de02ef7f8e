"""What a decoder does with exactly k flipped bits, counted exactly: integers, no sampling, no engine.

Source: MacWilliams 1963 for the weights; the outcomes follow by counting the codewords one flip away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import comb


def weight_distribution(columns: Sequence[int], r: int) -> list[int]:
    """A_0 ... A_n: how many codewords have each weight, for the check matrix of these columns of r bits.

    Raises ValueError for a column outside r bits. Costs n 2^r steps.

    >>> weight_distribution([1, 2, 3, 4, 5, 6, 7], 3)  # Hamming (7,4)
    [1, 0, 0, 7, 7, 0, 0, 1]
    """
    _require_columns(columns, r)
    n = len(columns)
    dual = Counter(sum((column & rows).bit_count() & 1 for column in columns) for rows in range(1 << r))
    total = [0] * (n + 1)
    krawtchouk = [comb(n, j) for j in range(n + 1)]  # coefficients of (1 - x)^w (1 + x)^(n - w), here w = 0
    for w in range(n + 1):
        total = [sum_ + dual[w] * term for sum_, term in zip(total, krawtchouk, strict=True)]
        krawtchouk = _next_krawtchouk(krawtchouk)
    return [sum_ >> r for sum_ in total]


def _next_krawtchouk(terms: list[int]) -> list[int]:
    """The coefficients times (1 - x) / (1 + x)."""
    following = [terms[0]]
    for j in range(1, len(terms)):
        following.append(terms[j] - terms[j - 1] - following[-1])
    return following


def single_error_outcomes(columns: Sequence[int], r: int, k: int) -> dict[str, tuple[int, int]]:
    """Outcome -> (patterns, C(n, k)), unreduced, of exactly k flips through a decoder that corrects one bit.

    All five outcomes are there: clean, corrected, detected, miscorrected, undetected. A pattern miscorrects
    where flipping one bit more, or one less, makes a codeword. Raises ValueError for a k outside 0 ... n and
    for columns that are zero or equal, since then not every single error is corrected.
    """
    _require_columns(columns, r)
    n = len(columns)
    if not 0 <= k <= n:
        raise ValueError(f"k flips need 0 <= k <= {n}, not {k}")
    if len(set(columns)) < n or 0 in columns:
        raise ValueError("a code that corrects one bit has distinct columns other than zero")
    patterns = comb(n, k)
    counts = dict.fromkeys(("clean", "corrected", "detected", "miscorrected", "undetected"), 0)
    if k < 2:
        counts["corrected" if k else "clean"] = patterns
    else:
        weights = [*weight_distribution(columns, r), 0]
        counts["undetected"] = weights[k]
        counts["miscorrected"] = (k + 1) * weights[k + 1] + (n - k + 1) * weights[k - 1]
        counts["detected"] = patterns - counts["undetected"] - counts["miscorrected"]
    return {outcome: (count, patterns) for outcome, count in counts.items()}


def _require_columns(columns: Sequence[int], r: int) -> None:
    outside = [column for column in columns if not 0 <= column < 1 << r]
    if outside:
        raise ValueError(f"column {outside[0]} does not fit into r = {r} rows")
