"""Decryption in bulk against ``cryptography``, published vectors, and the oracle stepped round by round."""

from __future__ import annotations

from collections.abc import Iterator

import cryptography_vectors
import numpy as np
import pytest
from cryptography.hazmat.decrepit.ciphers.modes import CFB, OFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, CTR, ECB, XTS

from benchsuite.workloads.aes.bulk import Strike, decrypt_blocks, encrypt_blocks, expand_keys
from benchsuite.workloads.aes.deciphering import Received, StruckCall, decipher
from benchsuite.workloads.messages import hex_rows
from benchsuite.workloads.published.records import Record, records
from benchsuite.workloads.reference import aes
from benchsuite.workloads.streams import Bytes, random_bytes

MESSAGES = 5
LIBRARY = {
    "ecb": lambda iv: ECB(),
    "cbc": CBC,
    "cfb": CFB,
    "ofb": OFB,
    "ctr": CTR,
    "xts": XTS,
    "xts-stealing": XTS,
}
PUBLISHED = {
    **{f"CFB/CFB128{kind}128.rsp": "cfb" for kind in ("MMT", "GFSbox", "KeySbox")},
    **{f"OFB/OFB{kind}256.rsp": "ofb" for kind in ("MMT", "GFSbox", "KeySbox")},
    "XTS/tweak-128hexstr/XTSGenAES128.rsp": "xts",
    "XTS/tweak-128hexstr/XTSGenAES256.rsp": "xts",
}


def drawn(name: str, *shape: int) -> Bytes:
    return random_bytes(f"deciphering {name}", 1, 0, int(np.prod(shape))).reshape(shape)


def received(mode: str, key: Bytes, iv: Bytes, data: Bytes) -> Received:
    """Of every message under its own key, or all under one."""
    keys = np.split(key, 2, axis=1) if mode.startswith("xts") else [key, key[:, :0]]
    nothing = np.zeros((len(data), 0), np.uint8)
    return Received(
        schedule=expand_keys(keys[0]),
        tweak_schedule=expand_keys(keys[1]) if keys[1].size else np.zeros((0, 1, 16), np.uint8),
        iv=iv,
        data=data,
        associated_data=nothing,
        tag=nothing,
    )


@pytest.mark.parametrize("key_bytes", [16, 24, 32])
def test_keys_are_expanded_as_the_oracle_expands_each(key_bytes: int) -> None:
    keys = drawn("keys", MESSAGES, key_bytes)
    right = [b"".join(aes.expand_key(key.tobytes())) for key in keys]
    assert [schedule.tobytes() for schedule in expand_keys(keys).transpose(1, 0, 2)] == right


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("key_bytes", [16, 32])
@pytest.mark.parametrize("mode", LIBRARY)
def test_every_mode_decrypts_as_the_library_does(mode: str, key_bytes: int, shared: bool) -> None:
    xts = mode.startswith("xts")
    keys = drawn("keys", 1 if shared else MESSAGES, key_bytes * (2 if xts else 1))
    iv, data = drawn("iv", MESSAGES, 16), drawn("data", MESSAGES, 56 if mode == "xts-stealing" else 64)
    got = decipher(mode, received(mode, keys, iv, data))
    each = np.broadcast_to(keys, (MESSAGES, keys.shape[1]))
    for row in range(MESSAGES):
        cipher = Cipher(AES(each[row].tobytes()), LIBRARY[mode](iv[row].tobytes()))
        decryptor = cipher.decryptor()
        assert got.data[row].tobytes() == decryptor.update(data[row].tobytes()) + decryptor.finalize()
    assert got.ok.all()


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("associated_bytes", [0, 13, 16])
def test_gcm_accepts_what_the_library_seals_and_nothing_else(shared: bool, associated_bytes: int) -> None:
    keys, nonces = drawn("keys", 1 if shared else MESSAGES, 16), drawn("nonces", MESSAGES, 12)
    plain, associated = drawn("data", MESSAGES, 64), drawn("associated", MESSAGES, associated_bytes)
    each = np.broadcast_to(keys, (MESSAGES, 16))
    sealed = [
        AESGCM(each[row].tobytes()).encrypt(
            nonces[row].tobytes(), plain[row].tobytes(), associated[row].tobytes()
        )
        for row in range(MESSAGES)
    ]
    whole = np.array([list(text) for text in sealed], np.uint8)
    whole[-1, 3] ^= 1
    got = decipher(
        "gcm",
        Received(
            schedule=expand_keys(keys),
            tweak_schedule=np.zeros((0, 1, 16), np.uint8),
            iv=nonces,
            data=whole[:, :64],
            associated_data=associated,
            tag=whole[:, 64:],
        ),
    )
    assert got.ok.tolist() == [True] * (MESSAGES - 1) + [False]
    assert (got.data[:-1] == plain[:-1]).all()
    assert not got.data[-1].any()


