"""CRCs against published vectors, zlib and google-crc32c, with and without carry-less products."""

import zlib
from typing import Any

import google_crc32c
import numpy as np
import pytest
from benchsuite_numba import kernels
from benchsuite_numba.crc import LEAST_BYTES, power, tables, unless
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes.crc import CRC, CrcParams
from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS
from benchsuite.workloads.reference.crc import reflect

PEERS = {"CRC-32/ISO-HDLC": zlib.crc32, "CRC-32/ISCSI": google_crc32c.value}
every_algorithm = pytest.mark.parametrize("name", PEERS)
SIZES = [0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 191, 192, 1500, 4096, 9001]


def by_peer(params: CrcParams, data: Any) -> list[int]:
    return [PEERS[params.algorithm](row.tobytes()) for row in data]


def check_against_peer(prepare: Any, params: CrcParams, seed: int = 0) -> None:
    inputs, outputs = CRC.inputs(params, seed, 0), CRC.outputs(params)
    outputs.crc[...] = 0xA5A5A5A5
    received = inputs.data.copy()
    prepare(CRC, params, inputs, outputs).run()
    assert outputs.crc.tolist() == by_peer(params, inputs.data)
    np.testing.assert_array_equal(inputs.data, received)


def test_published_vectors_hold(prepare: Any, prepare_for_all_cores: Any) -> None:
    for vector in CRC.vectors():
        if unless(vector.params):
            continue
        for either in (prepare, prepare_for_all_cores):
            outputs = CRC.outputs(vector.params)
            either(CRC, vector.params, vector.inputs, outputs).run()
            assert outputs.crc.tolist() == vector.outputs.crc.tolist(), vector.name


@every_algorithm
@given(messages=st.integers(1, 9), message_bytes=st.integers(0, 6000), seed=st.integers(0, 2**32))
def test_any_batch_equals_its_peer(
    prepare: Any, name: str, messages: int, message_bytes: int, seed: int
) -> None:
    check_against_peer(prepare, CrcParams(name, messages, message_bytes), seed)


@every_algorithm
@pytest.mark.parametrize("message_bytes", SIZES)
def test_every_edge_of_a_line_and_a_word_equals_its_peer(prepare: Any, name: str, message_bytes: int) -> None:
    for messages in (1, 3):
        check_against_peer(prepare, CrcParams(name, messages, message_bytes))


@every_algorithm
@pytest.mark.parametrize("message_bytes", SIZES)
def test_without_carry_less_products_tables_give_the_same(name: str, message_bytes: int) -> None:
    params = CrcParams(name, 3, message_bytes)
    data, found = CRC.inputs(params, 0, 0).data, CRC.outputs(params).crc
    table = tables(reflect(ALGORITHMS[name].polynomial, 32))
    full = np.uint64(2**32 - 1)
    kernels.crcs(data.reshape(-1), message_bytes, table, None, full, full, found, 0, 3)
    assert found.tolist() == by_peer(params, data)


@every_algorithm
@pytest.mark.parametrize(
    ("messages", "message_bytes"),
    [
        *((1, size) for size in (0, 100, LEAST_BYTES, 2 * LEAST_BYTES, 7 * LEAST_BYTES + 1, 2**21 - 3)),
        *((2, LEAST_BYTES), (3, 4 * LEAST_BYTES + 5), (1000, 0), (1000, 16), (4097, 33), (100, 4096)),
    ],
)
def test_all_cores_give_what_the_peer_gives(
    prepare_for_all_cores: Any, name: str, messages: int, message_bytes: int
) -> None:
    check_against_peer(prepare_for_all_cores, CrcParams(name, messages, message_bytes))


@every_algorithm
@pytest.mark.parametrize("pieces", [1, 2, 3, 7])
def test_any_number_of_pieces_gives_the_same(name: str, pieces: int) -> None:
    """Machines differ in their threads."""
    polynomial, size = reflect(ALGORITHMS[name].polynomial, 32), 12345
    params = CrcParams(name, 2, size)
    data, found = CRC.inputs(params, 0, 0).data, CRC.outputs(params).crc
    full, registers = np.uint64(2**32 - 1), np.zeros(pieces, np.uint32)
    piecewise = power(8 * (size // pieces), polynomial), polynomial, registers
    arguments = (data.reshape(-1), size, tables(polynomial), None, full, full)
    kernels.long_crcs_on_all_cores(*arguments, *piecewise, found)
    assert found.tolist() == by_peer(params, data)


@pytest.mark.parametrize(("messages", "message_bytes"), [(1, 100), (1, 9 * LEAST_BYTES), (600, 64)])
def test_every_run_answers_the_inputs_as_they_are_then(
    prepare: Any, prepare_for_all_cores: Any, messages: int, message_bytes: int
) -> None:
    params = CrcParams(messages=messages, message_bytes=message_bytes)
    inputs, outputs = CRC.inputs(params, 4, 0), CRC.outputs(params)
    for either in (prepare, prepare_for_all_cores):
        prepared = either(CRC, params, inputs, outputs)
        for change in (0, 1, 0x80, 0xFF):
            inputs.data[::2, -1] ^= change
            inputs.data[:, 0] ^= change
            outputs.crc[...] = change
            prepared.run()
            assert outputs.crc.tolist() == by_peer(params, inputs.data)


NARROW = "width=13,poly=0x1cf5,init=0x0001,refin=true,refout=true,xorout=0x1ffe"


@pytest.mark.parametrize("name", ["CRC-8/MAXIM-DOW", NARROW, "CRC-16/KERMIT", "CRC-24/BLE", "CRC-32/MEF"])
@pytest.mark.parametrize(("messages", "message_bytes"), [(3, 5), (9, 9001), (1, 9 * LEAST_BYTES + 3)])
def test_reflected_crcs_of_any_narrower_width_pass_the_check(
    prepare: Any, prepare_for_all_cores: Any, name: str, messages: int, message_bytes: int
) -> None:
    params = CrcParams(name, messages, message_bytes)
    inputs = CRC.inputs(params, 0, 0)
    assert unless(params) is None
    for either in (prepare, prepare_for_all_cores):
        outputs = CRC.outputs(params)
        either(CRC, params, inputs, outputs).run()
        CRC.check(params, inputs, outputs, [(message, None) for message in range(messages)])


@pytest.mark.parametrize("name", ["CRC-16/XMODEM", "CRC-12/UMTS", "CRC-32/BZIP2", "CRC-64/XZ"])
def test_wide_ones_and_those_in_the_other_order_are_declined(name: str) -> None:
    assert unless(CrcParams(name)) == "numba computes reflected CRCs of at most 32 bits only"
