"""Every way in which an error model breaks its contract is found by calling it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchsuite.host.plugins import UsageError
from benchsuite.inject.built_in import BUILT_IN
from benchsuite.testing.inspection import inspect
from benchsuite.testing.rules_of_models import TRIALS, model_is_sound
from benchsuite.testing.subject import Broken

EXAMPLES = Path(__file__).parents[2] / "docs/examples"


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_the_built_in_models_are_sound(name: str) -> None:
    model_is_sound(BUILT_IN[name])


@pytest.mark.parametrize(
    ("positions", "said"),
    [
        (np.zeros((TRIALS, 1), np.int32), "must give int64"),
        (np.zeros((1, 1), np.int64), "gave 1 rows"),
        (np.full((TRIALS, 1), 72), "positions are 0 to"),
        (np.full((TRIALS, 1), -2), "positions are 0 to"),
        (np.zeros((TRIALS, 2), np.int64), "one position twice"),
    ],
)
def test_positions_that_cannot_be_are_named(positions, said) -> None:
    with pytest.raises(Broken, match=said):
        model_is_sound(replace(BUILT_IN["flips"], positions=lambda arguments, n, words: positions))


def test_a_formula_that_does_not_sum_to_1_is_named() -> None:
    with pytest.raises(UsageError, match="not to 1"):
        model_is_sound(replace(BUILT_IN["flips"], exact=lambda arguments, code: {"clean": (1, 2)}))


@pytest.mark.parametrize("name", ["geometric", "grounded"])
def test_a_plugins_model_is_called_by_the_check(name: str) -> None:
    found = {finding.check: finding for finding in inspect(str(EXAMPLES / f"{name}.py"))}
    assert (found["draws"].subject, found["draws"].status) == (f"error model {name}", "ok")


def test_a_model_that_flips_what_it_should_not_by_what_is_stored_is_named() -> None:
    def on_target(arguments, target, words):
        return target.stored()[:, :2].astype(np.int64)

    with pytest.raises(Broken, match="one position twice"):
        model_is_sound(replace(BUILT_IN["stuck-at"], on_target=on_target))
