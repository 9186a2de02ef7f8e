"""AES in Galois/counter mode (SP 800-38D): counter mode, and a tag over the associated data and ciphertext.

A ciphertext is followed by its tag of 16 bytes, as in RFC 5116: engines that seal in one call write it so.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.aes import messages as batch
from benchsuite.workloads.aes.bulk import (
    encrypt_blocks,
    gcm_counter_blocks,
    gcm_first_counters,
    gcm_tags,
    round_keys_of,
)
from benchsuite.workloads.aes.messages import KIB, blocks_at
from benchsuite.workloads.messages import drawn_rows, hex_rows, vary
from benchsuite.workloads.params import binary_size, require_positive
from benchsuite.workloads.streams import Bytes, Positions, canonical_bytes, case_key, random_bytes
from benchsuite.workloads.vectors import load

TAG_BYTES = 16
VARIED_TAMPERED = 1 / 16
"""Least share of tampered, and of authentic, messages among those varied: so that neither answer is certain,
yet few samples are of rejected messages only."""


@dataclass(frozen=True)
class AesGcmEncryptParams:
    """Raises ValueError for a key size that AES has not, no message, a negative length, or an empty nonce."""

    key_bits: int = 128
    messages: int = 1
    message_bytes: int = 16
    associated_bytes: int = 13
    """As a TLS 1.2 record has."""
    nonce_bytes: int = 12
    """Other nonces than those of 12 bytes are hashed into a counter block."""

    def __post_init__(self) -> None:
        _require_lengths(self)


@dataclass(frozen=True)
class AesGcmDecryptParams:
    """Raises ValueError as ``AesGcmEncryptParams`` does, and for a fraction outside 0 ... 1."""

    key_bits: int = 128
    messages: int = 1
    message_bytes: int = 16
    associated_bytes: int = 13
    """As a TLS 1.2 record has."""
    nonce_bytes: int = 12
    """Other nonces than those of 12 bytes are hashed into a counter block."""
    tampered: float = 0.0
    """Fraction of the messages of which one bit is flipped: of associated data, ciphertext or tag; above 0,
    at least one is."""

    def __post_init__(self) -> None:
        _require_lengths(self)
        if type(self.tampered) not in (int, float) or not 0 <= self.tampered <= 1:
            raise ValueError(
                f"tampered is a fraction of the messages, 0 ... 1, not {self.tampered!r}: such as 0.01"
            )
        object.__setattr__(self, "tampered", abs(float(self.tampered)))  # 1 is 1.0, -0.0 is 0.0 in every key


Params = TypeVar("Params", AesGcmEncryptParams, AesGcmDecryptParams)
AnyParams = AesGcmEncryptParams | AesGcmDecryptParams


def _require_lengths(params: AnyParams) -> None:
    batch.require_batch(params)
    require_positive("nonce_bytes", params.nonce_bytes)
    for name, value in (
        ("message_bytes", params.message_bytes),
        ("associated_bytes", params.associated_bytes),
    ):
        if type(value) is not int or value < 0:
            raise ValueError(
                f"{name} must be a whole number of at least 0, not {value!r}: give one, such as 16"
            )


@dataclass(frozen=True, eq=False)
class AesGcmInputs:
    """One batch, of either workload. The key belongs to (params, seed): every slot of a pool has the same."""

    key: bytes
    nonces: Bytes
    """``uint8[messages, nonce_bytes]``."""
    associated_data: Bytes
    """``uint8[messages, associated_bytes]``."""
    data: Bytes
    """Plaintexts ``uint8[messages, message_bytes]``; to decrypt, ciphertexts and tags, 16 bytes more."""


@dataclass(frozen=True, eq=False)
class AesGcmEncryptOutputs:
    data: Bytes
    """``uint8[messages, message_bytes + 16]``: each ciphertext, then its tag."""


@dataclass(frozen=True, eq=False)
class AesGcmDecryptOutputs:
    data: Bytes
    """``uint8[messages, message_bytes]``: plaintexts; zeros where the tag is wrong, for what is not authentic
    must never be released."""
    ok: Bytes
    """``uint8[messages]``: 1 where the tag is right, else 0."""


def _label(params: AnyParams, operation: str) -> str:
    parts = [batch.label(params, f"GCM {operation}")]
    if params.associated_bytes != AesGcmEncryptParams.associated_bytes:
        parts.append(f"{binary_size(params.associated_bytes)} associated")
    if params.nonce_bytes != AesGcmEncryptParams.nonce_bytes:
        parts.append(f"{binary_size(params.nonce_bytes)} nonce")
    if isinstance(params, AesGcmDecryptParams) and params.tampered:
        parts.append(f"{params.tampered!r} tampered")
    return ", ".join(parts)


def _encrypt_presets(preset: str) -> Iterable[AesGcmEncryptParams]:
    quick = [AesGcmEncryptParams(key_bits=256, message_bytes=16 * KIB)]
    return batch.cases_of(preset, AesGcmEncryptParams, quick=quick)


def _decrypt_presets(preset: str) -> Iterable[AesGcmDecryptParams]:
    return batch.cases_of(preset, AesGcmDecryptParams)


def _inputs(params: AnyParams, case: str, seed: int, slot: int, data_bytes: int) -> AesGcmInputs:
    def rows(name: str, size: int) -> Bytes:
        return drawn_rows(case, name, seed, slot, (params.messages, size))

    return AesGcmInputs(
        key=batch.drawn_key(case, params, seed),
        nonces=rows("nonces", params.nonce_bytes),
        associated_data=rows("associated data", params.associated_bytes),
        data=rows("data", data_bytes),
    )


def _encrypt_inputs(params: AesGcmEncryptParams, seed: int, slot: int) -> AesGcmInputs:
    return _inputs(params, case_key(AES_GCM_ENCRYPT, params), seed, slot, params.message_bytes)


def _decrypt_inputs(params: AesGcmDecryptParams, seed: int, slot: int) -> AesGcmInputs:
    """Random ciphertexts with right tags: every one of them is the encryption of some plaintext."""
    case = case_key(AES_GCM_DECRYPT, params)
    inputs = _inputs(params, case, seed, slot, params.message_bytes + TAG_BYTES)
    inputs.data[:, params.message_bytes :] = _tags(inputs, inputs.data[:, : params.message_bytes])
    messages = _tampered_messages(params, f"{case} tampered", seed, slot)
    draws = random_bytes(f"{case} flips", seed, slot, 8 * len(messages)).view("<u8")
    for message, draw in zip(messages, draws.tolist(), strict=True):
        _tamper(inputs, message, draw)
    return inputs


def _subkey(key: bytes) -> bytes:
    return encrypt_blocks(round_keys_of(key), np.zeros((1, 16), np.uint8)).tobytes()


def _tags(inputs: AesGcmInputs, ciphertexts: Bytes, rows: Positions | slice = slice(None)) -> Bytes:
    """The right tags of ``ciphertexts``, those of ``rows`` of the batch."""
    subkey = _subkey(inputs.key)
    counters = gcm_first_counters(subkey, inputs.nonces[rows])
    masks = encrypt_blocks(round_keys_of(inputs.key), counters)
    return gcm_tags(subkey, masks, inputs.associated_data[rows], ciphertexts)


def _tampered_messages(params: AesGcmDecryptParams, label: str, seed: int, slot: int) -> list[int]:
    number = max(round(params.tampered * params.messages), 1 if params.tampered else 0)
    lots = random_bytes(label, seed, slot, 8 * params.messages).view("<u8")
    return sorted(np.argsort(lots, kind="stable")[:number].tolist())


def _tamper(inputs: AesGcmInputs, message: int, draw: int) -> None:
    """Flip the bit that ``draw`` names: of associated data, ciphertext or tag, each as often as another."""
    received = inputs.data[message]
    parts = (inputs.associated_data[message], received[:-TAG_BYTES], received[-TAG_BYTES:])
    draw, which = divmod(draw, len(parts))
    part = parts[which] if parts[which].size else parts[-1]
    draw, bit = divmod(draw, 8)
    part[draw % part.size] ^= 1 << bit


def _encrypt_vary(params: AesGcmEncryptParams, inputs: AesGcmInputs, rng: Random, count: int | None) -> Items:
    return vary(params, inputs.data, [inputs.nonces, inputs.associated_data], rng, count)


def _decrypt_vary(params: AesGcmDecryptParams, inputs: AesGcmInputs, rng: Random, count: int | None) -> Items:
    """Other ciphertexts with right tags, some of them tampered with anew: if all are varied, the fraction."""
    ciphertexts = inputs.data[:, : params.message_bytes]
    items = vary(params, ciphertexts, [inputs.nonces, inputs.associated_data], rng, count)
    rows = np.array(sorted({message for message, _ in items}), np.int64)
    inputs.data[rows, params.message_bytes :] = _tags(inputs, ciphertexts[rows], rows)
    share = min(max(params.tampered, VARIED_TAMPERED), 1 - VARIED_TAMPERED)
    tampered = (
        _tampered_messages(params, "varied", rng.getrandbits(128), 0)
        if count is None
        else [int(row) for row in rows if rng.random() < share]
    )
    for message in tampered:
        _tamper(inputs, message, rng.getrandbits(64))
    return items


def _work(params: AnyParams, *, tags_in: int, tags_out: int, flags: int) -> Work:
    """``tags_in``, ``tags_out`` and ``flags``: how many of a message are read and written."""
    payload = params.messages * params.message_bytes
    beside = params.nonce_bytes + params.associated_bytes
    return Work(
        items=params.messages,
        unit="message",
        payload_bytes=payload,
        bytes_in=payload + params.messages * (beside + TAG_BYTES * tags_in),
        bytes_out=payload + params.messages * (TAG_BYTES * tags_out + flags),
    )


def _encrypt_check(
    params: AesGcmEncryptParams, inputs: AesGcmInputs, outputs: AesGcmEncryptOutputs, items: Items
) -> None:
    """The tag is that of the ciphertext found, of which the items' blocks are compared."""
    size, rows = params.message_bytes, _rows(items)
    expected, found = _tags(inputs, outputs.data[rows, :size], rows), outputs.data[rows, size:]
    wrong = {int(rows[at]): at for at in np.flatnonzero((expected != found).any(axis=1))}
    good = _before(items, wrong)
    batch.compare(params, items[:good], outputs.data, _crypted(params, inputs))
    if good < len(items):
        message = items[good][0]
        at = wrong[message]
        raise Mismatch(message, f"tag {expected[at].tobytes().hex()}", found[at].tobytes().hex())


