"""The loader, and every shipped vector against the oracles and an independent library."""

import hashlib
import zlib
from binascii import crc_hqx
from contextlib import nullcontext

import cryptography_vectors
import google_crc32c
import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from benchsuite.workloads import (
    AES_CBC_DECRYPT,
    AES_CBC_ENCRYPT,
    AES_CTR,
    AES_ECB_DECRYPT,
    AES_ECB_ENCRYPT,
    AES_GCM_DECRYPT,
    AES_GCM_ENCRYPT,
    CRC,
    HSIAO_DECODE,
    HSIAO_ENCODE,
)
from benchsuite.workloads.codes import OUTCOMES, SINGLE_BIT
from benchsuite.workloads.codes.crc import COMMON, OTHERS
from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS
from benchsuite.workloads.reference import aes, crc, linear, rsa
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


BLOCK_MODE_VECTORS = [
    (mode, encrypting, decrypting)
    for mode, encrypt, decrypt in (
        ("ecb", AES_ECB_ENCRYPT, AES_ECB_DECRYPT),
        ("cbc", AES_CBC_ENCRYPT, AES_CBC_DECRYPT),
    )
    for encrypting, decrypting in zip(encrypt.vectors(), decrypt.vectors(), strict=True)
]


@pytest.mark.parametrize(("mode", "encrypting", "decrypting"), BLOCK_MODE_VECTORS)
def test_block_mode_vectors_hold_for_an_independent_library_both_ways(mode, encrypting, decrypting) -> None:
    assert encrypting.inputs.data.tobytes() == decrypting.outputs.data.tobytes()
    assert encrypting.outputs.data.tobytes() == decrypting.inputs.data.tobytes()
    for message, (plaintext, ciphertext) in enumerate(
        zip(encrypting.inputs.data, encrypting.outputs.data, strict=True)
    ):
        chained = mode == "cbc" and modes.CBC(encrypting.inputs.initial_vectors[message].tobytes())
        cipher = Cipher(algorithms.AES(encrypting.inputs.key), chained or modes.ECB())
        assert cipher.encryptor().update(plaintext.tobytes()) == ciphertext.tobytes()
        assert cipher.decryptor().update(ciphertext.tobytes()) == plaintext.tobytes()


def test_block_mode_vectors_cover_every_key_size() -> None:
    for workload in (AES_ECB_ENCRYPT, AES_ECB_DECRYPT, AES_CBC_ENCRYPT, AES_CBC_DECRYPT):
        shapes = {
            (vector.params.key_bits, vector.params.messages, vector.params.message_bytes)
            for vector in workload.vectors()
        }
        assert shapes >= {(bits, *shape) for bits in (128, 192, 256) for shape in ((1, 64), (4, 16))}


@pytest.mark.parametrize("vector", list(AES_GCM_DECRYPT.vectors()), ids=lambda vector: vector.name)
def test_gcm_vectors_hold_for_an_independent_library(vector) -> None:
    inputs, cipher = vector.inputs, AESGCM(vector.inputs.key)
    texts = inputs.nonces.tobytes(), inputs.data.tobytes(), inputs.associated_data.tobytes()
    if vector.outputs.ok[0]:
        assert cipher.decrypt(*texts) == vector.outputs.data.tobytes()
    else:
        assert not vector.outputs.data.any()
        with pytest.raises(InvalidTag):
            cipher.decrypt(*texts)


def test_gcm_vectors_cover_the_specification_tampering_and_the_wrap_at_every_key_size() -> None:
    for key_bits in (128, 192, 256):
        mine = [vector for vector in AES_GCM_DECRYPT.vectors() if vector.params.key_bits == key_bits]
        authentic = [vector for vector in mine if vector.outputs.ok[0]]
        published = [vector for vector in authentic if vector.source.startswith("McGrew and Viega")]
        assert {vector.params.message_bytes for vector in published} == {0, 16, 60, 64}
        assert {vector.params.nonce_bytes for vector in published} == {8, 12, 60}
        assert len(mine) - len(authentic) == 5
        assert sum("wraps" in vector.name for vector in authentic) == 2
    assert len(list(AES_GCM_ENCRYPT.vectors())) == 24


CODE_RECORDS = [
    pytest.param(family, record, id=f"{family.name} {record['name']}")
    for family, _, _ in SINGLE_BIT
    for record in load(f"{family.name}.txt")
]


@pytest.mark.parametrize(("family", "record"), CODE_RECORDS)
def test_vectors_of_codes_hold_for_the_oracle(family, record) -> None:
    n, k = int(record["n"]), int(record["k"])
    data, check = (int.from_bytes(bytes.fromhex(record[name]), "little") for name in ("data", "check"))
    outcome = OUTCOMES.index(record["outcome"])
    if family.corrects:
        decoded = int.from_bytes(bytes.fromhex(record["decoded"]), "little")
        assert linear.decode_word(family.columns(n, k), k, data, check) == (decoded, outcome)
    else:
        assert linear.check_word(family.columns(n, k), k, data, check) == outcome


