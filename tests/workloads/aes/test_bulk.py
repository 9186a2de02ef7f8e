"""AES and GHASH over many blocks at once, held equal to the pure-Python oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.aes.bulk import (
    STRIP,
    counter_blocks,
    decrypt_blocks,
    encrypt_blocks,
    gcm_counter_blocks,
    gcm_first_counters,
    ghash,
)
from benchsuite.workloads.reference import aes
from benchsuite.workloads.streams import random_bytes


@pytest.mark.parametrize("key_bytes", [16, 24, 32])
@pytest.mark.parametrize("blocks", [1, 2, 33])
def test_many_blocks_are_encrypted_like_each_alone(key_bytes: int, blocks: int) -> None:
    round_keys = aes.expand_key(random_bytes("test key", 1, 0, key_bytes).tobytes())
    plain = random_bytes("test", 1, 0, 16 * blocks).reshape(blocks, 16)
    expected = [aes.encrypt_block(round_keys, block.tobytes()) for block in plain]
    encrypted = encrypt_blocks(round_keys, plain)
    assert [block.tobytes() for block in encrypted] == expected
    assert decrypt_blocks(round_keys, encrypted).tobytes() == plain.tobytes()


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**128 - 1) | st.integers(2**128 - 4, 2**128 - 1) | st.just(2**64 - 1),
            st.integers(0, 2**64 - 1) | st.integers(0, 4),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_counters_carry_through_all_128_bits_and_wrap(pairs: list[tuple[int, int]]) -> None:
    initial = np.array([list(start.to_bytes(16, "big")) for start, _ in pairs], np.uint8)
    offsets = np.array([offset for _, offset in pairs], np.uint64)
    got = [int.from_bytes(row.tobytes(), "big") for row in counter_blocks(initial, offsets)]
    assert got == [(start + offset) % 2**128 for start, offset in pairs]


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**32))
def test_gcm_counts_in_the_last_32_bits_alone(start: int, offset: int) -> None:
    initial = np.array([list(start.to_bytes(16, "big"))], np.uint8)
    counted = gcm_counter_blocks(initial, np.array([offset], np.uint64)).tobytes()
    assert counted[:12] == initial.tobytes()[:12]
    assert int.from_bytes(counted[12:], "big") == (start + offset) % 2**32


@pytest.mark.parametrize(
    ("messages", "blocks"), [(1, 1), (1, 2), (1, 3), (5, 7), (STRIP + 3, 1), (3, STRIP), (1, 2 * STRIP + 1)]
)
def test_many_messages_are_hashed_like_each_alone(messages: int, blocks: int) -> None:
    subkey = random_bytes("test subkey", 1, 0, 16).tobytes()
    data = random_bytes("test", 2, 0, 16 * messages * blocks).reshape(messages, blocks, 16)
    digests = ghash(subkey, data)
    for message in {0, messages // 2, messages - 1}:
        assert digests[message].tobytes() == aes.ghash(subkey, data[message].tobytes())


@given(st.binary(min_size=16, max_size=16), st.integers(1, 40))
def test_first_counters_come_from_nonces_of_any_length(subkey: bytes, size: int) -> None:
    nonces = random_bytes("test nonces", 3, 0, 3 * size).reshape(3, size)
    expected = [aes.first_counter(subkey, nonce.tobytes()) for nonce in nonces]
    assert [counter.tobytes() for counter in gcm_first_counters(subkey, nonces)] == expected
