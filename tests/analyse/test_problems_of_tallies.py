from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.problems import problems
from benchsuite.record.types import Line, Run, Stratum, Tally

Build = Callable[..., Any]
replace = msgspec.structs.replace
HALVES = {
    "detected": ("100", "200", 0.5),
    "miscorrected": ("100", "200", 0.5),
    "corrected": ("0", "200", 0.0),
}
OPEN = {"corrected": ("100", "200", 0.5), "lost": ("100", "200", 0.5)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"outcomes": {"detected": 99}}, "outcomes: they sum to 99, not to the 100 trials"),
        ({"trials": 0}, "outcomes: they sum to 100, not to the 0 trials"),
        ({"trials": 0, "outcomes": {"detected": 0}}, "trials: none, which only an exact answer has"),
        ({"trials": 0, "outcomes": {}}, "trials: none, which only an exact answer has"),
        ({"status": "failed"}, "outcomes: counted, though failed"),
        ({"first_trial": 1}, "are in tally of"),
        ({"first_trial": 300}, "first_trial: trials from 200 on are missing"),
        ({"seed": 2}, "seed: the run's is 1"),
        ({"exact": {"detected": ("1", "2", 0.6)}}, "exact.detected: 0.6 is not numerator by denominator"),
        ({"exact": {"detected": ("3", "2", 1.0)}}, "exact.detected: 1.0 is not numerator by denominator"),
        ({"exact": HALVES | {"detected": ("0", "9", 0.0)}}, "200 trials, where the exact answer is none"),
        ({"exact": {"corrected": ("2", "2", 1.0)}}, "outcomes.corrected: 0 of 200 trials, where the exact"),
        ({"exact": HALVES}, "outcomes.detected: 200 of 200 trials, where the exact probability is 0.5"),
        ({"exact": OPEN}, "outcomes.lost: 200 of 200 trials, where the exact probability is 0.5"),
        ({"outcomes": {"lost": 100}}, "outcomes.lost: counted, though only a formula"),
    ],
)  # fmt: skip
def test_each_falsification_is_named(changed: Build, changes: dict[str, object], said: str) -> None:
    found = problems(changed(Tally, **changes))
    assert any(said in problem for problem in found), found


def test_what_is_lost_may_be_counted_as_anything_that_is_not_corrected(found: Build) -> None:
    counts = {"corrected": 50, "detected": 30, "miscorrected": 10, "undetected": 10}
    assert found(trials=100, outcomes=counts, exact=OPEN) == []
    assert len(found(trials=100, outcomes=counts | {"detected": 29, "false_alarm": 1}, exact=OPEN)) == 1


@pytest.fixture
def found(run: Run, tally: Build) -> Callable[..., list[str]]:
    """Problems of a file with one tally."""

    def judge(**changes: object) -> list[str]:
        return problems([run, tally(**changes)])

    return judge


@pytest.mark.parametrize(
    ("codewords", "possible"),
    [
        ({"clean": 100, "detected": 60, "undetected": 40}, True),
        ({"clean": 140, "detected": 60}, False),
        ({"clean": 101, "detected": 59, "undetected": 40}, False),
        ({"detected": 121, "undetected": 79}, False),
    ],
)
def test_accesses_are_spoiled_by_codewords_of_their_own(
    found: Build, codewords: dict[str, int], possible: bool
) -> None:
    """Of 100 accesses of two codewords 60 are detected and 40 silent."""
    outcomes = {"detected": 60, "silent": 40}
    said = found(codewords=2, trials=100, outcomes=outcomes, codeword_outcomes=codewords, exact=None)
    assert (said == []) == possible, said


def test_an_exact_answer_has_no_trials(found: Build) -> None:
    assert found(trials=0, outcomes={}, exact=HALVES) == []


def test_a_refusal_or_crash_has_no_trials(run: Run, tally: Build) -> None:
    chunks = [tally(0), tally(100, trials=0, outcomes={}, status="failed", reason="died"), tally(100)]
    for end in range(1, 4):
        assert problems([run, *chunks[:end]]) == []


