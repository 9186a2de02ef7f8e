"""Data of codes over GF(256) folded to one word, against the check bits of all of them."""

import numpy as np
import pytest
from benchsuite_numpy.folding import FoldBlock, is_foldable

from benchsuite.workloads.codes import CODES, bulk, code


@pytest.mark.parametrize("name", ["chipkill-18-16", "reed-solomon-34-32:8", "reed-solomon-26-24:8"])
def test_the_word_that_is_left_has_the_check_bits_of_all_the_data(name: str) -> None:
    linear, rows = code(name).linear, 50
    assert is_foldable(linear.columns, linear.k)
    data = np.random.default_rng(1).integers(0, 256, (rows, linear.k // 8), np.uint8)
    before = data.copy()
    folded, shifted, term = np.empty((3, rows), np.uint64)
    FoldBlock(tuple(data.view("<u8").T), folded, shifted, term).run()
    np.testing.assert_array_equal(data, before)
    left = bulk.check_bits(linear.columns[linear.k - 64 :], 64, folded[:, None].view(np.uint8))
    np.testing.assert_array_equal(left, bulk.check_bits(linear.columns, linear.k, data))


@pytest.mark.parametrize(
    "name", ["chipkill-19-16", "chipkill-10-8", "reed-solomon-19-17:8", "hsiao-137-128", "bch-144-128"]
)
def test_codes_of_no_such_recurrence_or_of_no_whole_words_are_not_folded(name: str) -> None:
    linear = (CODES.get(name) or code(name)).linear
    assert not is_foldable(linear.columns, linear.k)


def test_one_column_that_breaks_the_recurrence_is_noticed() -> None:
    linear = code("chipkill-18-16").linear
    for bit in (0, 63, 127):
        columns = list(linear.columns)
        columns[bit] ^= 1
        assert not is_foldable(tuple(columns), linear.k)
