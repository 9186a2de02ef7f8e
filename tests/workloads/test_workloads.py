"""What every workload owes the host, whatever it computes."""

import functools
import operator
from dataclasses import fields
from random import Random

import numpy as np
import pytest

from benchsuite.api import Mismatch
from benchsuite.workloads import (
    AES_CBC_DECRYPT,
    AES_CBC_ENCRYPT,
    AES_CTR,
    AES_ECB_DECRYPT,
    AES_ECB_ENCRYPT,
    AES_GCM_DECRYPT,
    AES_GCM_ENCRYPT,
    CRC,
    CRC_UPDATE,
    ERASURE_ENCODE,
    ERASURE_REBUILD,
    ERASURE_UPDATE,
    HAMMING_DECODE,
    HAMMING_ENCODE,
    HSIAO_INJECT,
    MACHINE_COPY,
    MACHINE_READ,
    REED_SOLOMON_DECODE_ERASURES,
    RSA_SIGN,
    RSA_VERIFY,
    WORKLOADS,
)
from benchsuite.workloads.aes import AES, AesCtrParams
from benchsuite.workloads.aes.cbc import AesCbcParams
from benchsuite.workloads.aes.ecb import AesEcbParams
from benchsuite.workloads.aes.gcm import AesGcmDecryptParams, AesGcmEncryptParams
from benchsuite.workloads.codes import FAMILIES, erasure_params
from benchsuite.workloads.codes.crc import CrcParams
from benchsuite.workloads.codes.erasure import ERASURE, update_matrix
from benchsuite.workloads.codes.hsiao import hsiao_columns
from benchsuite.workloads.codes.linear import CheckOutputs, DecodeOutputs, EncodeOutputs
from benchsuite.workloads.codes.outcomes import OUTCOMES
from benchsuite.workloads.codes.reed_solomon_erasures import ErasuresParams
from benchsuite.workloads.codes.reed_solomon_erasures import answer as answer_of_erasures
from benchsuite.workloads.machine import MachineCopyOutputs, MachineMultiplyAddOutputs, MachineReadOutputs
from benchsuite.workloads.reference import aes, chains, crc, erasure, inject, linear, rsa
from benchsuite.workloads.rsa import RsaSignOutputs, RsaVerifyOutputs

PRESETS = ("smoke", "quick", "standard", "publication")
CASES = [
    (AES_CTR, AesCtrParams()),
    (AES_CTR, AesCtrParams(key_bits=192, messages=5, message_bytes=33)),
    (AES_CTR, AesCtrParams(key_bits=256, messages=2, message_bytes=1100)),
    (AES_ECB_ENCRYPT, AesEcbParams(messages=3, message_bytes=32)),
    (AES_ECB_DECRYPT, AesEcbParams(key_bits=256, messages=2, message_bytes=1040)),
    (AES_CBC_ENCRYPT, AesCbcParams(messages=3, message_bytes=32)),
    (AES_CBC_ENCRYPT, AesCbcParams(key_bits=192, messages=2, message_bytes=1040)),
    (AES_CBC_DECRYPT, AesCbcParams(messages=2, message_bytes=1040)),
    (AES_GCM_ENCRYPT, AesGcmEncryptParams(messages=3, message_bytes=33)),
    (AES_GCM_ENCRYPT, AesGcmEncryptParams(message_bytes=1040, associated_bytes=0, nonce_bytes=16)),
    (AES_GCM_DECRYPT, AesGcmDecryptParams(messages=3, message_bytes=33)),
    (AES_GCM_DECRYPT, AesGcmDecryptParams(messages=2, message_bytes=1040, associated_bytes=40)),
    (CRC, CrcParams(message_bytes=9)),
    (CRC, CrcParams(algorithm="CRC-32/ISO-HDLC", messages=5, message_bytes=33)),
    (CRC, CrcParams(messages=2, message_bytes=1100)),
    (CRC, CrcParams(algorithm="CRC-64/ECMA-182", messages=3, message_bytes=70)),
    (CRC_UPDATE, CrcParams(messages=3, message_bytes=33)),
    (CRC_UPDATE, CrcParams(algorithm="CRC-12/UMTS", messages=2, message_bytes=1100)),
    *((encode, encode.params(codewords=40)) for _, encode, _ in FAMILIES),
    *((decode, decode.params(codewords=40)) for _, _, decode in FAMILIES),
    *((decode, decode.params(codewords=40, wrong=0.5)) for _, _, decode in FAMILIES),
    *(
        (w, w.params(**list(f.codes.values() or [{}])[-1], codewords=20))
        for f, e, d in FAMILIES
        for w in (e, d)
    ),
    *((w, w.params(n=63, k=57, codewords=9)) for w in (HAMMING_ENCODE, HAMMING_DECODE)),
    (REED_SOLOMON_DECODE_ERASURES, ErasuresParams(n=20, k=12, codewords=40, wrong=0.5, erasures=4)),
    (ERASURE_ENCODE, erasure_params.EncodeParams(shard_bytes=13, stripes=5)),
    (ERASURE_ENCODE, erasure_params.EncodeParams(n=9, k=6, shard_bytes=200, stripes=2)),
    (ERASURE_REBUILD, erasure_params.RebuildParams(shard_bytes=13, stripes=5, lost="0+3+12")),
    (ERASURE_REBUILD, erasure_params.RebuildParams(n=20, k=17, shard_bytes=100, lost="19")),
    (ERASURE_UPDATE, erasure_params.UpdateParams(shard_bytes=13, stripes=5, shard=9)),
    (ERASURE_UPDATE, erasure_params.UpdateParams(n=9, k=6, shard_bytes=1100, stripes=2)),
]
ENCODERS = [encode for _, encode, _ in FAMILIES]
FAMILY_OF = {workload.id: family for family, *both in FAMILIES for workload in both}
case = pytest.mark.parametrize(("workload", "params"), CASES, ids=lambda value: getattr(value, "id", None))
every_workload = pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.id)


