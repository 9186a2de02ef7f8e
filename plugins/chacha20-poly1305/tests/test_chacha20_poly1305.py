"""The workloads by the standard and a peer, the engines by the workloads, all of it as the suite meets it."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import weakref
from collections.abc import Iterator
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

import benchsuite_chacha20_poly1305 as plugin
import numpy as np
import pytest
from benchsuite_chacha20_poly1305.reference import keystream
from benchsuite_chacha20_poly1305.workloads import DecryptParams, EncryptParams
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import Backend, Job, Mismatch, Unavailable, Workload
from benchsuite.host.engine import origin, probe_all
from benchsuite.host.plugins import discover
from benchsuite.measure.crew import Crew
from benchsuite.measure.verify import to_verify, verify
from benchsuite.workloads.published.records import records
from benchsuite.workloads.vectors import parse

ENCRYPT, DECRYPT = plugin.benchsuite_workloads()
BACKENDS = plugin.benchsuite_backends()
PRESETS = ("smoke", "quick", "standard", "publication")
# The names of BoringSSL's file, then those of OpenSSL's.
SETS = {"boringssl.txt": ("nonce", "ad", "in", "ct"), "openssl.txt": ("iv", "aad", "plaintext", "ciphertext")}

every_workload = pytest.mark.parametrize("workload", [ENCRYPT, DECRYPT], ids=lambda workload: workload.id)
every_backend = pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: backend.name)
sizes = st.fixed_dictionaries(
    {
        "messages": st.integers(1, 20),
        "message_bytes": st.integers(0, 300),
        "associated_bytes": st.integers(0, 40),
    }
)


def ran(backend: Backend[Any], workload: Workload[Any, Any, Any], params: Any, inputs: Any) -> Any:
    """The outputs of one repetition, as the host would have it made."""
    outputs = workload.outputs(params)
    for field in fields(outputs):
        getattr(outputs, field.name)[...] = 0xA5
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        backend.implementations[workload.id, ""].prepare(job).run()
    return outputs


def all_items(params: Any) -> list[tuple[int, None]]:
    return [(message, None) for message in range(params.messages)]


def peer(workload: Workload[Any, Any, Any], params: Any, inputs: Any) -> Any:
    """The right outputs by ``cryptography``'s ordinary functions, one message at a time."""
    cipher, outputs = ChaCha20Poly1305(inputs.key), workload.outputs(params)
    for i, row in enumerate(inputs.data):
        rest = row.tobytes(), inputs.associated_data[i].tobytes()
        if workload is ENCRYPT:
            answer = cipher.encrypt(inputs.nonces[i].tobytes(), *rest)
        else:
            try:
                answer = cipher.decrypt(inputs.nonces[i].tobytes(), *rest)
                outputs.ok[i] = 1
            except InvalidTag:
                answer = bytes(params.message_bytes)
        outputs.data[i] = np.frombuffer(answer, np.uint8)
    return outputs


def test_the_block_function_is_that_of_the_standard() -> None:
    nonce = np.frombuffer(bytes.fromhex("000000090000004a00000000"), np.uint8)
    (block,) = keystream(bytes(range(32)), nonce[None], np.array([1]))
    assert block.tobytes().hex() == (  # RFC 8439 §2.3.2
        "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
        "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e"
    )


@every_workload
def test_the_vectors_of_the_standard_pass_the_workloads_own_check(workload: Any) -> None:
    vectors = list(workload.vectors())
    assert {v.source for v in vectors} >= {"RFC 8439 §2.8.2", "RFC 8439 appendix A.5"}
    for vector in vectors:
        workload.check(vector.params, vector.inputs, vector.outputs, all_items(vector.params))


