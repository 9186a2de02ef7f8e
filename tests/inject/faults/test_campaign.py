"""Faults through engines, in workers: the same as the suite's own, refused, found out, or lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from benchsuite.analyse.faults import settle_faults
from benchsuite.host.engine import origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, discover
from benchsuite.inject.faults.campaign import CHUNK_MESSAGES, Engines, blank, run_own, run_through
from benchsuite.inject.faults.engines import find_way
from benchsuite.inject.faults.targets import TARGETS, parse_fault
from benchsuite.inject.faults.trials import Injection
from benchsuite.inject.models import parse_model
from benchsuite.inject.ways import NoWay
from benchsuite.record.fault import Fault

CPU = Probe(devices=(("cpu", ("end-to-end",)),))
TRIALS = 300
LIAR = """
import os
import signal

from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.workloads import AES_CBC_DECRYPT, RSA_SIGN
from benchsuite_numpy import backend as engine

backend = Backend(name="fake", probe=host_cpu)


@backend.implements(AES_CBC_DECRYPT, version=1)
def decrypt(job):
    honest = engine.implementations["aes-cbc-decrypt", ""].prepare(job)

    def run():
        honest.run()
        if len(job.inputs.data) > 100:
            {misbehaviour}

    return Prepared(run=run)


@backend.implements(RSA_SIGN, version=1)
def sign(job):
    return engine.implementations["rsa-sign", ""].prepare(job)


@hookimpl
def benchsuite_backends():
    return [backend]
"""


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    with closing(Engines()) as opened:
        yield opened


def injection(target: str, fault: str, protect: str = "", model: str = "flips:3") -> Injection:
    named = TARGETS[target]
    return Injection(
        target=named,
        fault=parse_fault(named, fault),
        model=parse_model(model, Registry()),
        seed=1,
        protect=protect,
    )


def ignored(*told: object) -> None:
    return None


def through(
    asked: Injection, backend: str, engines: Engines, *extra: str, trials: int = TRIALS
) -> tuple[Fault, list[Fault]]:
    registry, lines = discover(extra=extra), []
    way = find_way(registry, backend, CPU, asked)
    source = origin(registry, backend)
    settled = run_through(asked, source, way, registry, trials, lines.append, ignored, engines)
    return settled, lines


@pytest.mark.parametrize("backend", ["numpy", "openssl"])
@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("aes-128-ecb", "ciphertext"),
        ("aes-192-cbc", "iv"),
        ("aes-256-ctr", "iv"),
        ("aes-128-gcm", "ciphertext"),
        ("aes-256-gcm", "associated-data"),
        ("aes-128-gcm", "tag"),
        ("aes-128-gcm", "iv"),
    ],
)
def test_engines_come_to_what_the_suites_own_cipher_does(
    target: str, fault: str, backend: str, engines: Engines
) -> None:
    asked = injection(target, fault)
    own = run_own(asked, TRIALS, ignored, ignored)
    found, lines = through(asked, backend, engines)
    assert found == msgspec.structs.replace(own, backend=backend)
    assert [msgspec.json.decode(msgspec.json.encode(line), type=Fault) for line in lines] == lines


def test_a_campaign_of_several_chunks_is_the_sum_of_its_lines() -> None:
    asked, lines, told = injection("aes-128-ctr", "ciphertext"), [], []
    whole = run_own(asked, CHUNK_MESSAGES + 5, lines.append, lambda *done: told.append(done))
    assert [(line.first_trial, line.trials) for line in lines] == [(0, CHUNK_MESSAGES), (CHUNK_MESSAGES, 5)]
    assert [whole] == settle_faults(lines)
    assert told[-1] == (CHUNK_MESSAGES + 5, CHUNK_MESSAGES + 5)
    assert whole.damage["struck"].histogram == [(3, CHUNK_MESSAGES + 5)]


def test_an_engine_that_checks_its_signatures_recovers_and_one_that_does_not_leaks(engines: Engines) -> None:
    asked = injection("rsa-2048", "exponent-p", model="flips:1")
    careful, _ = through(asked, "openssl", engines, trials=5)
    careless, _ = through(asked, "numpy", engines, trials=5)
    assert set(careful.outcomes) <= {"recovered", "rejected"}
    assert careful.outcomes["recovered"] >= 4  # one number in a thousand is even, and refused
    assert careless.outcomes == {"leaked": 5}
    assert careful.expected_outcomes is None


@pytest.mark.parametrize(
    ("target", "fault", "protect", "reason"),
    [
        ("aes-128-cbc", "state:3", "", "which no engine opens"),
        ("aes-128-cbc", "key", "", "which no engine opens"),
        ("aes-128-ofb", "iv", "", "no engine is asked"),
        ("rsa-2048", "half-p", "", "which no engine opens"),
        ("rsa-2048", "exponent-p", "verify", "the suite's own"),
    ],
)
def test_what_engines_are_not_asked_is_unsupported_with_the_reason(
    target: str, fault: str, protect: str, reason: str, engines: Engines
) -> None:
    asked = injection(target, fault, protect)
    assert isinstance(find_way(discover(), "numpy", CPU, asked), NoWay)
    found, lines = through(asked, "numpy", engines)
    assert (found.status, found.trials, lines) == ("unsupported", 0, [found])
    assert reason in found.reason


def test_a_backend_that_is_not_here_is_unavailable() -> None:
    way = find_way(discover(), "numpy", Probe(unavailable="no such engine"), injection("aes-128-cbc", "iv"))
    assert way == NoWay(status="unavailable", reason="no such engine")


@pytest.mark.parametrize(
    ("misbehaviour", "status", "reason"),
    [
        ("job.outputs.data[7, 5] ^= 1", "wrong", "number 7: expected"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "failed", "SIGKILL"),
        ("raise ValueError('no')", "failed", "no"),
    ],
)
def test_an_engine_that_lies_or_dies_is_found_out_and_nothing_of_it_counts(
    misbehaviour: str, status: str, reason: str, tmp_path: Path, engines: Engines
) -> None:
    path = tmp_path / "liar.py"
    path.write_text(LIAR.replace("{misbehaviour}", misbehaviour))
    asked = injection("aes-128-cbc", "ciphertext")
    found, lines = through(asked, "fake", engines, str(path))
    assert (found.status, found.trials, found.outcomes, len(lines)) == (status, 0, {}, 1)
    assert reason in found.reason


def test_an_error_model_of_a_plugin_strikes_through_an_engine_too(engines: Engines) -> None:
    registry = discover(extra=[str(Path(__file__).parents[3] / "docs/examples/geometric.py")])
    asked = Injection(
        target=TARGETS["aes-128-cbc"], fault="iv", model=parse_model("geometric:0.5", registry), seed=1
    )
    way, source = find_way(registry, "numpy", CPU, asked), origin(registry, "numpy")
    found = run_through(asked, source, way, registry, TRIALS, ignored, ignored, engines)
    assert (found.status, found.reason, found.trials) == ("measured", "", TRIALS)
    assert found.damage["struck"].as_flipped == TRIALS


def test_what_is_expected_of_a_damaged_key_is_the_signers_own_business() -> None:
    asked = injection("rsa-2048", "exponent-p")
    assert blank(asked, "numpy").expected_outcomes is None
    assert blank(asked, "").expected_outcomes == {"leaked": ("1", "1", 1.0)}
