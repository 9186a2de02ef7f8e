from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.workloads import HSIAO_DECODE, HSIAO_ENCODE, MATRIX_DECODE, MATRIX_ENCODE
from benchsuite.workloads.codes import Code, bulk, code, imported, requested
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.codes.matrix import (
    EXAMPLES,
    MATRIX,
    MatrixDecodeParams,
    MatrixEncodeParams,
    fingerprint,
)
from benchsuite.workloads.codes.matrix_file import choose, dump, load
from benchsuite.workloads.codes.matrix_text import Given
from benchsuite.workloads.codes.symbol_matrix import POLYNOMIALS, products
from benchsuite.workloads.reference.linear import CLEAN, CORRECTED, DETECTED, OUTCOMES, mend_word, oracle
from benchsuite.workloads.streams import Bytes, case_key
from benchsuite.workloads.vectors import load as load_vectors

HAMMING = Given(
    rows=tuple(bytes(at >> row & 1 for at in range(1, 8)) for row in range(3)), kind="check", read_as=""
)
HEXACODE = dict(EXAMPLES["matrix:hexacode"])


def test_hsiaos_code_by_its_matrix_is_hsiaos_code() -> None:
    by_matrix, by_name = imported(EXAMPLES["matrix:hsiao-72-64"]), code("hsiao-72-64")
    assert by_matrix.name == "matrix-72-64:a7e81f78"
    assert (by_matrix.columns, by_matrix.bits) == (by_name.columns, by_name.bits)
    assert fingerprint(by_matrix.linear) == "a7e81f789db59aad"
    assert by_matrix.linear.distance == by_name.linear.distance
    for mine, theirs, params in (
        (MATRIX_ENCODE, HSIAO_ENCODE, MatrixEncodeParams(codewords=100)),
        (MATRIX_DECODE, HSIAO_DECODE, MatrixDecodeParams(codewords=100, wrong=0.5)),
    ):
        inputs, expected = mine.inputs(params, 1, 0), theirs.params(codewords=100)
        outputs = mine.outputs(params)
        if mine is MATRIX_ENCODE:
            outputs.check[:] = bulk.check_bits(by_name.linear.columns, 64, inputs.data)
        else:
            outputs.data[:], outputs.outcome[:] = bulk.decode(by_name.linear, inputs.data, inputs.check)
        items = [(item, None) for item in range(100)]
        mine.check(params, inputs, outputs, items)
        theirs.check(expected, inputs, outputs, items)


def test_one_matrix_has_one_spelling_and_one_key() -> None:
    spelled = MatrixDecodeParams(**HEXACODE)
    other = MatrixDecodeParams(**HEXACODE | {"columns": "2D 039 15", "order": "0 1 2 3 4 5"})
    assert other == spelled
    assert case_key(MATRIX_DECODE, other) == case_key(MATRIX_DECODE, spelled)
    assert MATRIX.code(other) is MATRIX.code(replace(spelled, codewords=7, wrong=0.5))
    assert case_key(MATRIX_DECODE, replace(spelled, corrects=0)) != case_key(MATRIX_DECODE, spelled)


def test_the_label_tells_matrices_of_one_size_apart() -> None:
    assert MATRIX_DECODE.label(MatrixDecodeParams()) == "matrix (72,64) a7e81f78 decode, 8 KiB, no error"
    hexacode = MatrixEncodeParams(**HEXACODE)
    assert MATRIX_ENCODE.label(hexacode) == "matrix (6,3)/4 703db05c encode, 768 B"
    only_checked = replace(hexacode, corrects=0)
    assert MATRIX_ENCODE.label(only_checked) == "matrix (6,3)/4 703db05c corrects-0 encode, 768 B"
    assert imported(HEXACODE | {"corrects": 0}).name == "matrix-6-3:703db05c:corrects-0"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 0}, "n must be a whole number of at least 1, not 0"),
        ({"k": 6}, r"no matrix \(6,6\): k must be less than n, and n at most 1024, which are 2048 bits"),
        ({"n": 1025}, r"no matrix \(1025,3\)"),
        ({"symbol_bits": 3}, "symbol_bits must be 1, 2, 4 or 8, not 3"),
        ({"polynomial": 5}, "polynomial 0x5 is a product of others"),
        ({"polynomial": "7"}, "polynomial must be a whole number, such as 7"),
        ({"corrects": -1}, "corrects must be a whole number of symbols, or 0, not -1"),
        ({"corrects": 2}, "corrects must be at most 1, not 2: the minimum distance is 4"),
        ({"columns": "2d 39"}, "columns must have 3 numbers, not 2"),
        ({"columns": "2d  39 15"}, "columns must be hexadecimal numbers parted by single blanks"),
        ({"columns": "2d 39 0x15"}, "columns must be hexadecimal numbers parted by single blanks"),
        ({"columns": "2d 39 40"}, "columns must have 3 symbols of 2 bits each: one has more"),
        (
            {"columns": "2d 39 00"},
            "data symbol 2 is in no check symbol's sum, so never checked: leave it out",
        ),
        ({"columns": "2c 38 14"}, "check symbol 0 sums nothing, it is always 0: leave it out"),
        ({"order": "0 1 2 3 4"}, "order must have 6 numbers, not 5"),
        ({"order": "0 1 2 3 4 4"}, "order must name each of the symbols 0 ... 5 once"),
        ({"codewords": 0}, "codewords must be a whole number of at least 1"),
    ],
)
def test_parameters_of_no_code_are_refused(change: dict[str, Any], message: str) -> None:
    for params in (MatrixEncodeParams, MatrixDecodeParams):
        with pytest.raises(ValueError, match=message):
            params(**HEXACODE | change)


