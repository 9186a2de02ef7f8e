"""The aes-ecb and aes-cbc workloads."""

from random import Random

import numpy as np
import pytest

from benchsuite.api import Mismatch
from benchsuite.workloads import AES_CBC_DECRYPT, AES_CBC_ENCRYPT, AES_ECB_DECRYPT, AES_ECB_ENCRYPT
from benchsuite.workloads.aes.cbc import AesCbcOutputs, AesCbcParams
from benchsuite.workloads.aes.ecb import AesEcbParams
from benchsuite.workloads.reference import aes

ALL = (AES_ECB_ENCRYPT, AES_ECB_DECRYPT, AES_CBC_ENCRYPT, AES_CBC_DECRYPT)
every = pytest.mark.parametrize("workload", ALL, ids=lambda workload: workload.id)


def encrypted_chains(inputs) -> AesCbcOutputs:
    rows = [
        list(aes.cbc_encrypt(inputs.key, vector.tobytes(), data.tobytes()))
        for vector, data in zip(inputs.initial_vectors, inputs.data, strict=True)
    ]
    return AesCbcOutputs(np.array(rows, np.uint8))


@every
def test_labels_say_mode_operation_and_size(workload) -> None:
    _, mode, operation = workload.id.split("-")
    params = workload.params(key_bits=192, messages=64, message_bytes=1024)
    assert workload.label(params) == f"AES-192-{mode.upper()} {operation}, 64 x 1 KiB"


@every
def test_publication_has_every_size_of_whole_blocks_and_standard_some(workload) -> None:
    sizes = {params.message_bytes for params in workload.presets("publication")}
    assert sizes == {16, 64, 256, 1024, 4096, 8192, 16384, 2**23}
    assert {params.message_bytes for params in workload.presets("standard")} < sizes


def test_quick_takes_one_case_of_each_mode_and_smoke_none() -> None:
    assert [list(workload.presets("smoke")) for workload in ALL] == [[], [], [], []]
    assert [len(list(workload.presets("quick"))) for workload in ALL] == [1, 0, 0, 1]


@every
def test_the_same_case_of_another_mode_or_operation_has_another_key(workload) -> None:
    keys = {other.id: other.inputs(other.params(), 1, 0).key for other in ALL}
    assert list(keys.values()).count(keys[workload.id]) == 1


@pytest.mark.parametrize(("params", "mode"), [(AesEcbParams, "ECB"), (AesCbcParams, "CBC")])
@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"message_bytes": 100}, "message_bytes must be a multiple of 16 for {} without padding, not 100"),
        ({"message_bytes": 0}, "message_bytes must be a whole number of at least 1, not 0"),
        ({"messages": 0}, "messages must be a whole number of at least 1, not 0"),
        ({"key_bits": 512}, "key_bits must be 128, 192 or 256, as AES has it, not 512"),
    ],
)
def test_nonsense_is_refused_with_value_and_rule(params, mode: str, wrong, rule: str) -> None:
    with pytest.raises(ValueError, match=rule.format(mode)):
        params(**wrong)


def test_a_block_of_a_chain_is_checked_from_the_answer_before_it() -> None:
    params = AesCbcParams(messages=2, message_bytes=96)
    inputs = AES_CBC_ENCRYPT.inputs(params, 1, 0)
    outputs = encrypted_chains(inputs)
    outputs.data[1, :32] ^= 1  # blocks 0 and 1 are wrong, and so is the link from 1 to 2
    for right in (0, 1):
        AES_CBC_ENCRYPT.check(params, inputs, outputs, [(right, 48), (right, 95)])
    for wrong, named in ((0, 0), (17, 16), (31, 16), (32, 32)):
        with pytest.raises(Mismatch, match=f"item 1: .* at byte {named}"):
            AES_CBC_ENCRYPT.check(params, inputs, outputs, [(1, wrong)])


def test_an_engine_that_redoes_only_the_varied_block_of_a_chain_is_caught() -> None:
    params = AesCbcParams(message_bytes=2048)
    inputs = AES_CBC_ENCRYPT.inputs(params, 1, 0)
    stale, vectors = encrypted_chains(inputs), inputs.initial_vectors.copy()
    items = AES_CBC_ENCRYPT.vary(params, inputs, Random(8), 1)
    block = items[0][1] // 16
    assert 0 < block < 127
    inputs.initial_vectors[...] = vectors
    place = slice(16 * block, 16 * block + 16)
    redone = aes.ecb_encrypt(
        inputs.key, aes.xor(inputs.data[0, place].tobytes(), stale.data[0, 16 * block - 16 :].tobytes())
    )
    stale.data[0, place] = np.frombuffer(redone, np.uint8)
    with pytest.raises(Mismatch, match=f"at byte {16 * block + 16}"):
        AES_CBC_ENCRYPT.check(params, inputs, stale, items)


def test_initial_vectors_of_varied_messages_change_too() -> None:
    params = AesCbcParams(messages=9, message_bytes=32)
    inputs = AES_CBC_DECRYPT.inputs(params, 1, 0)
    before = inputs.initial_vectors.copy()
    items = AES_CBC_DECRYPT.vary(params, inputs, Random(8), 3)
    changed = np.flatnonzero((before != inputs.initial_vectors).any(axis=1))
    assert sorted(message for message, _ in items) == changed.tolist()
