"""The mean of wrong bits after a strike: by every difference of a small case, and against struck blocks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from benchsuite.analyse.means import mean_interval
from benchsuite.workloads.aes.avalanche import after_key_flip, after_state_flips
from benchsuite.workloads.aes.bulk import Strike, decrypt_blocks, encrypt_blocks, expand_keys
from benchsuite.workloads.reference import aes
from benchsuite.workloads.streams import random_bytes

BLOCKS = 20_000
SURE = 1 - 1e-6


def single_flips(count: int) -> np.ndarray:
    flips = np.zeros((count, 16), np.uint8)
    at = random_bytes("flips", 1, 0, count) % 128
    flips[np.arange(count), at // 8] = 1 << at % 8
    return flips


def histogram(wrong: np.ndarray) -> list[tuple[int, int]]:
    bits, times = np.unique(np.bitwise_count(wrong).sum(axis=1), return_counts=True)
    return list(zip(bits.tolist(), times.tolist(), strict=True))


@pytest.mark.parametrize("inverse", [False, True])
def test_one_box_is_the_mean_over_every_byte_and_every_flip_of_it(inverse: bool) -> None:
    box = aes.inverse_sbox() if inverse else aes.sbox()
    wrong = sum((box[a] ^ box[a ^ 1 << bit]).bit_count() for a in range(256) for bit in range(8))
    assert after_state_flips(1, 1, inverse=inverse) == Fraction(wrong, 256 * 8)


@pytest.mark.parametrize("flips", [1, 2, 3, 128])
def test_flips_of_the_output_are_as_many_wrong_bits(flips: int) -> None:
    assert after_state_flips(0, flips, inverse=False) == flips


def test_flips_of_every_bit_are_the_difference_of_all_ones_in_every_byte() -> None:
    box = aes.sbox()
    wrong = sum((box[a] ^ box[a ^ 255]).bit_count() for a in range(256))
    assert after_state_flips(1, 128, inverse=False) == Fraction(16 * wrong, 256)


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("left", [1, 2, 3])
def test_struck_states_damage_as_much_as_the_formula_says(left: int, inverse: bool) -> None:
    schedule = expand_keys(random_bytes("key", 1, 0, 16).reshape(1, 16))
    blocks = random_bytes("blocks", 1, 0, 16 * BLOCKS).reshape(-1, 16)
    cipher = decrypt_blocks if inverse else encrypt_blocks
    struck = cipher(schedule, blocks, Strike(10 - left, single_flips(BLOCKS)))
    mean = mean_interval(histogram(struck ^ cipher(schedule, blocks)), SURE)
    bits = after_state_flips(left, 1, inverse=inverse)
    assert bits is not None
    assert mean.low <= bits <= mean.high


@pytest.mark.parametrize(("inverse", "left"), [(False, 1), (False, 3), (True, 0), (True, 1), (True, 2)])
def test_struck_round_keys_damage_as_much_as_the_formula_says(left: int, inverse: bool) -> None:
    right = np.repeat(expand_keys(random_bytes("key", 1, 0, 16).reshape(1, 16)), BLOCKS, axis=1)
    wrong = right.copy()
    wrong[left if inverse else 10 - left] ^= single_flips(BLOCKS)
    blocks = random_bytes("blocks", 1, 0, 16 * BLOCKS).reshape(-1, 16)
    cipher = decrypt_blocks if inverse else encrypt_blocks
    mean = mean_interval(histogram(cipher(wrong, blocks) ^ cipher(right, blocks)), SURE)
    bits = after_key_flip(left, inverse=inverse)
    assert bits is not None
    assert mean.low <= bits <= mean.high


def test_where_wrong_bytes_meet_in_a_column_there_is_no_formula() -> None:
    assert after_state_flips(4, 1, inverse=False) is None
    assert after_state_flips(2, 2, inverse=True) is None
    assert after_key_flip(3, inverse=True) is None
