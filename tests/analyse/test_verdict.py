from __future__ import annotations

from math import log, log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.analyse.paired import PairedEstimate, signed_rank_interval
from benchsuite.analyse.verdict import LEAST_DELTA, Pairs, aa_floor, compare, verdict

NOISE = [0.001 * (-1) ** i * (i % 5) for i in range(16)]


def pairs(centre: float, noise: list[float] = NOISE, *, same_code: bool = False) -> Pairs:
    return Pairs(log_ratios=[centre + x for x in noise], same_code=same_code)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.011, 0.5, "faster"),
        (0.01, 0.5, "inconclusive"),
        (-0.5, -0.011, "slower"),
        (-0.5, -0.01, "inconclusive"),
        (-0.01, 0.01, "same"),
        (0.002, 0.003, "same"),
        (-0.011, 0.01, "inconclusive"),
        (-0.01, 0.011, "inconclusive"),
        (-1.0, 1.0, "inconclusive"),
        (None, None, "too_few_blocks"),
    ],
)
def test_verdicts_by_where_the_interval_lies(low: float | None, high: float | None, expected: str) -> None:
    assert verdict(low, high, 0.01) == expected


def test_nothing_is_the_same_on_a_machine_too_noisy_to_tell() -> None:
    floor = log(1.56)
    assert verdict(log(0.67), log(0.99), floor) == "inconclusive"
    assert verdict(log(0.92), log(1.09), floor) == "same"
    assert verdict(log(1.57), log(2), floor) == "faster"


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 0.2))
def test_exchanging_the_two_turns_faster_into_slower(low: float, width: float, delta: float) -> None:
    turned = {"faster": "slower", "slower": "faster", "same": "same", "inconclusive": "inconclusive"}
    assert verdict(-low - width, -low, delta) == turned[verdict(low, low + width, delta)]


def test_floor_is_the_largest_bound_on_either_side_of_any_pair() -> None:
    estimates = [
        PairedEstimate(0.0, -0.004, 0.02),
        PairedEstimate(0.0, -0.03, 0.01),
        PairedEstimate(1, None, None),
    ]
    assert aa_floor(estimates) == 0.03
    assert aa_floor([]) == 0.0


def test_confidence_is_shared_by_all_comparisons() -> None:
    judged = compare([pairs(log(1.5)), pairs(0.0), pairs(-log(1.5)), pairs(0.0, same_code=True)])
    assert [j.verdict for j in judged] == ["faster", "same", "slower", "same"]
    assert {j.confidence for j in judged} == {1 - 0.05 / 4}
    assert {j.comparisons for j in judged} == {4}
    assert judged[0].estimate == signed_rank_interval(pairs(log(1.5)).log_ratios, 1 - 0.05 / 4)


def test_a_noisy_pair_of_the_same_code_widens_the_zone_of_all_others_but_not_its_own() -> None:
    contender = pairs(0.03)
    assert compare([contender])[0].verdict == "faster"
    noisy = pairs(0.0, [20 * x for x in NOISE], same_code=True)
    judged = compare([contender, noisy])
    assert judged[0].delta == aa_floor([judged[1].estimate]) > 0.03
    assert judged[0].verdict == "same"
    assert judged[1].delta == LEAST_DELTA == log1p(0.01)


def test_same_code_that_differs_is_an_alarm() -> None:
    assert compare([pairs(0.05, same_code=True)])[0].verdict == "faster"


@pytest.mark.parametrize(("blocks", "most"), [(2, 0), (10, 25), (16, 1638)])
def test_more_comparisons_than_the_blocks_allow_get_no_verdict(blocks: int, most: int) -> None:
    pair = Pairs(log_ratios=[0.5] * blocks, same_code=False)
    if most:
        assert {j.verdict for j in compare([pair] * most)} == {"faster"}
    assert {j.verdict for j in compare([pair] * (most + 1))} == {"too_few_blocks"}


def test_nothing_to_compare_is_no_error() -> None:
    assert compare([]) == []
