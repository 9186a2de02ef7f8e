"""Bitsliced AES on the GPU against the core's definition."""

from typing import Any

import numpy as np
import pytest
from benchsuite_cuda.backend import backend
from benchsuite_cuda.lane import CudaLane

from benchsuite.api import Job, Workload
from benchsuite.workloads.aes import AES_CTR, AES_ECB_ENCRYPT, AesCtrParams
from benchsuite.workloads.aes.ecb import AesEcbParams

OF_A_BLOCK = 128 * 32
"""Blocks of 16 bytes that a block of threads takes."""


def equals_the_core(lane: CudaLane, workload: Workload[Any, Any, Any], params: Any, inputs: Any) -> None:
    outputs = workload.outputs(params)
    outputs.data[...] = 0xA5
    device: Any = None  # no kernel looks at it
    job = Job(params=params, device=device, lane=lane, scope="resident", inputs=inputs, outputs=outputs)
    prepared = backend.implementations[workload.id, "bitsliced"].prepare(job)
    for step in (prepared.load, prepared.run, prepared.fetch, lane.sync):
        assert step
        step()
    workload.check(params, inputs, outputs, [(item, None) for item in range(params.messages)])


def ecb(lane: CudaLane, params: AesEcbParams) -> None:
    equals_the_core(lane, AES_ECB_ENCRYPT, params, AES_ECB_ENCRYPT.inputs(params, 1, 0))


def ctr(lane: CudaLane, params: AesCtrParams, counter: bytes | None = None) -> None:
    inputs = AES_CTR.inputs(params, 1, 0)
    if counter is not None:
        inputs.counters[...] = np.frombuffer(counter, np.uint8)
    equals_the_core(lane, AES_CTR, params, inputs)


def check(lane: CudaLane) -> None:
    """Both kernels, more blocks than a block of threads takes, messages shorter and longer than a warp."""
    ecb(lane, AesEcbParams(message_bytes=16 * (OF_A_BLOCK + 1030)))
    ctr(lane, AesCtrParams(messages=211, message_bytes=16 * 5), bytes(8) + b"\xff" * 7 + b"\xfe")
    ctr(lane, AesCtrParams(key_bits=256, messages=3, message_bytes=16 * 700))


def test_the_kernels_equal_the_core(lane: CudaLane) -> None:
    check(lane)


def test_the_sbox_is_right_for_every_byte(emulated: CudaLane) -> None:
    params = AesEcbParams(messages=256, message_bytes=16)
    inputs = AES_ECB_ENCRYPT.inputs(params, 1, 0)
    inputs.data[...] = np.arange(256, dtype=np.uint8)[:, None] ^ np.frombuffer(inputs.key, np.uint8)
    equals_the_core(emulated, AES_ECB_ENCRYPT, params, inputs)


@pytest.mark.parametrize("blocks", [1, 31, 33, 1023, 1024, 1025, OF_A_BLOCK, OF_A_BLOCK + 1])
def test_any_count_of_blocks_equals_the_core(emulated: CudaLane, blocks: int) -> None:
    ecb(emulated, AesEcbParams(message_bytes=16 * blocks))
    ctr(emulated, AesCtrParams(message_bytes=16 * blocks), b"\xff" * 15 + b"\xf0")


@pytest.mark.parametrize("key_bits", [128, 192, 256])
@pytest.mark.parametrize(("messages", "blocks"), [(1, 1), (70, 1), (40, 31), (5, 32), (5, 33), (3, 500)])
def test_every_key_size_and_length_of_messages_equals_the_core(
    emulated: CudaLane, key_bits: int, messages: int, blocks: int
) -> None:
    ecb(emulated, AesEcbParams(key_bits=key_bits, messages=messages, message_bytes=16 * blocks))
    ctr(emulated, AesCtrParams(key_bits=key_bits, messages=messages, message_bytes=16 * blocks))


def test_messages_of_part_of_a_block_are_refused_with_the_reason() -> None:
    unless = backend.implementations["aes-ctr", "bitsliced"].unless
    assert unless(AesCtrParams(message_bytes=32)) is None
    assert unless(AesCtrParams(message_bytes=33)) == (
        "bitsliced takes messages of whole blocks of 16 bytes, not of 33 bytes"
    )
