"""The Hsiao build, and the two workloads."""

import hashlib
from collections import Counter
from random import Random

import numpy as np
import pytest

from benchsuite.api import Mismatch
from benchsuite.workloads.codes import CORRECTED, DETECTED, HSIAO_DECODE, HSIAO_ENCODE, bulk
from benchsuite.workloads.codes.hsiao import HSIAO, HsiaoDecodeParams, HsiaoEncodeParams, hsiao_columns
from benchsuite.workloads.codes.linear import DecodeInputs, DecodeOutputs

TABLE = [
    ((13, 8), "c23af21cba8451cc", {1: 5, 3: 8}, {6: 4, 5: 1}),
    ((22, 16), "bd0cb6862844dbc1", {1: 6, 3: 16}, {9: 6}),
    ((39, 32), "98274203b0037ce9", {1: 7, 3: 32}, {15: 5, 14: 2}),
    ((72, 64), "a7e81f789db59aad", {1: 8, 3: 56, 5: 8}, {27: 8}),
    ((137, 128), "8ea31f90474aa14e", {1: 9, 3: 84, 5: 44}, {54: 4, 53: 5}),
]


def answer(params: HsiaoDecodeParams, inputs: DecodeInputs) -> DecodeOutputs:
    return DecodeOutputs(*bulk.decode(HSIAO.code(params), inputs.data, inputs.check))


def syndromes(inputs: DecodeInputs) -> np.ndarray:
    return (bulk.check_bits(hsiao_columns(72, 64), 64, inputs.data) ^ inputs.check)[:, 0]


@pytest.mark.parametrize(("size", "digest", "column_weights", "row_weights"), TABLE, ids=str)
def test_the_build_is_the_known_one(
    size: tuple[int, int], digest: str, column_weights: dict[int, int], row_weights: dict[int, int]
) -> None:
    columns = hsiao_columns(*size)
    assert hashlib.sha256(",".join(map(str, columns)).encode()).hexdigest()[:16] == digest
    assert Counter(column.bit_count() for column in columns) == column_weights
    rows = range(size[0] - size[1])
    assert Counter(sum(column >> row & 1 for column in columns) for row in rows) == row_weights


def test_the_weight_five_columns_of_72_64_come_in_the_known_order() -> None:
    fives = [column for column in hsiao_columns(72, 64) if column.bit_count() == 5]
    assert fives == [31, 227, 124, 143, 241, 62, 199, 248]


@pytest.mark.parametrize("size", [(73, 66), (8, 8), (8, 9), (8, 0)])
def test_a_size_without_enough_odd_columns_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no Hsiao"):
        hsiao_columns(*size)


@pytest.mark.parametrize(
    ("wrong", "codewords", "expected"),
    [(0.0, 1000, 0), (0.01, 1000, 10), (1e-9, 1000, 1), (0.0126, 1000, 13), (1, 50, 50), (0.5, 1, 1)],
)
def test_exactly_the_stated_fraction_of_codewords_is_wrong(
    wrong: float, codewords: int, expected: int
) -> None:
    params = HsiaoDecodeParams(codewords=codewords, wrong=wrong)
    inputs = HSIAO_DECODE.inputs(params, 7, 0)
    found = syndromes(inputs)
    assert np.count_nonzero(found) == expected
    assert set(found[found != 0].tolist()) <= set(hsiao_columns(72, 64))


def test_flipped_bits_fall_evenly_on_all_72_positions() -> None:
    inputs = HSIAO_DECODE.inputs(HsiaoDecodeParams(codewords=72_000, wrong=1.0), 7, 0)
    counts = Counter(syndromes(inputs).tolist())
    assert counts.keys() == set(hsiao_columns(72, 64))
    chi_square = sum((count - 1000) ** 2 / 1000 for count in counts.values())
    assert 40 < chi_square < 112  # 71 degrees of freedom, each tail about 1e-3; the seed is fixed


@pytest.mark.parametrize("wrong", [0.0, 0.25])
def test_all_varied_codewords_are_new_and_keep_the_fraction_wrong(wrong: float) -> None:
    params = HsiaoDecodeParams(codewords=64, wrong=wrong)
    inputs = HSIAO_DECODE.inputs(params, 7, 0)
    before = inputs.data.copy()
    assert HSIAO_DECODE.vary(params, inputs, Random(1), None) == [(row, None) for row in range(64)]
    assert (before != inputs.data).any(axis=1).all()
    assert np.count_nonzero(syndromes(inputs)) == max(1, 64 * wrong)


