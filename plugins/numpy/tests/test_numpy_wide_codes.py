"""Codes of more than 16 check bits, as the engine runs them, against the oracles."""

from typing import Any

import numpy as np
import pytest
from benchsuite_numpy import backend
from benchsuite_numpy.reed_solomon import mend_symbols
from benchsuite_numpy.wide_codes import check_map, mend_listed

from benchsuite.api import Job
from benchsuite.workloads.codes import CODES, MATRIX_DECODE, REED_SOLOMON_DECODE_ERASURES, bulk, code
from benchsuite.workloads.codes.linear import DecodeOutputs
from benchsuite.workloads.codes.reed_solomon_erasures import ErasuresParams, answer

WIDE = [name for name in CODES if CODES[name].linear.r > 16 and CODES[name].linear.symbol_bits > 1]


def run(workload: Any, params: Any, inputs: Any) -> Any:
    """One repetition of these inputs."""
    outputs = workload.outputs(params)
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        prepared = backend.implementations[workload.id, ""].prepare(job)
        for _ in range(2):
            prepared.run()
    return outputs


@pytest.mark.parametrize("name", [*WIDE, "reed-solomon-20-9:5", "reed-solomon-100-95"])
@pytest.mark.parametrize("wrong", [0.0, 0.04, 1.0])
def test_words_with_the_errors_that_are_mended_come_back_as_sent(name: str, wrong: float) -> None:
    known = code(name)
    params = known.decode.params(**known.params, codewords=75, wrong=wrong)
    inputs = known.decode.inputs(params, 1, 0)
    outputs = run(known.decode, params, inputs)
    assert (outputs.outcome == 1).sum() == round(75 * wrong)
    assert not (outputs.outcome == 2).any()
    known.decode.check(params, inputs, outputs, [(row, None) for row in range(75)])


def test_a_code_that_is_only_checked_may_have_any_number_of_check_bits() -> None:
    """Each of 70 check bits is a sum of its own."""
    columns = " ".join(f"{3 << bit:x}" for bit in range(69))
    params = MATRIX_DECODE.params(n=139, k=69, columns=columns, corrects=0, codewords=90, wrong=0.5)
    inputs = MATRIX_DECODE.inputs(params, 1, 0)
    outputs = run(MATRIX_DECODE, params, inputs)
    assert np.bincount(outputs.outcome).tolist() == [45, 0, 45]
    np.testing.assert_array_equal(outputs.data, inputs.data)


@pytest.mark.parametrize("name", ["reed-solomon-31-25", "chipkill-19-16", "chipkill-36-32"])
def test_random_words_are_answered_as_by_the_oracle(name: str) -> None:
    known, rng = code(name), np.random.default_rng(7)
    linear = known.linear
    params = known.decode.params(**known.params, codewords=600)
    inputs = known.decode.inputs(params, 1, 0)
    errors = np.zeros((600, linear.symbols), np.uint8)
    for row in errors:
        places = rng.choice(linear.symbols, rng.integers(1, linear.corrects + 3), replace=False)
        row[places] = rng.integers(1, 2**linear.symbol_bits, len(places))
    bits = (errors[:, :, None] >> np.arange(linear.symbol_bits) & 1).reshape(600, -1)
    inputs.data[:] ^= np.packbits(bits[:, : linear.k], axis=1, bitorder="little")
    inputs.check[:] ^= np.packbits(bits[:, linear.k :], axis=1, bitorder="little")
    outputs = run(known.decode, params, inputs)
    data, outcome = bulk.decode(linear, inputs.data, inputs.check)
    assert set(outcome.tolist()) == {1, 2}
    np.testing.assert_array_equal(outputs.outcome, outcome)
    np.testing.assert_array_equal(outputs.data, data)


def test_the_list_and_the_algebra_agree_where_a_code_has_both() -> None:
    linear, rng = CODES["chipkill-19-16"].linear, np.random.default_rng(3)
    remainders = rng.integers(0, 256, (4000, 3), np.uint8)
    remainders[:1500, 1:] = 0  # one wrong check symbol
    remainders = remainders[remainders.any(axis=1)]
    for listed, by_algebra in zip(
        mend_listed(linear)(remainders, None), mend_symbols(8, 19, 16)(remainders, None), strict=True
    ):
        np.testing.assert_array_equal(listed, by_algebra)


@pytest.mark.parametrize("words", [1, 32767, 32769])
def test_blocks_of_any_number_of_codewords_are_encoded(words: int) -> None:
    known = CODES["reed-solomon-31-25"]
    params = known.encode.params(**known.params, codewords=words)
    inputs = known.encode.inputs(params, 1, 0)
    check = run(known.encode, params, inputs).check
    np.testing.assert_array_equal(check, bulk.check_bits(known.linear.columns, known.k, inputs.data))


def test_two_codes_of_one_lane_do_not_see_each_other() -> None:
    """They share buffers: check bits of the longer code must not stay behind."""
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        for name in ("reed-solomon-127-111", "reed-solomon-60-46:8", "reed-solomon-127-111"):
            known = code(name)
            params = known.decode.params(**known.params, codewords=9, wrong=0.3)
            inputs, outputs = known.decode.inputs(params, 1, 0), known.decode.outputs(params)
            job = Job(
                params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs
            )
            backend.implementations[known.decode.id, ""].prepare(job).run()
            known.decode.check(params, inputs, outputs, [(row, None) for row in range(9)])


def test_data_bits_beyond_the_last_count_for_nothing() -> None:
    linear = CODES["reed-solomon-31-25"].linear
    assert linear.k % 8 == 5
    data = np.random.default_rng(1).integers(0, 256, (5, 16), np.uint8)
    other = data.copy()
    other[:, -1] ^= 0xE0
    encoder = check_map(linear)
    np.testing.assert_array_equal(encoder(data), encoder(other))


@pytest.mark.parametrize(
    ("size", "erasures"), [((15, 11, 4), 3), ((40, 30, 8), 4), ((40, 30, 8), 10), ((60, 47, 6), 0)]
)
def test_erased_symbols_and_wrong_ones_are_mended_as_by_the_oracle(
    size: tuple[int, int, int], erasures: int
) -> None:
    n, k, m = size
    params = ErasuresParams(n=n, k=k, symbol_bits=m, codewords=60, wrong=0.8, erasures=erasures)
    inputs = REED_SOLOMON_DECODE_ERASURES.inputs(params, 1, 0)
    rng = np.random.default_rng(n)
    inputs.data[:20, 0] ^= rng.integers(0, 8, 20, np.uint8)
    inputs.erased[20:40] ^= rng.integers(0, 8, (20, n)) == 0
    outputs = run(REED_SOLOMON_DECODE_ERASURES, params, inputs)
    expected: DecodeOutputs = answer(params, inputs, np.arange(60))
    assert {1, 2} <= set(expected.outcome.tolist())
    np.testing.assert_array_equal(outputs.outcome, expected.outcome)
    np.testing.assert_array_equal(outputs.data, expected.data)
