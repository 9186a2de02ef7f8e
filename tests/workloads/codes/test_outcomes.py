import numpy as np

from benchsuite.workloads.codes.outcomes import OUTCOMES, trial_outcomes


def test_every_trial_gets_the_outcome_that_its_flips_claim_and_data_make() -> None:
    flips, claims = np.array([0, 0, 0, 1, 2, 3, 3, 4]), np.array([0, 0, 2, 1, 2, 1, 2, 0], np.uint8)
    right = np.array([True, False, True, True, False, False, False, True])
    touched = ["corrected", "detected", "miscorrected", "detected", "undetected"]
    for injecting, untouched in (
        (False, ["clean", "undetected", "false_alarm"]),
        (True, ["not_injected"] * 3),
    ):
        found = trial_outcomes(flips, claims, right, injecting=injecting)
        assert found.dtype == np.uint8
        assert [OUTCOMES[outcome] for outcome in found] == [*untouched, *touched]
