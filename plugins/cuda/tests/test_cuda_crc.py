"""CRCs on the GPU against zlib, google-crc32c and the definition; and the algebra that they rest on."""

import zlib
from dataclasses import replace
from typing import Any

import google_crc32c
import numpy as np
import pytest
from benchsuite_cuda.backend import backend
from benchsuite_cuda.crc import BANKS_BYTES, FILL_BYTES, KERNELS, SHARED_BYTES, WARPS, Algebra, shape, unless
from benchsuite_cuda.gpu import Gpu
from benchsuite_cuda.lane import CudaLane
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.api import Job
from benchsuite.workloads.codes.crc import CRC, CrcParams
from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS
from benchsuite.workloads.reference.crc import crc

CASTAGNOLI, ETHERNET = "CRC-32/ISCSI", "CRC-32/ISO-HDLC"
PEERS = {ETHERNET: zlib.crc32, CASTAGNOLI: google_crc32c.value}
every_algorithm = pytest.mark.parametrize("name", PEERS)

SMALL = 99 << 10
"""Shared memory of a block of compute capability 12.0: tables of bytes do not fit."""
H100 = Gpu(
    index=0,
    name="H100",
    architecture="90",
    multiprocessors=132,
    shared_bytes_a_block=227 << 10,
    l2_bytes=50 << 20,
    memory_bytes=80 << 30,
    pci_bus_id=None,
)


def answers(lane: CudaLane, params: CrcParams, inputs: Any) -> list[int]:
    outputs = CRC.outputs(params)
    outputs.crc[...] = 0xA5A5A5A5
    device: Any = None  # no kernel looks at it
    job = Job(params=params, device=device, lane=lane, scope="resident", inputs=inputs, outputs=outputs)
    prepared = backend.implementations[CRC.id, ""].prepare(job)
    for step in (prepared.load, prepared.run, prepared.fetch, lane.sync):
        assert step
        step()
    found: list[int] = outputs.crc.tolist()
    return found


def compare(lane: CudaLane, name: str, messages: int, message_bytes: int, seed: int = 0) -> None:
    params = CrcParams(name, messages, message_bytes)
    inputs = CRC.inputs(params, seed, 0)
    expected = [PEERS[name](message.tobytes()) for message in inputs.data]
    assert answers(lane, params, inputs) == expected, (params, shape(messages, message_bytes, lane.gpu))


def check(lane: CudaLane) -> None:
    """Every line of the kernels, with both sets of tables, in few forms and few blocks."""
    compare(lane, CASTAGNOLI, 70, 17)
    compare(lane, ETHERNET, 67, 1501)  # more than two multiprocessors have warps
    compare(lane, ETHERNET, 1, 66_001)
    whole = lane.gpu
    lane.gpu = replace(whole, multiprocessors=1)  # tables of bytes pay for less
    compare(lane, CASTAGNOLI, 17, 4096)
    compare(lane, CASTAGNOLI, 1, FILL_BYTES + 3)
    lane.gpu = whole


def test_the_kernels_equal_their_peers(lane: CudaLane) -> None:
    check(lane)


def test_published_vectors_hold(emulated: CudaLane) -> None:
    for vector in CRC.vectors():
        if unless(vector.params):
            continue
        assert answers(emulated, vector.params, vector.inputs) == vector.outputs.crc.tolist(), vector.name


@every_algorithm
@settings(max_examples=10)
@given(messages=st.integers(1, 70), message_bytes=st.integers(0, 6000), seed=st.integers(0, 2**32))
def test_any_batch_equals_its_peer(
    emulated: CudaLane, name: str, messages: int, message_bytes: int, seed: int
) -> None:
    compare(emulated, name, messages, message_bytes, seed)


