"""Parity, Hamming and extended Hamming: their columns, sizes, labels and what their decoders promise."""

import hashlib
from itertools import combinations
from random import Random

import galois
import numpy as np
import pytest

from benchsuite.api import Mismatch
from benchsuite.workloads.codes import (
    CODES,
    EXTENDED_HAMMING_DECODE,
    EXTENDED_HAMMING_ENCODE,
    HAMMING_DECODE,
    PARITY_CHECK,
    SINGLE_BIT,
    Code,
    bulk,
)
from benchsuite.workloads.codes.extended_hamming import (
    extended_hamming_bits,
    extended_hamming_columns,
    extended_hamming_matrix,
)
from benchsuite.workloads.codes.hamming import hamming_columns
from benchsuite.workloads.codes.linear import CheckOutputs, SizedFamily, answer
from benchsuite.workloads.codes.parity import parity_columns

every_code = pytest.mark.parametrize(
    "known",
    [known for known in CODES.values() if isinstance(known.family, SizedFamily)],
    ids=lambda known: known.name,
)


def family_of(known: Code) -> SizedFamily:
    return next(family for family, encode, _ in SINGLE_BIT if encode is known.encode)


def received(known: Code, patterns: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(data sent, data and check bits received) with bits ``patterns: int[words, flips]`` flipped."""
    params = known.encode.params(**known.params, codewords=len(patterns))
    sent = known.encode.inputs(params, 3, 0).data
    check = bulk.check_bits(family_of(known).columns(known.n, known.k), known.k, sent)
    data = sent.copy()
    rows = np.repeat(np.arange(len(patterns)), patterns.shape[1])
    bulk.flip(known.k, data, check, rows, patterns.reshape(-1))
    return sent, data, check


def judged(known: Code, data: np.ndarray, check: np.ndarray):
    return answer(family_of(known), known.decode.params(**known.params), data, check)


def test_hamming_columns_count_up_and_are_systematic() -> None:
    for n, k in ((3, 1), (12, 8), (71, 64), (136, 128), (255, 247)):
        columns = hamming_columns(n, k)
        assert sorted(columns) == list(range(1, n + 1))
        assert list(columns[:k]) == sorted(columns[:k])
        assert columns[k:] == tuple(1 << row for row in range(n - k))


def test_the_extended_hamming_matrix_is_the_known_one() -> None:
    columns = extended_hamming_matrix(72, 64)
    assert columns == (*(p | 128 for p in range(1, 72)), 128)
    assert hashlib.sha256(",".join(map(str, columns)).encode()).hexdigest()[:16] == "2cda3a745d5dafb8"


@pytest.mark.parametrize(("n", "k"), [(8, 4), (13, 8), (72, 64), (137, 128)])
def test_extended_hamming_is_hamming_with_the_parity_of_all_other_bits(n: int, k: int) -> None:
    params = EXTENDED_HAMMING_ENCODE.params(n=n, k=k, codewords=50)
    data = EXTENDED_HAMMING_ENCODE.inputs(params, 1, 0).data
    columns, inner = extended_hamming_columns(n, k), hamming_columns(n - 1, k)
    for row, check, old in zip(
        data, bulk.check_bits(columns, k, data), bulk.check_bits(inner, k, data), strict=True
    ):
        bits, before = (int.from_bytes(x.tobytes(), "little") for x in (check, old))
        assert bits & (1 << n - k - 1) - 1 == before
        ones = int.from_bytes(row.tobytes(), "little").bit_count() + bits.bit_count()
        assert ones % 2 == 0


def test_extended_hamming_positions_that_are_powers_of_two_are_check_bits() -> None:
    bits = extended_hamming_bits(72, 64)
    assert {position: bits[position - 1] for position in (1, 2, 4, 8, 16, 32, 64, 72)} == {
        1: 64, 2: 65, 4: 66, 8: 67, 16: 68, 32: 69, 64: 70, 72: 71
    }  # fmt: skip
    assert [bit for bit in bits if bit < 64] == list(range(64))


@pytest.mark.parametrize(
    ("make", "n", "k", "message"),
    [
        (hamming_columns, 8, 5, r"no Hamming \(8,5\): columns 1 ... 8 are 4 data bits and 4 check bits"),
        (hamming_columns, 1, 0, r"no Hamming \(1,0\)"),
        (extended_hamming_matrix, 9, 5, r"no Hamming \(8,5\)"),
        (parity_columns, 9, 7, r"no parity \(9,7\)"),
        (parity_columns, 1, 0, r"no parity \(1,0\)"),
    ],
)
def test_a_size_that_does_not_exist_is_refused(make, n: int, k: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(n, k)


@every_code
def test_check_bits_are_those_of_an_independent_product_over_gf2(known: Code) -> None:
    params = known.encode.params(**known.params, codewords=64)
    data = known.encode.inputs(params, 5, 0).data
    columns, r = family_of(known).columns(known.n, known.k), known.n - known.k
    generator = galois.GF2([[column >> row & 1 for row in range(r)] for column in columns[: known.k]])
    bits = np.unpackbits(data, axis=1, bitorder="little")[:, : known.k].view(galois.GF2)
    expected = np.packbits((bits @ generator).view(np.ndarray), axis=1, bitorder="little")
    np.testing.assert_array_equal(bulk.check_bits(columns, known.k, data), expected)


@every_code
def test_every_single_flip_is_corrected_or_else_detected(known: Code) -> None:
    sent, data, check = received(known, np.arange(known.n)[:, None])
    said = judged(known, data, check)
    assert (said.outcome == (1 if known.corrects else 2)).all()
    if known.corrects:
        np.testing.assert_array_equal(said.data, sent)


@every_code
def test_doubles_are_detected_with_distance_four_and_never_clean_with_three(known: Code) -> None:
    pairs = np.array(list(combinations(range(known.n), 2)))
    outcome = judged(known, *received(known, pairs)[1:]).outcome
    family = family_of(known).name
    if family == "parity":
        assert not outcome.any()
    elif family == "hamming":
        assert (outcome > 0).all()
        assert (outcome == 1).all() == (known.n == 2 ** (known.n - known.k) - 1)
    else:
        assert (outcome == 2).all()


@every_code
def test_bits_that_only_fill_up_a_byte_are_zero_whatever_is_varied(known: Code) -> None:
    params = known.decode.params(**known.params, codewords=50, wrong=0.5)
    inputs = known.decode.inputs(params, 1, 0)
    for _ in range(2):
        for array, bits in ((inputs.data, known.k), (inputs.check, known.n - known.k)):
            assert not (array[:, -1] & ~np.uint8(0xFF >> -bits % 8)).any()
        known.decode.vary(params, inputs, Random(1), None)


def test_a_parity_check_that_calls_everything_clean_is_a_mismatch() -> None:
    params = PARITY_CHECK.params(codewords=8)
    for seed in range(30):
        inputs = PARITY_CHECK.inputs(params, 1, 0)
        items = PARITY_CHECK.vary(params, inputs, Random(seed), 3)
        with pytest.raises(Mismatch, match="expected detected, got clean"):
            PARITY_CHECK.check(params, inputs, CheckOutputs(outcome=np.zeros(8, np.uint8)), items)


def test_labels_say_family_size_operation_and_errors() -> None:
    assert (
        HAMMING_DECODE.label(HAMMING_DECODE.params(codewords=2**18, wrong=0.01))
        == "hamming (71,64) decode, 2 MiB, 1e-2 wrong"
    )
    assert PARITY_CHECK.label(PARITY_CHECK.params()) == "parity (65,64) check, 8 KiB, no error"
    assert (
        EXTENDED_HAMMING_ENCODE.label(EXTENDED_HAMMING_ENCODE.params(n=8, k=4, codewords=2**18))
        == "extended-hamming (8,4) encode, 128 KiB"
    )


def test_bits_that_only_fill_up_a_byte_are_no_payload() -> None:
    work = HAMMING_DECODE.work(HAMMING_DECODE.params(n=7, k=4, codewords=1001))
    assert (work.payload_bytes, work.bytes_in, work.bytes_out) == (501, 2002, 2002)


def test_the_quick_preset_takes_one_case_of_each_new_decoder_and_publication_every_size() -> None:
    for workload in (HAMMING_DECODE, EXTENDED_HAMMING_DECODE, PARITY_CHECK):
        assert [params.codewords for params in workload.presets("quick")] == [2**17]
        assert not list(workload.presets("smoke"))
    for family, encode, decode in SINGLE_BIT:
        for workload in (encode, decode):
            assert {(p.n, p.k) for p in workload.presets("publication")} == set(family.sizes)
            assert {(p.n, p.k) for p in workload.presets("standard")} <= set(family.sizes)


@pytest.mark.parametrize(
    ("family", "encode", "decode"), SINGLE_BIT, ids=lambda value: getattr(value, "id", "")
)
def test_nonsense_is_refused_with_the_sizes_that_there_are(family, encode, decode) -> None:
    for workload in (encode, decode):
        with pytest.raises(ValueError, match=rf"for {family.name} \(50,40\): choose n and k of \("):
            workload.params(n=50, k=40)
        with pytest.raises(ValueError, match="codewords must be a whole number"):
            workload.params(codewords=0)
    with pytest.raises(ValueError, match="wrong is a fraction"):
        decode.params(wrong=2)