def test_more_patterns_than_can_be_listed_are_refused_and_not_chosen() -> None:
    table = products(8, POLYNOMIALS[8])
    cauchy = tuple(
        bytes(table[row ^ (4 + at)].index(1) for at in range(32)) + bytes(i == row for i in range(4))
        for row in range(4)
    )
    given = Given(rows=cauchy, kind="check", read_as="")
    chosen = choose(given, symbol_bits=8)
    assert (imported(chosen).linear.distance, chosen["corrects"]) == (5, 1)
    with pytest.raises(ValueError, match="corrects = 2 is more than can be listed"):
        choose(given, symbol_bits=8, corrects=2)


def test_a_code_of_more_check_bits_than_a_list_has_is_checked_only() -> None:
    rows = tuple(
        bytes(0x9E3779B1 * (row + 1) >> at + 9 & 1 for at in range(8)) + bytes(i == row for i in range(64))
        for row in range(64)
    )
    of = imported(choose(Given(rows=rows, kind="check", read_as="")))
    assert of.linear.distance > 2
    assert of.corrects == 0
    data = np.array([[1], [1]], np.uint8)
    check = bulk.check_bits(of.linear.columns, 8, data)
    check[1, 3] ^= 16
    mended, outcome = bulk.decode(of.linear, data, check)
    assert outcome.tolist() == [CLEAN, DETECTED]
    assert (mended == data).all()


def test_the_weights_tell_the_distance_where_few_patterns_do_not() -> None:
    generator = 0o1701317  # BCH (63,45): Lin and Costello, Error Control Coding, 2004, Appendix C
    rows = tuple(bytes(generator << shift >> at & 1 for at in range(63)) for shift in range(45))
    of = imported(choose(Given(rows=rows, kind="generator", read_as="")))
    assert (of.linear.distance, of.linear.exact_distance, of.corrects) == (7, True, 3)


def test_equal_columns_allow_detection_only_and_are_named() -> None:
    given = Given(rows=(b"\1\0\1\1\0", b"\1\1\1\0\1"), kind="check", read_as="")
    chosen = choose(given)
    assert (imported(chosen).linear.distance, chosen["corrects"]) == (2, 0)
    with pytest.raises(ValueError, match=r"columns \d and \d of the check matrix are equal up to a factor"):
        choose(given, corrects=1)


def test_an_imported_code_keeps_the_positions_of_its_file() -> None:
    of = imported(choose(HAMMING))
    assert of.bits == (4, 5, 0, 6, 1, 2, 3)
    assert of.columns == tuple(range(1, 8))
    assert of.linear.columns == (3, 5, 6, 7, 1, 2, 4)


def test_a_file_holds_the_parameters_and_nothing_else() -> None:
    for chosen in (HEXACODE, choose(HAMMING), EXAMPLES["matrix:hsiao-72-64"]):
        assert load(dump(chosen)) == chosen
    with pytest.raises(ValueError, match="it is no matrix that `benchsuite code import` wrote"):
        load("{}")
    for bad, message in (
        (dump(HEXACODE)[:-3], "import the original again"),
        (dump(HEXACODE | {"columns": [1]}), r"columns"),
        (dump(HEXACODE | {"more": 1}), "more"),
        (dump(HEXACODE | {"columns": "2d"}), "columns must have 3 numbers"),
        ("[" * 100_000, "import the original again"),
    ):
        with pytest.raises(ValueError, match=message):
            load(bad)


def test_a_code_can_be_asked_for_elsewhere() -> None:
    for of in (imported(HEXACODE), code("hsiao-72-64"), code("matrix:hexacode")):
        again = requested(of.request())
        assert again == of
        assert again.linear is of.linear
    with pytest.raises(ValueError, match="no code is made by x-encode and x-decode"):
        requested({"name": "x", "encode": "x-encode", "decode": "x-decode", "params": {}})