def published(file: str) -> Iterator[Record]:
    with cryptography_vectors.open_vector_file(f"ciphers/AES/{file}", "r") as text:
        yield from records(text.read())


@pytest.mark.parametrize(("file", "mode"), PUBLISHED.items(), ids=PUBLISHED)
def test_published_ciphertexts_decrypt_to_their_plaintexts(file: str, mode: str) -> None:
    checked = 0
    for record in published(file):
        fields = record.fields
        names = ("pt", "ct", "i") if mode == "xts" else ("plaintext", "ciphertext", "iv")
        plain, data, iv = (hex_rows(fields[name]) for name in names)
        if int(fields.get("dataunitlen", "0")) % 8:
            continue  # NIST has data units of 130 bits too: no engine takes them
        name = mode if data.shape[1] % 16 == 0 else "xts-stealing"
        got = decipher(name, received(name, hex_rows(fields["key"]), iv, data))
        assert got.data.tobytes() == plain.tobytes()
        checked += 1
    assert checked


def test_the_published_vectors_have_stolen_ciphertext() -> None:
    lengths = {int(r.fields["dataunitlen"]) for r in published("XTS/tweak-128hexstr/XTSGenAES128.rsp")}
    assert 200 in lengths


def stepped(round_keys: list[bytes], block: bytes, rounds: int, flips: bytes) -> bytes:
    """The oracle's steps, with flips after so many rounds: each round is the last of a shorter cipher."""
    state = aes.xor(block, round_keys[0])
    for number, key in enumerate(round_keys[1:], start=1):
        if number - 1 == rounds:
            state = aes.xor(state, flips)
        nothing = bytes(16)
        if number < len(round_keys) - 1:  # of a cipher of two rounds, undo the last: only MixColumns is left
            whole = aes.encrypt_block([nothing, key, nothing], state)
            box = aes.inverse_sbox()
            state = bytes(box[whole[aes.SHIFTED.index(i)]] for i in range(16))
        else:
            state = aes.encrypt_block([nothing, key], state)
    return aes.xor(state, flips) if rounds == len(round_keys) - 1 else state


@pytest.mark.parametrize("rounds", range(11))
def test_a_strike_is_a_flip_of_the_state_between_rounds(rounds: int) -> None:
    key, block, flips = drawn("keys", 16).tobytes(), drawn("data", 1, 16), drawn("flips", 1, 16)
    round_keys = aes.expand_key(key)
    right = stepped(round_keys, block.tobytes(), rounds, flips.tobytes())
    assert encrypt_blocks(round_keys, block, Strike(rounds, flips)).tobytes() == right


@pytest.mark.parametrize("rounds", [0, 10])
def test_a_strike_at_either_end_of_the_inverse_is_one_of_its_input_or_output(rounds: int) -> None:
    round_keys = aes.expand_key(drawn("keys", 16).tobytes())
    block, flips = drawn("data", 3, 16), drawn("flips", 3, 16)
    got = decrypt_blocks(round_keys, block, Strike(rounds, flips))
    right = (
        decrypt_blocks(round_keys, block ^ flips)
        if rounds == 0
        else decrypt_blocks(round_keys, block) ^ flips
    )
    assert (got == right).all()


@pytest.mark.parametrize("rounds", range(1, 10))
def test_a_strike_of_the_inverse_damages_as_many_bytes_as_rounds_are_left(rounds: int) -> None:
    round_keys = aes.expand_key(drawn("keys", 16).tobytes())
    block, flips = drawn("data", 64, 16), np.zeros((64, 16), np.uint8)
    flips[:, 5] = 1
    wrong = decrypt_blocks(round_keys, block, Strike(rounds, flips)) ^ decrypt_blocks(round_keys, block)
    assert int((wrong != 0).any(axis=0).sum()) == {9: 1, 8: 4}.get(rounds, 16)


@pytest.mark.parametrize("mode", ["ecb", "cbc", "cfb", "ofb", "ctr", "xts"])
def test_a_struck_call_is_that_of_one_block(mode: str) -> None:
    keys = drawn("keys", 1, 32 if mode == "xts" else 16)
    messages = received(mode, keys, drawn("iv", MESSAGES, 16), drawn("data", MESSAGES, 64))
    flips = drawn("flips", MESSAGES, 16)
    strike = StruckCall(block=2, rounds=10, flips=flips)
    wrong = decipher(mode, messages, strike).data ^ decipher(mode, messages).data
    blocks = wrong.reshape(MESSAGES, 4, 16)
    assert (blocks[:, 2] == flips).all()
    assert not blocks[:, :2].any()
    assert blocks[:, 3].any() == (mode == "ofb")  # whose key stream feeds on itself
