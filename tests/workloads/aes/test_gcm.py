"""The aes-gcm workloads."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from benchsuite.api import Mismatch
from benchsuite.workloads import AES_GCM_DECRYPT, AES_GCM_ENCRYPT
from benchsuite.workloads.aes.gcm import (
    AesGcmDecryptOutputs,
    AesGcmDecryptParams,
    AesGcmEncryptParams,
    AesGcmInputs,
)
from benchsuite.workloads.reference import aes

SHAPES = [(0, 0, 12), (0, 20, 12), (1, 13, 12), (33, 0, 16), (64, 32, 8)]


def answers(inputs: AesGcmInputs) -> list[bytes | None]:
    rows = zip(inputs.nonces, inputs.data, inputs.associated_data, strict=True)
    return [aes.gcm_decrypt(inputs.key, *(part.tobytes() for part in row)) for row in rows]


def right(params: AesGcmDecryptParams, inputs: AesGcmInputs) -> AesGcmDecryptOutputs:
    outputs = AES_GCM_DECRYPT.outputs(params)
    for message, plaintext in enumerate(answers(inputs)):
        if plaintext is not None:
            outputs.ok[message] = 1
            outputs.data[message] = np.frombuffer(plaintext, np.uint8)
    return outputs


@pytest.mark.parametrize(
    ("workload", "params", "label"),
    [
        (AES_GCM_ENCRYPT, {"message_bytes": 16384}, "AES-128-GCM encrypt, 16 KiB"),
        (AES_GCM_ENCRYPT, {"associated_bytes": 0}, "AES-128-GCM encrypt, 16 B, 0 B associated"),
        (AES_GCM_DECRYPT, {"messages": 64, "nonce_bytes": 16}, "AES-128-GCM decrypt, 64 x 16 B, 16 B nonce"),
        (AES_GCM_DECRYPT, {"key_bits": 256, "tampered": 0.01}, "AES-256-GCM decrypt, 16 B, 0.01 tampered"),
    ],
)
def test_labels_say_what_is_not_at_its_default(workload, params, label: str) -> None:
    assert workload.label(workload.params(**params)) == label


def test_quick_takes_one_case_of_encryption() -> None:
    quick = [(case.key_bits, case.message_bytes) for case in AES_GCM_ENCRYPT.presets("quick")]
    assert quick == [(256, 16384)]
    assert not list(AES_GCM_DECRYPT.presets("quick"))
    assert not list(AES_GCM_ENCRYPT.presets("smoke"))


@pytest.mark.parametrize(("message_bytes", "associated_bytes", "nonce_bytes"), SHAPES)
def test_every_message_is_authentic_unless_it_is_said_to_be_tampered_with(
    message_bytes: int, associated_bytes: int, nonce_bytes: int
) -> None:
    params = AesGcmDecryptParams(
        messages=6, message_bytes=message_bytes, associated_bytes=associated_bytes, nonce_bytes=nonce_bytes
    )
    assert None not in answers(AES_GCM_DECRYPT.inputs(params, 1, 0))


@pytest.mark.parametrize(("tampered", "number"), [(1e-9, 1), (0.05, 2), (0.5, 20), (1, 40)])
def test_the_fraction_of_the_messages_is_tampered_with(tampered: float, number: int) -> None:
    params = AesGcmDecryptParams(messages=40, tampered=tampered)
    inputs = AES_GCM_DECRYPT.inputs(params, 1, 0)
    assert answers(inputs).count(None) == number
    AES_GCM_DECRYPT.vary(params, inputs, Random(1), None)
    assert answers(inputs).count(None) == number


def test_tampering_flips_one_bit_of_associated_data_ciphertext_or_tag() -> None:
    authentic = AesGcmDecryptParams(messages=60, message_bytes=32)
    inputs, tampered = (AES_GCM_DECRYPT.inputs(authentic, 1, 0) for _ in range(2))
    AES_GCM_DECRYPT.vary(authentic, inputs, Random(1), None)
    AES_GCM_DECRYPT.vary(replace(authentic, tampered=1.0), tampered, Random(1), None)
    flips = [
        np.bitwise_count(one ^ other).sum(axis=1)
        for one, other in (
            (inputs.associated_data, tampered.associated_data),
            (inputs.data[:, :32], tampered.data[:, :32]),
            (inputs.data[:, 32:], tampered.data[:, 32:]),
        )
    ]
    assert (np.sum(flips, axis=0) == 1).all()
    assert min(part.sum() for part in flips) >= 10


def test_some_varied_messages_are_tampered_with_even_if_the_case_has_none() -> None:
    params = AesGcmDecryptParams()
    inputs, rng = AES_GCM_DECRYPT.inputs(params, 1, 0), Random(2)
    rejected = 0
    for _ in range(200):
        AES_GCM_DECRYPT.vary(params, inputs, rng, 2)
        rejected += answers(inputs).count(None)
    assert 2 <= rejected <= 40


@pytest.mark.parametrize("message_bytes", [40, 1040])
def test_nonces_and_associated_data_of_varied_messages_change_too(message_bytes: int) -> None:
    for workload in (AES_GCM_ENCRYPT, AES_GCM_DECRYPT):
        params = workload.params(messages=9, message_bytes=message_bytes)
        inputs = workload.inputs(params, 1, 0)
        before = inputs.nonces.copy(), inputs.associated_data.copy()
        touched = sorted({message for message, _ in workload.vary(params, inputs, Random(8), 3)})
        for old, new in zip(before, (inputs.nonces, inputs.associated_data), strict=True):
            assert np.flatnonzero((old != new).any(axis=1)).tolist() == touched


@pytest.mark.parametrize(("message_bytes", "associated_bytes", "nonce_bytes"), SHAPES)
def test_a_wrong_bit_of_the_tag_is_found_whichever_byte_is_asked_about(
    message_bytes: int, associated_bytes: int, nonce_bytes: int
) -> None:
    params = AesGcmEncryptParams(
        messages=3, message_bytes=message_bytes, associated_bytes=associated_bytes, nonce_bytes=nonce_bytes
    )
    inputs, outputs = AES_GCM_ENCRYPT.inputs(params, 1, 0), AES_GCM_ENCRYPT.outputs(params)
    for message, row in enumerate(outputs.data):
        parts = (inputs.nonces[message], inputs.data[message], inputs.associated_data[message])
        sealed = aes.gcm_encrypt(inputs.key, *(part.tobytes() for part in parts))
        row[...] = np.frombuffer(sealed, np.uint8)
    items = [(0, None), (2, 0 if message_bytes else None), (1, None)]
    AES_GCM_ENCRYPT.check(params, inputs, outputs, items)
    outputs.data[2, -1] ^= 1
    with pytest.raises(Mismatch, match=r"item 2: expected tag [0-9a-f]{32}, got [0-9a-f]{32}"):
        AES_GCM_ENCRYPT.check(params, inputs, outputs, items)


def test_unverified_plaintext_and_wrong_verdicts_are_found() -> None:
    params = AesGcmDecryptParams(messages=8, message_bytes=40, tampered=0.5)
    inputs = AES_GCM_DECRYPT.inputs(params, 1, 0)
    outputs, everything = right(params, inputs), [(message, None) for message in range(8)]
    rejected, authentic = (int(np.flatnonzero(outputs.ok == ok)[0]) for ok in (0, 1))
    AES_GCM_DECRYPT.check(params, inputs, outputs, everything)

    outputs.data[rejected, 39] = 1
    with pytest.raises(Mismatch, match=f"item {rejected}: expected ok 0 and zeros.* got ok 0 and data"):
        AES_GCM_DECRYPT.check(params, inputs, outputs, [(rejected, 0)])
    outputs.data[rejected, 39] = 0
    outputs.ok[rejected] = 1
    with pytest.raises(Mismatch, match=f"item {rejected}: expected ok 0 .* got ok 1 and zeros"):
        AES_GCM_DECRYPT.check(params, inputs, outputs, everything)
    outputs.ok[rejected] = 0
    outputs.ok[authentic] = 0
    with pytest.raises(Mismatch, match=f"item {authentic}: expected ok 1, .* got ok 0 and data"):
        AES_GCM_DECRYPT.check(params, inputs, outputs, everything)


def test_the_mismatch_named_is_the_first_of_those_given_be_it_of_data_or_tag() -> None:
    params = AesGcmEncryptParams(messages=4)
    inputs, outputs = AES_GCM_ENCRYPT.inputs(params, 1, 0), AES_GCM_ENCRYPT.outputs(params)
    with pytest.raises(Mismatch, match="item 3"):
        AES_GCM_ENCRYPT.check(params, inputs, outputs, [(3, None), (0, None)])


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"message_bytes": -1}, "message_bytes must be a whole number of at least 0, not -1"),
        ({"associated_bytes": -1}, "associated_bytes must be a whole number of at least 0, not -1"),
        ({"associated_bytes": 1.0}, "associated_bytes must be a whole number of at least 0, not 1.0"),
        ({"nonce_bytes": 0}, "nonce_bytes must be a whole number of at least 1, not 0"),
        ({"key_bits": 64}, "key_bits must be 128, 192 or 256"),
    ],
)
def test_nonsense_is_refused_with_value_and_rule(wrong: dict[str, object], rule: str) -> None:
    for params in (AesGcmEncryptParams, AesGcmDecryptParams):
        with pytest.raises(ValueError, match=rule):
            params(**wrong)


@pytest.mark.parametrize("tampered", [-0.1, 1.1, float("nan"), True])
def test_a_fraction_that_is_none_is_refused(tampered: object) -> None:
    with pytest.raises(ValueError, match=r"tampered is a fraction of the messages, 0 \.\.\. 1, not"):
        AesGcmDecryptParams(tampered=tampered)
