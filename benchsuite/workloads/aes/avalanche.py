"""How many bits of AES's answer are wrong on average after flips within its last rounds, exactly.

Counts differences instead of states: of a uniformly random state each byte is uniform, whatever the others
are, so that one round maps the distribution of a byte's difference by the table of the S-box's differences,
then by MixColumns. That is exact as long as no two wrong bytes meet in a column: through the last three
S-boxes after a single flip, through the last one after several.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.reference import aes

Differences: TypeAlias = list[int]
"""How often each of the 256 differences comes, over all bytes and cases: exact integers."""

MIX_COLUMN = (2, 1, 1, 3)
"""What a byte is multiplied by for each row of its column (FIPS 197 §5.1.3)."""
INVERSE_MIX_COLUMN = (14, 9, 13, 11)
"""The same of InvMixColumns (FIPS 197 §5.3.3)."""
STATE_BITS = 128


@functools.cache
def _difference_table(inverse: bool) -> npt.NDArray[np.int64]:
    """``int64[256, 256]``: of the 256 bytes so many turn a difference of the row into that of the column."""
    box = np.frombuffer(aes.inverse_sbox() if inverse else aes.sbox(), np.uint8)
    every = np.arange(256)
    table = np.zeros((256, 256), np.int64)
    for difference in range(256):
        np.add.at(table[difference], box[every] ^ box[every ^ difference], 1)
    return table


def _mixed(differences: Differences, coefficients: Sequence[int]) -> Differences:
    mixed = [0] * 256
    for factor in coefficients:
        for difference, product in enumerate(aes.multiples(factor)):
            mixed[product] += differences[difference]
    return mixed


def _through_boxes(differences: Differences, table: npt.NDArray[np.int64]) -> Differences:
    return [int(count) for count in np.array(differences, object) @ table]


def after_state_flips(rounds_left: int, flips: int, *, inverse: bool) -> Fraction | None:
    """Wrong bits of a block with so many distinct flips in its state, so many rounds left; None: no formula.

    ``inverse`` is the cipher that decrypts, whose rounds begin with its S-boxes too (FIPS 197 §5.3). The
    state is uniform, as that of every random block is, under any key.

    >>> after_state_flips(0, 3, inverse=False), float(after_state_flips(1, 1, inverse=False))
    (Fraction(3, 1), 4.0390625)
    """
    if rounds_left > 1 and flips > 1:
        return None
    # of a byte of the sixteen: flips that leave it the difference d are those of the other 120 bits
    start = [
        16 * comb(STATE_BITS - 8, flips - weight) if 0 < weight <= flips else 0
        for weight in map(int.bit_count, range(256))
    ]
    return _wrong_bits(start, comb(STATE_BITS, flips), rounds_left, inverse=inverse)


def after_key_flip(rounds_left: int, *, inverse: bool) -> Fraction | None:
    """Wrong bits of a block after one flip in the round key that is added with so many rounds left, or None.

    That of the inverse goes through InvMixColumns first, so that it is the flip of a column.
    """
    if not inverse or rounds_left == 0:
        return after_state_flips(rounds_left, 1, inverse=inverse)
    flipped = [16 if difference.bit_count() == 1 else 0 for difference in range(256)]
    mixed = _mixed(flipped, INVERSE_MIX_COLUMN)
    return _wrong_bits(mixed, STATE_BITS, rounds_left, inverse=inverse, columns_wrong=True)


def _wrong_bits(
    start: Differences, cases: int, rounds_left: int, *, inverse: bool, columns_wrong: bool = False
) -> Fraction | None:
    if rounds_left + columns_wrong > 3:
        return None  # wrong bytes would meet in a column
    table = _difference_table(inverse)
    differences = start
    for left in range(rounds_left, 0, -1):
        differences = _through_boxes(differences, table)
        if left > 1:
            differences = _mixed(differences, INVERSE_MIX_COLUMN if inverse else MIX_COLUMN)
    bits = sum(count * difference.bit_count() for difference, count in enumerate(differences))
    return Fraction(bits, cases * 256**rounds_left)