def number(row) -> int:
    return int.from_bytes(row.tobytes(), "little")


def answer_of_aes(workload, inputs, message: int) -> bytes | None:
    key, data = inputs.key, inputs.data[message].tobytes()
    if workload in (AES_ECB_ENCRYPT, AES_ECB_DECRYPT):
        return (aes.ecb_encrypt if workload is AES_ECB_ENCRYPT else aes.ecb_decrypt)(key, data)
    if workload is AES_CTR:
        return aes.ctr(key, inputs.counters[message].tobytes(), data)
    if workload in (AES_CBC_ENCRYPT, AES_CBC_DECRYPT):
        crypt = aes.cbc_encrypt if workload is AES_CBC_ENCRYPT else aes.cbc_decrypt
        return crypt(key, inputs.initial_vectors[message].tobytes(), data)
    crypt = aes.gcm_encrypt if workload is AES_GCM_ENCRYPT else aes.gcm_decrypt
    return crypt(key, inputs.nonces[message].tobytes(), data, inputs.associated_data[message].tobytes())


def answer_of_rsa(workload, inputs):
    if workload is RSA_SIGN:
        key = rsa.PrivateKey(*(getattr(inputs, name) for name in rsa.PrivateKey._fields))
        made = [list(rsa.sign_digest(key, digest.tobytes())) for digest in inputs.digest]
        return RsaSignOutputs(np.array(made, np.uint8))
    pairs = zip(inputs.digest, inputs.signature, strict=True)
    ok = [rsa.accepts(inputs.n, inputs.e, digest.tobytes(), s.tobytes()) for digest, s in pairs]
    return RsaVerifyOutputs(np.array(ok, np.uint8))


def answer_of_crc(workload, params, inputs):
    outputs, algorithm = workload.outputs(params), params.definition
    for i, row in enumerate(inputs.data):
        before = int(inputs.before[i]) if workload is CRC_UPDATE else crc.of_nothing(algorithm)
        outputs.crc[i] = crc.update(algorithm, before, row.tobytes())
    return outputs


def answer_of_machine(workload, params, inputs):
    if workload.id in chains.STEPS:
        return answer_of_chains(workload, params, inputs)
    if workload is MACHINE_COPY:
        return MachineCopyOutputs(np.frombuffer(inputs.data.tobytes(), np.uint8))
    if workload is MACHINE_READ:
        data = inputs.data.tobytes()
        word = [functools.reduce(operator.xor, data[lane::8]) for lane in range(8)]
        return MachineReadOutputs(np.array(word, np.uint8))
    columns = list(zip(*inputs.right.tolist(), strict=True))
    product = [[sum(map(operator.mul, row, column)) for column in columns] for row in inputs.left.tolist()]
    return MachineMultiplyAddOutputs(np.array(product))


def answer_of_chains(workload, params, inputs):
    outputs = workload.outputs(params)
    for start, end in zip(inputs.start, outputs.end.reshape(params.chains, -1), strict=True):
        state = [int(number) for number in np.ravel(start)]
        end[...] = chains.run(workload.id, state, inputs.constant, params.steps)[: end.size]
    return outputs


