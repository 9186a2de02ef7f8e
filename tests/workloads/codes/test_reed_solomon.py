"""Reed-Solomon and chipkill: independent libraries make the same check symbols; the guarantees hold."""

from itertools import combinations
from random import Random

import galois
import numpy as np
import pytest
import reedsolo
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.api import Mismatch
from benchsuite.workloads.codes import CODES, OUTCOMES, bulk, code
from benchsuite.workloads.codes.chipkill import CHIPKILL, CHIPKILL_DECODE, ChipkillDecodeParams
from benchsuite.workloads.codes.leaders import leaders
from benchsuite.workloads.codes.linear import DecodeOutputs
from benchsuite.workloads.codes.reed_solomon import (
    REED_SOLOMON,
    REED_SOLOMON_DECODE,
    REED_SOLOMON_ENCODE,
    ReedSolomonDecodeParams,
    ReedSolomonEncodeParams,
    reed_solomon_code,
)
from benchsuite.workloads.codes.reed_solomon_erasures import (
    REED_SOLOMON_DECODE_ERASURES,
    ErasuresParams,
    answer,
)
from benchsuite.workloads.reference.galois_field import PRIMITIVE_POLYNOMIALS, field
from benchsuite.workloads.reference.reed_solomon import encode_word

NAMED = [name for name in CODES if CODES[name].family in (REED_SOLOMON, CHIPKILL)]
CLEAN, CORRECTED, DETECTED = range(3)


def packed(symbols: np.ndarray, m: int) -> np.ndarray:
    """``uint8[words, bytes]`` of symbols."""
    bits = (symbols[:, :, None] >> np.arange(m) & 1).astype(np.uint8)
    return np.packbits(bits.reshape(len(symbols), -1), axis=1, bitorder="little")


