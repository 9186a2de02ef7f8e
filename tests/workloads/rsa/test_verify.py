"""The rsa-verify workload."""

from random import Random

import numpy as np
import pytest

from benchsuite.api import Mismatch
from benchsuite.workloads import RSA_VERIFY
from benchsuite.workloads.reference import rsa
from benchsuite.workloads.rsa import RsaVerifyInputs, RsaVerifyOutputs, RsaVerifyParams
from benchsuite.workloads.rsa.keys import benchmark_key
from benchsuite.workloads.rsa.verify import VALID, edge_signatures, malformed_blocks

CASES = [
    RsaVerifyParams(),
    RsaVerifyParams(messages=40),
    RsaVerifyParams(key_bits=3072, messages=9, wrong=0.5),
]
case = pytest.mark.parametrize("params", CASES, ids=RSA_VERIFY.label)


def answer(inputs: RsaVerifyInputs) -> RsaVerifyOutputs:
    pairs = zip(inputs.digest, inputs.signature, strict=True)
    ok = [rsa.accepts(inputs.n, inputs.e, digest.tobytes(), s.tobytes()) for digest, s in pairs]
    return RsaVerifyOutputs(ok=np.array(ok, np.uint8))


def rows(inputs: RsaVerifyInputs) -> np.ndarray:
    return np.hstack([inputs.digest, inputs.signature])


@pytest.mark.parametrize(
    ("params", "label"),
    [
        (RsaVerifyParams(), "RSA-2048 verify, 1 SHA-256 digest"),
        (RsaVerifyParams(key_bits=4096, messages=64), "RSA-4096 verify, 64 SHA-256 digests"),
        (RsaVerifyParams(messages=64, wrong=0.25), "RSA-2048 verify, 64 SHA-256 digests, 0.25 wrong"),
    ],
)
def test_labels_say_key_batch_and_share_of_wrong_ones(params: RsaVerifyParams, label: str) -> None:
    assert RSA_VERIFY.label(params) == label


def test_quick_has_one_case_and_publication_every_size_and_batch() -> None:
    assert list(RSA_VERIFY.presets("quick")) == [RsaVerifyParams(messages=64)]
    cases = {(case.key_bits, case.messages) for case in RSA_VERIFY.presets("publication")}
    assert cases == {(bits, messages) for bits in (2048, 3072, 4096) for messages in (1, 64, 4096)}
    assert {(case.key_bits, case.messages) for case in RSA_VERIFY.presets("standard")} < cases


@case
def test_inputs_are_equal_across_calls_and_other_with_every_seed(params: RsaVerifyParams) -> None:
    first = rows(RSA_VERIFY.inputs(params, 1, 0))
    assert (rows(RSA_VERIFY.inputs(params, 1, 0)) == first).all()
    assert (rows(RSA_VERIFY.inputs(params, 2, 0)) != first).any(axis=1).all()


def test_slots_draw_other_signatures() -> None:
    first, second = (rows(RSA_VERIFY.inputs(CASES[1], 1, slot)) for slot in (0, 1))
    assert (first != second).any()


@pytest.mark.parametrize(("wrong", "rejected"), [(0.0, 0), (1e-9, 1), (0.25, 10), (1.0, 40)])
def test_as_many_signatures_are_wrong_as_was_asked_for(wrong: float, rejected: int) -> None:
    params = RsaVerifyParams(messages=40, wrong=wrong)
    assert (answer(RSA_VERIFY.inputs(params, 1, 0)).ok == 0).sum() == rejected


def test_the_stock_begins_with_valid_signatures_and_ends_with_malformed_ones() -> None:
    inputs = RSA_VERIFY.inputs(RsaVerifyParams(), 1, 0)
    stock = zip(inputs.stock_digest, inputs.stock_signature, strict=True)
    ok = [rsa.accepts(inputs.n, inputs.e, digest.tobytes(), s.tobytes()) for digest, s in stock]
    assert ok == [True] * VALID + [False] * 9
    assert len(np.unique(inputs.stock_signature, axis=0)) == len(ok)