@pytest.mark.parametrize(("right", "number"), [(50, 0), (30, 0), (15, 2)])
def test_a_sampled_rate_may_be_unlikely_but_not_impossible(found: Build, right: int, number: int) -> None:
    """30 of 100 at one half have a probability of 4e-5, 15 one of 2e-13."""
    counts = {"detected": right, "miscorrected": 100 - right}
    assert len(found(outcomes=counts, exact=HALVES)) == number


def test_chunks_are_judged_together(run: Run, tally: Build) -> None:
    counts = {"detected": 35, "miscorrected": 65}
    chunks = [tally(100 * i, outcomes=counts, exact=HALVES) for i in range(10)]
    assert [len(problems([run, *chunks[:number]])) for number in (1, 10)] == [0, 2]


def test_every_pattern_counted_is_the_exact_answer_and_some_of_them_no_sample(found: Build) -> None:
    every = {"exhaustive": True, "trials": 200, "exact": HALVES}
    assert found(**every, outcomes={"detected": 100, "miscorrected": 100}) == []
    one_more = found(**every, outcomes={"detected": 101, "miscorrected": 99})
    assert [problem.partition("outcomes.")[2] for problem in one_more] == [
        "detected: 101 of 200 trials, where the exact answer is 100",
        "miscorrected: 99 of 200 trials, where the exact answer is 100",
    ]
    assert found(exhaustive=True, exact=HALVES, outcomes={"detected": 100}) == []
    assert len(found(exhaustive=True, exact=HALVES, outcomes={"corrected": 100})) == 1


def test_whatever_is_wrong_a_count_beyond_its_trials_is_no_crash(run: Run, tally: Build) -> None:
    lines: list[Line] = [run, tally(trials=5, exact=HALVES), tally(0, exact=HALVES)]
    assert problems(lines)


def _stratum(flips: int, probability: float, trials: int, **others: Any) -> Stratum:
    return Stratum(
        flips=flips,
        probability=probability,
        trials=trials,
        outcomes={"detected": trials} if trials else {},
        **others,
    )


SPREAD = (_stratum(0, 0.5, 1, patterns=1), _stratum(1, 0.25, 99, share=1.0), _stratum(2, 0.25, 0))


@pytest.mark.parametrize(
    ("strata", "said"),
    [
        (SPREAD, ""),
        ((), "only trials that are spread"),
        ((replace(SPREAD[0], outcomes={"corrected": 2}), *SPREAD[1:]), "do not sum to its trials"),
        ((*SPREAD[:1], _stratum(1, 0.25, 98, share=1.0), SPREAD[2]), "do not sum to the outcomes"),
        ((SPREAD[1], SPREAD[0], SPREAD[2]), "must increase"),
        ((*SPREAD[:2], _stratum(2, 0.2, 0)), "do not sum to 1"),
        ((_stratum(0, 0.5, 2, patterns=1), _stratum(1, 0.25, 98, share=1.0), SPREAD[2]), "than patterns"),
        ((*SPREAD[:1], _stratum(1, 0.25, 98, share=1.0), _stratum(2, 0.25, 1)), "than patterns"),
    ],
)
def test_counts_by_number_of_flips_must_be_possible(
    found: Callable[..., list[str]], strata: tuple[Stratum, ...], said: str
) -> None:
    judged = found(rare=True, trials=100, outcomes={"detected": 100}, exact=None, strata=list(strata))
    assert all(said in problem for problem in judged)
    assert bool(judged) == bool(said)


def test_weighted_rates_must_agree_with_the_formula(found: Callable[..., list[str]]) -> None:
    facts = {"rare": True, "trials": 100, "outcomes": {"detected": 100}, "strata": list(SPREAD)}
    assert not found(exact={"detected": ("9", "10", 0.9)}, **facts)
    (problem,) = found(exact={"detected": ("1", "2", 0.5)}, **facts)
    assert "where the exact probability is 0.5" in problem
    assert found(strata=list(SPREAD))  # and no tally that is not spread has strata
