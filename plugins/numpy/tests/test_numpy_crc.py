"""CRCs against published vectors, zlib and google-crc32c; and the algebra that the kernels rest on."""

import zlib
from typing import Any

import google_crc32c
import numpy as np
import pytest
from benchsuite_numpy.crc import BUFFER, FEWEST_ACROSS, FEWEST_DIVIDED, GROUP, KEPT, LONGEST_ACROSS
from benchsuite_numpy.crc_algebra import (
    advance_tables,
    before_tables,
    cell_bytes,
    folds,
    last_tables,
    multiples,
    of_zeros,
    place_tables,
    powers,
    scaled,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.workloads.codes.crc import CRC, CRC_UPDATE, OTHERS, CrcInputs, CrcParams, CrcUpdateInputs
from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS, algorithm, spelling
from benchsuite.workloads.reference.crc import Algorithm, crc, update

PEERS = {"CRC-32/ISO-HDLC": zlib.crc32, "CRC-32/ISCSI": google_crc32c.value}
every_algorithm = pytest.mark.parametrize("name", PEERS)


def by_peer(params: CrcParams, data: Any) -> list[int]:
    return [PEERS[params.algorithm](row.tobytes()) for row in data]


def check_against_peer(prepare: Any, params: CrcParams, seed: int = 0) -> None:
    inputs, outputs = CRC.inputs(params, seed, 0), CRC.outputs(params)
    outputs.crc[...] = 0xA5A5A5A5
    received = inputs.data.copy()
    prepare(CRC, params, inputs, outputs).run()
    assert outputs.crc.tolist() == by_peer(params, inputs.data)
    np.testing.assert_array_equal(inputs.data, received)


def test_published_vectors_hold(prepare: Any) -> None:
    for vector in CRC.vectors():
        outputs = CRC.outputs(vector.params)
        prepare(CRC, vector.params, vector.inputs, outputs).run()
        assert outputs.crc.tolist() == vector.outputs.crc.tolist(), vector.name


@every_algorithm
@given(messages=st.integers(1, 70), message_bytes=st.integers(0, 6000), seed=st.integers(0, 2**32))
def test_any_batch_equals_its_peer(
    prepare: Any, name: str, messages: int, message_bytes: int, seed: int
) -> None:
    check_against_peer(prepare, CrcParams(name, messages, message_bytes), seed)


@every_algorithm
@given(message_bytes=st.integers(0, 600), seed=st.integers(0, 2**32))
def test_any_large_batch_equals_its_peer(prepare: Any, name: str, message_bytes: int, seed: int) -> None:
    check_against_peer(prepare, CrcParams(name, FEWEST_DIVIDED, message_bytes), seed)


@every_algorithm
@pytest.mark.parametrize("messages", [1, FEWEST_ACROSS, FEWEST_DIVIDED])
def test_lengths_around_every_edge_of_the_folding_equal_their_peer(
    prepare: Any, name: str, messages: int
) -> None:
    """Words, cache lines, and where each sparse multiple begins to fit, for cells of 1, 4 and 8 bytes."""
    edges = {
        cell * (one[i] + add)
        for one in multiples(name)
        for i in (0, -1)
        for add in (0, 1)
        for cell in (1, 4, 8)
    }
    edges |= {4, 8, 64, 256, 512, 1024, 2048, 4096}
    for edge in sorted(edge for edge in edges if messages * edge < 2**20):
        for message_bytes in (edge - 1, edge, edge + 1):
            check_against_peer(prepare, CrcParams(name, messages, message_bytes))


@every_algorithm
@pytest.mark.parametrize(
    "message_bytes",
    [
        *(BUFFER + add for add in (-1, 0, 1)),
        *(2 * BUFFER - KEPT + add for add in (-1, 0, 1)),
        3 * BUFFER - 2 * KEPT,
        5 * BUFFER + 77,
        LONGEST_ACROSS + 1,
    ],
)
def test_a_long_message_at_the_edges_of_its_pieces_equals_its_peer(
    prepare: Any, name: str, message_bytes: int
) -> None:
    check_against_peer(prepare, CrcParams(name, 1, message_bytes))


@every_algorithm
@pytest.mark.parametrize(
    ("messages", "message_bytes"),
    [
        (FEWEST_ACROSS - 1, 9000),
        (FEWEST_ACROSS, LONGEST_ACROSS),
        (FEWEST_ACROSS, LONGEST_ACROSS + 1),
        (FEWEST_DIVIDED - 1, 1500),
        (FEWEST_DIVIDED + 1, 1500),
        (GROUP - 1, 16),
        (GROUP + 1, 17),
        (2 * GROUP + 3, 64),
        (5000, 0),
    ],
)
def test_batches_at_the_edges_of_blocks_and_groups_equal_their_peer(
    prepare: Any, name: str, messages: int, message_bytes: int
) -> None:
    check_against_peer(prepare, CrcParams(name, messages, message_bytes))


def test_one_message_has_the_same_crc_alone_and_in_a_batch(prepare: Any) -> None:
    params = CrcParams(messages=600, message_bytes=4096)
    inputs, together, alone = CRC.inputs(params, 1, 0), CRC.outputs(params), CrcParams(message_bytes=4096)
    prepare(CRC, params, inputs, together).run()
    for message in (0, 255, 256, 599):
        outputs = CRC.outputs(alone)
        prepare(CRC, alone, type(inputs)(data=inputs.data[message : message + 1]), outputs).run()
        assert outputs.crc[0] == together.crc[message]


@pytest.mark.parametrize(("messages", "message_bytes"), [(1, 100), (1, BUFFER + 9), (20, 2001), (600, 64)])
def test_every_run_answers_the_inputs_as_they_are_then(
    prepare: Any, messages: int, message_bytes: int
) -> None:
    params = CrcParams(messages=messages, message_bytes=message_bytes)
    inputs, outputs = CRC.inputs(params, 4, 0), CRC.outputs(params)
    prepared = prepare(CRC, params, inputs, outputs)
    for change in (0, 1, 0x80, 0xFF):
        inputs.data[::2, -1] ^= change
        inputs.data[:, 0] ^= change
        outputs.crc[...] = change
        prepared.run()
        assert outputs.crc.tolist() == by_peer(params, inputs.data)


def test_slots_of_any_size_on_one_lane_share_buffers_but_not_answers(prepare: Any) -> None:
    """Sizes whose rows lie equally far apart: what one leaves in front must not count for another."""
    sizes = [
        CrcParams(messages=30, message_bytes=size) for size in (4096, 4095, 4090, 4096, 600_001, 600_000)
    ]
    slots = [(params, CRC.inputs(params, 1, 0), CRC.outputs(params)) for params in sizes]
    prepared = [prepare(CRC, *slot) for slot in slots]
    for each in (*prepared, *reversed(prepared)):
        each.run()
    for params, inputs, outputs in slots:
        assert outputs.crc.tolist() == by_peer(params, inputs.data)


@every_algorithm
def test_every_sparse_multiple_is_one_and_so_is_its_square(name: str) -> None:
    power = powers(name, 0, 8 * multiples(name)[0][-1] + 1)
    for one in multiples(name):
        assert list(one) == sorted(set(one))
        for scale in (1, 2, 8):
            degree = scale * one[-1]
            assert np.bitwise_xor.reduce([power[degree - scale * distance] for distance in (0, *one)]) == 0


@pytest.mark.parametrize("name", [*PEERS, "CRC-32/BZIP2", *OTHERS, "CRC-40/GSM"])
def test_powers_and_tables_follow_the_definition(name: str) -> None:
    of, cell = ALGORITHMS[name], cell_bytes(name)

    def remainder(message: bytes) -> int:
        return crc(of, message) ^ crc(of, bytes(len(message)))

    advance, last = advance_tables(name, 3), last_tables(name)
    for value in (1, 0x8000, 0x1234, 0xFFFF):
        for half in range(cell // 2):
            message = (value << 16 * half).to_bytes(cell, "little")
            assert last[half, value] == remainder(message)
            later = int(advance[half, value]).to_bytes(cell, "little")
            assert remainder(later) == remainder(message + bytes(3 * cell))
    for length, bits in ((1, 8), (5, 8), (1, 4), (5, 4)):
        tables = place_tables(name, length, bits).reshape(8 // bits, length, 2**bits)
        for digit, place, value in np.ndindex(tables.shape):
            message = bytearray(length)
            message[place] = value << digit * bits
            assert tables[digit, place, value] == remainder(bytes(message))
    before = before_tables(name, 7).reshape(cell, 256)
    for size in (0, 1, 3, 4, 100):
        assert of_zeros(name, size) == crc(of, bytes(size))
        assert of_zeros(name, size, before=0) == update(of, 0, bytes(size))
    for bit in range(of.width):
        changed = before[bit // 8, 1 << bit % 8]
        assert changed == update(of, 1 << bit, bytes(7)) ^ update(of, 0, bytes(7))


@st.composite
def any_crc(draw: st.DrawFn) -> Algorithm:
    width = draw(st.integers(8, 64))
    register = st.integers(0, 2**width - 1)
    return Algorithm(
        width=width,
        polynomial=draw(st.integers(1, 2**width - 1)),
        initial=draw(register),
        reflected_in=draw(st.booleans()),
        reflected_out=draw(st.booleans()),
        xor_out=draw(register),
    )


@settings(max_examples=40)
@given(of=any_crc(), messages=st.integers(1, 5), size=st.integers(0, 90), seed=st.integers(0, 2**32))
def test_any_parameters_give_what_the_definition_gives_bit_by_bit(
    prepare: Any, of: Algorithm, messages: int, size: int, seed: int
) -> None:
    params = CrcParams(spelling(of), messages, size)
    inputs, outputs = CRC_UPDATE.inputs(params, seed, 0), CRC_UPDATE.outputs(params)
    rows = [row.tobytes() for row in inputs.data]
    prepare(CRC, params, CrcInputs(data=inputs.data), outputs).run()
    assert outputs.crc.tolist() == [crc(of, row) for row in rows]
    prepare(CRC_UPDATE, params, inputs, outputs).run()
    known = zip(inputs.before.tolist(), rows, strict=True)
    assert outputs.crc.tolist() == [update(of, before, row) for before, row in known]


@pytest.mark.parametrize("workload", [CRC, CRC_UPDATE], ids=lambda workload: workload.id)
@pytest.mark.parametrize("name", [*OTHERS, "CRC-32/BZIP2", "CRC-32/AUTOSAR"])
@pytest.mark.parametrize(
    ("messages", "message_bytes"),
    [(1, 100), (1, 5003), (1, 300_001), (3, 9000), (600, 65), (5000, 16), (GROUP + 3, 3), (30, 0)],
)
def test_other_widths_and_orders_pass_the_check_in_any_batch(
    prepare: Any, workload: Any, name: str, messages: int, message_bytes: int
) -> None:
    params = CrcParams(name, messages, message_bytes)
    inputs, outputs = workload.inputs(params, 2, 0), workload.outputs(params)
    prepared = prepare(workload, params, inputs, outputs)
    for _ in range(2):
        outputs.crc[...] = 0xA5
        prepared.run()
        workload.check(params, inputs, outputs, [(message, None) for message in range(messages)])


@every_algorithm
@given(first=st.binary(max_size=80), then=st.binary(max_size=2000))
def test_appending_to_what_is_known_gives_the_crc_of_both_parts(
    prepare: Any, name: str, first: bytes, then: bytes
) -> None:
    """Many at once as well: a batch is folded another way than one message."""
    for messages in (1, FEWEST_ACROSS):
        params = CrcParams(name, messages, len(then))
        data = np.frombuffer(then * messages, np.uint8).reshape(messages, -1)
        before = np.full(messages, PEERS[name](first), np.uint32)
        outputs = CRC_UPDATE.outputs(params)
        prepare(CRC_UPDATE, params, CrcUpdateInputs(before=before, data=data), outputs).run()
        assert set(outputs.crc.tolist()) == {PEERS[name](first + then)}


def test_parameters_of_a_folded_polynomial_in_the_other_order_fold_as_well(prepare: Any) -> None:
    text = "width=32,poly=0x04c11db7,init=0x00000001,refin=false,refout=true,xorout=0x00000002"
    params = CrcParams(text, FEWEST_DIVIDED, 2100)
    inputs, outputs = CRC.inputs(params, 0, 0), CRC.outputs(params)
    prepare(CRC, params, inputs, outputs).run()
    assert multiples(params.algorithm)
    assert outputs.crc[:3].tolist() == [crc(algorithm(text), row.tobytes()) for row in inputs.data[:3]]


@given(length=st.integers(0, 20000), least=st.integers(0, 3000), call=st.integers(0, 3000))
def test_folds_take_every_cell_once_and_add_it_to_later_cells_within_the_message(
    length: int, least: int, call: int
) -> None:
    taken = 0
    for fold in folds(scaled("CRC-32/ISCSI", 20000), length, least, call, 40):
        assert fold.start == taken
        taken += fold.count
        assert fold.distances[0] >= fold.count > 0
        assert taken + fold.distances[-1] <= length
    assert taken <= max(0, length - least)