@pytest.mark.parametrize(
    ("family", "encode", "decode"), SINGLE_BIT, ids=lambda value: getattr(value, "id", "")
)
def test_vectors_of_codes_cover_every_size_clean_and_wrong(family, encode, decode) -> None:
    assert {(v.params.n, v.params.k) for v in encode.vectors()} == set(family.sizes)
    wrong = {(v.params.n, v.params.k) for v in decode.vectors() if v.outputs.outcome[0]}
    assert wrong == set(family.sizes)


def test_all_sixteen_codewords_of_hamming_7_4_are_there() -> None:
    clean = [record["name"] for record in load("hamming.txt") if record["outcome"] == "clean"]
    words = {name.removeprefix("(7,4) codeword ") for name in clean if "(7,4) codeword" in name}
    assert len(words) == 16
    for word in words:  # Hamming 1950: even parity over the positions with bit 0, 1 and 2 set
        for row in range(3):
            assert sum(int(bit) for i, bit in enumerate(word, 1) if i >> row & 1) % 2 == 0


def test_hsiao_vectors_cover_every_outcome_and_the_miscorrected_triple() -> None:
    outcomes = {int(vector.outputs.outcome[0]) for vector in HSIAO_DECODE.vectors()}
    assert outcomes == {0, 1, 2}
    assert any("miscorrected" in vector.name for vector in HSIAO_DECODE.vectors())
    assert len(list(HSIAO_ENCODE.vectors())) >= 10


@pytest.mark.parametrize("vector", list(CRC.vectors()), ids=lambda vector: vector.name)
def test_crc_vectors_hold_for_the_oracle_and_an_independent_library(vector) -> None:
    (message,), (expected,) = vector.inputs.data, vector.outputs.crc
    peers = {
        "CRC-32/ISCSI": google_crc32c.value,
        "CRC-32/ISO-HDLC": zlib.crc32,
        "CRC-16/XMODEM": lambda data: crc_hqx(data, 0),
        "CRC-16/IBM-3740": lambda data: crc_hqx(data, 0xFFFF),
    }
    assert crc.crc(vector.params.definition, message.tobytes()) == expected
    if vector.params.algorithm in peers:
        assert peers[vector.params.algorithm](message.tobytes()) == expected


def test_crc_vectors_cover_the_check_values_the_five_examples_of_rfc_3720_and_empty_messages() -> None:
    sources = [vector.source for vector in CRC.vectors()]
    assert sum(source.startswith("RFC 3720 B.4") for source in sources) == 5
    mine = {
        (vector.params.algorithm, vector.inputs.data.tobytes()): int(vector.outputs.crc[0])
        for vector in CRC.vectors()
    }
    for name in COMMON:
        assert mine[name, b""] == 0
    for name in (*COMMON, *OTHERS):
        assert mine[name, b"123456789"] == ALGORITHMS[name].check


@pytest.mark.parametrize("record", load("rsa.txt"), ids=lambda record: record["name"])
def test_rsa_vectors_hold_for_the_oracle_and_an_independent_library(record) -> None:
    number = {name: int(record[name], 16) for name in ("n", "e", "p", "q", "d") if name in record}
    message, signature = bytes.fromhex(record["message"]), bytes.fromhex(record["signature"])
    digest = hashlib.sha256(message).digest()
    valid = record["result"] == "P"
    assert rsa.accepts(number["n"], number["e"], digest, signature) == valid
    with nullcontext() if valid else pytest.raises(InvalidSignature):
        key = RSAPublicNumbers(number["e"], number["n"]).public_key()
        key.verify(signature, message, PKCS1v15(), SHA256())
    if "d" in number:
        key = rsa.PrivateKey.of(*(number[name] for name in ("p", "q", "e", "d")))
        assert rsa.sign_digest(key, digest) == signature


def test_rsa_vectors_are_those_of_the_published_file() -> None:
    with cryptography_vectors.open_vector_file(
        "asymmetric/RSA/FIPS_186-2/SigVer15_186-3.rsp", "r"
    ) as published:
        text = published.read()
    for record in load("rsa.txt"):
        for name, field in (("n", "n"), ("message", "Msg"), ("signature", "S")):
            assert f"{field} = {record[name]}" in text
        assert f"Result = {record['source'].rpartition('Result = ')[2]}" in text


def test_rsa_vectors_cover_every_size_and_every_way_to_be_wrong() -> None:
    ways = {}
    for record in load("rsa.txt"):
        key, _, way = record["name"].partition(": ")
        ways.setdefault(key, set()).add(way)
    assert {key.split()[0] for key in ways} == {"2048", "3072", "4096"}
    assert {len(each) for each in ways.values()} == {6}
    assert len(set(map(frozenset, ways.values()))) == 1


AES_FILES = [f"aes-{mode}.txt" for mode in ("cbc", "ctr", "ecb", "gcm")]
FILES = [
    *AES_FILES,
    "crc.txt",
    "erasure.txt",
    "rsa.txt",
    *(f"{family.name}.txt" for family, _, _ in SINGLE_BIT),
]


@pytest.mark.parametrize("file", FILES)
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
