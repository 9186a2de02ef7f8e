"""ChaCha20-Poly1305 (RFC 8439 §2.8) of a batch of messages under one key: what is computed, by no engine.

A ciphertext is followed by its tag of 16 bytes. A message whose tag is wrong is an answer, not an exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from random import Random
from typing import TypeVar

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.messages import drawn_rows, hex_rows, vary
from benchsuite.workloads.params import binary_size, preset_cases, require_positive
from benchsuite.workloads.streams import Bytes, Positions, canonical_bytes, case_key, random_bytes
from benchsuite.workloads.vectors import parse
from benchsuite_chacha20_poly1305.reference import (
    BLOCK_BYTES,
    KEY_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    keystream,
    tags,
)

STANDARD_BYTES = (16, 64, 256, 2**10, 1500, 4 * 2**10, 16 * 2**10, 64 * 2**10)
"""Up to 64 KiB: a longer message's tag, computed in Python, would cost an audit many milliseconds."""
STANDARD_MESSAGES = (1, 64)
VARIED_TAMPERED = 1 / 16
"""Share of tampered messages among those varied: so that neither answer is certain, yet few are rejected."""


@dataclass(frozen=True)
class EncryptParams:
    """Raises ValueError for no message and a negative length."""

    messages: int = 1
    message_bytes: int = 16
    associated_bytes: int = 13
    """As a TLS 1.2 record has."""

    def __post_init__(self) -> None:
        require_positive("messages", self.messages)
        for name in ("message_bytes", "associated_bytes"):
            value = getattr(self, name)
            if type(value) is not int or value < 0:
                raise ValueError(
                    f"{name} must be a whole number of at least 0, not {value!r}: give one, such as 16"
                )


@dataclass(frozen=True)
class DecryptParams(EncryptParams):
    """Raises ValueError as ``EncryptParams`` does."""


P = TypeVar("P", EncryptParams, DecryptParams)


@dataclass(frozen=True, eq=False)
class Inputs:
    """One batch, of either workload. The key belongs to (params, seed): every slot of a pool has the same."""

    key: bytes
    """32 bytes."""
    nonces: Bytes
    """``uint8[messages, 12]``."""
    associated_data: Bytes
    """``uint8[messages, associated_bytes]``."""
    data: Bytes
    """Plaintexts ``uint8[messages, message_bytes]``; to decrypt, ciphertexts and tags, 16 bytes more."""


@dataclass(frozen=True, eq=False)
class EncryptOutputs:
    data: Bytes
    """``uint8[messages, message_bytes + 16]``: each ciphertext, then its tag."""


@dataclass(frozen=True, eq=False)
class DecryptOutputs:
    data: Bytes
    """``uint8[messages, message_bytes]``: plaintexts; zeros where the tag is wrong."""
    ok: Bytes
    """``uint8[messages]``: 1 where the tag is right, else 0."""


def _label(params: EncryptParams, operation: str) -> str:
    batch = f"{params.messages} x " if params.messages > 1 else ""
    associated = (
        f", {binary_size(params.associated_bytes)} associated"
        if params.associated_bytes != EncryptParams.associated_bytes
        else ""
    )
    return f"ChaCha20-Poly1305 {operation}, {batch}{binary_size(params.message_bytes)}{associated}"


def _presets(preset: str, make: type[P], short: Iterable[P] = ()) -> Iterable[P]:
    standard = [make(messages, size) for messages in STANDARD_MESSAGES for size in STANDARD_BYTES]
    cases = {"smoke": short, "quick": short, "standard": standard, "publication": standard}
    return preset_cases(preset, cases)


def _inputs(params: EncryptParams, case: str, seed: int, slot: int) -> Inputs:
    def rows(name: str, size: int) -> Bytes:
        return drawn_rows(case, name, seed, slot, (params.messages, size))

    return Inputs(
        key=random_bytes(f"{case} key", seed, 0, KEY_BYTES).tobytes(),
        nonces=rows("nonces", NONCE_BYTES),
        associated_data=rows("associated data", params.associated_bytes),
        data=rows("data", params.message_bytes),
    )


def _encrypt_inputs(params: EncryptParams, seed: int, slot: int) -> Inputs:
    return _inputs(params, case_key(CHACHA20_POLY1305_ENCRYPT, params), seed, slot)


