"""The CRC oracle against independent libraries; tests of the catalogue hold it to every check value."""

import zlib
from binascii import crc_hqx

import google_crc32c
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS
from benchsuite.workloads.reference.crc import crc, of_nothing, reflect, update

PEERS = {
    "CRC-32/ISO-HDLC": zlib.crc32,
    "CRC-32/ISCSI": google_crc32c.value,
    "CRC-16/XMODEM": lambda data: crc_hqx(data, 0),
    "CRC-16/IBM-3740": lambda data: crc_hqx(data, 0xFFFF),
}
SHARED = ("CRC-32/ISCSI", "CRC-12/UMTS", "CRC-16/IBM-3740", "CRC-64/XZ")


@pytest.mark.parametrize("name", PEERS)
@given(data=st.binary(max_size=200))
def test_any_message_agrees_with_an_independent_library(name: str, data: bytes) -> None:
    assert crc(ALGORITHMS[name], data) == PEERS[name](data)


@pytest.mark.parametrize("name", SHARED)
@given(left=st.binary(min_size=50, max_size=50), right=st.binary(min_size=50, max_size=50))
def test_a_crc_is_affine(name: str, left: bytes, right: bytes) -> None:
    algorithm = ALGORITHMS[name]
    both = bytes(a ^ b for a, b in zip(left, right, strict=True))
    assert crc(algorithm, both) == crc(algorithm, left) ^ crc(algorithm, right) ^ crc(algorithm, bytes(50))


@pytest.mark.parametrize("name", SHARED)
@given(first=st.binary(max_size=60), then=st.binary(max_size=60))
def test_appending_needs_only_the_crc_of_what_came_before(name: str, first: bytes, then: bytes) -> None:
    algorithm = ALGORITHMS[name]
    assert update(algorithm, crc(algorithm, first), then) == crc(algorithm, first + then)
    assert crc(algorithm, b"") == of_nothing(algorithm)


@given(value=st.integers(0, 2**12 - 1))
def test_reflecting_twice_changes_nothing(value: int) -> None:
    assert reflect(reflect(value, 12), 12) == value