def _decrypt_check(
    params: AesGcmDecryptParams, inputs: AesGcmInputs, outputs: AesGcmDecryptOutputs, items: Items
) -> None:
    """All of a rejected message must be zeros, whichever of its bytes is asked about."""
    size, rows = params.message_bytes, _rows(items)
    tags = _tags(inputs, inputs.data[rows, :size], rows)
    ok = dict(zip(rows.tolist(), (tags == inputs.data[rows, size:]).all(axis=1).tolist(), strict=True))
    wrong = {row for row in ok if outputs.ok[row] != ok[row] or (not ok[row] and outputs.data[row].any())}
    good = _before(items, wrong)
    authentic = [item for item in items[:good] if ok[item[0]]]
    batch.compare(params, authentic, outputs.data, _crypted(params, inputs))
    if good < len(items):
        message = items[good][0]
        data = "data" if outputs.data[message].any() else "zeros"
        said = "ok 1, for the tag is right" if ok[message] else "ok 0 and zeros, for the tag is wrong"
        raise Mismatch(message, said, f"ok {outputs.ok[message]} and {data}")


def _rows(items: Items) -> Positions:
    """The messages that the items touch, each once."""
    return np.array(sorted({message for message, _ in items}), np.int64)


def _before(items: Items, wrong: Container[int]) -> int:
    """How many items come before the first one of a message that is ``wrong``."""
    return next((at for at, (message, _) in enumerate(items) if message in wrong), len(items))


