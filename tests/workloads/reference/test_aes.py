"""The AES oracle against FIPS 197, SP 800-38A and an independent library."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.reference import aes

PLAINTEXT = bytes.fromhex("00112233445566778899aabbccddeeff")
KEYS = st.sampled_from([16, 24, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size))
BLOCKS = st.binary(min_size=16, max_size=16)


@pytest.mark.parametrize(
    ("key_bytes", "ciphertext"),
    [
        (16, "69c4e0d86a7b0430d8cdb78070b4c55a"),
        (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
        (32, "8ea2b7ca516745bfeafc49904b496089"),
    ],
    ids=["C.1", "C.2", "C.3"],
)
def test_the_examples_of_fips_197_appendix_c_hold(key_bytes: int, ciphertext: str) -> None:
    round_keys = aes.expand_key(bytes(range(key_bytes)))
    assert aes.encrypt_block(round_keys, PLAINTEXT).hex() == ciphertext


def test_the_key_expansion_ends_as_in_fips_197_appendix_a_1() -> None:
    round_keys = aes.expand_key(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))
    assert len(round_keys) == 11
    assert round_keys[-1].hex() == "d014f9a8c9ee2589e13f0cc8b6630ca6"


def test_the_sbox_is_a_permutation_without_fixed_points() -> None:
    box = aes.sbox()
    assert sorted(box) == list(range(256))
    assert all(box[a] not in (a, a ^ 0xFF) for a in range(256))
    assert box[:4].hex() == "637c777b"  # FIPS 197, figure 7


@given(key=KEYS, counter=BLOCKS, data=st.binary(max_size=100))
def test_counter_mode_agrees_with_an_independent_library(key: bytes, counter: bytes, data: bytes) -> None:
    encryptor = Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor()
    assert aes.ctr(key, counter, data) == encryptor.update(data) + encryptor.finalize()


@given(key=KEYS, counter=BLOCKS, first=st.integers(0, 5))
def test_the_key_stream_can_be_read_from_any_block(key: bytes, counter: bytes, first: int) -> None:
    whole = aes.ctr_keystream(key, counter, 0, first + 2)
    assert aes.ctr_keystream(key, counter, first, 2) == whole[16 * first :]


def test_the_counter_wraps_at_two_to_the_128() -> None:
    key = bytes(16)
    assert aes.ctr_keystream(key, b"\xff" * 16, 1, 1) == aes.ctr_keystream(key, bytes(16), 0, 1)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16, 24 or 32 bytes, not 20"):
        aes.expand_key(bytes(20))