def with_errors(
    name: str, words: int, wrong: int, seed: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(data sent, data and check bits received) with so many wrong symbols in every word."""
    known, rng = code(name).linear, np.random.default_rng(seed)
    m, n = known.symbol_bits, known.symbols
    sent = packed(rng.integers(0, 2**m, (words, known.k // m)), m)
    errors = np.zeros((words, n), np.int64)
    for row in errors:
        row[rng.choice(n, wrong, replace=False)] = rng.integers(1, 2**m, wrong)
    check = bulk.check_bits(known.columns, known.k, sent) ^ packed(errors[:, known.k // m :], m)
    return sent, sent ^ packed(errors[:, : known.k // m], m), check


def test_named_codes_are_as_their_names_say() -> None:
    assert len(NAMED) == 11
    for name in NAMED:
        known, (n, k) = CODES[name].linear, map(int, name.split("-")[-2:])
        assert (known.symbols, known.k // known.symbol_bits) == (n, k)
        assert (known.distance, known.corrects, known.exact_distance) == (n - k + 1, (n - k) // 2, True)
    assert CODES["chipkill-19-16"].linear.detects == 2


@pytest.mark.parametrize(("n", "k", "m"), [(15, 11, 4), (12, 5, 4), (60, 51, 6), (36, 32, 8)])
def test_an_independent_field_makes_the_same_check_symbols(n: int, k: int, m: int) -> None:
    peer = galois.ReedSolomon(
        2**m - 1,
        2**m - 1 - (n - k),
        field=galois.GF(2**m, irreducible_poly=PRIMITIVE_POLYNOMIALS[m], compile="python-calculate"),
    )
    data = np.random.default_rng(n).integers(0, 2**m, (3, k))
    theirs = np.asarray(peer.encode(peer.field(data), output="parity")).astype(np.int64)
    known = reed_solomon_code(n, k, m)
    np.testing.assert_array_equal(bulk.check_bits(known.columns, known.k, packed(data, m)), packed(theirs, m))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_another_library_makes_and_mends_the_same_codewords(data: st.DataObject) -> None:
    m = data.draw(st.integers(3, 8))
    n = data.draw(st.integers(3, 2**m - 1))
    r = data.draw(st.integers(2, min(n - 1, 20)))
    word = data.draw(st.lists(st.integers(0, 2**m - 1), min_size=n - r, max_size=n - r))
    reedsolo.init_tables(prim=PRIMITIVE_POLYNOMIALS[m], c_exp=m)
    sent = list(reedsolo.rs_encode_msg(bytearray(word), r, fcr=1))
    assert sent == word + encode_word(field(m), r, word)
    known = reed_solomon_code(n, n - r, m)
    received = np.array([sent], np.int64)
    places = data.draw(st.lists(st.integers(0, n - 1), max_size=r // 2, unique=True))
    received[0, places] ^= 1
    mended, outcome = bulk.decode(known, packed(received[:, : n - r], m), packed(received[:, n - r :], m))
    theirs, their_check, _ = reedsolo.rs_correct_msg(bytearray(received[0].tolist()), r, fcr=1)
    assert list(theirs + their_check) == sent
    np.testing.assert_array_equal(mended, packed(np.array([list(theirs)], np.int64), m))
    assert outcome.tolist() == [CORRECTED if places else CLEAN]


@pytest.mark.parametrize("name", [*NAMED, "reed-solomon-11-7", "reed-solomon-20-14:5"])
def test_as_many_wrong_symbols_as_are_guaranteed_are_corrected(name: str) -> None:
    known = code(name).linear
    for wrong in {1, known.corrects}:
        sent, data, check = with_errors(name, 6, wrong)
        mended, outcome = bulk.decode(known, data, check)
        assert (outcome == CORRECTED).all()
        np.testing.assert_array_equal(mended, sent)


@pytest.mark.parametrize("name", ["reed-solomon-7-3", "chipkill-10-8"])
def test_every_error_of_a_short_code_within_the_guarantee_is_corrected(name: str) -> None:
    known = code(name).linear
    listed = leaders(known)
    assert listed is not None
    index, bits = listed.flips(np.arange(len(listed.syndromes)))
    data = np.zeros((len(listed.syndromes), -(-known.k // 8)), np.uint8)
    check = np.zeros((len(data), -(-known.r // 8)), np.uint8)
    bulk.flip(known.k, data, check, index, bits)
    assert (data.any(axis=1) | check.any(axis=1)).all()
    mended, outcome = bulk.decode(known, data, check)
    assert (outcome == CORRECTED).all()
    assert not mended.any()
    assert known.oracle is not None
    for row in Random(1).sample(range(len(data)), 100):
        word = int.from_bytes(data[row].tobytes(), "little") | (
            int.from_bytes(check[row].tobytes(), "little") << known.k
        )
        assert known.oracle(word) == word


def test_with_a_device_more_every_two_wrong_devices_are_detected() -> None:
    known, rng = CODES["chipkill-19-16"].linear, np.random.default_rng(2)
    pairs = np.array(list(combinations(range(19), 2))).repeat(40, axis=0)
    errors = np.zeros((len(pairs), 19), np.int64)
    np.put_along_axis(errors, pairs, rng.integers(1, 256, pairs.shape), axis=1)
    data, outcome = bulk.decode(known, packed(errors[:, :16], 8), packed(errors[:, 16:], 8))
    assert (outcome == DETECTED).all()
    np.testing.assert_array_equal(data, packed(errors[:, :16], 8))


@pytest.mark.parametrize("name", ["reed-solomon-7-3", "reed-solomon-31-25", "chipkill-36-32"])
def test_decoding_never_raises_on_any_bits(name: str) -> None:
    known, rng = code(name).linear, np.random.default_rng(3)
    data, check = (
        np.packbits(rng.integers(0, 2, (60, bits)), axis=1, bitorder="little") for bits in (known.k, known.r)
    )
    mended, outcome = bulk.decode(known, data, check)
    assert set(outcome.tolist()) <= {CLEAN, CORRECTED, DETECTED}
    again = bulk.check_bits(known.columns, known.k, mended)
    np.testing.assert_array_equal(again[outcome == CLEAN], check[outcome == CLEAN])
    np.testing.assert_array_equal(mended[outcome == DETECTED], data[outcome == DETECTED])


def test_a_name_without_a_field_takes_the_smallest() -> None:
    for name, m in (("3-1", 3), ("7-5", 3), ("8-6", 4), ("18-16", 5), ("255-253", 8), ("18-16:8", 8)):
        assert code(f"reed-solomon-{name}").params["symbol_bits"] == m
    assert code("reed-solomon-18-16:8").linear is CODES["chipkill-18-16"].linear


def test_a_field_that_needs_no_saying_makes_no_second_name() -> None:
    assert code("reed-solomon-7-3:3") is CODES["reed-solomon-7-3"]
    assert code("reed-solomon-20-14:5") is code("reed-solomon-20-14")
    assert code("reed-solomon-18-16:8").name == "reed-solomon-18-16:8"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("reed-solomon-256-250", r"no Reed-Solomon \(256,250\) with symbols of 8 bits: at most 255 symbols"),
        ("reed-solomon-15-14", r"\(15,14\) .* two or more of them for checking"),
        ("reed-solomon-20-16:4", "at most 15 symbols"),
        ("reed-solomon-5-3:2", "symbols of 2 bits: choose 3 ... 8"),
    ],
)
def test_a_code_that_does_not_exist_is_refused(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        code(name)


def test_parameters_that_mean_nothing_are_refused() -> None:
    for params, message in (
        (lambda: ReedSolomonEncodeParams(n=7, k=9), r"no Reed-Solomon \(7,9\)"),
        (lambda: ReedSolomonEncodeParams(symbol_bits=9), "choose 3 ... 8"),
        (lambda: ReedSolomonDecodeParams(wrong=2), "wrong is a fraction"),
        (lambda: ReedSolomonDecodeParams(codewords=0), "codewords must be a whole number"),
        (
            lambda: ChipkillDecodeParams(n=20),
            r"no chipkill \(20,16\): choose n and k of \(18,16\), \(19,16\)",
        ),
        (lambda: ErasuresParams(erasures=33), "erasures must be 0 ... 32, as many as check symbols, not 33"),
        (lambda: ErasuresParams(erasures=True), "erasures must be 0 ... 32"),
    ):
        with pytest.raises(ValueError, match=message):
            params()


def test_labels_say_code_field_operation_and_errors() -> None:
    assert (
        REED_SOLOMON_ENCODE.label(ReedSolomonEncodeParams(n=15, k=11, symbol_bits=4, codewords=2**10))
        == "reed-solomon (15,11) over GF(16) encode, 5632 B"
    )
    assert REED_SOLOMON_DECODE.label(ReedSolomonDecodeParams()) == (
        "reed-solomon (255,223) decode, 223 KiB, no error"
    )
    assert CHIPKILL_DECODE.label(ChipkillDecodeParams(wrong=0.01)) == (
        "chipkill (18,16) decode, 16 KiB, 1e-2 wrong"
    )
    assert REED_SOLOMON_DECODE_ERASURES.label(ErasuresParams(wrong=0.01)) == (
        "reed-solomon (255,223) decode, 223 KiB, 0.01 wrong with 16 erasures"
    )


SMALL = ErasuresParams(n=15, k=9, symbol_bits=4, codewords=60, wrong=0.5, erasures=2)


def answered(params: ErasuresParams, inputs) -> DecodeOutputs:
    return answer(params, inputs, np.arange(params.codewords))


@pytest.mark.parametrize("params", [SMALL, ErasuresParams(n=40, k=30, codewords=40, wrong=0.3, erasures=10)])
def test_erased_symbols_and_wrong_ones_are_mended_within_the_bound(params: ErasuresParams) -> None:
    inputs = REED_SOLOMON_DECODE_ERASURES.inputs(params, 1, 0)
    wrong = round(params.wrong * params.codewords)
    assert sorted(set(inputs.erased.sum(axis=1).tolist())) == [0, params.erasures]
    assert inputs.erased.any(axis=1).sum() == wrong
    outputs, known = answered(params, inputs), REED_SOLOMON.code(params)
    assert set(outputs.outcome.tolist()) <= {CLEAN, CORRECTED}
    assert (outputs.outcome == CORRECTED).sum() in (wrong - 1, wrong)
    assert not (bulk.judge(known, outputs.data, inputs.check)[outputs.outcome == CLEAN]).any()
    plain = REED_SOLOMON_DECODE_ERASURES.inputs(ErasuresParams(**{**params.__dict__, "wrong": 0.0}), 1, 0)
    assert not plain.erased.any()
    assert not bulk.judge(known, plain.data, plain.check).any()


def test_varied_words_need_mending_and_too_many_errors_are_among_them() -> None:
    seen: set[int] = set()
    for seed in range(12):
        inputs = REED_SOLOMON_DECODE_ERASURES.inputs(SMALL, 1, 0)
        items = REED_SOLOMON_DECODE_ERASURES.vary(SMALL, inputs, Random(seed), 6)
        outputs = answered(SMALL, inputs)
        first = items[0][0]
        assert outputs.outcome[first] == CORRECTED
        assert (outputs.data[first] != inputs.data[first]).any()
        seen |= {int(outputs.outcome[row]) for row, _ in items}
        REED_SOLOMON_DECODE_ERASURES.check(SMALL, inputs, outputs, [(row, None) for row in range(60)])
    assert seen == {CLEAN, CORRECTED, DETECTED}
    inputs = REED_SOLOMON_DECODE_ERASURES.inputs(SMALL, 1, 0)
    assert len(REED_SOLOMON_DECODE_ERASURES.vary(SMALL, inputs, Random(1), None)) == 60


@pytest.mark.parametrize("lie", ["clean", "copy", "detected", "wrong data", "other codeword"])
def test_a_decoder_that_lies_about_erasures_is_a_mismatch(lie: str) -> None:
    inputs = REED_SOLOMON_DECODE_ERASURES.inputs(SMALL, 1, 0)
    outputs = answered(SMALL, inputs)
    row = int(np.flatnonzero((outputs.data != inputs.data).any(axis=1))[0])
    if lie == "clean":
        outputs.outcome[row] = CLEAN
    elif lie == "copy":
        outputs.data[row] = inputs.data[row]
    elif lie == "detected":
        outputs.outcome[row], outputs.data[row] = DETECTED, inputs.data[row]
    elif lie == "wrong data":
        outputs.data[row, 0] ^= 1
    else:
        outputs.data[row] = 0
    with pytest.raises(Mismatch, match=f"expected {OUTCOMES[CORRECTED]}"):
        REED_SOLOMON_DECODE_ERASURES.check(SMALL, inputs, outputs, [(row, None) for row in range(60)])