def _crypted(params: AnyParams, inputs: AesGcmInputs) -> Callable[[Positions, Positions], Bytes]:
    """Blocks of the inputs' data, encrypted or decrypted: counter mode is its own inverse."""
    subkey, round_keys = _subkey(inputs.key), round_keys_of(inputs.key)

    def answer(message: Positions, block: Positions) -> Bytes:
        first = gcm_first_counters(subkey, inputs.nonces[message])
        keystream = encrypt_blocks(round_keys, gcm_counter_blocks(first, (block + 1).astype(np.uint64)))
        return keystream ^ blocks_at(inputs.data, params.message_bytes, message, block)

    return answer


def _received(
    record: Mapping[str, str], text: str, params: Callable[..., Params]
) -> tuple[Params, AesGcmInputs]:
    """What a vector's record puts in, its data being ``text`` and, for a ciphertext, the tag."""
    inputs = AesGcmInputs(
        key=bytes.fromhex(record["key"]),
        nonces=hex_rows(record["nonce"]),
        associated_data=hex_rows(record["associated_data"]),
        data=hex_rows(text),
    )
    sizes = {
        "key_bits": 8 * len(inputs.key),
        "message_bytes": len(record["ciphertext"]) // 2,
        "associated_bytes": inputs.associated_data.shape[1],
        "nonce_bytes": inputs.nonces.shape[1],
    }
    return params(**sizes), inputs


