import pytest

from benchsuite.host.plugins import UsageError
from benchsuite.inject.protect.schemes import COMPARED, MOST_BYTES, scheme_called
from benchsuite.workloads.streams import case_key


@pytest.mark.parametrize(
    ("name", "data_bytes", "stored_bits"),
    [
        ("crc-32c", 4096, 8 * 4096 + 32),
        ("crc-32/iso-hdlc", 100, 800 + 32),
        ("crc-12/umts", 3, 24 + 12),
        ("aes-128-gcm", 4096, 8 * (4096 + 16)),
        ("hsiao-72-64", 4096, 512 * 72),
        ("hsiao-72-64", 12, 2 * 72 - 32),
        ("reed-solomon-255-223", 4096, 8 * (4096 + 19 * 32)),
        ("erasure-14-10", 4096, 14 * (8 * 410 + 32)),
    ],
)
def test_a_protection_stores_the_data_and_its_redundancy(
    name: str, data_bytes: int, stored_bits: int
) -> None:
    assert scheme_called(name, data_bytes).stored_bits == stored_bits


@pytest.mark.parametrize("name", COMPARED)
def test_each_case_is_a_batch_of_work_and_known_by_one_key(name: str) -> None:
    scheme = scheme_called(name, 4096)
    assert scheme.batch == 32
    keys = [case_key(workload, params) for workload, params in scheme.cases]
    assert len(set(keys)) == len(keys)
    for objects in (1, 3):
        items = [workload.work(params).payload_bytes for workload, params in scheme.writes(objects)]
        assert items[0] >= objects * 4096


@pytest.mark.parametrize(
    ("name", "data_bytes", "said"),
    [
        ("crc-16/ccitt", 64, "could mean CRC-16/KERMIT"),
        ("crc-33", 64, "nearest is"),
        ("aes-100-gcm", 64, "key_bits"),
        ("hsiao-73-64", 64, "nearest is hsiao-72-64"),
        ("sha-256", 64, "a protection is a CRC such as crc-32c"),
        ("hamming-11-7", 64, "no code"),
        ("hsiao-72-64", 1 << 16, "give objects of at most 32768 bytes"),
        ("crc-32c", 0, "--data must lie between"),
        ("crc-32c", MOST_BYTES + 1, "--data must lie between"),
    ],
)
def test_what_is_no_protection_is_refused_with_the_remedy(name: str, data_bytes: int, said: str) -> None:
    with pytest.raises(UsageError, match="--") as refused:
        scheme_called(name, data_bytes)
    assert said in str(refused.value)
