"""What a decoder mends: listed by syndrome, for bits and for symbols."""

from itertools import product

import numpy as np
import pytest

from benchsuite.workloads.codes import CODES, bulk, claims
from benchsuite.workloads.codes.leaders import is_listable, leaders
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.reference import linear as oracle


def quaternary_hamming() -> LinearCode:
    """Hamming (5,3) over GF(4), its symbols as two bits: every error of one symbol has a syndrome of its own.

    The columns of the check matrix are (1, a) for the three a other than 0, and the identity.
    """
    times = ((0, 0, 0, 0), (0, 1, 2, 3), (0, 2, 3, 1), (0, 3, 1, 2))
    data = [times[1][bit] | times[a][bit] << 2 for a in (1, 2, 3) for bit in (1, 2)]
    columns = (*data, 1, 2, 4, 8)
    return LinearCode(
        k=6, columns=columns, matrix=columns, bits=tuple(range(10)), distance=3, symbol_bits=2, corrects=1
    )


def test_a_perfect_code_of_symbols_mends_every_word_to_a_codeword() -> None:
    code = quaternary_hamming()
    listed = leaders(code)
    assert listed is not None
    assert listed.syndromes.tolist() == list(range(1, 16))
    words = np.array(list(product(range(64), range(16))), np.uint8)
    mended, outcome = bulk.decode(code, words[:, :1], words[:, 1:])
    mend = oracle.oracle(code.columns, code.k, 2, 1)
    expected = [oracle.mend_word(mend, 6, *map(int, word)) for word in words]
    assert list(zip(mended[:, 0].tolist(), outcome.tolist(), strict=True)) == expected
    assert (outcome < 2).all()


@pytest.mark.parametrize("code", [known.linear for known in CODES.values()], ids=list(CODES))
def test_no_pattern_that_is_mended_looks_like_another(code: LinearCode) -> None:
    listed = leaders(code)
    assert (listed is not None) == is_listable(code)
    if listed is None:
        assert code.oracle is not None
        return
    assert (np.diff(listed.syndromes) > 0).all()
    index, bits = listed.flips(np.arange(len(listed.syndromes)))
    found = np.zeros(len(listed.syndromes), np.int64)
    np.bitwise_xor.at(found, index, np.array(code.columns, np.int64)[bits])
    assert (found == listed.syndromes).all()


def test_a_code_that_cannot_tell_its_errors_apart_is_refused() -> None:
    code = LinearCode(k=2, columns=(3, 3, 1, 2), matrix=(3, 3, 1, 2), bits=(0, 1, 2, 3), distance=2)
    with pytest.raises(ValueError, match="cannot tell all patterns of 1 wrong symbols apart"):
        leaders(code)


def test_the_answers_of_a_short_code_are_all_compared() -> None:
    code = CODES["hamming-7-4"].linear
    rows = np.zeros((5, 1), np.uint8)
    assert claims.unproven(code, rows, rows, rows, np.zeros(5, np.uint8)).tolist() == list(range(5))