@pytest.mark.parametrize("count", [1, 2, 5, None])
def test_varied_codewords_are_never_answered_by_copying_the_data(count: int | None) -> None:
    params = HsiaoDecodeParams(codewords=32)
    for seed in range(50):
        inputs = HSIAO_DECODE.inputs(params, 7, 0)
        items = HSIAO_DECODE.vary(params, inputs, Random(seed), count)
        right = answer(params, inputs)
        with pytest.raises(Mismatch, match="expected corrected"):
            HSIAO_DECODE.check(params, inputs, DecodeOutputs(inputs.data.copy(), right.outcome), items)


def test_varied_codewords_show_every_kind_of_error() -> None:
    params = HsiaoDecodeParams(codewords=200)
    inputs = HSIAO_DECODE.inputs(params, 7, 0)
    HSIAO_DECODE.vary(params, inputs, Random(1), 200)
    right = answer(params, inputs)
    mended = (right.data != inputs.data).any(axis=1)
    kinds = Counter(zip(right.outcome.tolist(), mended.tolist(), strict=True))
    assert kinds.keys() == {(0, False), (CORRECTED, True), (CORRECTED, False), (DETECTED, False)}
    assert min(kinds.values()) > 25


def test_a_wrong_outcome_with_right_data_is_a_mismatch_that_says_both() -> None:
    params = HsiaoDecodeParams(codewords=4, wrong=1.0)
    inputs = HSIAO_DECODE.inputs(params, 7, 0)
    outputs = answer(params, inputs)
    outputs.outcome[2] = DETECTED
    HSIAO_DECODE.check(params, inputs, outputs, [(1, None), (3, None)])
    with pytest.raises(Mismatch, match=r"item 2: expected corrected [0-9a-f]{16}, got detected [0-9a-f]{16}"):
        HSIAO_DECODE.check(params, inputs, outputs, [(1, None), (2, None)])
    outputs.outcome[2] = 200
    with pytest.raises(Mismatch, match="got outcome 200"):
        HSIAO_DECODE.check(params, inputs, outputs, [(2, None)])


@pytest.mark.parametrize(
    ("codewords", "wrong", "label"),
    [
        (2**20, 0.01, "hsiao (72,64) decode, 8 MiB, 1e-2 wrong"),
        (2**20, 0.0, "hsiao (72,64) decode, 8 MiB, no error"),
        (3, 0.00125, "hsiao (72,64) decode, 24 B, 1.25e-3 wrong"),
        (128, 1.0, "hsiao (72,64) decode, 1 KiB, 1e0 wrong"),
    ],
)
def test_labels_of_the_decoder_say_size_and_errors(codewords: int, wrong: float, label: str) -> None:
    assert HSIAO_DECODE.label(HsiaoDecodeParams(codewords=codewords, wrong=wrong)) == label


def test_the_label_of_the_encoder_says_the_size() -> None:
    assert HSIAO_ENCODE.label(HsiaoEncodeParams(codewords=2**20)) == "hsiao (72,64) encode, 8 MiB"


def test_presets_hold_the_sizes_that_they_should() -> None:
    quick = [(case.codewords, case.wrong) for case in HSIAO_DECODE.presets("quick")]
    assert quick == [(262144, 0.0), (262144, 0.01)]
    assert [(case.codewords, case.wrong) for case in HSIAO_DECODE.presets("smoke")] == [(16384, 0.01)]
    standard = [case for case in HSIAO_ENCODE.presets("standard") if case.n == 72]
    assert [case.codewords for case in standard] == [2048, 262144, 1048576]


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"codewords": 0}, "codewords must be a whole number of at least 1, not 0"),
        ({"codewords": True}, "codewords must be a whole number of at least 1, not True"),
        ({"codewords": 2.0}, "codewords must be a whole number of at least 1, not 2.0"),
        ({"n": 38, "k": 32}, r"no workload for hsiao \(38,32\): choose n and k of .*\(39,32\), \(72,64\)"),
        ({"n": 72.0}, "n must be a whole number of at least 1, not 72.0"),
    ],
)
@pytest.mark.parametrize("params", [HsiaoEncodeParams, HsiaoDecodeParams])
def test_nonsense_is_refused_with_value_and_rule(params: type, wrong: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        params(**wrong)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan"), True, "0.1"])
def test_a_fraction_wrong_outside_zero_to_one_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="wrong is a fraction of the codewords"):
        HsiaoDecodeParams(wrong=wrong)


def test_a_fraction_wrong_has_one_spelling() -> None:
    assert repr(HsiaoDecodeParams(wrong=1).wrong) == "1.0"
    assert repr(HsiaoDecodeParams(wrong=-0.0).wrong) == "0.0"