def answer(workload, params, inputs):
    """The right outputs by the pure-Python oracles, one item at a time."""
    if workload in AES:
        outputs = workload.outputs(params)
        for message, row in enumerate(outputs.data):
            answered = answer_of_aes(workload, inputs, message)
            row[...] = np.frombuffer(answered or bytes(len(row)), np.uint8)
            if workload is AES_GCM_DECRYPT:
                outputs.ok[message] = answered is not None
        return outputs
    if workload in (CRC, CRC_UPDATE):
        return answer_of_crc(workload, params, inputs)
    if workload in (RSA_SIGN, RSA_VERIFY):
        return answer_of_rsa(workload, inputs)
    if workload.id.startswith("machine-"):
        return answer_of_machine(workload, params, inputs)
    if workload is HSIAO_INJECT:
        return answer_of_inject(params, inputs)
    return (answer_of_erasure if workload in ERASURE else answer_of_code)(workload, params, inputs)


def answer_of_erasure(workload, params, inputs):
    outputs = workload.outputs(params)
    (found,) = arrays(outputs).values()
    for stripe, data in enumerate(inputs.data):
        if workload is ERASURE_UPDATE:
            difference = (data ^ inputs.old[stripe])[None].tolist()
            found[stripe] = erasure.product(update_matrix(params), difference) ^ inputs.parity[stripe]
        elif workload is ERASURE_REBUILD:
            matrix = erasure.rebuild_matrix(params.n, params.k, params.lost_shards)
            found[stripe] = erasure.product(matrix, data.tolist())
        else:
            found[stripe] = erasure.product(erasure.parity_matrix(params.n, params.k), data.tolist())
    return outputs


def answer_of_inject(params, inputs):
    outputs, columns = HSIAO_INJECT.outputs(params), hsiao_columns(params.n, params.k)
    for counts, key, first in zip(outputs.counts, inputs.key.tolist(), inputs.first.tolist(), strict=True):
        for trial in range(first, first + params.trials):
            counts[OUTCOMES.index(inject.outcome(columns, params.k, params.model, tuple(key), trial))] += 1
    return outputs


def answer_of_code(workload, params, inputs):
    if workload is REED_SOLOMON_DECODE_ERASURES:
        return answer_of_erasures(params, inputs, np.arange(params.codewords))
    family = next(family for family, encode, decode in FAMILIES if workload in (encode, decode))
    code = family.code(params)
    columns, k = code.columns, code.k
    if workload in ENCODERS:
        check = [linear.encode_word(columns, k, number(row)) for row in inputs.data]
        return EncodeOutputs(as_rows(check, code.r))
    words = [(number(data), number(check)) for data, check in zip(inputs.data, inputs.check, strict=True)]
    if not family.corrects:
        return CheckOutputs(np.array([linear.check_word(columns, k, *word) for word in words], np.uint8))
    mend = code.oracle or linear.oracle(columns, k, code.symbol_bits, code.corrects)
    decoded = [linear.mend_word(mend, k, *word) for word in words]
    outcome = np.array([said for _, said in decoded], np.uint8)
    return DecodeOutputs(as_rows([data for data, _ in decoded], k), outcome)


