from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.problems import problems
from benchsuite.record.types import OfCampaign, Run, Trial

Build = Callable[..., Any]


@pytest.fixture
def trial(tally: Build) -> Build:
    def build(number: int, **changes: object) -> Trial:
        shared = {name: getattr(tally(0), name) for name in OfCampaign.__struct_fields__}
        found = Trial(**shared, trial=number, outcome="detected", flipped=[1, 2])
        return msgspec.structs.replace(found, **changes)

    return build


def test_a_log_that_a_kill_cut_from_its_tally_is_sound(run: Run, tally: Build, trial: Build) -> None:
    whole = [run, trial(3), trial(40), tally(0), trial(107)]
    for end in range(1, 6):
        assert problems(whole[:end]) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 2}, "seed: the run's is 1"),
        ({"flipped": [2, 1]}, "flipped: [2, 1] do not increase"),
        ({"trial": 4}, "trial: it is there twice"),
        ({"outcome": "miscorrected"}, "1 are miscorrected, where 0 were counted"),
        ({"label": "other"}, "case: not that of its tally"),
    ],
)
def test_each_falsification_of_a_trial_is_named(
    run: Run, tally: Build, trial: Build, changes: dict[str, object], said: str
) -> None:
    found = problems([run, trial(4), trial(3, **changes), tally(0)])
    assert any(said in problem for problem in found), found
