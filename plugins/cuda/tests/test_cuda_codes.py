"""Linear codes against the reference: every size, in every order of threads, whole tiles and what is left.

The emulator refuses a launch that writes behind an array, so no test here asks for that.
"""

from typing import Any

import numpy as np
import pytest
from benchsuite_cuda.backend import backend
from benchsuite_cuda.codes import BLOCK, KERNELS, NO_ACTION, TILE, actions, defines
from benchsuite_cuda.lane import CudaLane
from benchsuite_cuda.slot import arrays_of
from benchsuite_cuda.source import KernelForm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchsuite.api import Job, Scope, Workload
from benchsuite.workloads.codes import CODES, DETECTED, SINGLE_BIT, Code, bulk
from benchsuite.workloads.codes.linear import SizedFamily

FEWEST_SLICED = 2 * TILE
"""Codewords, a tile for each multiprocessor that is emulated."""
LEFT = BLOCK + 5
"""Codewords behind the last whole tile: more than a block, no whole thread."""
MUTABLE = ("hsiao-72-64", "hamming-15-11", "hamming-127-120", "hsiao-137-128", "parity-9-8")
"""Together they compile every line: 8, 2, 15, 16 and 1 bytes of data; 1 and 2 of check bits; a mere check."""
KNOWN = [known for known in CODES.values() if known.encode in [encode for _, encode, _ in SINGLE_BIT]]
every_code = pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)


def family_of(known: Code) -> SizedFamily:
    return next(family for family, encode, _ in SINGLE_BIT if encode is known.encode)


def columns_of(known: Code) -> tuple[int, ...]:
    return family_of(known).columns(known.n, known.k)


def run(
    lane: CudaLane,
    workload: Workload[Any, Any, Any],
    params: Any,
    inputs: Any,
    *,
    scope: Scope = "resident",
) -> Any:
    """The outputs of one repetition, whose places were poisoned before."""
    outputs = workload.outputs(params)
    for array in arrays_of(outputs).values():
        array[...] = 0xA5
    device: Any = None  # no kernel looks at it
    job = Job(params=params, device=device, lane=lane, scope=scope, inputs=inputs, outputs=outputs)
    prepared = backend.implementations[workload.id, ""].prepare(job)
    for step in (prepared.load, prepared.run, prepared.fetch):
        if step is not None:
            step()
    lane.sync()
    prepared.close()
    return outputs


def require_right_check_bits(lane: CudaLane, known: Code, codewords: int) -> None:
    params = known.encode.params(**known.params, codewords=codewords)
    inputs = known.encode.inputs(params, codewords, 0)
    outputs = run(lane, known.encode, params, inputs)
    known.encode.check(params, inputs, outputs, [(word, None) for word in range(codewords)])


