"""The crc workload, and the bulk division that its check rests on."""

import zlib
from random import Random

import google_crc32c
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import Mismatch
from benchsuite.workloads import CRC, CRC_UPDATE
from benchsuite.workloads.codes.crc import (
    CHECKED_BYTES,
    COMMON,
    LARGEST_BATCH,
    OTHERS,
    CrcInputs,
    CrcOutputs,
    CrcParams,
    CrcUpdateInputs,
)
from benchsuite.workloads.codes.crc_bulk import LANES, crcs, register_type
from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS, algorithm
from benchsuite.workloads.reference.crc import crc, update
from benchsuite.workloads.streams import case_key

PEERS = {"CRC-32/ISO-HDLC": zlib.crc32, "CRC-32/ISCSI": google_crc32c.value}
ODD = "width=37,poly=0x0123456789,init=0x0000000005,refin=true,refout=false,xorout=0x000000004d"
every_algorithm = pytest.mark.parametrize("name", PEERS)


def answer(params: CrcParams, inputs: CrcInputs) -> CrcOutputs:
    peer = PEERS[params.algorithm]
    return CrcOutputs(crc=np.array([peer(row.tobytes()) for row in inputs.data], np.uint32))


@pytest.mark.parametrize("name", (*COMMON, *OTHERS, "CRC-40/GSM", ODD))
@given(messages=st.integers(1, 20), size=st.integers(0, 70), seed=st.integers(0, 1000))
def test_the_bulk_division_agrees_with_the_oracle(name: str, messages: int, size: int, seed: int) -> None:
    of, random = algorithm(name), np.random.default_rng(seed)
    data = random.integers(0, 256, (messages, size), np.uint8)
    assert crcs(of, data).tolist() == [crc(of, row.tobytes()) for row in data]
    before = random.integers(0, 2**of.width, messages, register_type(of.width))
    pairs = zip(before.tolist(), data, strict=True)
    assert crcs(of, data, before).tolist() == [update(of, known, row.tobytes()) for known, row in pairs]


