from collections.abc import Callable

import pytest

from benchsuite.inject.rig import BLOCK, Rig, Wrong
from benchsuite.inject.trials import Draws, count_outcomes


def test_a_decoder_that_copies_the_data_fails_a_published_vector(misbehaving: Callable[[str], Rig]) -> None:
    with pytest.raises(Wrong, match=r"published vector .* does not come out"):
        misbehaving("outputs.data[:] = inputs.data; outputs.outcome[:] = 0")


@pytest.mark.parametrize(
    "misbehaviour",
    [
        "if len(inputs.data) > 1: outputs.data[:] = inputs.data; outputs.outcome[:] = 0",
        "if len(inputs.data) > 1: outputs.data[1000, 3] ^= 1",
        "if len(inputs.data) > 1: outputs.outcome[4095] = 7",
    ],
)
def test_the_first_block_is_checked_whole(
    misbehaving: Callable[[str], Rig], draws: Callable[..., Draws], misbehaviour: str
) -> None:
    with pytest.raises(Wrong, match=r"hsiao-decode, trial \d+: expected"):
        count_outcomes(misbehaving(misbehaviour), draws("flips:3"), 0, BLOCK)


def test_a_decoder_that_stops_working_later_is_caught_by_samples(
    misbehaving: Callable[[str], Rig], draws: Callable[..., Draws]
) -> None:
    rig = misbehaving("if blocks > 1: outputs.data[:] = inputs.data")
    count_outcomes(rig, draws("flips:1"), 0, BLOCK)
    with pytest.raises(Wrong, match="hsiao-decode, trial"):
        count_outcomes(rig, draws("flips:1"), BLOCK, BLOCK)


def test_an_impossible_claim_is_named_with_its_trial_though_no_sample_saw_it(
    misbehaving: Callable[[str], Rig], draws: Callable[..., Draws]
) -> None:
    rig = misbehaving("if blocks > 1: outputs.outcome[5] = 7")
    count_outcomes(rig, draws("flips:1"), 0, BLOCK)
    with pytest.raises(Wrong, match=f"trial {BLOCK + 5}: expected .*, got .*outcome 7"):
        count_outcomes(rig, draws("flips:1"), BLOCK, BLOCK)
