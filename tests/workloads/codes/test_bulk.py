"""Many codewords at once, held equal to the pure-Python oracle."""

from itertools import combinations

import numpy as np
import pytest

from benchsuite.workloads.codes import FAMILIES, bulk
from benchsuite.workloads.codes.hsiao import hsiao_columns
from benchsuite.workloads.reference import linear as oracle
from benchsuite.workloads.streams import Bytes, random_bytes

EVERY = [
    pytest.param(family.columns(n, k), k, family.corrects, id=f"{family.name}-{n}-{k}")
    for family, _, _ in FAMILIES
    for n, k in family.sizes
]


def random_words(codewords: int, k: int) -> Bytes:
    size = -(-k // 8)
    words = random_bytes("test", 1, 0, codewords * size).reshape(codewords, size)
    words[:, -1] &= 0xFF >> -k % 8
    return words


def as_integers(rows: Bytes) -> list[int]:
    return [int.from_bytes(row.tobytes(), "little") for row in rows]


@pytest.mark.parametrize(("columns", "k", "corrects"), EVERY)
def test_encoding_agrees_with_the_oracle_at_every_size(
    columns: tuple[int, ...], k: int, corrects: int
) -> None:
    data = random_words(200, k)
    expected = [oracle.encode_word(columns, k, word) for word in as_integers(data)]
    assert as_integers(bulk.check_bits(columns, k, data)) == expected


@pytest.mark.parametrize(("n", "k"), [(13, 8), (72, 64), (137, 128)])
@pytest.mark.parametrize("flips", [0, 1, 2, 3])
def test_decoding_agrees_with_the_oracle_for_up_to_three_flips(n: int, k: int, flips: int) -> None:
    columns = hsiao_columns(n, k)
    patterns = np.array(list(combinations(range(n), flips))[:: 1 + 50 * (flips - 1) if flips else 1])
    data = random_words(len(patterns), k)
    check = bulk.check_bits(columns, k, data)
    rows = np.repeat(np.arange(len(patterns)), flips)
    bulk.flip(k, data, check, rows, patterns.reshape(-1).astype(np.int64))
    expected = [
        oracle.decode_word(columns, k, *word)
        for word in zip(as_integers(data), as_integers(check), strict=True)
    ]
    mended, outcome = bulk.decode(columns, k, data, check)
    assert list(zip(as_integers(mended), outcome.tolist(), strict=True)) == expected


@pytest.mark.parametrize(("columns", "k", "corrects"), EVERY)
def test_any_received_word_is_judged_as_the_oracle_judges_it(
    columns: tuple[int, ...], k: int, corrects: int
) -> None:
    data, check = random_words(300, k), random_words(300, len(columns) - k)[::-1].copy()
    words = list(zip(as_integers(data), as_integers(check), strict=True))
    if corrects:
        expected = [oracle.decode_word(columns, k, *word) for word in words]
        mended, outcome = bulk.decode(columns, k, data, check)
        assert list(zip(as_integers(mended), outcome.tolist(), strict=True)) == expected
    else:
        expected_outcome = [oracle.check_word(columns, k, *word) for word in words]
        assert bulk.judge(columns, k, data, check).tolist() == expected_outcome


def test_blocks_meet_without_a_gap() -> None:
    columns, data = hsiao_columns(72, 64), random_words(bulk.BLOCK + 3, 64)
    whole = bulk.check_bits(columns, 64, data)
    assert (whole[-5:] == bulk.check_bits(columns, 64, data[-5:])).all()
    assert (whole[:5] == bulk.check_bits(columns, 64, data[:5])).all()


def test_a_bit_flipped_twice_is_as_it_was() -> None:
    data, check = np.zeros((2, 8), np.uint8), np.zeros((2, 1), np.uint8)
    bulk.flip(64, data, check, np.array([0, 1, 1, 1]), np.array([9, 5, 5, 70]))
    assert data.tolist() == [[0, 2, 0, 0, 0, 0, 0, 0], [0] * 8]
    assert check.tolist() == [[0], [64]]
