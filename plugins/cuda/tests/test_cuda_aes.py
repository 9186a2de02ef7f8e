"""AES on the GPU against the core's definition, in every order of threads and blocks, with either layout."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchsuite_cuda import aes
from benchsuite_cuda.backend import backend
from benchsuite_cuda.lane import CudaLane

from benchsuite.api import Job, Workload
from benchsuite.workloads.aes import AES_CTR, AES_ECB_DECRYPT, AES_ECB_ENCRYPT, AesCtrParams
from benchsuite.workloads.aes.ecb import AesEcbParams
from benchsuite.workloads.reference.aes import decrypt_block, encrypt_block, expand_key

SMALL = 99 << 10
"""Shared memory of a block of compute capability 12.0: room for two tables only."""

LONG = AesCtrParams(messages=23, message_bytes=16 * aes.SHORTEST_LONG)
"""More groups, three a message, than two multiprocessors have warps."""

NEAR_A_CARRY = [
    bytes(16),
    bytes(15) + b"\x01",
    bytes(15) + b"\xff",
    bytes(12) + b"\xff\xff\xff\x17",
    bytes(8) + b"\xff" * 7 + b"\xc0",
    b"\xff" * 16,
    b"\xff" * 14 + b"\x80\x00",
]


def answer(lane: CudaLane, workload: Workload[Any, Any, Any], params: Any, inputs: Any) -> Any:
    """What the GPU makes of ``inputs``, and the core's check of all of it."""
    outputs = workload.outputs(params)
    outputs.data[...] = 0xA5
    device: Any = None  # no kernel looks at it
    job = Job(params=params, device=device, lane=lane, scope="resident", inputs=inputs, outputs=outputs)
    prepared = backend.implementations[workload.id, ""].prepare(job)
    for step in (prepared.load, prepared.run, prepared.fetch, lane.sync):
        assert step
        step()
    workload.check(params, inputs, outputs, [(item, None) for item in range(params.messages)])
    return outputs.data


def ctr(lane: CudaLane, params: AesCtrParams, counter: bytes | None = None, seed: int = 1) -> None:
    inputs = AES_CTR.inputs(params, seed, 0)
    if counter is not None:
        inputs.counters[...] = np.frombuffer(counter, np.uint8)
    answer(lane, AES_CTR, params, inputs)


def ecb(lane: CudaLane, params: AesEcbParams) -> None:
    """Both ways."""
    for workload in (AES_ECB_ENCRYPT, AES_ECB_DECRYPT):
        answer(lane, workload, params, workload.inputs(params, 1, 0))


def with_two_tables(lane: CudaLane) -> None:
    lane.gpu = replace(lane.gpu, shared_bytes_a_block=SMALL)


def check(lane: CudaLane) -> None:
    """Each kernel, every line of it, in few forms and few blocks."""
    gpu = lane.gpu
    ecb(lane, AesEcbParams(key_bits=128, messages=3, message_bytes=16 * 700))
    carry = bytes(8) + b"\xff" * 7 + b"\xc0"
    ctr(lane, AesCtrParams(messages=800, message_bytes=16 * 3), carry)
    ctr(lane, LONG, carry)
    with_two_tables(lane)
    for size in (1, 16 * 3 + 4, 16 * 3 + 15):
        ctr(lane, AesCtrParams(key_bits=256, messages=67, message_bytes=size))
    ctr(lane, replace(LONG, key_bits=256, message_bytes=LONG.message_bytes + 5))
    lane.gpu = gpu


def test_the_kernels_equal_the_core(lane: CudaLane) -> None:
    check(lane)


@pytest.mark.parametrize("tables", [4, 2])
@pytest.mark.parametrize("key_bits", [128, 192, 256])
def test_every_form_equals_the_core(emulated: CudaLane, key_bits: int, tables: int) -> None:
    if tables == 2:
        with_two_tables(emulated)
    ecb(emulated, AesEcbParams(key_bits=key_bits, messages=5, message_bytes=48))
    for extra in (0, 1):
        ctr(emulated, AesCtrParams(key_bits=key_bits, messages=5, message_bytes=48 + extra))
        ctr(emulated, replace(LONG, key_bits=key_bits, message_bytes=LONG.message_bytes + extra))


