"""The CRC oracle against the catalogue and two independent libraries."""

import zlib

import google_crc32c
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.reference.crc import ALGORITHMS, Algorithm, crc, reflect

PEERS = {"CRC-32/ISO-HDLC": zlib.crc32, "CRC-32/ISCSI": google_crc32c.value}
OTHERS = {
    "CRC-8/SMBUS": (8, 0x07, 0, False, False, 0, 0xF4),
    "CRC-8/I-432-1": (8, 0x07, 0, False, False, 0x55, 0xA1),
    "CRC-16/IBM-3740": (16, 0x1021, 0xFFFF, False, False, 0, 0x29B1),
    "CRC-16/XMODEM": (16, 0x1021, 0, False, False, 0, 0x31C3),
    "CRC-16/KERMIT": (16, 0x1021, 0, True, True, 0, 0x2189),
    "CRC-64/XZ": (64, 0x42F0E1EBA9EA3693, 2**64 - 1, True, True, 2**64 - 1, 0x995DC9BBDF1939FA),
    "CRC-64/ECMA-182": (64, 0x42F0E1EBA9EA3693, 0, False, False, 0, 0x6C40DF5F0B497347),
    # the one of the catalogue that reflects its output only
    "CRC-12/UMTS": (12, 0x80F, 0, False, True, 0, 0xDAF),
}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_check_value_of_the_catalogue_comes_out(name: str) -> None:
    assert crc(ALGORITHMS[name], b"123456789") == ALGORITHMS[name].check


@pytest.mark.parametrize("name", OTHERS)
def test_other_widths_and_orders_of_bits_come_out_as_well(name: str) -> None:
    fields = ("width", "polynomial", "initial", "reflected_in", "reflected_out", "xor_out", "check")
    other = Algorithm(**dict(zip(fields, OTHERS[name], strict=True)))
    assert crc(other, b"123456789") == other.check


@pytest.mark.parametrize("name", ALGORITHMS)
@given(data=st.binary(max_size=200))
def test_any_message_agrees_with_an_independent_library(name: str, data: bytes) -> None:
    assert crc(ALGORITHMS[name], data) == PEERS[name](data)


@pytest.mark.parametrize("name", ALGORITHMS)
@given(left=st.binary(min_size=50, max_size=50), right=st.binary(min_size=50, max_size=50))
def test_a_crc_is_affine(name: str, left: bytes, right: bytes) -> None:
    algorithm = ALGORITHMS[name]
    both = bytes(a ^ b for a, b in zip(left, right, strict=True))
    assert crc(algorithm, both) == crc(algorithm, left) ^ crc(algorithm, right) ^ crc(algorithm, bytes(50))


@given(value=st.integers(0, 2**12 - 1))
def test_reflecting_twice_changes_nothing(value: int) -> None:
    assert reflect(reflect(value, 12), 12) == value
