"""The rsa-sign workload."""

from random import Random

import numpy as np
import pytest

from benchsuite.api import Mismatch
from benchsuite.workloads import RSA_SIGN
from benchsuite.workloads.reference import rsa
from benchsuite.workloads.rsa import RsaSignInputs, RsaSignOutputs, RsaSignParams
from benchsuite.workloads.rsa.keys import benchmark_key

PARAMS = RsaSignParams(messages=3)
EVERY = [(message, None) for message in range(3)]


def answer(inputs: RsaSignInputs) -> RsaSignOutputs:
    key = rsa.PrivateKey(*(getattr(inputs, name) for name in rsa.PrivateKey._fields))
    made = [list(rsa.sign_digest(key, digest.tobytes())) for digest in inputs.digest]
    return RsaSignOutputs(signature=np.array(made, np.uint8))


@pytest.mark.parametrize(
    ("params", "label"),
    [
        (RsaSignParams(), "RSA-2048 sign, 1 SHA-256 digest"),
        (RsaSignParams(key_bits=4096, messages=64), "RSA-4096 sign, 64 SHA-256 digests"),
    ],
)
def test_labels_say_key_and_batch(params: RsaSignParams, label: str) -> None:
    assert RSA_SIGN.label(params) == label


def test_quick_has_one_case_and_publication_every_size() -> None:
    assert list(RSA_SIGN.presets("quick")) == [RsaSignParams(messages=4)]
    cases = {(case.key_bits, case.messages) for case in RSA_SIGN.presets("publication")}
    assert cases >= {(bits, messages) for bits in (2048, 3072, 4096) for messages in (1, 64)}
    assert {case.key_bits for case in RSA_SIGN.presets("standard")} == {2048, 3072, 4096}


def test_the_key_belongs_to_its_size_and_digests_to_seed_and_slot() -> None:
    first = RSA_SIGN.inputs(PARAMS, 1, 0)
    assert (first.n, first.d) == (benchmark_key(2048).n, benchmark_key(2048).d)
    assert (RSA_SIGN.inputs(PARAMS, 1, 0).digest == first.digest).all()
    for other in (RSA_SIGN.inputs(PARAMS, 1, 1), RSA_SIGN.inputs(PARAMS, 2, 0)):
        assert other.n == first.n
        assert (other.digest != first.digest).any(axis=1).all()


def test_work_counts_the_bytes_that_the_arrays_have() -> None:
    work, inputs, outputs = RSA_SIGN.work(PARAMS), RSA_SIGN.inputs(PARAMS, 1, 0), RSA_SIGN.outputs(PARAMS)
    assert (work.items, work.payload_bytes, work.bytes_in) == (3, 0, inputs.digest.nbytes)
    assert work.bytes_out == outputs.signature.nbytes


@pytest.mark.parametrize("count", [1, 2, 10, None])
def test_varied_digests_really_change_and_the_old_answer_is_then_wrong(count: int | None) -> None:
    inputs = RSA_SIGN.inputs(PARAMS, 1, 0)
    before, old = inputs.digest.copy(), answer(inputs)
    items = RSA_SIGN.vary(PARAMS, inputs, Random(5), count)
    changed = (before != inputs.digest).any(axis=1)
    assert {item for item, _ in items} == set(np.flatnonzero(changed))
    for item in items:
        with pytest.raises(Mismatch):
            RSA_SIGN.check(PARAMS, inputs, old, [item])
    RSA_SIGN.check(PARAMS, inputs, answer(inputs), EVERY)


def test_one_wrong_bit_is_a_mismatch_that_names_its_item() -> None:
    inputs = RSA_SIGN.inputs(PARAMS, 1, 0)
    outputs = answer(inputs)
    outputs.signature[1, 200] ^= 4
    RSA_SIGN.check(PARAMS, inputs, outputs, [(0, None), (2, None)])
    with pytest.raises(
        Mismatch, match=r"item 1: expected the signature of digest [0-9a-f]{64}, got not it: "
    ):
        RSA_SIGN.check(PARAMS, inputs, outputs, EVERY)


def test_the_same_residue_beyond_the_modulus_is_wrong() -> None:
    inputs = RSA_SIGN.inputs(PARAMS, 1, 0)
    outputs = answer(inputs)
    row = next(r for r in range(3) if int.from_bytes(outputs.signature[r].tobytes()) + inputs.n < 2**2048)
    beyond = int.from_bytes(outputs.signature[row].tobytes()) + inputs.n
    outputs.signature[row] = list(beyond.to_bytes(256))
    with pytest.raises(Mismatch, match=f"item {row}"):
        RSA_SIGN.check(PARAMS, inputs, outputs, EVERY)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"key_bits": 1024}, "key_bits must be 2048, 3072 or 4096, as keys are shipped, not 1024"),
        ({"key_bits": 2048.0}, "key_bits must be"),
        ({"messages": 0}, "messages must be a whole number of at least 1, not 0"),
        ({"messages": True}, "messages must be"),
    ],
)
def test_nonsense_is_refused_with_value_and_rule(wrong: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        RsaSignParams(**wrong)


def test_published_signatures_come_alone_and_in_batches_at_every_size() -> None:
    shapes = {(vector.params.key_bits, vector.params.messages) for vector in RSA_SIGN.vectors()}
    assert shapes == {(bits, messages) for bits in (2048, 3072, 4096) for messages in (1, 8)}