@pytest.mark.parametrize("blocks", [1, 31, 32, 33, 2 * 1024 - 1, 2 * 1024 + 1, 4500])
@pytest.mark.parametrize("messages", [1, 3])
def test_any_count_of_blocks_is_encrypted_and_decrypted(
    emulated: CudaLane, messages: int, blocks: int
) -> None:
    ecb(emulated, AesEcbParams(messages=messages, message_bytes=16 * blocks))


@pytest.mark.parametrize("size", [1, 2, 15, 16, 17, 20, 30, 31, 33, 100, 1500, 4099])
@pytest.mark.parametrize("messages", [1, 2, 65])
def test_messages_of_any_size_equal_the_core_wherever_they_start(
    emulated: CudaLane, messages: int, size: int
) -> None:
    ctr(emulated, AesCtrParams(messages=messages, message_bytes=size))


@pytest.mark.parametrize("counter", NEAR_A_CARRY, ids=bytes.hex)
@pytest.mark.parametrize(
    "size", [16 * 300, LONG.message_bytes, LONG.message_bytes + 16, LONG.message_bytes + 37]
)
def test_a_carry_within_a_message_goes_through_all_sixteen_bytes(
    emulated: CudaLane, size: int, counter: bytes
) -> None:
    ctr(emulated, replace(LONG, message_bytes=size), counter)


def test_messages_that_start_anywhere_in_a_group_share_its_rounds(emulated: CudaLane) -> None:
    params = replace(LONG, messages=16)
    inputs = AES_CTR.inputs(params, 1, 0)
    inputs.counters[:, 15] = [0, 1, 31, 32, 33, 127, 128, 200, 222, 223, 224, 225, 253, 254, 255, 16]
    answer(emulated, AES_CTR, params, inputs)


def test_every_run_answers_the_inputs_as_they_were_loaded(emulated: CudaLane) -> None:
    params = AesCtrParams(messages=3, message_bytes=40)
    first, second = (
        answer(emulated, AES_CTR, params, AES_CTR.inputs(params, 1, slot)).copy() for slot in (0, 1)
    )
    assert (first != second).any()


@pytest.mark.parametrize("key", [bytes(range(16)), bytes(range(24)), bytes(range(32))], ids=len)
def test_look_ups_and_round_keys_one_by_one_are_the_ciphers_of_the_core(key: bytes) -> None:
    """What the kernel does at once, spelled out."""
    block = bytes(range(0, 256, 17))
    assert by_look_ups(key, block, inverse=False) == encrypt_block(expand_key(key), block)
    assert by_look_ups(key, block, inverse=True) == decrypt_block(expand_key(key), block)


def by_look_ups(key: bytes, block: bytes, *, inverse: bool) -> bytes:
    order = slice(None, None, -1 if inverse else 1)
    first, *inner, last = aes.round_keys(key, inverse=inverse)["word"][0].reshape(-1, 4)
    state = np.frombuffer(block, "<u4")[order] ^ first
    for round_key in inner:
        state = np.bitwise_xor.reduce([rotated(entry, 8 * row) for row, entry in entries(state, inverse)])
        state ^= round_key
    bytes_of = [
        (np.bitwise_xor.reduce(entry.view(np.uint8).reshape(4, 4), axis=1), row)
        for row, entry in entries(state, inverse)
    ]  # the factors of a column sum to 1, so the bytes of an entry sum to the S-box
    state = np.bitwise_or.reduce([single.astype(np.uint32) << np.uint32(8 * row) for single, row in bytes_of])
    return np.ascontiguousarray((state ^ last)[order]).tobytes()


def entries(state: Any, inverse: bool) -> list[tuple[int, Any]]:
    """Of each row, what its bytes, shifted, find in the table: ``uint32[4]``."""
    table = aes.table(inverse=inverse)
    return [
        (row, np.ascontiguousarray(table[np.roll(state, -row) >> np.uint32(8 * row) & np.uint32(255)]))
        for row in range(4)
    ]


def rotated(words: Any, bits: int) -> Any:
    return words << np.uint32(bits) | words >> np.uint32(-bits % 32) if bits else words


def test_every_form_is_listed_once_with_shared_memory_for_its_tables() -> None:
    assert len({(form.name, *sorted(form.defines.items())) for form in aes.KERNELS}) == len(aes.KERNELS) == 36
    assert {form.shared_bytes for form in aes.KERNELS if form.defines["TABLES"] == 2} == {64 << 10}
    assert {form.shared_bytes for form in aes.KERNELS if form.defines["TABLES"] == 4} == {128 << 10}
