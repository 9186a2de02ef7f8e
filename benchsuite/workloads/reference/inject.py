"""One trial of an injection campaign, straight from its definition (docs/reference/error-models.md, Streams).

``key`` is the campaign's pair of 64-bit words, ``columns`` are those of the check matrix in codeword order: k
data columns, then the identity. Knows the error models ``flips:K`` and ``bsc:P``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb, floor

from benchsuite.workloads.reference.linear import CLEAN, DETECTED, decode_word, encode_word

Key = tuple[int, int]
DATA_BLOCK = 2**62


def philox(counter: Sequence[int], key: Key) -> Sequence[int]:
    """Philox4x64-10 (Salmon et al. 2011, §3.3): four 64-bit words."""
    (x0, x1, x2, x3), (k0, k1) = counter, key
    for _ in range(10):
        high0, low0 = divmod(0xD2E7470EE14C6C93 * x0, 2**64)
        high1, low1 = divmod(0xCA5A826395121157 * x2, 2**64)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) % 2**64, (k1 + 0xBB67AE8584CAA73B) % 2**64
    return x0, x1, x2, x3


def word(key: Key, trial: int, j: int, block: int = 0) -> int:
    """Word j of the trial's stream from ``block`` on."""
    return philox((trial, block + j // 4, 0, 0), key)[j % 4]


def distinct(key: Key, trial: int, first: int, n: int, flips: int) -> list[int]:
    """Different numbers below n, as many as ``flips``, by Floyd's algorithm on words ``first``, ..."""
    chosen: list[int] = []
    for i, j in enumerate(range(n - flips, n)):
        drawn = word(key, trial, first + i) * (j + 1) >> 64
        chosen.append(j if drawn in chosen else drawn)
    return chosen


def flipped(model: str, n: int, key: Key, trial: int) -> list[int]:
    """The positions that the trial flips."""
    name, _, argument = model.partition(":")
    if name == "flips":
        return distinct(key, trial, 0, n, int(argument))
    p, flips, reached = Fraction(argument), 0, Fraction(0)
    while flips < n:
        reached += comb(n, flips) * p**flips * (1 - p) ** (n - flips)
        if word(key, trial, 0) < floor(reached * 2**64):
            break
        flips += 1
    return distinct(key, trial, 1, n, flips)


def outcome(columns: Sequence[int], k: int, model: str, key: Key, trial: int) -> str:
    """Encode the trial's data, flip, decode; the name of what became of it."""
    n = len(columns)
    data = sum(word(key, trial, j, DATA_BLOCK) << 64 * j for j in range(-(-k // 64))) % 2**k
    received = data | encode_word(columns, k, data) << k
    positions = flipped(model, n, key, trial)
    for position in positions:
        received ^= 1 << position
    mended, claim = decode_word(columns, k, received % 2**k, received >> k)
    if model == "flips:0":
        return "clean" if claim == CLEAN else "false_alarm"
    if not positions:
        return "not_injected"
    if claim == CLEAN:
        return "undetected"
    if claim == DETECTED:
        return "detected"
    return "corrected" if mended == data else "miscorrected"
