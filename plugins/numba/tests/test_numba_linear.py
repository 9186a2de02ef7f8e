"""Linear codes against vectors and the reference, at every size, density of errors and edge of a block."""

from random import Random
from typing import Any

import numpy as np
import pytest
from benchsuite_numba.backend import backend
from benchsuite_numba.linear import FEWEST, layout, positions
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.workloads.codes import CODES, DETECTED, FAMILIES, Code, bulk

BLOCK = 128
SOME = ("parity-65-64", "hsiao-72-64", "hamming-127-120", "hsiao-137-128", "on-die-136-128:odd-weight")
"""All cores run the same kernels on parts: one code of each kind will do."""
KNOWN = {name: known for name, known in CODES.items() if (known.encode.id, "") in backend.implementations}
every_code = pytest.mark.parametrize("known", KNOWN.values(), ids=lambda known: known.name)


@pytest.mark.parametrize(
    "workload",
    [w for _, *both in FAMILIES for w in both if (w.id, "") in backend.implementations],
    ids=lambda workload: workload.id,
)
def test_known_answers_hold(prepare: Any, workload: Any) -> None:
    vectors = list(workload.vectors())
    assert vectors
    for vector in vectors:
        outputs = workload.outputs(vector.params)
        prepare(workload, vector.params, vector.inputs, outputs).run()
        assert workload.canonical(outputs) == workload.canonical(vector.outputs), vector.name


@every_code
@pytest.mark.parametrize("number", [1, 37, 2 * FEWEST + BLOCK + 5])
def test_check_bits_of_every_code_are_those_of_the_reference(prepare: Any, known: Code, number: int) -> None:
    params = known.encode.params(**known.params, codewords=number)
    inputs, outputs = known.encode.inputs(params, 2, 0), known.encode.outputs(params)
    outputs.check[...] = 0xA5
    prepare(known.encode, params, inputs, outputs).run()
    columns = known.linear.columns
    np.testing.assert_array_equal(outputs.check, bulk.check_bits(columns, known.k, inputs.data))


@every_code
@pytest.mark.parametrize("wrong", [0.0, 0.01, 1.0])
def test_received_words_of_every_code_are_judged_as_the_reference_judges_them(
    prepare: Any, known: Code, wrong: float
) -> None:
    params = known.decode.params(**known.params, codewords=3001, wrong=wrong)
    inputs, outputs = known.decode.inputs(params, 2, 0), known.decode.outputs(params)
    run = prepare(known.decode, params, inputs, outputs).run
    every = [(word, None) for word in range(3001)]
    for count in (0, 50, 3001):
        known.decode.vary(params, inputs, Random(count), count)
        received = inputs.data.copy(), inputs.check.copy()
        outputs.outcome[...] = 0xA5
        run()
        known.decode.check(params, inputs, outputs, every)
        np.testing.assert_array_equal(inputs.data, received[0])
        np.testing.assert_array_equal(inputs.check, received[1])


@settings(max_examples=300)
@given(
    name=st.sampled_from(list(KNOWN)),
    number=st.one_of(st.integers(1, 3 * BLOCK), st.integers(2 * FEWEST - 2, 2 * FEWEST + 2)),
    seed=st.integers(0, 2**32),
)
def test_words_of_noise_are_decoded_as_the_reference_does(
    prepare: Any, name: str, number: int, seed: int
) -> None:
    """Any syndrome, and any bits that only fill up a byte."""
    known = CODES[name]
    params = known.decode.params(**known.params, codewords=number)
    inputs, outputs = known.decode.inputs(params, 0, 0), known.decode.outputs(params)
    rng = np.random.default_rng(seed)
    inputs.data[...] = rng.integers(0, 256, inputs.data.shape, np.uint8)
    inputs.check[...] = rng.integers(0, 256, inputs.check.shape, np.uint8)
    inputs.check[:, -1] &= 0xFF >> -(known.n - known.k) % 8
    prepare(known.decode, params, inputs, outputs).run()
    known.decode.check(params, inputs, outputs, [(word, None) for word in range(number)])


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("number", [1, 2 * FEWEST - 1, 2 * FEWEST + BLOCK + 5, 5 * FEWEST])
def test_all_cores_give_what_the_reference_gives(prepare_for_all_cores: Any, name: str, number: int) -> None:
    known = CODES[name]
    columns = known.linear.columns
    encoding = known.encode.params(**known.params, codewords=number)
    inputs, outputs = known.encode.inputs(encoding, 2, 0), known.encode.outputs(encoding)
    outputs.check[...] = 0xA5
    prepare_for_all_cores(known.encode, encoding, inputs, outputs).run()
    np.testing.assert_array_equal(outputs.check, bulk.check_bits(columns, known.k, inputs.data))
    params = known.decode.params(**known.params, codewords=number, wrong=0.3)
    received, judged = known.decode.inputs(params, 2, 0), known.decode.outputs(params)
    judged.outcome[...] = 0xA5
    prepare_for_all_cores(known.decode, params, received, judged).run()
    known.decode.check(params, received, judged, [(word, None) for word in range(number)])