@pytest.mark.parametrize("file", SETS)
def test_every_vector_of_cryptography_vectors_comes_out_of_both_engines(file: str) -> None:
    text = (files("cryptography_vectors") / "ciphers/ChaCha20Poly1305" / file).read_text("utf-8")
    found = [record.fields for record in records(text) if "key" in record.fields]
    assert len(found) == {"boringssl.txt": 66, "openssl.txt": 5}[file]
    for fields_ in found:
        nonce, associated, plain, cipher = (_bytes(fields_.get(name, "")) for name in SETS[file])
        received = cipher + _bytes(fields_["tag"])
        params = EncryptParams(message_bytes=len(cipher), associated_bytes=len(associated))
        inputs = replace(ENCRYPT.inputs(params, 1, 0), key=_bytes(fields_["key"]))
        inputs.nonces[0] = np.frombuffer(nonce, np.uint8)
        inputs.associated_data[0] = np.frombuffer(associated, np.uint8)
        rejected = "result" in fields_
        for backend in BACKENDS:
            to_open = replace(inputs, data=np.frombuffer(bytearray(received), np.uint8)[None])
            opened = ran(backend, DECRYPT, DecryptParams(**vars(params)), to_open)
            assert (opened.ok[0], opened.data.tobytes()) == (
                (0, bytes(len(plain))) if rejected else (1, plain)
            )
            to_seal = replace(inputs, data=np.frombuffer(bytearray(plain), np.uint8)[None])
            if not rejected:
                assert ran(backend, ENCRYPT, params, to_seal).data.tobytes() == received


def _bytes(text: str) -> bytes:
    """Hexadecimal, or in quotes ASCII."""
    return text[1:-1].encode() if text.startswith('"') else bytes.fromhex(text)


@every_workload
@given(sizes=sizes, seed=st.integers(0, 2**32), count=st.sampled_from([1, 3, None]))
def test_the_check_accepts_what_a_peer_answers_however_inputs_are_varied(
    workload: Any, sizes: Any, seed: int, count: int | None
) -> None:
    params = workload.params(**sizes)
    inputs = workload.inputs(params, seed, 0)
    workload.check(params, inputs, peer(workload, params, inputs), all_items(params))
    before = inputs.data.copy(), inputs.nonces.copy()
    items = workload.vary(params, inputs, Random(seed), count)
    changed = np.flatnonzero((before[1] != inputs.nonces).any(axis=1))
    assert changed.tolist() == sorted({message for message, _ in items})
    workload.check(params, inputs, peer(workload, params, inputs), all_items(params))


@every_workload
def test_bytes_of_long_messages_are_varied_and_the_answer_before_is_wrong_for_each(workload: Any) -> None:
    params = workload.params(messages=2, message_bytes=1100)
    inputs = workload.inputs(params, 1, 0)
    old = peer(workload, params, inputs)
    items = workload.vary(params, inputs, Random(4), 3)
    assert all(at is not None for _, at in items)
    workload.check(params, inputs, peer(workload, params, inputs), items)
    for item in items:
        with pytest.raises(Mismatch):
            workload.check(params, inputs, old, [item])


@every_workload
def test_one_wrong_bit_anywhere_is_a_mismatch_that_names_its_message(workload: Any) -> None:
    params = workload.params(messages=3, message_bytes=70)
    inputs = workload.inputs(params, 1, 0)
    outputs = peer(workload, params, inputs)
    for field in fields(outputs):
        row = getattr(outputs, field.name).reshape(3, -1)[2]
        for at in range(row.size):
            row[at] ^= 1
            with pytest.raises(Mismatch, match="item 2: "):
                workload.check(params, inputs, outputs, all_items(params))
            row[at] ^= 1


def test_both_answers_occur_among_varied_messages_and_what_is_rejected_must_be_zeros() -> None:
    params = DecryptParams(messages=200, message_bytes=20)
    inputs = DECRYPT.inputs(params, 1, 0)
    DECRYPT.vary(params, inputs, Random(1), 200)
    outputs = peer(DECRYPT, params, inputs)
    assert 0 < np.count_nonzero(outputs.ok == 0) < 40
    rejected = int(np.flatnonzero(outputs.ok == 0)[0])
    outputs.data[rejected, 7] = 1
    with pytest.raises(Mismatch, match=f"item {rejected}: expected zeros"):
        DECRYPT.check(params, inputs, outputs, [(rejected, 3)])


@every_workload
@given(sizes=sizes, seed=st.integers(0, 2**32))
def test_the_work_is_the_bytes_of_the_arrays(workload: Any, sizes: Any, seed: int) -> None:
    params = workload.params(**sizes)
    work, inputs, outputs = workload.work(params), workload.inputs(params, seed, 0), workload.outputs(params)
    assert work.bytes_in == inputs.nonces.nbytes + inputs.associated_data.nbytes + inputs.data.nbytes
    assert work.bytes_out == len(workload.canonical(outputs))
    assert (work.items, work.payload_bytes) == (params.messages, params.messages * params.message_bytes)


@every_workload
@pytest.mark.parametrize("preset", PRESETS)
def test_labels_are_unique_in_a_preset(workload: Any, preset: str) -> None:
    labels = [workload.label(params) for params in workload.presets(preset)]
    assert len(set(labels)) == len(labels)
    assert labels or preset in ("smoke", "quick")


