"""Tables and key schedule against the published values and the oracle."""

import pytest
from benchsuite_numpy import aes

from benchsuite.workloads.reference import aes as oracle


def test_the_s_box_is_that_of_the_oracle() -> None:
    assert bytes(aes.sbox()) == oracle.sbox()


@pytest.mark.parametrize(
    ("key", "last"),
    [
        ("2b7e151628aed2a6abf7158809cf4f3c", "b6630ca6"),  # FIPS 197 A.1
        ("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "01002202"),  # A.2
        ("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "706c631e"),  # A.3
    ],
)
def test_the_last_word_of_the_key_schedule_is_the_published_one(key: str, last: str) -> None:
    schedule = aes.expand_key(bytes.fromhex(key))
    assert schedule[-1, -1].astype("<u4").tobytes().hex() == last
    assert schedule.astype("<u4").tobytes() == b"".join(oracle.expand_key(bytes.fromhex(key)))


def test_a_pair_table_entry_is_the_mixed_column_of_its_two_bytes() -> None:
    box = aes.sbox()
    for first, second in ((0x00, 0x53), (0xFF, 0x01), (0x9A, 0xC4)):
        a, b = box[first], box[second]
        low = [
            oracle.multiply(2, a) ^ oracle.multiply(3, b),
            a ^ oracle.multiply(2, b),
            a ^ b,
            oracle.multiply(3, a) ^ b,
        ]
        entry = aes.round_tables().low[first | second << 8]
        assert list(int(entry).to_bytes(4, "little")) == low
        high = aes.round_tables().high[first | second << 8]
        assert list(int(high).to_bytes(4, "little")) == low[2:] + low[:2]
        assert aes.last_round_tables().low[first | second << 8] == a | b << 8
        assert aes.last_round_tables().high[first | second << 8] == a << 16 | b << 24


def test_the_inverse_tables_undo_a_round_column_by_column() -> None:
    box = oracle.inverse_sbox()
    assert bytes(aes.inverse_sbox()) == box
    factors = (14, 9, 13, 11)
    for first, second in ((0x00, 0x53), (0xFF, 0x01), (0x9A, 0xC4)):
        a, b = box[first], box[second]
        low = [oracle.multiply(factors[i], a) ^ oracle.multiply(factors[(i + 3) % 4], b) for i in range(4)]
        at = first | second << 8
        assert list(int(aes.inverse_round_tables().low[at]).to_bytes(4, "little")) == low
        assert list(int(aes.inverse_round_tables().high[at]).to_bytes(4, "little")) == low[2:] + low[:2]
        assert aes.inverse_last_round_tables().low[at] == a | b << 8
        assert aes.inverse_last_round_tables().high[at] == a << 16 | b << 24