def _decrypt_inputs(params: DecryptParams, seed: int, slot: int) -> Inputs:
    """Random bytes are as good a ciphertext as any: only their tags are computed."""
    drawn = _inputs(params, case_key(CHACHA20_POLY1305_DECRYPT, params), seed, slot)
    right = tags(drawn.key, drawn.nonces, drawn.associated_data, drawn.data)
    data = np.concatenate([drawn.data, right], axis=1)
    return Inputs(key=drawn.key, nonces=drawn.nonces, associated_data=drawn.associated_data, data=data)


def _encrypt_vary(params: EncryptParams, inputs: Inputs, rng: Random, count: int | None) -> Items:
    return vary(params, inputs.data, [inputs.nonces, inputs.associated_data], rng, count)


def _decrypt_vary(params: DecryptParams, inputs: Inputs, rng: Random, count: int | None) -> Items:
    """Other ciphertexts with right tags; where only some are varied, a bit of a few tags is flipped."""
    ciphertexts = inputs.data[:, : params.message_bytes]
    items = vary(params, ciphertexts, [inputs.nonces, inputs.associated_data], rng, count)
    rows = _rows(items)
    inputs.data[rows, params.message_bytes :] = _tags(inputs, ciphertexts, rows)
    for row in rows if count is not None else ():
        if rng.random() < VARIED_TAMPERED:
            inputs.data[row, params.message_bytes + rng.randrange(TAG_BYTES)] ^= 1 << rng.randrange(8)
    return items


def _work(params: EncryptParams, *, tags_in: int, tags_out: int, flags: int) -> Work:
    """``tags_in``, ``tags_out`` and ``flags``: how many of a message are read and written."""
    payload = params.messages * params.message_bytes
    beside = NONCE_BYTES + params.associated_bytes
    return Work(
        items=params.messages,
        unit="message",
        payload_bytes=payload,
        bytes_in=payload + params.messages * (beside + TAG_BYTES * tags_in),
        bytes_out=payload + params.messages * (TAG_BYTES * tags_out + flags),
    )


def _rows(items: Items) -> Positions:
    """The messages that the items touch, each once."""
    return np.array(sorted({message for message, _ in items}), np.int64)


def _tags(inputs: Inputs, ciphertexts: Bytes, rows: Positions) -> Bytes:
    return tags(inputs.key, inputs.nonces[rows], inputs.associated_data[rows], ciphertexts[rows])


def _encrypt_check(params: EncryptParams, inputs: Inputs, outputs: EncryptOutputs, items: Items) -> None:
    """The ciphertext of the items, and over the whole of their messages the tag."""
    _compare(params, inputs, outputs.data, items)
    rows = _rows(items)
    right = _tags(inputs, outputs.data[:, : params.message_bytes], rows)
    found = outputs.data[rows, params.message_bytes :]
    for row in np.flatnonzero((right != found).any(axis=1)):
        raise Mismatch(int(rows[row]), f"tag {right[row].tobytes().hex()}", found[row].tobytes().hex())


def _decrypt_check(params: DecryptParams, inputs: Inputs, outputs: DecryptOutputs, items: Items) -> None:
    """All of a rejected message must be zeros, whichever of its bytes is asked about."""
    rows = _rows(items)
    right = _tags(inputs, inputs.data[:, : params.message_bytes], rows)
    authentic = (right == inputs.data[rows, params.message_bytes :]).all(axis=1)
    for row, ok in zip(rows.tolist(), authentic.tolist(), strict=True):
        if outputs.ok[row] != ok:
            raise Mismatch(row, f"ok {int(ok)}", f"ok {outputs.ok[row]}")
        if not ok and outputs.data[row].any():
            raise Mismatch(row, "zeros, for the tag is wrong", "data")
    good = set(rows[authentic].tolist())
    _compare(params, inputs, outputs.data, [item for item in items if item[0] in good])