@pytest.mark.parametrize("number", [7, 8, 9, BLOCK - 1, BLOCK, BLOCK + 1, 2 * FEWEST + 1])
def test_one_wrong_word_is_found_wherever_it_is(prepare: Any, number: int) -> None:
    known = CODES["hsiao-72-64"]
    params = known.decode.params(**known.params, codewords=number)
    inputs, outputs = known.decode.inputs(params, 0, 0), known.decode.outputs(params)
    run = prepare(known.decode, params, inputs, outputs).run
    for word in range(max(0, number - 2 * BLOCK), number):
        inputs.data[word, word % 8] ^= 1 << word % 7
        run()
        assert outputs.outcome.tolist() == [int(each == word) for each in range(number)]
        inputs.data[word, word % 8] ^= 1 << word % 7
        np.testing.assert_array_equal(outputs.data, inputs.data)


def test_check_bits_that_no_code_has_are_an_error_and_no_reading_beyond_the_table(prepare: Any) -> None:
    known = CODES["hsiao-39-32"]
    params = known.decode.params(**known.params, codewords=20)
    inputs, outputs = known.decode.inputs(params, 0, 0), known.decode.outputs(params)
    inputs.check[...] ^= 0x80
    prepare(known.decode, params, inputs, outputs).run()
    assert (outputs.outcome == DETECTED).all()
    np.testing.assert_array_equal(outputs.data, inputs.data)


@every_code
def test_masks_give_each_data_bit_its_column_once(known: Code) -> None:
    columns = known.linear.columns
    made = layout(columns, known.k)
    width, rows = made.words[0].itemsize, len(made.masks) // len(made.words)
    starts = [width * i for i in range(len(made.words) - 1)] + [made.size - width]
    found = [0] * known.k
    for i, start in enumerate(starts):
        for row in range(rows):
            mask = int(made.masks[i * rows + row])
            for bit in range(8 * width):
                if mask >> bit & 1:
                    found[8 * start + bit] += 1 << row
    assert tuple(found) == columns[: known.k]
    assert rows <= 8 * width  # check bits are computed in a word


@every_code
def test_positions_are_those_of_the_columns(known: Code) -> None:
    columns = known.linear.columns
    found = positions(columns, known.k)
    assert len(found) == 1 << known.n - known.k
    if known.corrects:
        assert [found[column] for column in columns[: known.k]] == list(range(known.k))
        assert (found >= 0).sum() == known.n


@pytest.mark.parametrize("k", [20, 24, 40, 50, 56, 100])
def test_words_of_a_layout_cover_sizes_that_no_code_has_yet(k: int) -> None:
    columns = (*(3 + i for i in range(k)), *(1 << row for row in range(7)))  # of no code in particular
    made = layout(columns, k)
    width = made.words[0].itemsize
    assert len(made.words) * width >= made.size >= width
    ones = sum(int(mask).bit_count() for mask in made.masks)
    assert ones == sum(column.bit_count() for column in columns[:k])