def as_rows(numbers, bits) -> np.ndarray:
    return np.array([list(each.to_bytes(-(-bits // 8), "little")) for each in numbers], np.uint8)


def arrays(value) -> dict[str, np.ndarray]:
    named = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: array for name, array in named.items() if isinstance(array, np.ndarray)}


def content(value) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in arrays(value).items()}


def all_items(workload, params):
    return [(item, None) for item in range(workload.work(params).items)]


@case
def test_inputs_are_equal_across_calls_and_other_in_every_slot_and_seed(workload, params) -> None:
    first = content(workload.inputs(params, 1, 0))
    assert content(workload.inputs(params, 1, 0)) == first
    for other in (workload.inputs(params, 1, 1), workload.inputs(params, 2, 0)):
        assert content(other)["data"] != first["data"]


@case
def test_arrays_are_contiguous_and_writable(workload, params) -> None:
    for value in (workload.inputs(params, 1, 0), workload.outputs(params)):
        assert arrays(value)
        for array in arrays(value).values():
            assert array.flags.c_contiguous
            assert array.flags.writeable


@case
def test_blank_outputs_have_the_shape_of_the_answer(workload, params) -> None:
    blank, right = workload.outputs(params), answer(workload, params, workload.inputs(params, 1, 0))
    assert [(name, array.shape, array.dtype) for name, array in arrays(blank).items()] == [
        (name, array.shape, array.dtype) for name, array in arrays(right).items()
    ]


@case
@pytest.mark.parametrize("count", [1, 2, 1000, None])
def test_varied_items_really_change_and_nothing_else_does(workload, params, count) -> None:
    inputs = workload.inputs(params, 1, 0)
    before = inputs.data.copy()
    items = workload.vary(params, inputs, Random(5), count)
    assert len(set(items)) == len(items)
    changed = (before != inputs.data).reshape(len(before), -1).any(axis=1)
    assert set(np.flatnonzero(changed)) == {item for item, _ in items}
    if count is None:
        assert list(items) == all_items(workload, params)
    workload.check(params, inputs, answer(workload, params, inputs), items)


@case
def test_the_answer_to_the_inputs_before_is_wrong_for_every_varied_item(workload, params) -> None:
    inputs = workload.inputs(params, 1, 0)
    old = answer(workload, params, inputs)
    for item in workload.vary(params, inputs, Random(5), 2):
        if hasattr(old, "data"):  # few check bits, or an outcome alone, are often equal by chance
            with pytest.raises(Mismatch):
                workload.check(params, inputs, old, [item])


@case
def test_one_wrong_bit_in_any_output_is_a_mismatch_that_names_its_item(workload, params) -> None:
    inputs = workload.inputs(params, 1, 0)
    outputs, items = answer(workload, params, inputs), all_items(workload, params)
    workload.check(params, inputs, outputs, items)
    for array in arrays(outputs).values():
        rows = array.reshape(len(items), -1)
        rows[-1, -1] ^= 1
        with pytest.raises(Mismatch) as caught:
            workload.check(params, inputs, outputs, items)
        assert caught.value.item == len(items) - 1
        assert caught.value.expected != caught.value.got
        rows[-1, -1] ^= 1
    workload.check(params, inputs, outputs, items)


@case
def test_checking_nothing_passes(workload, params) -> None:
    workload.check(params, workload.inputs(params, 1, 0), workload.outputs(params), [])


@case
def test_checking_changes_neither_inputs_nor_outputs(workload, params) -> None:
    inputs = workload.inputs(params, 1, 0)
    outputs = answer(workload, params, inputs)
    before = content(inputs), content(outputs)
    workload.check(params, inputs, outputs, all_items(workload, params))
    assert (content(inputs), content(outputs)) == before


@case
def test_work_counts_the_bytes_that_the_arrays_have(workload, params) -> None:
    work, inputs = workload.work(params), workload.inputs(params, 1, 0)
    assert work.items == len(inputs.data)
    tags = 16 * work.items if workload is AES_GCM_DECRYPT else 0
    family = FAMILY_OF.get(workload.id)
    unused = -family.code(params).k % 8 * params.codewords // 8 if family else 0
    assert work.payload_bytes == inputs.data.nbytes - tags - unused
    assert work.bytes_in == sum(array.nbytes for array in arrays(inputs).values())
    assert work.bytes_out == sum(array.nbytes for array in arrays(workload.outputs(params)).values())


@case
def test_canonical_bytes_tell_answers_apart(workload, params) -> None:
    right = answer(workload, params, workload.inputs(params, 1, 0))
    before = workload.canonical(right)
    assert len(before) == workload.work(params).bytes_out
    for array in arrays(right).values():
        array[-1] ^= 1
        assert workload.canonical(right) != before
        array[-1] ^= 1


@every_workload
@pytest.mark.parametrize("preset", PRESETS)
def test_labels_are_unique_in_a_preset(workload, preset) -> None:
    labels = [workload.label(params) for params in workload.presets(preset)]
    assert labels or preset in {"smoke", "quick"}
    assert len(set(labels)) == len(labels)


@every_workload
def test_an_unknown_preset_is_refused(workload) -> None:
    with pytest.raises(
        ValueError, match="no preset 'slow': choose one of smoke, quick, standard, publication"
    ):
        workload.presets("slow")


@every_workload
def test_every_vector_names_its_source_and_passes_its_own_check(workload) -> None:
    vectors = list(workload.vectors())
    assert vectors
    for vector in vectors:
        assert vector.source
        items = all_items(workload, vector.params)
        workload.check(vector.params, vector.inputs, vector.outputs, items)
        assert content(answer(workload, vector.params, vector.inputs)) == content(vector.outputs)


def test_ids_are_unique() -> None:
    assert len({workload.id for workload in WORKLOADS}) == len(WORKLOADS)