@pytest.mark.parametrize("message_bytes", [0, 1, 2, 3, 4, 5, 32, 33, 63, 128, 130, 255, 256, 512, 513, 1023])
def test_messages_that_share_a_warp_equal_their_peers_wherever_they_start(
    emulated: CudaLane, message_bytes: int
) -> None:
    """All numbers of lanes a message, more messages than one round of two multiprocessors has."""
    lanes = 1 << shape(67, message_bytes, emulated.gpu).lane_bits
    for messages in (1, 67, 64 * 32 // lanes + 5):
        compare(emulated, CASTAGNOLI, messages, message_bytes)


@pytest.mark.parametrize("rows", [*range(1, 20), 26, 27])
@pytest.mark.parametrize("odd", [0, 1])
def test_any_number_of_rows_equals_its_peer(emulated: CudaLane, rows: int, odd: int) -> None:
    """As many as a lane fetches ahead, one more, one less; with a first and a last row that are not full."""
    compare(emulated, CASTAGNOLI, 65, BANKS_BYTES * (8 + rows) - odd)


@every_algorithm
@pytest.mark.parametrize("shared_bytes", [SMALL, 227 << 10])
@pytest.mark.parametrize("message_bytes", [2 * FILL_BYTES, 2 * FILL_BYTES + 1, 3 * FILL_BYTES - 2])
def test_a_long_message_equals_its_peer_with_either_tables(
    emulated: CudaLane, name: str, shared_bytes: int, message_bytes: int
) -> None:
    whole = emulated.gpu
    emulated.gpu = replace(whole, shared_bytes_a_block=shared_bytes)
    assert shape(1, message_bytes, emulated.gpu).byte_tables == (shared_bytes > SMALL)
    try:
        compare(emulated, name, 1, message_bytes)
        compare(emulated, name, 3, message_bytes // 3)
    finally:
        emulated.gpu = whole


@pytest.mark.parametrize("segments", [1, 31, 1024, 1025, 3000])
def test_any_number_of_parts_is_added(emulated: CudaLane, segments: int) -> None:
    parts = np.random.default_rng(segments).integers(0, 2**32, (3, segments), np.uint32)
    cp = emulated.cp
    with emulated.enqueuing():
        device, sums = cp.asarray(parts), cp.empty(3, np.uint32)
    emulated.kernel("crc", "crc_sum", defines=KERNELS[-1].defines)(3, 1024, device, np.uint64(segments), sums)
    emulated.sync()
    assert sums.get().tolist() == np.bitwise_xor.reduce(parts, axis=1).tolist()


def test_every_run_answers_the_inputs_as_they_were_loaded(emulated: CudaLane) -> None:
    params = CrcParams(messages=3, message_bytes=100)
    assert len({tuple(answers(emulated, params, CRC.inputs(params, 1, slot))) for slot in range(3)}) == 3


@given(messages=st.integers(1, 20_000), message_bytes=st.integers(0, 2**27))
def test_segments_make_up_the_message_and_are_one_round_of_the_gpu(messages: int, message_bytes: int) -> None:
    found = shape(messages, message_bytes, H100)
    assert found.first_bytes + (found.segments - 1) * found.segment_bytes == message_bytes
    assert found.first_bytes <= found.segment_bytes
    assert found.segment_bytes % BANKS_BYTES == 0
    assert found.segments == 1 or messages * found.segments <= H100.multiprocessors * WARPS
    assert 1 <= found.blocks <= H100.multiprocessors


@pytest.mark.parametrize(
    ("messages", "message_bytes", "segments", "lane_bits", "byte_tables", "blocks"),
    [
        (1, 0, 1, 0, 0, 1),
        (4096, 16, 1, 0, 0, 128),
        (4096, 64, 1, 1, 0, 132),
        (1, 1024, 1, 5, 0, 1),
        (4096, 4096, 1, 5, 1, 132),
        (64, 2**20, 66, 5, 1, 132),
        (1, 2**23, 4096, 5, 0, 132),
        (1, 2**26, 4195, 5, 1, 132),
    ],
)
def test_work_is_dealt_out_to_all_of_an_h100(
    messages: int, message_bytes: int, segments: int, lane_bits: int, byte_tables: int, blocks: int
) -> None:
    found = shape(messages, message_bytes, H100)
    assert (found.segments, found.lane_bits) == (segments, lane_bits)
    assert (found.byte_tables, found.blocks) == (byte_tables, blocks)


@every_algorithm
@settings(max_examples=30)
@given(size=st.integers(0, 300))
def test_the_crc_of_zeros_is_that_of_the_definition(name: str, size: int) -> None:
    assert Algebra(name).of_zeros(size) == crc(ALGORITHMS[name], bytes(size))


@every_algorithm
@settings(max_examples=20)
@given(first=st.integers(0, 2**40), second=st.integers(0, 2**40))
def test_powers_add_their_exponents(name: str, first: int, second: int) -> None:
    algebra = Algebra(name)
    power = np.array([algebra.power(first)], np.uint32)
    assert algebra.times(power, algebra.power(second)).tolist() == [algebra.power(first + second)]


@every_algorithm
def test_a_step_of_the_definition_is_a_product_with_x(name: str) -> None:
    """A byte of zeros takes x^0 to x^8; a series of powers is each of them."""
    algebra = Algebra(name)
    algorithm = replace(ALGORITHMS[name], initial=1, xor_out=0)
    assert crc(algorithm, bytes(1)) == algebra.power(8)
    assert algebra.powers(24, 11).tolist() == [algebra.power(24 * i) for i in range(11)]


@every_algorithm
def test_tables_hold_the_product_of_every_digit(name: str) -> None:
    algebra = Algebra(name)
    word = np.array([0x89ABCDEF], np.uint32)
    expected = int(algebra.times(word, algebra.power(1024))[0])
    digits = algebra.advance(32, 0).reshape(8, 16)
    assert np.bitwise_xor.reduce([digits[i, int(word[0]) >> 4 * i & 15] for i in range(8)]) == expected
    pairs = algebra.advance(32, 1).reshape(2, 256, 2)
    found = [pairs[i // 2, int(word[0]) >> 8 * i & 255, i % 2] for i in range(4)]
    assert np.bitwise_xor.reduce(found) == expected
    assert algebra.finish(4)[5].tolist() == [algebra.products(4, 32 * (4 - i % 4))[0, 5] for i in range(32)]


def test_one_set_of_tables_fits_any_gpu_and_the_other_all_with_as_much_as_an_a100() -> None:
    shared = {
        (form.defines["BYTE_TABLES"], form.shared_bytes) for form in KERNELS if form.name == "crc_parts"
    }
    assert shared == set(SHARED_BYTES.items()) == {(0, 32 << 10), (1, 144 << 10)}
    assert SHARED_BYTES[0] <= SMALL < SHARED_BYTES[1] <= 163 << 10  # of compute capability 8.0


ODD = "width=32,poly=0xaf,init=0x00000001,refin=true,refout=true,xorout=0x1ffe"


@pytest.mark.parametrize("name", ["CRC-32/MEF", ODD])
@pytest.mark.parametrize(("messages", "message_bytes"), [(3, 5), (2, 3001)])
def test_any_reflected_crc_of_32_bits_passes_the_check(
    emulated: CudaLane, name: str, messages: int, message_bytes: int
) -> None:
    params = CrcParams(name, messages, message_bytes)
    inputs, outputs = CRC.inputs(params, 0, 0), CRC.outputs(params)
    assert unless(params) is None
    outputs.crc[:] = answers(emulated, params, inputs)
    CRC.check(params, inputs, outputs, [(message, None) for message in range(messages)])


@pytest.mark.parametrize("name", ["CRC-16/KERMIT", "CRC-12/UMTS", "CRC-32/BZIP2", "CRC-64/XZ"])
def test_other_widths_and_those_in_the_other_order_are_declined(name: str) -> None:
    assert unless(CrcParams(name)) == "cuda computes reflected CRCs of 32 bits only"