def hexacode_words() -> list[tuple[int, ...]]:
    """By its definition: a, b, c and the values of a z^2 + b z + c at 1, w and w^2."""
    table = products(2, POLYNOMIALS[2])
    return [
        (a, b, c, *(table[a][table[z][z]] ^ table[b][z] ^ c for z in (1, 2, 3)))
        for a, b, c in product(range(4), repeat=3)
    ]


def symbols_of(record: Any) -> tuple[int, ...]:
    data, check = (int(record[name], 16) for name in ("data", "check"))
    return tuple((data | check << 6) >> 2 * at & 3 for at in range(6))


def test_the_hexacodes_vectors_are_the_nearest_words_of_its_definition() -> None:
    words = hexacode_words()
    records = [record for record in load_vectors("matrix.txt") if record["code"] == "matrix:hexacode"]
    assert {record["outcome"] for record in records} == set(OUTCOMES)
    for record in records:
        got = symbols_of(record)
        near = [word for word in words if sum(a != b for a, b in zip(word, got, strict=True)) <= 1]
        assert record["outcome"] == ("detected" if not near else "clean" if near == [got] else "corrected")
        data = (near or [got])[0][:3]
        assert int(record["decoded"], 16) == sum(symbol << 2 * at for at, symbol in enumerate(data))


@st.composite
def codes(draw: st.DrawFn) -> Code:
    """Any code of few symbols, as wide as they are, corrected as far as it goes."""
    bits = draw(st.sampled_from((1, 2, 4, 8)))
    k, r = draw(st.integers(1, 5)), draw(st.integers(1, 4 if bits < 8 else 3))
    values = st.lists(st.integers(0, (1 << bits) - 1), min_size=k + r, max_size=k + r)
    rows = tuple(bytes(draw(values)) for _ in range(draw(st.sampled_from((k, r)))))
    kind = "generator" if len(rows) == k else "check"
    try:
        return imported(choose(Given(rows=rows, kind=kind, read_as=""), symbol_bits=bits))
    except ValueError:
        return imported(HEXACODE)


def as_rows(words: list[int], bits: int) -> Bytes:
    return np.array([list(word.to_bytes(-(-bits // 8), "little")) for word in words], np.uint8)


def errors(of: LinearCode, number: int, most: int) -> list[int]:
    """Errors in exactly so many symbols: all, or as many, evenly drawn."""
    values = range(1, 1 << of.symbol_bits)
    found = [
        sum(value << at * of.symbol_bits for at, value in zip(chosen, added, strict=True))
        for chosen in combinations(range(of.symbols), number)
        for added in product(values if len(values) < 16 else values[:: 1 + len(values) // 8], repeat=number)
    ]
    return found[:: 1 + len(found) // most]


@settings(max_examples=40)
@given(codes(), st.data())
def test_every_error_within_the_guarantee_is_mended_or_detected(of: Code, data: st.DataObject) -> None:
    known = of.linear
    sent = data.draw(st.integers(0, (1 << known.k) - 1))
    check = int.from_bytes(
        bulk.check_bits(known.columns, known.k, as_rows([sent], known.k))[0].tobytes(), "little"
    )
    for number in range(min(known.detects, 3) + 1):
        wrong = errors(known, number, 2000)
        words = [(sent | check << known.k) ^ error for error in wrong]
        mended, outcome = bulk.decode(
            known,
            as_rows([word & (1 << known.k) - 1 for word in words], known.k),
            as_rows([word >> known.k for word in words], known.r),
        )
        expected = CLEAN if number == 0 else CORRECTED if number <= known.corrects else DETECTED
        assert (outcome == expected).all()
        if expected != DETECTED:
            assert (mended == as_rows([sent], known.k)).all()


@settings(max_examples=40)
@given(codes(), st.data())
def test_any_word_is_decoded_as_the_oracle_does(of: Code, data: st.DataObject) -> None:
    known = of.linear
    mend = oracle(known.columns, known.k, known.symbol_bits, known.corrects)
    words = data.draw(st.lists(st.integers(0, (1 << known.n) - 1), min_size=1, max_size=20))
    parts = [(word & (1 << known.k) - 1, word >> known.k) for word in words]
    mended, outcome = bulk.decode(
        known, as_rows([part[0] for part in parts], known.k), as_rows([part[1] for part in parts], known.r)
    )
    expected = [mend_word(mend, known.k, *part) for part in parts]
    np.testing.assert_array_equal(mended, as_rows([word for word, _ in expected], known.k))
    assert outcome.tolist() == [claim for _, claim in expected]
