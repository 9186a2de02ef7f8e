"""The AES oracle against FIPS 197, SP 800-38A and an independent library."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
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
    assert aes.decrypt_block(round_keys, bytes.fromhex(ciphertext)) == PLAINTEXT


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


@given(key=KEYS, vector=BLOCKS, blocks=st.integers(0, 4), data=st.data())
def test_block_modes_agree_with_an_independent_library_both_ways(key, vector, blocks, data) -> None:
    plaintext = data.draw(st.binary(min_size=16 * blocks, max_size=16 * blocks))
    for mode, encrypted, decrypt in (
        (modes.ECB(), aes.ecb_encrypt(key, plaintext), lambda text: aes.ecb_decrypt(key, text)),
        (
            modes.CBC(vector),
            aes.cbc_encrypt(key, vector, plaintext),
            lambda text: aes.cbc_decrypt(key, vector, text),
        ),
    ):
        encryptor = Cipher(algorithms.AES(key), mode).encryptor()
        assert encrypted == encryptor.update(plaintext) + encryptor.finalize()
        assert decrypt(encrypted) == plaintext


@given(
    key=KEYS,
    nonce=st.binary(min_size=8, max_size=40),
    plaintext=st.binary(max_size=70),
    associated_data=st.binary(max_size=40),
)
def test_gcm_agrees_with_an_independent_library(key, nonce, plaintext, associated_data) -> None:
    sealed = AESGCM(key).encrypt(nonce, plaintext, associated_data)
    assert aes.gcm_encrypt(key, nonce, plaintext, associated_data) == sealed
    assert aes.gcm_decrypt(key, nonce, sealed, associated_data) == plaintext
    forged = sealed[:-1] + bytes([sealed[-1] ^ 0x10])
    assert aes.gcm_decrypt(key, nonce, forged, associated_data) is None


@given(subkey=BLOCKS.filter(any), counter=BLOCKS)
def test_a_nonce_can_be_made_for_any_first_counter(subkey: bytes, counter: bytes) -> None:
    assert aes.first_counter(subkey, aes.nonce_of(subkey, counter)) == counter


@given(a=st.integers(0, 2**128 - 1), b=st.integers(0, 2**128 - 1), c=st.integers(1, 2**128 - 1))
def test_blocks_are_a_field(a: int, b: int, c: int) -> None:
    assert aes.block_product(a, b) == aes.block_product(b, a)
    assert aes.block_product(a ^ b, c) == aes.block_product(a, c) ^ aes.block_product(b, c)
    assert aes.block_product(aes.block_product(a, c), aes.block_power(c, 2**128 - 2)) == a


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16, 24 or 32 bytes, not 20"):
        aes.expand_key(bytes(20))
