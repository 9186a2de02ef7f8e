"""The loader, and every shipped vector against the oracles and an independent library."""

import zlib

import google_crc32c
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from benchsuite.workloads import AES_CTR, CRC, HSIAO_DECODE, HSIAO_ENCODE
from benchsuite.workloads.codes import OUTCOMES
from benchsuite.workloads.codes.hsiao import hsiao_columns
from benchsuite.workloads.reference import aes, crc, hsiao
from benchsuite.workloads.vectors import load, parse

AES_VECTORS = list(AES_CTR.vectors())


@pytest.mark.parametrize("vector", AES_VECTORS, ids=lambda vector: vector.name)
def test_aes_vectors_hold_for_the_oracle_and_an_independent_library(vector) -> None:
    messages = zip(vector.inputs.counters, vector.inputs.data, vector.outputs.data, strict=True)
    for counter, data, expected in messages:
        cipher = Cipher(algorithms.AES(vector.inputs.key), modes.CTR(counter.tobytes()))
        assert cipher.encryptor().update(data.tobytes()) == expected.tobytes()
        assert aes.ctr(vector.inputs.key, counter.tobytes(), data.tobytes()) == expected.tobytes()


def test_aes_vectors_cover_the_standard_short_blocks_and_the_wrap_at_every_key_size() -> None:
    for section, key_bits, number in (("F.5.1", 128, 3), ("F.5.3", 192, 6), ("F.5.5", 256, 9)):
        mine = [vector for vector in AES_VECTORS if vector.params.key_bits == key_bits]
        shapes = {
            (vector.params.messages, vector.params.message_bytes)
            for vector in mine
            if vector.source.startswith(f"SP 800-38A {section}")
        }
        assert shapes == {(1, 64), (4, 16)}
        short = [vector for vector in mine if vector.source.endswith(f"test vector #{number}")]
        assert [vector.params.message_bytes for vector in short] == [36]
        assert any(vector.inputs.counters.tobytes().hex().startswith("f" * 31) for vector in mine)


@pytest.mark.parametrize("record", load("hsiao.txt"), ids=lambda record: record["name"])
def test_hsiao_vectors_hold_for_the_oracle(record) -> None:
    n, k = int(record["n"]), int(record["k"])
    data, check, decoded = (
        int.from_bytes(bytes.fromhex(record[name]), "little") for name in ("data", "check", "decoded")
    )
    outcome = OUTCOMES.index(record["outcome"])
    assert hsiao.decode_word(hsiao_columns(n, k), k, data, check) == (decoded, outcome)


def test_hsiao_vectors_cover_every_outcome_and_the_miscorrected_triple() -> None:
    outcomes = {int(vector.outputs.outcome[0]) for vector in HSIAO_DECODE.vectors()}
    assert outcomes == {0, 1, 2}
    assert any("miscorrected" in vector.name for vector in HSIAO_DECODE.vectors())
    assert len(list(HSIAO_ENCODE.vectors())) >= 10


@pytest.mark.parametrize("vector", list(CRC.vectors()), ids=lambda vector: vector.name)
def test_crc_vectors_hold_for_the_oracle_and_an_independent_library(vector) -> None:
    (message,), (expected,) = vector.inputs.data, vector.outputs.crc
    peer = {"CRC-32/ISCSI": google_crc32c.value, "CRC-32/ISO-HDLC": zlib.crc32}[vector.params.algorithm]
    assert peer(message.tobytes()) == expected
    assert crc.crc(crc.ALGORITHMS[vector.params.algorithm], message.tobytes()) == expected


def test_crc_vectors_cover_the_check_values_the_five_examples_of_rfc_3720_and_empty_messages() -> None:
    sources = [vector.source for vector in CRC.vectors()]
    assert sum(source.startswith("RFC 3720 B.4") for source in sources) == 5
    for name, algorithm in crc.ALGORITHMS.items():
        mine = {
            vector.inputs.data.tobytes(): int(vector.outputs.crc[0])
            for vector in CRC.vectors()
            if vector.params.algorithm == name
        }
        assert mine[b"123456789"] == algorithm.check
        assert mine[b""] == 0


@pytest.mark.parametrize("file", ["aes-ctr.txt", "crc.txt", "hsiao.txt"])
def test_names_of_vectors_are_unique_in_a_file(file: str) -> None:
    names = [record["name"] for record in load(file)]
    assert len(set(names)) == len(names)


def test_records_are_parted_by_blank_lines_and_comments_dropped() -> None:
    text = "# title\n\nname = a\nsource = x = y\n# between\nkey =\n\n\n\nname = b\nsource = z\n"
    assert parse(text) == [{"name": "a", "source": "x = y", "key": ""}, {"name": "b", "source": "z"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = a\nsource", "'source' is no vector's line"),
        ("name = a\nname = b\nsource = c", "'name' is given twice"),
        ("name = a\nkey = b", "needs a name and a source"),
    ],
)
def test_a_broken_file_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)
