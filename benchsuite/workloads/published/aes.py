"""AES: records of known answers for ECB, CBC, CTR and GCM (NIST's AESAVS and GCMVS, RFC 3686)."""

from __future__ import annotations

import numpy as np

from benchsuite.workloads.aes.cbc import AesCbcInputs, AesCbcOutputs, AesCbcParams
from benchsuite.workloads.aes.ctr import AesCtrInputs, AesCtrOutputs, AesCtrParams
from benchsuite.workloads.aes.ecb import AesEcbInputs, AesEcbOutputs, AesEcbParams
from benchsuite.workloads.aes.gcm import (
    TAG_BYTES,
    AesGcmDecryptOutputs,
    AesGcmDecryptParams,
    AesGcmEncryptOutputs,
    AesGcmEncryptParams,
    AesGcmInputs,
)
from benchsuite.workloads.messages import hex_rows
from benchsuite.workloads.published.reading import Known, Reading
from benchsuite.workloads.published.records import Record
from benchsuite.workloads.streams import Bytes


def ecb(record: Record) -> Reading:
    """A record of either section, ``[ENCRYPT]`` or ``[DECRYPT]``."""
    key, data, expected = _texts(record)
    return Known(
        workload=f"aes-ecb-{_operation(record)}",
        params=AesEcbParams(key_bits=8 * len(key), message_bytes=data.size),
        inputs=AesEcbInputs(key=key, data=data),
        outputs=AesEcbOutputs(data=expected),
    )


def cbc(record: Record) -> Reading:
    """As ``ecb``, with an initial vector."""
    key, data, expected = _texts(record)
    return Known(
        workload=f"aes-cbc-{_operation(record)}",
        params=AesCbcParams(key_bits=8 * len(key), message_bytes=data.size),
        inputs=AesCbcInputs(key=key, initial_vectors=hex_rows(record.fields["iv"]), data=data),
        outputs=AesCbcOutputs(data=expected),
    )


def ctr(record: Record) -> Reading:
    """As ``ecb``, with an initial counter block; decrypting is the same workload."""
    key, data, expected = _texts(record)
    return Known(
        workload="aes-ctr",
        params=AesCtrParams(key_bits=8 * len(key), message_bytes=data.size),
        inputs=AesCtrInputs(key=key, counters=hex_rows(record.fields["iv"]), data=data),
        outputs=AesCtrOutputs(data=expected),
    )


def gcm_encrypt(record: Record) -> Reading:
    """A record with plaintext, ciphertext and tag."""
    fields = record.fields
    return _short_tag(fields["tag"]) or Known(
        workload="aes-gcm-encrypt",
        params=AesGcmEncryptParams(**_gcm_sizes(record)),
        inputs=_gcm_inputs(record, fields["pt"]),
        outputs=AesGcmEncryptOutputs(data=hex_rows(fields["ct"] + fields["tag"])),
    )


def gcm_decrypt(record: Record) -> Reading:
    """A record with a plaintext, or with ``FAIL``: that message is to be rejected."""
    fields = record.fields
    if short := _short_tag(fields["tag"]):
        return short
    authentic = "fail" not in fields
    plaintext = fields["pt"] if authentic else "00" * (len(fields["ct"]) // 2)
    return Known(
        workload="aes-gcm-decrypt",
        params=AesGcmDecryptParams(**_gcm_sizes(record)),
        inputs=_gcm_inputs(record, fields["ct"] + fields["tag"]),
        outputs=AesGcmDecryptOutputs(data=hex_rows(plaintext), ok=np.array([authentic], np.uint8)),
    )


def _operation(record: Record) -> str:
    section = record.headers["section"]
    if section not in ("encrypt", "decrypt"):
        raise ValueError(f"section {section}")
    return section


def _texts(record: Record) -> tuple[bytes, Bytes, Bytes]:
    """Key, data in, data out."""
    plaintext, ciphertext = (hex_rows(record.fields[name]) for name in ("plaintext", "ciphertext"))
    key = bytes.fromhex(record.fields["key"])
    return (key, plaintext, ciphertext) if _operation(record) == "encrypt" else (key, ciphertext, plaintext)


def _short_tag(tag: str) -> str:
    size = len(tag) // 2
    return "" if size == TAG_BYTES else f"GCM tags of {size} bytes: benchsuite's have {TAG_BYTES}"


def _gcm_inputs(record: Record, data: str) -> AesGcmInputs:
    key, nonce, associated_data = (record.fields[name] for name in ("key", "iv", "aad"))
    return AesGcmInputs(
        key=bytes.fromhex(key),
        nonces=hex_rows(nonce),
        associated_data=hex_rows(associated_data),
        data=hex_rows(data),
    )


def _gcm_sizes(record: Record) -> dict[str, int]:
    names = {"message_bytes": "ct", "associated_bytes": "aad", "nonce_bytes": "iv"}
    sizes = {size: len(record.fields[name]) // 2 for size, name in names.items()}
    return {"key_bits": 4 * len(record.fields["key"]), **sizes}
