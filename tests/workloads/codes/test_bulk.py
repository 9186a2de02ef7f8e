"""Many codewords at once, held equal to the pure-Python oracle."""

from itertools import combinations

import numpy as np
import pytest

from benchsuite.workloads.codes import CLEAN, CODES, CORRECTED, bulk
from benchsuite.workloads.codes.hsiao import hsiao_columns
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.codes.received import symbol_errors
from benchsuite.workloads.reference import linear as oracle
from benchsuite.workloads.streams import Bytes, random_bytes

every = pytest.mark.parametrize("code", [known.linear for known in CODES.values()], ids=list(CODES))


def random_words(codewords: int, k: int) -> Bytes:
    size = -(-k // 8)
    words = random_bytes("test", 1, 0, codewords * size).reshape(codewords, size)
    words[:, -1] &= 0xFF >> -k % 8
    return words


def as_integers(rows: Bytes) -> list[int]:
    return [int.from_bytes(row.tobytes(), "little") for row in rows]


@every
def test_encoding_agrees_with_the_oracle_for_every_code(code: LinearCode) -> None:
    data = random_words(50, code.k)
    expected = [oracle.encode_word(code.columns, code.k, word) for word in as_integers(data)]
    assert as_integers(bulk.check_bits(code.columns, code.k, data)) == expected


@pytest.mark.parametrize(("n", "k"), [(13, 8), (72, 64), (137, 128)])
@pytest.mark.parametrize("flips", [0, 1, 2, 3])
def test_decoding_agrees_with_the_oracle_for_up_to_three_flips(n: int, k: int, flips: int) -> None:
    code = CODES[f"hsiao-{n}-{k}"].linear
    columns = code.columns
    patterns = np.array(list(combinations(range(n), flips))[:: 1 + 50 * (flips - 1) if flips else 1])
    data = random_words(len(patterns), k)
    check = bulk.check_bits(columns, k, data)
    rows = np.repeat(np.arange(len(patterns)), flips)
    bulk.flip(k, data, check, rows, patterns.reshape(-1).astype(np.int64))
    expected = [
        oracle.decode_word(columns, k, *word)
        for word in zip(as_integers(data), as_integers(check), strict=True)
    ]
    mended, outcome = bulk.decode(code, data, check)
    assert list(zip(as_integers(mended), outcome.tolist(), strict=True)) == expected


@every
def test_any_received_word_is_judged_as_the_oracle_judges_it(code: LinearCode) -> None:
    k = code.k
    data, check = random_words(100, k), random_words(100, code.r)[::-1].copy()
    data[:50] = random_words(50, k)
    check[:50] = bulk.check_bits(code.columns, k, data[:50])
    drawn = random_bytes("errors", 1, 0, 8 * 40 * (1 + 2 * (code.corrects + 1))).view("<u8")
    bulk.flip(k, data, check, *symbol_errors(code, drawn.reshape(40, -1), code.corrects + 1))
    words = list(zip(as_integers(data), as_integers(check), strict=True))
    if code.corrects:
        mend = code.oracle or oracle.oracle(code.columns, k, code.symbol_bits, code.corrects)
        expected = [oracle.mend_word(mend, k, *word) for word in words]
        mended, outcome = bulk.decode(code, data, check)
        assert list(zip(as_integers(mended), outcome.tolist(), strict=True)) == expected
        assert {CLEAN, CORRECTED} <= set(outcome.tolist())
    else:
        expected_outcome = [oracle.check_word(code.columns, k, *word) for word in words]
        assert bulk.judge(code, data, check).tolist() == expected_outcome


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