@every_algorithm
@pytest.mark.parametrize(
    ("messages", "size"),
    [
        *((3, size) for size in (511, 512, 513, 1023, 1024, 4095, 4096, 4097)),
        (1, 256 * LANES - 1),
        (1, 512 * LANES + 5),
        (LANES + 3, 6),
        (LANES // 2 + 1, 600),
    ],
)
def test_the_bulk_division_agrees_with_its_peers_at_the_edges_of_lanes(
    name: str, messages: int, size: int
) -> None:
    data = np.random.default_rng(size).integers(0, 256, (messages, size), np.uint8)
    assert crcs(ALGORITHMS[name], data).tolist() == [PEERS[name](row.tobytes()) for row in data]


@pytest.mark.parametrize(
    ("params", "label"),
    [
        (CrcParams(), "CRC-32/ISCSI, 1 KiB"),
        (CrcParams(messages=512, message_bytes=4096), "CRC-32/ISCSI, 512 x 4 KiB"),
        (CrcParams(algorithm="CRC-32/ISO-HDLC", message_bytes=0), "CRC-32/ISO-HDLC, 0 B"),
    ],
)
def test_labels_say_algorithm_batch_and_size(params: CrcParams, label: str) -> None:
    assert CRC.label(params) == label


def test_presets_hold_the_sizes_that_they_should() -> None:
    assert list(CRC.presets("quick")) == [CrcParams(messages=256, message_bytes=4096)]
    publication = list(CRC.presets("publication"))
    assert len(publication) == 50 + 12
    assert len(list(CRC.presets("standard"))) == 10
    assert len(list(CRC_UPDATE.presets("standard"))) == 1
    assert {case.message_bytes for case in publication} >= {16, 64, 256, 1024, 1500, 4096, 8192, 16384, 2**23}
    assert {case.messages for case in publication} == {1, 64, 4096}
    assert max(case.messages * case.message_bytes for case in publication) <= LARGEST_BATCH


def test_an_empty_message_has_nothing_to_vary_and_is_checked_all_the_same() -> None:
    params = CrcParams(messages=3, message_bytes=0)
    inputs, outputs = CRC.inputs(params, 1, 0), CRC.outputs(params)
    assert inputs.data.shape == (3, 0)
    for count in (None, 2):
        assert not CRC.vary(params, inputs, Random(1), count)
    CRC.check(params, inputs, outputs, [(0, None), (1, None), (2, None)])
    outputs.crc[2] = 1
    with pytest.raises(Mismatch, match="item 2: expected 00000000, got 00000001"):
        CRC.check(params, inputs, outputs, [(0, None), (2, None)])


@every_algorithm
def test_a_byte_named_stands_for_its_whole_message(name: str) -> None:
    params = CrcParams(algorithm=name, messages=3, message_bytes=CHECKED_BYTES // 2 + 100)
    inputs = CRC.inputs(params, 1, 0)
    outputs = answer(params, inputs)
    CRC.check(params, inputs, outputs, [(2, 7), (0, None), (2, 70), (1, 5)])
    inputs.data[2, -1] ^= 1
    CRC.check(params, inputs, outputs, [(0, 7), (1, 7)])
    with pytest.raises(Mismatch, match=r"item 2: expected [0-9a-f]{8}, got [0-9a-f]{8}"):
        CRC.check(params, inputs, outputs, [(1, 7), (2, 0)])


def test_the_mismatch_named_is_the_first_of_those_given() -> None:
    params = CrcParams(messages=4)
    with pytest.raises(Mismatch, match="item 3"):
        CRC.check(params, CRC.inputs(params, 1, 0), CRC.outputs(params), [(3, None), (0, None)])


def test_a_long_message_is_varied_by_single_bytes_at_distinct_places() -> None:
    params = CrcParams(messages=2, message_bytes=2000)
    inputs = CRC.inputs(params, 1, 0)
    before = inputs.data.copy()
    items = CRC.vary(params, inputs, Random(3), 40)
    assert sorted(items) == [tuple(place) for place in np.argwhere(before != inputs.data).tolist()]
    assert len(items) == 40


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"algorithm": "CRC-16/CCITT"}, "could mean CRC-16/KERMIT, CRC-16/IBM-3740 or CRC-16/XMODEM"),
        ({"algorithm": "CRC-32C"}, "'CRC-32C' is called CRC-32/ISCSI"),
        ({"algorithm": 32}, "algorithm must be a name of the CRC catalogue"),
        ({"messages": 0}, "messages must be a whole number of at least 1, not 0"),
        ({"message_bytes": -1}, "message_bytes must be a whole number of at least 0, not -1"),
        ({"message_bytes": True}, "message_bytes must be a whole number of at least 0, not True"),
    ],
)
def test_nonsense_is_refused_with_value_and_rule(wrong: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        CrcParams(**wrong)


def test_one_crc_has_one_key_however_it_is_spelled() -> None:
    spelled = CrcParams(
        algorithm="width=32,poly=0x1edc6f41,init=4294967295,refin=TRUE,refout=true,xorout=0xFFFFFFFF"
    )
    assert spelled == CrcParams()
    odd = CrcParams(algorithm=ODD.replace("0x0123456789", "4886718345").upper())
    assert odd == CrcParams(algorithm=ODD)
    assert case_key(CRC, odd) == case_key(CRC, CrcParams(algorithm=ODD)) != case_key(CRC, spelled)


def test_keys_of_cases_are_those_of_former_files() -> None:
    found = [case_key(CRC, CrcParams(name, 64, 1024))[:16] for name in COMMON]
    assert found == ["be59e64a82f54453", "a912b50d5c6a75ae"]


@pytest.mark.parametrize("name", ["CRC-12/UMTS", "CRC-32/ISCSI", "CRC-64/XZ"])
@pytest.mark.parametrize("size", [0, 33, 1100])
def test_a_change_of_data_or_of_the_crc_before_is_seen_in_the_message_named(name: str, size: int) -> None:
    params = CrcParams(name, 5, size)
    inputs, outputs = CRC_UPDATE.inputs(params, 1, 0), CRC_UPDATE.outputs(params)
    assert outputs.crc.dtype == inputs.before.dtype == register_type(ALGORITHMS[name].width)
    outputs.crc[:] = crcs(ALGORITHMS[name], inputs.data, inputs.before)
    everything = [(message, None) for message in range(5)]
    CRC_UPDATE.check(params, inputs, outputs, everything)
    items = CRC_UPDATE.vary(params, inputs, Random(3), 2)
    assert 1 <= len(items) <= 2
    for message in {message for message, _ in items}:
        with pytest.raises(Mismatch, match=f"item {message}"):
            CRC_UPDATE.check(params, inputs, outputs, [(message, None)])
    assert int(inputs.before.max()) < 2 ** ALGORITHMS[name].width
    assert len(CRC_UPDATE.vary(params, inputs, Random(3), None)) == 5


@given(first=st.binary(max_size=50), then=st.binary(max_size=50))
def test_appended_is_the_crc_of_both_parts_together(first: bytes, then: bytes) -> None:
    before = np.array([zlib.crc32(first)], np.uint32)
    inputs = CrcUpdateInputs(before=before, data=np.frombuffer(then, np.uint8).reshape(1, -1))
    params = CrcParams("CRC-32/ISO-HDLC", 1, len(then))
    outputs = CrcOutputs(crc=np.array([zlib.crc32(first + then)], np.uint32))
    CRC_UPDATE.check(params, inputs, outputs, [(0, None)])
