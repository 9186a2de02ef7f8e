"""On-die codes: three matrices, and how many double flips each miscorrects."""

import hashlib
from itertools import combinations

import numpy as np
import pytest

from benchsuite.workloads.codes import CODES, CORRECTED, DETECTED, ON_DIE_DECODE, ON_DIE_ENCODE, bulk, code
from benchsuite.workloads.codes.hamming import hamming_columns
from benchsuite.workloads.codes.linear import answer
from benchsuite.workloads.codes.on_die import MATRICES, ON_DIE, on_die_code

DOUBLES = {
    "sequential": (8109, "04a2990cb0cd350e"),
    "low-weight": (5685, "a0cb81aa8bb7abe7"),
    "odd-weight": (1551, "048a316d523d6495"),
}
"""Miscorrected of 9180, and the digest of the columns."""


@pytest.mark.parametrize(("matrix", "known"), DOUBLES.items())
def test_as_many_doubles_are_miscorrected_as_are_known(matrix: str, known: tuple[int, str]) -> None:
    pairs = np.array(list(combinations(range(136), 2)))
    params = ON_DIE_ENCODE.params(matrix=matrix, codewords=len(pairs))
    sent = ON_DIE_ENCODE.inputs(params, 1, 0).data
    check, data = bulk.check_bits(on_die_code(matrix).columns, 128, sent), sent.copy()
    bulk.flip(128, data, check, np.repeat(np.arange(len(pairs)), 2), pairs.reshape(-1))
    said = answer(ON_DIE, ON_DIE_DECODE.params(matrix=matrix), data, check)
    miscorrected = said.outcome == CORRECTED
    assert (miscorrected.sum(), (said.outcome == DETECTED).sum()) == (known[0], 9180 - known[0])
    assert (said.data[miscorrected] != sent[miscorrected]).any(axis=1).all()


@pytest.mark.parametrize(("matrix", "known"), DOUBLES.items())
def test_the_matrices_are_the_known_ones_of_distinct_columns(matrix: str, known: tuple[int, str]) -> None:
    columns = on_die_code(matrix).columns
    assert hashlib.sha256(",".join(map(str, columns)).encode()).hexdigest()[:16] == known[1]
    assert len(set(columns)) == 136
    assert 0 not in columns
    assert columns[128:] == tuple(1 << row for row in range(8))


def test_the_matrices_have_the_weights_that_their_names_say() -> None:
    weights = {m: [column.bit_count() for column in on_die_code(m).columns[:128]] for m in MATRICES}
    assert weights["low-weight"] == [2] * 28 + [3] * 56 + [4] * 44
    assert weights["odd-weight"] == [3] * 56 + [5] * 56 + [7] * 8 + [2] * 8
    assert on_die_code("sequential").columns == hamming_columns(136, 128)


@pytest.mark.parametrize("matrix", MATRICES)
def test_every_single_flip_is_corrected(matrix: str) -> None:
    params = ON_DIE_ENCODE.params(matrix=matrix, codewords=136)
    sent = ON_DIE_ENCODE.inputs(params, 1, 0).data
    check, data = bulk.check_bits(on_die_code(matrix).columns, 128, sent), sent.copy()
    bulk.flip(128, data, check, np.arange(136), np.arange(136))
    said = answer(ON_DIE, ON_DIE_DECODE.params(matrix=matrix), data, check)
    assert (said.outcome == CORRECTED).all()
    np.testing.assert_array_equal(said.data, sent)


def test_codes_are_named_by_their_matrix() -> None:
    for matrix in MATRICES:
        name = f"on-die-136-128:{matrix}"
        assert code(name) is CODES[name]
        assert CODES[name].linear is on_die_code(matrix)
    with pytest.raises(ValueError, match=r"no code 'on-die-136-128': .* on-die-136-128:"):
        code("on-die-136-128")


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"matrix": "random"}, "no on-die matrix 'random': choose sequential, low-weight, odd-weight"),
        ({"n": 72, "k": 64}, r"no workload for on-die \(72,64\): choose n and k of \(136,128\)"),
        ({"n": "136"}, "n must be a whole number of at least 1, not '136'"),
        ({"codewords": -1}, "codewords must be a whole number of at least 1, not -1"),
    ],
)
@pytest.mark.parametrize("workload", [ON_DIE_ENCODE, ON_DIE_DECODE], ids=lambda workload: workload.id)
def test_nonsense_is_refused_with_value_and_rule(workload, wrong: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        workload.params(**wrong)


def test_labels_and_presets() -> None:
    (encode,) = ON_DIE_ENCODE.presets("standard")
    assert ON_DIE_ENCODE.label(encode) == "on-die (136,128) sequential encode, 2 MiB"
    assert [case.wrong for case in ON_DIE_DECODE.presets("standard")] == [0.0, 0.01]
    assert [case.matrix for case in ON_DIE_ENCODE.presets("publication")] == list(MATRICES)
