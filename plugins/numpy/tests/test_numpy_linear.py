"""Linear codes against vectors, the definition, the oracle, and every pattern of one and two flips."""

from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest
from benchsuite_numpy.linear import BLOCK, CLEAN, CORRECTED, DETECTED, action, check_tables
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes import CODES, SINGLE_BIT, Code, bulk
from benchsuite.workloads.codes.hsiao import (
    HSIAO_DECODE,
    HSIAO_ENCODE,
    HsiaoDecodeParams,
    HsiaoEncodeParams,
    hsiao_columns,
)
from benchsuite.workloads.codes.linear import DecodeInputs, SizedFamily

N, K = 72, 64
SIZES = [1, 3, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5]


def encode_by_definition(data: Any) -> Any:
    """The sum of the columns of the ones, bit by bit."""
    check = np.zeros(len(data), np.uint8)
    for bit, column in enumerate(hsiao_columns(N, K)[:K]):
        check ^= (data[:, bit // 8] >> bit % 8 & 1) * np.uint8(column)
    return check[:, None]


def flip(data: Any, check: Any, word: int, position: int) -> None:
    target = data[word] if position < K else check[word]
    target[position % K // 8] ^= 1 << position % 8


def codewords(number: int, seed: int = 0) -> tuple[Any, Any]:
    data = HSIAO_ENCODE.inputs(HsiaoEncodeParams(codewords=number), seed, 0).data
    return data, encode_by_definition(data)


def decode(prepare: Any, data: Any, check: Any) -> tuple[Any, Any]:
    params = HsiaoDecodeParams(codewords=len(data))
    outputs = HSIAO_DECODE.outputs(params)
    outputs.data[...], outputs.outcome[...] = 0xA5, 0xA5
    received = data.copy()
    prepare(HSIAO_DECODE, params, DecodeInputs(data=data, check=check), outputs).run()
    np.testing.assert_array_equal(data, received)
    return outputs.data, outputs.outcome


every_code = pytest.mark.parametrize("known", CODES.values(), ids=lambda known: known.name)


@pytest.mark.parametrize(
    "workload", [w for _, *both in SINGLE_BIT for w in both], ids=lambda workload: workload.id
)
def test_known_answers_hold(prepare: Any, workload: Any) -> None:
    vectors = list(workload.vectors())
    assert vectors
    for vector in vectors:
        outputs = workload.outputs(vector.params)
        prepare(workload, vector.params, vector.inputs, outputs).run()
        assert workload.canonical(outputs) == workload.canonical(vector.outputs), vector.name


@pytest.mark.parametrize("number", SIZES)
def test_check_bits_of_any_number_of_codewords_are_those_of_the_definition(prepare: Any, number: int) -> None:
    params = HsiaoEncodeParams(codewords=number)
    inputs, outputs = HSIAO_ENCODE.inputs(params, 1, 0), HSIAO_ENCODE.outputs(params)
    outputs.check[...] = 0xA5
    prepare(HSIAO_ENCODE, params, inputs, outputs).run()
    np.testing.assert_array_equal(outputs.check, encode_by_definition(inputs.data))


def test_every_single_flip_is_corrected(prepare: Any) -> None:
    data, check = codewords(N)
    sent = data.copy()
    for position in range(N):
        flip(data, check, position, position)
    decoded, outcome = decode(prepare, data, check)
    np.testing.assert_array_equal(decoded, sent)
    assert (outcome == CORRECTED).all()


def test_every_double_flip_is_detected_and_the_data_passed_through(prepare: Any) -> None:
    pairs = list(combinations(range(N), 2))
    assert len(pairs) == 2556
    data, check = codewords(len(pairs))
    for word, pair in enumerate(pairs):
        for position in pair:
            flip(data, check, word, position)
    decoded, outcome = decode(prepare, data, check)
    np.testing.assert_array_equal(decoded, data)
    assert (outcome == DETECTED).all()


@pytest.mark.parametrize("share", [0, 0.01, 0.049, 0.05, 0.5, 1])
@pytest.mark.parametrize("number", [200, BLOCK + 333])
def test_a_mixture_of_none_one_and_two_flips_is_told_apart_at_any_density(
    prepare: Any, share: float, number: int
) -> None:
    data, check = codewords(number)
    rng = np.random.default_rng(5)
    wrong = rng.permutation(number)[: int(share * number)]
    expected, sent = np.full(number, CLEAN), data.copy()
    for word in wrong:
        positions = rng.permutation(N)[: rng.integers(1, 3)]
        for position in positions:
            flip(data, check, word, int(position))
        expected[word] = CORRECTED if len(positions) == 1 else DETECTED
    decoded, outcome = decode(prepare, data, check)
    np.testing.assert_array_equal(outcome, expected)
    np.testing.assert_array_equal(decoded[expected != DETECTED], sent[expected != DETECTED])
    np.testing.assert_array_equal(decoded[expected == DETECTED], data[expected == DETECTED])


@given(number=st.integers(1, 300), seed=st.integers(0, 2**32))
def test_words_of_noise_are_decoded_as_the_oracle_does(prepare: Any, number: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = rng.integers(0, 256, (number, 8), dtype=np.uint8)
    check = rng.integers(0, 256, (number, 1), dtype=np.uint8)
    decoded, outcome = decode(prepare, data, check)
    outputs = HSIAO_DECODE.outputs(HsiaoDecodeParams(codewords=number))
    outputs.data[...], outputs.outcome[...] = decoded, outcome
    every = [(word, None) for word in range(number)]
    HSIAO_DECODE.check(
        HsiaoDecodeParams(codewords=number), DecodeInputs(data=data, check=check), outputs, every
    )


def test_every_run_answers_the_inputs_as_they_are_then(prepare: Any) -> None:
    params = HsiaoDecodeParams(codewords=1000)
    data, check = codewords(1000)
    inputs, outputs = DecodeInputs(data=data, check=check), HSIAO_DECODE.outputs(params)
    prepared = prepare(HSIAO_DECODE, params, inputs, outputs)
    prepared.run()
    assert not outputs.outcome.any()
    for words, expected in ((range(5), CORRECTED), (range(5), CLEAN), (range(1000), CORRECTED)):
        sent = codewords(1000)[0]
        for word in words:
            flip(data, check, word, word % N)
        outputs.data[...], outputs.outcome[...] = 0x5A, 0x5A
        prepared.run()
        np.testing.assert_array_equal(outputs.data, sent)
        assert (outputs.outcome[list(words)] == expected).all()


def test_encoding_again_answers_the_new_data(prepare: Any) -> None:
    params = HsiaoEncodeParams(codewords=77)
    inputs, outputs = HSIAO_ENCODE.inputs(params, 1, 0), HSIAO_ENCODE.outputs(params)
    prepared = prepare(HSIAO_ENCODE, params, inputs, outputs)
    for change in (0, 1, 0xFF):
        inputs.data[...] ^= change
        prepared.run()
        np.testing.assert_array_equal(outputs.check, encode_by_definition(inputs.data))


def test_slots_of_a_lane_share_buffers_but_not_answers(prepare: Any) -> None:
    slots = [codewords(100, seed) for seed in range(4)]
    outputs = [HSIAO_ENCODE.outputs(HsiaoEncodeParams(codewords=100)) for _ in slots]
    prepared = []
    for (data, _), output in zip(slots, outputs, strict=True):
        params = HsiaoEncodeParams(codewords=100)
        inputs = HSIAO_ENCODE.inputs(params, 0, 0)
        inputs.data[...] = data
        prepared.append(prepare(HSIAO_ENCODE, params, inputs, output))
    for each in prepared:
        each.run()
    for (_, check), output in zip(slots, outputs, strict=True):
        np.testing.assert_array_equal(output.check, check)


@pytest.mark.parametrize(
    "known",
    [known for known in CODES.values() if isinstance(known.family, SizedFamily)],
    ids=lambda known: known.name,
)
def test_tables_follow_their_columns(known: Code) -> None:
    k, columns = known.k, known.linear.columns
    tables = check_tables(columns, k)
    assert [len(table) for table in tables] == [2 ** min(16, k - start) for start in range(0, k, 16)]
    for bit in range(k):
        assert tables[bit // 16][1 << bit % 16] == columns[bit]
    if known.corrects:
        actions = action(known.linear)
        assert (actions.outcome == CORRECTED).sum() == known.n
        assert sum(np.count_nonzero(flips) for flips in actions.flips) == k


@every_code
@pytest.mark.parametrize("number", [1, 37, BLOCK + 5])
def test_check_bits_of_every_code_are_those_of_the_reference(prepare: Any, known: Code, number: int) -> None:
    params = known.encode.params(**known.params, codewords=number)
    inputs, outputs = known.encode.inputs(params, 2, 0), known.encode.outputs(params)
    outputs.check[...] = 0xA5
    prepare(known.encode, params, inputs, outputs).run()
    expected = bulk.check_bits(known.linear.columns, known.k, inputs.data)
    np.testing.assert_array_equal(outputs.check, expected)


@every_code
@pytest.mark.parametrize("wrong", [0.0, 0.01, 0.5, 1.0])
def test_received_words_of_every_code_are_judged_as_the_reference_judges_them(
    prepare: Any, known: Code, wrong: float
) -> None:
    params = known.decode.params(**known.params, codewords=3000, wrong=wrong)
    inputs, outputs = known.decode.inputs(params, 2, 0), known.decode.outputs(params)
    run = prepare(known.decode, params, inputs, outputs).run
    every = [(word, None) for word in range(3000)]
    for count in (0, 50, 3000):
        known.decode.vary(params, inputs, Random(count), count)
        outputs.outcome[...] = 0xA5
        run()
        known.decode.check(params, inputs, outputs, every)


@every_code
def test_bits_that_only_fill_up_a_byte_count_for_nothing_and_pass_through(prepare: Any, known: Code) -> None:
    params = known.decode.params(**known.params, codewords=64, wrong=0.5)
    inputs, outputs = known.decode.inputs(params, 2, 0), known.decode.outputs(params)
    run = prepare(known.decode, params, inputs, outputs).run
    run()
    outcome = outputs.outcome.copy()
    inputs.data[:, -1] |= ~np.uint8(0xFF >> -known.k % 8)
    run()
    np.testing.assert_array_equal(outputs.outcome, outcome)
    known.decode.check(params, inputs, outputs, [(word, None) for word in range(64)])
