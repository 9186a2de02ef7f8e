import numpy as np
import pytest

from benchsuite.api import Mismatch
from benchsuite.inject.outcomes import classify


@pytest.mark.parametrize(
    ("flips", "claim", "right", "outcome"),
    [
        (1, 0, False, "undetected"),
        (1, 0, True, "undetected"),  # the flip was in a check bit, and the decoder did not see it
        (1, 1, True, "corrected"),
        (1, 1, False, "miscorrected"),
        (2, 2, False, "detected"),
        (2, 2, True, "detected"),
        (0, 0, True, "not_injected"),
        (0, 2, False, "not_injected"),
    ],
)
def test_what_a_decoder_claims_of_an_injected_trial_makes_its_outcome(
    flips: int, claim: int, right: bool, outcome: str
) -> None:
    counts = (
        classify(np.array([flips]), np.array([claim], np.uint8), np.array([right]), injecting=True)
        .counts()
        .outcomes
    )
    assert {name for name, count in counts.items() if count} == {outcome}


@pytest.mark.parametrize(
    ("claim", "right", "outcome"),
    [
        (0, True, "clean"),
        (0, False, "undetected"),
        (1, True, "false_alarm"),
        (1, False, "false_alarm"),
        (2, True, "false_alarm"),
    ],
)
def test_without_injection_any_claim_but_clean_is_a_false_alarm(
    claim: int, right: bool, outcome: str
) -> None:
    counts = (
        classify(np.array([0]), np.array([claim], np.uint8), np.array([right]), injecting=False)
        .counts()
        .outcomes
    )
    assert {name for name, count in counts.items() if count} == {outcome}


def test_every_trial_is_counted_once_and_what_did_not_happen_is_counted_as_none() -> None:
    flips, claims = np.array([3, 3, 0, 3]), np.array([2, 1, 0, 2], np.uint8)
    counts = classify(flips, claims, np.array([False, False, True, False]), injecting=True).counts().outcomes
    assert counts == {"corrected": 0, "detected": 2, "miscorrected": 1, "undetected": 0, "not_injected": 1}


def test_a_claim_that_is_none_of_the_three_is_named() -> None:
    with pytest.raises(Mismatch, match=r"item 1: expected outcome 0 \(clean\).* got outcome 7"):
        classify(np.ones(2, np.int64), np.array([1, 7], np.uint8), np.array([True, True]), injecting=True)
