"""AES over many blocks at once, held equal to the pure-Python oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.aes.bulk import counter_blocks, encrypt_blocks
from benchsuite.workloads.reference import aes
from benchsuite.workloads.streams import random_bytes


@pytest.mark.parametrize("key_bytes", [16, 24, 32])
@pytest.mark.parametrize("blocks", [1, 2, 33])
def test_many_blocks_are_encrypted_like_each_alone(key_bytes: int, blocks: int) -> None:
    round_keys = aes.expand_key(random_bytes("test key", 1, 0, key_bytes).tobytes())
    plain = random_bytes("test", 1, 0, 16 * blocks).reshape(blocks, 16)
    expected = [aes.encrypt_block(round_keys, block.tobytes()) for block in plain]
    assert [block.tobytes() for block in encrypt_blocks(round_keys, plain)] == expected


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