def _compare(params: EncryptParams, inputs: Inputs, got: Bytes, items: Items) -> None:
    """Every block of whole messages, and the one block of a single byte; raises Mismatch at the first."""
    size = params.message_bytes
    whole = range(-(-size // BLOCK_BYTES))
    spots = [(i, block) for i, at in items for block in (whole if at is None else [at // BLOCK_BYTES])]
    if not spots:
        return
    message, block = np.array(spots, np.int64).T
    at = block[:, None] * BLOCK_BYTES + np.arange(BLOCK_BYTES)
    inside, column = at < size, np.minimum(at, size - 1)
    mask = keystream(inputs.key, inputs.nonces[message], block + 1)
    right, found = inputs.data[message[:, None], column] ^ mask, got[message[:, None], column]
    for row in np.flatnonzero(((right != found) & inside).any(axis=1)):
        expected, answer = (array[row, inside[row]].tobytes().hex() for array in (right, found))
        raise Mismatch(int(message[row]), f"{expected} at byte {BLOCK_BYTES * block[row]}", answer)


def _received(record: Mapping[str, str], text: str, make: type[P]) -> tuple[P, Inputs]:
    """What a vector's record puts in, its data being ``text`` and, for a ciphertext, the tag."""
    associated, data = hex_rows(record["associated_data"]), hex_rows(text)
    inputs = Inputs(
        key=bytes.fromhex(record["key"]),
        nonces=hex_rows(record["nonce"]),
        associated_data=associated,
        data=data,
    )
    return make(1, len(record["ciphertext"]) // 2, associated.shape[1]), inputs


def _records() -> list[Mapping[str, str]]:
    return parse((files(__package__) / "vectors.txt").read_text(encoding="utf-8"))


def _encrypt_vectors() -> Iterable[Vector[EncryptParams, Inputs, EncryptOutputs]]:
    for record in _records():
        if record["outcome"] == "authentic":
            params, inputs = _received(record, record["plaintext"], EncryptParams)
            outputs = EncryptOutputs(data=hex_rows(record["ciphertext"] + record["tag"]))
            yield Vector(
                name=record["name"], source=record["source"], params=params, inputs=inputs, outputs=outputs
            )


def _decrypt_vectors() -> Iterable[Vector[DecryptParams, Inputs, DecryptOutputs]]:
    for record in _records():
        params, inputs = _received(record, record["ciphertext"] + record["tag"], DecryptParams)
        ok = record["outcome"] == "authentic"
        plaintext = hex_rows(record["plaintext"]) if ok else np.zeros((1, params.message_bytes), np.uint8)
        outputs = DecryptOutputs(data=plaintext, ok=np.array([ok], np.uint8))
        yield Vector(
            name=record["name"], source=record["source"], params=params, inputs=inputs, outputs=outputs
        )


CHACHA20_POLY1305_ENCRYPT = Workload(
    id="chacha20-poly1305-encrypt",
    version=1,
    params=EncryptParams,
    label=lambda params: _label(params, "encrypt"),
    presets=lambda preset: _presets(preset, EncryptParams, [EncryptParams(message_bytes=16 * 2**10)]),
    inputs=_encrypt_inputs,
    outputs=lambda params: EncryptOutputs(
        data=np.zeros((params.messages, params.message_bytes + TAG_BYTES), np.uint8)
    ),
    vary=_encrypt_vary,
    work=lambda params: _work(params, tags_in=0, tags_out=1, flags=0),
    check=_encrypt_check,
    canonical=canonical_bytes,
    vectors=_encrypt_vectors,
)
"""Encrypt messages under one key, each with its nonce and associated data, and append their tags."""

CHACHA20_POLY1305_DECRYPT = Workload(
    id="chacha20-poly1305-decrypt",
    version=1,
    params=DecryptParams,
    label=lambda params: _label(params, "decrypt"),
    presets=lambda preset: _presets(preset, DecryptParams),
    inputs=_decrypt_inputs,
    outputs=lambda params: DecryptOutputs(
        data=np.zeros((params.messages, params.message_bytes), np.uint8),
        ok=np.zeros(params.messages, np.uint8),
    ),
    vary=_decrypt_vary,
    work=lambda params: _work(params, tags_in=1, tags_out=0, flags=1),
    check=_decrypt_check,
    canonical=canonical_bytes,
    vectors=_decrypt_vectors,
)
"""Decrypt messages whose tags are right; say which, and give zeros for the others: rejection is data."""
