"""Trials of cipher faults: by their numbers alone, and beside what is expected, for every mode and fault."""

from __future__ import annotations

import pytest

from benchsuite.analyse.means import mean_interval
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.faults.ciphers import count_messages, messages_of
from benchsuite.inject.faults.expected import expected_damage, expected_outcomes
from benchsuite.inject.faults.targets import TARGETS, Aes, parse_fault
from benchsuite.inject.faults.trials import Counts, Injection
from benchsuite.inject.models import parse_model

TRIALS = 1500
SURE = 1 - 1e-6
MODES = [target for target in TARGETS.values() if isinstance(target, Aes) and target.key_bits in (128, 256)]


def injection(target: str, fault: str, model: str = "flips:3", seed: int = 1) -> Injection:
    named = TARGETS[target]
    return Injection(
        target=named, fault=parse_fault(named, fault), model=parse_model(model, Registry()), seed=seed
    )


def spelled(target: Aes) -> list[str]:
    rounds = (0, 1, target.rounds - 1, target.rounds)
    plain = [fault for fault in target.faults if ":" not in fault]
    numbered = [f"{fault[:-1]}{number}" for fault in target.faults if ":" in fault for number in rounds]
    return plain + numbered


def as_expected(asked: Injection, counts: Counts) -> None:
    outcomes = expected_outcomes(asked)
    if outcomes is not None:
        assert counts.outcomes == dict.fromkeys(outcomes, TRIALS)
    for region, wrong in expected_damage(asked).items():
        damage = counts.damage[region]
        if wrong.basis == "none":
            assert damage.histogram.keys() == {0}, region
        elif wrong.basis == "as_flipped":
            assert damage.as_flipped == TRIALS, region
        else:
            mean = mean_interval(sorted(damage.histogram.items()), SURE)
            assert wrong.bits is not None
            assert mean.low <= wrong.bits <= mean.high, region


@pytest.mark.parametrize("model", ["flips:1", "flips:3", "burst:8", "bsc:0.01"])
@pytest.mark.parametrize("target", MODES, ids=lambda target: target.name)
def test_every_fault_does_what_is_expected_of_it(target: Aes, model: str) -> None:
    for fault in spelled(target):
        asked = injection(target.name, fault, model)
        as_expected(asked, count_messages(asked, 0, TRIALS))


@pytest.mark.parametrize("target", ["aes-128-gcm", "aes-256-xts-stealing", "aes-192-ofb"])
@pytest.mark.parametrize("fault", ["ciphertext", "key", "state:3"])
def test_chunks_of_trials_add_up_to_the_whole(target: str, fault: str) -> None:
    asked = injection(target, fault)
    pieces = Counts()
    for first, count in ((0, 1), (1, 2100), (2101, 399)):
        pieces += count_messages(asked, first, count)
    assert pieces == count_messages(asked, 0, 2500)


def test_a_trial_is_the_same_alone() -> None:
    asked = injection("aes-128-cbc", "ciphertext")
    many, alone = messages_of(asked, 0, 50), messages_of(asked, 33, 1)
    assert (many.data[33] == alone.data[0]).all()
    assert (many.iv[33] == alone.iv[0]).all()
    assert (asked.flips(0, 50)[33] == asked.flips(33, 1)[0]).all()


def test_messages_flips_and_keys_follow_the_seed() -> None:
    one, two = (injection("aes-128-ctr", "iv", seed=seed) for seed in (1, 2))
    assert (messages_of(one, 0, 4).data != messages_of(two, 0, 4).data).any()
    assert (messages_of(one, 0, 1).schedule != messages_of(two, 0, 1).schedule).any()


def test_the_flips_are_those_of_the_error_model() -> None:
    flips = injection("aes-128-cbc", "iv", "adjacent:5").flips(0, 100)
    numbers = [int.from_bytes(row.tobytes(), "little") for row in flips]
    assert {number // (number & -number) for number in numbers} == {0b11111}


def test_gcm_accepts_a_fault_within_its_key_stream() -> None:
    assert count_messages(injection("aes-128-gcm", "state:10"), 0, 50).outcomes == {"damaged": 50}
    assert count_messages(injection("aes-128-gcm", "ciphertext"), 0, 50).outcomes == {"rejected": 50}


@pytest.mark.parametrize(
    ("target", "fault", "named"),
    [
        ("aes-128-ecb", "iv", "ciphertext"),
        ("aes-128-cbc", "tag", "iv"),
        ("aes-128-cbc", "state", "0 to 10"),
        ("aes-128-cbc", "state:11", "0 to 10"),
        ("aes-256-cbc", "round-key:x", "0 to 14"),
        ("aes-128-xts", "tail", "ciphertext"),
        ("rsa-2048", "state:1", "half-p"),
        ("rsa-2048", "half-p:1", "half-p"),
    ],
)
def test_a_fault_that_a_target_has_not_is_told_with_those_it_has(target: str, fault: str, named: str) -> None:
    with pytest.raises(UsageError, match=named):
        parse_fault(TARGETS[target], fault)


@pytest.mark.parametrize("model", ["flips:129", "erasures:1", "burst:200"])
def test_models_that_cannot_strike_are_refused(model: str) -> None:
    with pytest.raises(UsageError, match=r"--model"):
        injection("aes-128-cbc", "iv", model)


def test_nothing_is_expected_of_flips_that_may_not_come() -> None:
    assert expected_outcomes(injection("aes-128-cbc", "ciphertext", "bsc:0.5")) is None
    assert expected_outcomes(injection("aes-128-cbc", "ciphertext", "flips:0")) is None
    damage = expected_damage(injection("aes-128-cbc", "ciphertext", "bsc:0.5"))
    assert {region: wrong.basis for region, wrong in damage.items()} == {
        "previous": "none",
        "next": "as_flipped",
        "rest": "none",
    }