def received(known: Code, codewords: int, seed: int) -> tuple[Any, Any]:
    """(params, inputs) of codewords that are, in turn, clean, one flip away (every one in turn), noise."""
    params = known.decode.params(**known.params, codewords=codewords)
    inputs = known.decode.inputs(params, seed, 0)
    rows = np.arange(1, codewords, 3)
    bulk.flip(known.k, inputs.data, inputs.check, rows, rows // 3 % known.n)
    rng = np.random.default_rng(seed)
    for array in (inputs.data, inputs.check):
        array[2::3] = rng.integers(0, 256, array[2::3].shape, np.uint8)
    inputs.check[:, -1] &= 0xFF >> -(known.n - known.k) % 8
    return params, inputs


def require_right_outcomes(lane: CudaLane, known: Code, codewords: int) -> None:
    params, inputs = received(known, codewords, seed=codewords)
    outputs = run(lane, known.decode, params, inputs)
    known.decode.check(params, inputs, outputs, [(word, None) for word in range(codewords)])


def check(lane: CudaLane) -> None:
    """Raises where a kernel of ``linear.cu`` is wrong."""
    for name in MUTABLE:
        known = CODES[name]
        for codewords in (1, FEWEST_SLICED + LEFT):
            require_right_check_bits(lane, known, codewords)
            require_right_outcomes(lane, known, codewords)


def test_what_the_mutants_are_killed_by_passes(lane: CudaLane) -> None:
    check(lane)


@every_code
def test_every_code_is_encoded_as_the_reference_does(lane: CudaLane, known: Code) -> None:
    for codewords in (2, LEFT, FEWEST_SLICED, FEWEST_SLICED + TILE + LEFT):
        require_right_check_bits(lane, known, codewords)


@every_code
def test_every_code_is_decoded_as_the_reference_does(lane: CudaLane, known: Code) -> None:
    """Every flip, clean words, and noise, which has most syndromes and bits that only fill up a byte."""
    for codewords in (2, LEFT, FEWEST_SLICED, FEWEST_SLICED + TILE + LEFT):
        require_right_outcomes(lane, known, codewords)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    name=st.sampled_from(MUTABLE),
    codewords=st.one_of(st.integers(1, 2 * BLOCK), st.integers(FEWEST_SLICED - 2, FEWEST_SLICED + 2)),
    seed=st.integers(0, 2**32),
)
def test_any_number_of_codewords_is_decoded_as_the_reference_does(
    lane: CudaLane, name: str, codewords: int, seed: int
) -> None:
    known = CODES[name]
    params, inputs = received(known, codewords, seed)
    outputs = run(lane, known.decode, params, inputs)
    known.decode.check(params, inputs, outputs, [(word, None) for word in range(codewords)])


@pytest.mark.parametrize("name", MUTABLE)
def test_host_bytes_to_host_bytes_is_right_too(lane: CudaLane, name: str) -> None:
    known = CODES[name]
    params, inputs = received(known, FEWEST_SLICED + 1, seed=1)
    outputs = run(lane, known.decode, params, inputs, scope="end-to-end")
    known.decode.check(params, inputs, outputs, [(word, None) for word in range(FEWEST_SLICED + 1)])


@pytest.mark.parametrize("name", ["hamming-15-11", "hsiao-137-128"])
def test_check_bits_that_no_code_has_are_an_error_that_nothing_mends(lane: CudaLane, name: str) -> None:
    known = CODES[name]
    params = known.decode.params(**known.params, codewords=FEWEST_SLICED + 1)
    inputs = known.decode.inputs(params, 0, 0)
    inputs.check[:, -1] ^= 0x80
    outputs = run(lane, known.decode, params, inputs)
    assert (outputs.outcome == DETECTED).all()
    np.testing.assert_array_equal(outputs.data, inputs.data)


@every_code
def test_masks_give_each_data_bit_its_column(known: Code) -> None:
    columns = columns_of(known)
    given_ = defines(columns, known.k, sliced=False)
    for bit in range(32 * 8):
        column = sum((given_[f"MASK_{row}_{bit // 32}"] >> bit % 32 & 1) << row for row in range(9))
        assert column == (columns[bit] if bit < known.k else 0)


@pytest.mark.parametrize("known", [known for known in KNOWN if known.corrects], ids=lambda known: known.name)
def test_actions_undo_the_flip_that_a_syndrome_is_the_column_of(known: Code) -> None:
    found = actions(columns_of(known), known.k)
    expected = {column: bit for bit, column in enumerate(columns_of(known)[: known.k])}
    expected |= dict.fromkeys(columns_of(known)[known.k :], 8 * -(-known.k // 8))
    assert {syndrome: int(found[syndrome]) for syndrome in np.flatnonzero(found != NO_ACTION)} == expected


@pytest.mark.parametrize("form", KERNELS, ids=lambda form: form.label)
def test_a_forms_traffic_is_what_its_workload_states(form: KernelForm) -> None:
    known = CODES[form.title]
    workload = known.encode if form.name.startswith("encode") else known.decode
    work = workload.work(workload.params(**known.params, codewords=8))
    assert form.bytes_per_item * work.items == work.bytes_in + work.bytes_out
    assert form.payload_per_item * work.items == work.payload_bytes