def test_malformed_blocks_differ_from_the_one_encoding_but_hold_the_digest() -> None:
    digest = bytes(range(32))
    blocks = malformed_blocks(256, digest)
    assert len(set(blocks)) == 4
    for block in blocks:
        assert len(block) == 256
        assert digest in block
        assert block != rsa.encode_digest(digest, 256)


def test_edges_of_the_range_are_as_long_as_the_modulus() -> None:
    n = benchmark_key(2048).n
    for valid in (5, n - 1):
        edges = [int.from_bytes(edge) for edge in edge_signatures(n, valid.to_bytes(256))]
        assert edges == [0, 1, n - 1, n, valid + n if valid == 5 else 2**2048 - 1]


@case
@pytest.mark.parametrize("count", [1, 2, 1000, None])
def test_varied_items_really_change_and_nothing_else_does(params: RsaVerifyParams, count: int | None) -> None:
    inputs = RSA_VERIFY.inputs(params, 1, 0)
    for seed in range(10):
        before = rows(inputs)
        items = RSA_VERIFY.vary(params, inputs, Random(seed), count)
        assert len(set(items)) == len(items) == min(params.messages, count or params.messages)
        assert set(np.flatnonzero((before != rows(inputs)).any(axis=1))) == {item for item, _ in items}


def test_varied_items_are_of_both_kinds() -> None:
    params = RsaVerifyParams(messages=200)
    inputs = RSA_VERIFY.inputs(params, 1, 0)
    RSA_VERIFY.vary(params, inputs, Random(1), 200)
    assert 30 <= (answer(inputs).ok == 0).sum() <= 70
    RSA_VERIFY.vary(params, inputs, Random(1), None)
    assert (answer(inputs).ok[::2] == 0).all()


@case
def test_a_wrong_answer_is_a_mismatch_that_names_its_item(params: RsaVerifyParams) -> None:
    inputs = RSA_VERIFY.inputs(params, 1, 0)
    outputs, items = answer(inputs), [(item, None) for item in range(params.messages)]
    RSA_VERIFY.check(params, inputs, outputs, items)
    names = ["rejected \\(0\\)", "accepted \\(1\\)"]
    right = int(outputs.ok[-1])
    for got, said in ((1 - right, names[1 - right]), (165, "165, which is no answer")):
        outputs.ok[-1] = got
        with pytest.raises(
            Mismatch, match=f"item {params.messages - 1}: expected {names[right]}, got {said}"
        ):
            RSA_VERIFY.check(params, inputs, outputs, items)


@case
def test_work_counts_the_bytes_that_the_arrays_have(params: RsaVerifyParams) -> None:
    work, inputs = RSA_VERIFY.work(params), RSA_VERIFY.inputs(params, 1, 0)
    assert (work.items, work.payload_bytes) == (params.messages, 0)
    assert work.bytes_in == inputs.digest.nbytes + inputs.signature.nbytes
    assert work.bytes_out == RSA_VERIFY.outputs(params).ok.nbytes


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"key_bits": 1024}, "key_bits must be 2048, 3072 or 4096, as keys are shipped, not 1024"),
        ({"messages": 0}, "messages must be a whole number of at least 1, not 0"),
        ({"wrong": 1.5}, "wrong is a fraction of the signatures, 0 ... 1, not 1.5"),
        ({"wrong": True}, "wrong is a fraction"),
    ],
)
def test_nonsense_is_refused_with_value_and_rule(wrong: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        RsaVerifyParams(**wrong)


def test_published_signatures_come_alone_and_together_with_the_edges_at_every_size() -> None:
    vectors = list(RSA_VERIFY.vectors())
    for bits in (2048, 3072, 4096):
        sizes = {vector.params.messages for vector in vectors if vector.params.key_bits == bits}
        assert sizes == {1, 16}
    batch = next(vector for vector in vectors if vector.params.messages == 16)
    values = {int.from_bytes(signature.tobytes()) for signature in batch.inputs.signature}
    assert values >= {0, 1, batch.inputs.n - 1, batch.inputs.n}
    assert {*batch.outputs.ok} == {0, 1}
