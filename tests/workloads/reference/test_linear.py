"""The oracle of single-error-correcting, double-error-detecting codes."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes.hsiao import hsiao_columns
from benchsuite.workloads.reference.linear import (
    CLEAN,
    CORRECTED,
    DETECTED,
    decode_word,
    encode_word,
    syndrome,
)

COLUMNS, K, N = hsiao_columns(72, 64), 64, 72
DATA = st.integers(0, 2**K - 1)


def flipped(data: int, check: int, *positions: int) -> tuple[int, int]:
    word = data | check << K
    for position in positions:
        word ^= 1 << position
    return word % 2**K, word >> K


@given(DATA)
def test_decoding_an_encoded_word_gives_it_back(data: int) -> None:
    check = encode_word(COLUMNS, K, data)
    assert syndrome(COLUMNS, K, data, check) == 0
    assert decode_word(COLUMNS, K, data, check) == (data, CLEAN)


@given(DATA, DATA)
def test_encoding_is_linear(one: int, other: int) -> None:
    both = encode_word(COLUMNS, K, one ^ other)
    assert both == encode_word(COLUMNS, K, one) ^ encode_word(COLUMNS, K, other)


@pytest.mark.parametrize("data", [0, 2**64 - 1, 0xEFCDAB8967452301])
def test_every_single_error_is_corrected(data: int) -> None:
    check = encode_word(COLUMNS, K, data)
    for position in range(N):
        assert decode_word(COLUMNS, K, *flipped(data, check, position)) == (data, CORRECTED)


@pytest.mark.parametrize("data", [0, 0xEFCDAB8967452301])
def test_every_double_error_is_detected_and_the_data_passed_through(data: int) -> None:
    check = encode_word(COLUMNS, K, data)
    pairs = list(combinations(range(N), 2))
    assert len(pairs) == 2556
    for pair in pairs:
        received = flipped(data, check, *pair)
        assert decode_word(COLUMNS, K, *received) == (received[0], DETECTED)
