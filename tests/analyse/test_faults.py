"""Chunks of faults, put together; and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from benchsuite.analyse.faults import settle_faults
from benchsuite.analyse.problems_of_faults import of_faults
from benchsuite.record.fault import Damage, Expected, Fault
from benchsuite.record.types import SCHEMA, Run

RUN = Run(
    schema=SCHEMA,
    id="r",
    suite_version="0",
    argv=["inject"],
    seed=1,
    preset="",
    started="2026-01-01T00:00:00Z",
    machine={},
    plugins=[],
    devices=[],
)


def chunk(first: int, trials: int, **changes: Any) -> Fault:
    """Of flips in a ciphertext that do to two regions what they should."""
    half = trials // 2
    fault = Fault(
        target="aes-128-cbc",
        fault="ciphertext",
        model="flips:3",
        backend="",
        seed=1,
        first_trial=first,
        trials=trials,
        flips=3 * trials,
        outcomes={"damaged": trials},
        damage={
            "struck": Damage(histogram=[(58, half), (70, trials - half)], as_flipped=0),
            "next": Damage(histogram=[(3, trials)], as_flipped=trials),
            "rest": Damage(histogram=[(0, trials)], as_flipped=0),
        },
        expected_outcomes={"damaged": ("1", "1", 1.0)},
        expected_damage={
            "struck": Expected(basis="ideal", bits=64.0),
            "next": Expected(basis="as_flipped", bits=3.0),
            "rest": Expected(basis="none", bits=0.0),
        },
    )
    return replace(fault, **changes)


def test_chunks_that_join_are_summed_and_others_left_out() -> None:
    (whole,) = settle_faults([chunk(0, 100), chunk(100, 50), chunk(200, 10)])
    assert whole == replace(chunk(0, 150), damage=whole.damage)
    assert whole.damage["struck"].histogram == [(58, 75), (70, 75)]
    assert whole.damage["next"].as_flipped == 150


def test_campaigns_are_kept_apart() -> None:
    lines = [chunk(0, 10), chunk(0, 10, backend="x"), chunk(0, 10, protect="verify"), chunk(0, 10, seed=2)]
    assert settle_faults(lines) == lines


def test_a_crash_keeps_what_was_counted_and_a_wrong_answer_nothing() -> None:
    nothing: dict[str, Any] = {"flips": 0, "outcomes": {}, "damage": {}}
    crash = chunk(10, 0, status="failed", reason="killed", **nothing)
    (kept,) = settle_faults([chunk(0, 10), crash])
    assert (kept.status, kept.trials, kept.outcomes) == ("failed", 10, {"damaged": 10})
    wrong = chunk(10, 0, status="wrong", reason="lies", **nothing)
    (lost,) = settle_faults([chunk(0, 10), wrong, crash])
    assert (lost.status, lost.trials, lost.damage) == ("wrong", 0, {})


def problems(*faults: Fault, facts: Callable[[Fault], Fault | None] | None = None) -> list[str]:
    return list(of_faults(RUN, faults, facts))


def test_sound_chunks_have_no_problem() -> None:
    assert problems(chunk(0, 1000), chunk(1000, 500), facts=lambda fault: chunk(0, 0)) == []


def with_damage(region: str, histogram: list[tuple[int, int]], as_flipped: int) -> Fault:
    sound = chunk(0, 1000)
    return replace(sound, damage=sound.damage | {region: Damage(histogram=histogram, as_flipped=as_flipped)})


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (chunk(0, 1000, outcomes={"damaged": 999}), "outcomes: they sum to 999"),
        (chunk(0, 1000, status="failed"), "counted, though failed"),
        (chunk(0, 1000, seed=2), "seed: the run's is 1"),
        (chunk(5, 1000), "first_trial: trial 0 comes next"),
        (with_damage("struck", [(64, 999)], 0), "damage.struck: of 999 messages"),
        (with_damage("struck", [(70, 500), (58, 500)], 0), "histogram: not ascending"),
        (with_damage("struck", [(129, 1000)], 0), "more wrong bits than the region has"),
        (with_damage("next", [(3, 1000)], 1001), "as_flipped: more than"),
        (with_damage("next", [(3, 1000)], 999), "damage.next: beyond all chance"),
        (with_damage("rest", [(0, 999), (1, 1)], 0), "damage.rest: beyond all chance"),
        (with_damage("struck", [(58, 500), (75, 500)], 0), "damage.struck: beyond all chance"),
        (chunk(0, 1000, outcomes={"intact": 1000}), "outcomes.intact: beyond all chance"),
    ],
)
def test_what_cannot_be_is_named(fault: Fault, problem: str) -> None:
    found = problems(fault)
    assert any(problem in each for each in found), found
    assert all(each.startswith("fault of aes-128-cbc, ciphertext, flips:3") for each in found)


def test_what_is_expected_is_what_the_suite_expects() -> None:
    other = chunk(0, 0, expected_damage={"struck": Expected(basis="ideal", bits=63.0)})
    assert any("expected_damage: not what" in each for each in problems(chunk(0, 10), facts=lambda _: other))


def test_a_fault_that_cannot_be_is_named() -> None:
    def refuse(fault: Fault) -> Fault | None:
        raise ValueError("no such thing")

    assert any("target: no such thing" in each for each in problems(chunk(0, 1000), facts=refuse))
