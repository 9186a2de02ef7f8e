"""Trials of RSA faults, made by the suite's own signer or by any other."""

from __future__ import annotations

import pytest

from benchsuite.host.plugins import Registry
from benchsuite.inject.faults.expected import expected_outcomes
from benchsuite.inject.faults.signatures import count_signatures
from benchsuite.inject.faults.targets import TARGETS, Rsa, fault_bits
from benchsuite.inject.faults.trials import Injection
from benchsuite.inject.models import parse_model
from benchsuite.workloads.reference.rsa import PrivateKey, sign_digest
from benchsuite.workloads.rsa.faults import FAULTS, STRUCK_NUMBERS
from benchsuite.workloads.rsa.keys import benchmark_key

TRIALS = 3


def injection(fault: str, protect: str = "", model: str = "flips:1") -> Injection:
    return Injection(
        target=TARGETS["rsa-2048"],
        fault=fault,
        model=parse_model(model, Registry()),
        seed=1,
        protect=protect,
    )


@pytest.mark.parametrize("protect", ["", "verify", "recompute"])
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_comes_to_what_is_expected_of_it(fault: str, protect: str) -> None:
    asked = injection(fault, protect)
    expected = expected_outcomes(asked)
    assert expected is not None
    assert count_signatures(asked, 0, TRIALS).outcomes == dict.fromkeys(expected, TRIALS)


def test_chunks_of_trials_add_up_to_the_whole() -> None:
    asked = injection("half-q", model="bsc:0.001")
    pieces = count_signatures(asked, 0, 1)
    pieces += count_signatures(asked, 1, 3)
    assert pieces == count_signatures(asked, 0, 4)
    assert pieces.flips > 0


def test_a_right_signature_from_a_damaged_key_is_recovered() -> None:
    def without_halves(key: PrivateKey, digest: bytes) -> bytes:
        return sign_digest(benchmark_key(2048), digest)

    assert count_signatures(injection("exponent-p"), 0, TRIALS, without_halves).outcomes == {
        "recovered": TRIALS
    }


def test_a_signer_that_trusts_its_key_leaks_it_and_one_that_refuses_is_told_so() -> None:
    assert count_signatures(injection("exponent-p"), 0, TRIALS, sign_digest).outcomes == {"leaked": TRIALS}
    refused = count_signatures(injection("exponent-p"), 0, TRIALS, lambda key, digest: None)
    assert refused.outcomes == {"rejected": TRIALS}


@pytest.mark.parametrize("target", [t for t in TARGETS.values() if isinstance(t, Rsa)], ids=lambda t: t.name)
def test_a_fault_may_flip_every_bit_of_the_number_and_no_other(target: Rsa) -> None:
    key = benchmark_key(target.key_bits)
    for fault, name in STRUCK_NUMBERS.items():
        assert getattr(key, name).bit_length() <= fault_bits(target, fault)
    assert {fault_bits(target, fault) for fault in target.faults} == {target.key_bits // 2, target.key_bits}