def test_labels_read_as_those_of_the_other_ciphers() -> None:
    assert ENCRYPT.label(EncryptParams(message_bytes=2**14)) == "ChaCha20-Poly1305 encrypt, 16 KiB"
    odd = DecryptParams(messages=64, message_bytes=1500, associated_bytes=0)
    assert DECRYPT.label(odd) == "ChaCha20-Poly1305 decrypt, 64 x 1500 B, 0 B associated"


@pytest.mark.parametrize(
    ("name", "value"), [("messages", 0), ("message_bytes", -1), ("associated_bytes", 1.5)]
)
def test_nonsense_is_refused_with_the_value_and_the_rule(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a whole number of at least .*{value}"):
        EncryptParams(**{name: value})  # type: ignore[arg-type]


@every_backend
@every_workload
@given(sizes=sizes, seed=st.integers(0, 2**32))
def test_every_engine_passes_the_check_on_any_batch(
    backend: Any, workload: Any, sizes: Any, seed: int
) -> None:
    params = workload.params(**sizes)
    inputs = workload.inputs(params, seed, 0)
    workload.vary(params, inputs, Random(seed), params.messages)
    workload.check(params, inputs, ran(backend, workload, params, inputs), all_items(params))


def owner(array: Any) -> Any:
    """The array that has the memory."""
    return owner(array.base) if isinstance(array.base, np.ndarray) else array


@every_backend
@every_workload
def test_an_engine_keeps_the_arrays_that_it_was_given(backend: Any, workload: Any) -> None:
    params = workload.params(messages=3, message_bytes=4096)
    inputs, outputs = workload.inputs(params, 1, 0), workload.outputs(params)
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        prepared = backend.implementations[workload.id, ""].prepare(job)
    arrays = [
        getattr(of, field.name) for of in (inputs, outputs) for field in fields(of) if field.name != "key"
    ]
    memory = [weakref.ref(owner(array)) for array in arrays]
    del inputs, outputs, job, arrays
    gc.collect()
    assert all(each() is not None for each in memory)
    prepared.run()


def test_the_suite_verifies_both_engines_by_every_vector() -> None:
    registry = discover()
    origins = {backend.name: origin(registry, backend.name) for backend in BACKENDS}
    probes = {name: probe for name, (probe, _) in probe_all(list(origins.values())).items()}
    vectors = len(parse((files(plugin) / "vectors.txt").read_text("utf-8")))
    rows = to_verify(registry, probes, [ENCRYPT.id, DECRYPT.id])
    crew = Crew(origins)
    try:
        results = [verify(row, crew) for row in rows]
    finally:
        crew.dismiss()
    found = {(r.backend, r.workload): (r.passed, r.failed, r.skipped) for r in results}
    assert set(found) == {(b.name, w.id) for b in BACKENDS for w in (ENCRYPT, DECRYPT)}
    for (_, workload), counts in found.items():
        assert counts == ((vectors if workload == DECRYPT.id else vectors - 1), 0, 0)


def test_a_run_measures_both_engines_and_their_answers_are_equal(tmp_path: Path) -> None:
    def benchsuite(*arguments: str) -> Any:
        command = [sys.executable, "-m", "benchsuite", *arguments, "--json"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=tmp_path)
        return json.loads(done.stdout)

    engines = [part for backend in BACKENDS for part in ("--backend", backend.name)]
    run = benchsuite("run", "-k", "chacha20", "--preset", "smoke", "--output", "run.jsonl", *engines)
    assert {cell["backend"] for cell in run["cells"]} == {backend.name for backend in BACKENDS}
    assert {cell["status"] for cell in run["cells"]} == {"measured"}, [c["reason"] for c in run["cells"]]
    assert len({cell["output_sha256"] for cell in run["cells"]}) == 1
    assert benchsuite("results", "validate", "run.jsonl")["files"][0]["problems"] == []


@pytest.fixture
def no_libraries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("cryptography", "nacl"):
        monkeypatch.setitem(sys.modules, name, None)
    yield


@every_backend
@pytest.mark.usefixtures("no_libraries")
def test_without_its_library_an_engine_is_unavailable_with_the_remedy(backend: Any) -> None:
    with pytest.raises(Unavailable, match=r"does not import .*: pip install benchsuite-chacha20-poly1305"):
        backend.probe()