def _encrypt_vectors() -> Iterable[Vector[AesGcmEncryptParams, AesGcmInputs, AesGcmEncryptOutputs]]:
    for record in load("aes-gcm.txt"):
        if record["outcome"] == "authentic":
            params, inputs = _received(record, record["plaintext"], AesGcmEncryptParams)
            outputs = AesGcmEncryptOutputs(data=hex_rows(record["ciphertext"] + record["tag"]))
            yield Vector(
                name=record["name"], source=record["source"], params=params, inputs=inputs, outputs=outputs
            )


def _decrypt_vectors() -> Iterable[Vector[AesGcmDecryptParams, AesGcmInputs, AesGcmDecryptOutputs]]:
    for record in load("aes-gcm.txt"):
        params, inputs = _received(record, record["ciphertext"] + record["tag"], AesGcmDecryptParams)
        ok = record["outcome"] == "authentic"
        plaintext = hex_rows(record["plaintext"]) if ok else np.zeros((1, params.message_bytes), np.uint8)
        outputs = AesGcmDecryptOutputs(data=plaintext, ok=np.array([ok], np.uint8))
        yield Vector(
            name=record["name"], source=record["source"], params=params, inputs=inputs, outputs=outputs
        )


AES_GCM_ENCRYPT = Workload(
    id="aes-gcm-encrypt",
    version=1,
    params=AesGcmEncryptParams,
    label=lambda params: _label(params, "encrypt"),
    presets=_encrypt_presets,
    inputs=_encrypt_inputs,
    outputs=lambda params: AesGcmEncryptOutputs(
        data=np.zeros((params.messages, params.message_bytes + TAG_BYTES), np.uint8)
    ),
    vary=_encrypt_vary,
    work=lambda params: _work(params, tags_in=0, tags_out=1, flags=0),
    check=_encrypt_check,
    canonical=canonical_bytes,
    vectors=_encrypt_vectors,
)
"""Encrypt messages under one key, each with its nonce and associated data, and append their tags."""

AES_GCM_DECRYPT = Workload(
    id="aes-gcm-decrypt",
    version=1,
    params=AesGcmDecryptParams,
    label=lambda params: _label(params, "decrypt"),
    presets=_decrypt_presets,
    inputs=_decrypt_inputs,
    outputs=lambda params: AesGcmDecryptOutputs(
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
