"""The RSA oracle against RFC 8017 and an independent library."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.workloads.reference import rsa
from benchsuite.workloads.rsa.keys import benchmark_key

KEY = benchmark_key(2048)
DIGESTS = st.binary(min_size=32, max_size=32)


def peer(key: rsa.PrivateKey):
    public = RSAPublicNumbers(key.e, key.n)
    return RSAPrivateNumbers(key.p, key.q, key.d, key.dp, key.dq, key.qinv, public).private_key()


PEER = peer(KEY)


@settings(max_examples=20)
@given(digest=DIGESTS)
def test_signatures_are_those_of_an_independent_library_and_accepted(digest: bytes) -> None:
    signature = rsa.sign_digest(KEY, digest)
    assert signature == PEER.sign(digest, PKCS1v15(), Prehashed(SHA256()))
    assert rsa.accepts(KEY.n, KEY.e, digest, signature)


@settings(max_examples=20)
@given(digest=DIGESTS, bit=st.integers(0, 8 * (32 + 256) - 1))
def test_one_flipped_bit_anywhere_is_rejected_as_the_library_does(digest: bytes, bit: int) -> None:
    both = bytearray(digest + rsa.sign_digest(KEY, digest))
    both[bit // 8] ^= 1 << bit % 8
    digest, signature = bytes(both[:32]), bytes(both[32:])
    assert not rsa.accepts(KEY.n, KEY.e, digest, signature)
    with pytest.raises(InvalidSignature):
        PEER.public_key().verify(signature, digest, PKCS1v15(), Prehashed(SHA256()))


def test_a_signature_of_another_length_is_rejected() -> None:
    signature = rsa.sign_digest(KEY, bytes(32))
    assert rsa.accepts(KEY.n, KEY.e, bytes(32), signature)
    assert not rsa.accepts(KEY.n, KEY.e, bytes(32), b"\x00" + signature)
    assert not rsa.accepts(KEY.n, KEY.e, bytes(32), signature[:-1])


def test_the_padded_block_is_that_of_rfc_8017() -> None:
    block = rsa.encode_digest(bytes(range(32)), 64)
    assert block.hex() == (
        "0001" + "ff" * 10 + "00" + "3031300d060960864801650304020105000420" + bytes(range(32)).hex()
    )


@pytest.mark.parametrize(
    ("digest", "size", "rule"),
    [
        (bytes(20), 256, "32 bytes, not 20"),
        (bytes(32), 61, "61 bytes is too short for SHA-256: take one of 62"),
    ],
)
def test_what_cannot_be_padded_is_refused(digest: bytes, size: int, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        rsa.encode_digest(digest, size)


def test_the_private_power_of_0_1_and_n_minus_1_is_itself() -> None:
    for message in (0, 1, KEY.n - 1):
        assert rsa.private_power(KEY, message) == message
    for message in (-1, KEY.n):
        with pytest.raises(ValueError, match="message representative out of range"):
            rsa.private_power(KEY, message)


def test_the_private_power_without_the_remainder_theorem_is_the_same() -> None:
    assert rsa.private_power(KEY, 0xC0FFEE) == pow(0xC0FFEE, KEY.d, KEY.n)
