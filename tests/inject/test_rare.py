from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from math import comb, floor, isclose, isqrt
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.analyse.estimates import estimate
from benchsuite.analyse.tallies import merge_tallies
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.models import parse_model
from benchsuite.inject.rare import MOST_WHOLE, Spread, require_rare, spread_of
from benchsuite.workloads.codes import Code, code
from benchsuite.workloads.reference.inject import distinct, word
from benchsuite.workloads.streams import Words, trial_words

Inject = Callable[..., Any]
KEY = (7, 8)

sizes = st.integers(17, 300)
chances = st.fractions(Fraction(1, 10**9), Fraction(1, 2)).filter(lambda p: p > 0)


def flipped(spread: Spread, first: int, count: int) -> list[list[int]]:
    def words(block: int, number: int) -> Words:
        return trial_words(KEY, first, count, block, number)

    return [[at for at in row if at >= 0] for row in spread.positions(first, count, words).tolist()]


@given(sizes, chances)
def test_strata_hold_all_of_the_probability_and_the_first_ones_all_of_their_patterns(
    n: int, p: Fraction
) -> None:
    strata = Spread(n, p).strata()
    assert isclose(sum(stratum.probability for stratum in strata), 1, rel_tol=1e-12)
    assert [stratum.flips for stratum in strata] == list(range(len(strata)))
    whole = [stratum for stratum in strata if stratum.patterns]
    assert [stratum.patterns for stratum in whole] == [comb(n, flips) for flips in range(len(whole))]
    assert sum(stratum.patterns for stratum in whole) <= MOST_WHOLE
    assert sum(comb(n, flips) for flips in range(len(whole) + 1)) > MOST_WHOLE
    assert isclose(sum(stratum.share for stratum in strata), 1, rel_tol=1e-12)


@given(sizes, chances)
def test_what_is_not_sampled_is_next_to_nothing(n: int, p: Fraction) -> None:
    *others, last = Spread(n, p).strata()
    if last.share:
        assert last.flips == n
    else:
        first = next(stratum for stratum in others if stratum.share)
        exactly = sum(comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(last.flips, n + 1))
        assert last.probability == float(exactly) <= first.probability / 2**64


def test_the_first_trials_go_through_the_patterns_in_order() -> None:
    spread = Spread(40, Fraction(1, 1000))
    patterns = [list(chosen) for flips in range(4) for chosen in combinations(range(40), flips)]
    assert sum(spread.whole[:4]) == len(patterns)
    assert flipped(spread, 0, len(patterns)) == patterns
    assert flipped(spread, 5, 100) == patterns[5:105]


@pytest.mark.parametrize(("n", "p"), [(72, "0.0001"), (72, "0.01"), (300, "0.05")])
def test_the_other_trials_are_those_of_their_definition(n: int, p: str) -> None:
    chance, first = Fraction(p), 1 << 20
    spread = Spread(n, chance)
    of = [comb(n, j) * chance**j * (1 - chance) ** (n - j) for j in range(n + 1)]
    start = len(spread.whole)
    last = next(j for j in range(start, n + 1) if sum(of[j + 1 :]) <= of[start] / 2**64)
    most = max(of[start : last + 1])
    roots = [max(1, isqrt(floor(part / most * 2**256))) for part in of[start : last + 1]]
    bounds = [(sum(roots[: i + 1]) << 64) // sum(roots) for i in range(len(roots) - 1)]
    expected = []
    for trial in range(first, first + 100):
        flips = start + sum(bound <= word(KEY, trial, 0) for bound in bounds)
        expected.append(distinct(KEY, trial, 1, n, flips))
    assert flipped(spread, first, 100) == expected
    assert Counter(map(len, expected)).keys() <= set(range(start, last + 1))


@given(st.integers(0, 4000), st.integers(1, 400), st.data())
def test_a_trial_is_the_same_in_any_block(first: int, count: int, data: st.DataObject) -> None:
    spread = Spread(20, Fraction(1, 100))
    first += sum(spread.whole) - 2000  # on both sides of the last pattern
    at = data.draw(st.integers(0, count - 1))
    assert flipped(spread, first, count)[at] == flipped(spread, first + at, 1)[0]


def test_awgn_is_spread_by_its_probability_of_a_flip(hsiao: Code) -> None:
    spread = spread_of(hsiao, parse_model("awgn:7dB", Registry()))
    assert spread.p == Fraction(spread_p := str(spread.p)) and 0.0005 < spread.p < 0.002, spread_p
    assert spread_of(hsiao, parse_model("bsc:0.25", Registry()), codewords=8) == Spread(576, Fraction(1, 4))


@pytest.mark.parametrize(
    ("model", "n", "said"), [("flips:3", 72, "give bsc:P"), ("bsc:0.1", 16, "give --exact")]
)
def test_what_cannot_be_spread_is_refused(model: str, n: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        require_rare(parse_model(model, Registry()), n)


@pytest.fixture(scope="module")
def patterns() -> int:
    return sum(Spread(39, Fraction(1, 10)).whole)


def test_chunks_processes_and_a_resumed_half_give_the_same_tally(inject: Inject, patterns: int) -> None:
    asked = {"of": code("hsiao-39-32"), "rare": True, "trials": patterns + 5000}
    whole = inject("bsc:0.0001", **asked)
    many = inject("bsc:0.0001", chunk_trials=500, processes=2, **asked)
    assert len(many.lines) == 30
    assert many.tally == whole.tally == merge_tallies(many.lines)[0]
    assert inject("bsc:0.0001", chunk_trials=7000, done=many.lines[:9], **asked).tally == whole.tally
    assert sum(stratum.trials for stratum in whole.tally.strata) == patterns + 5000
    together = Counter[str]()
    for stratum in whole.tally.strata:
        together.update(stratum.outcomes)
    assert +together == +Counter(whole.tally.outcomes)


def test_estimates_of_what_hardly_ever_happens_hold_the_exact_probability(inject: Inject) -> None:
    tally = inject("bsc:0.00003", rare=True, trials=120_000).tally
    for outcome, (above, below, _) in tally.exact.items():
        rate, low, high = estimate(tally, outcome)
        assert low <= Fraction(int(above), int(below)) <= high, outcome
        assert low <= rate <= high
    rate, low, high = estimate(tally, "undetected")
    assert 1e-15 < low < high < 1e-13  # 120,000 plain trials would say: at most 5e-5
    assert high - low < rate


def test_a_campaign_cut_within_the_patterns_knows_what_it_does_not_know(inject: Inject) -> None:
    tally = inject("bsc:0.001", rare=True, trials=1000).tally
    for outcome, (_, _, value) in tally.exact.items():
        _, low, high = estimate(tally, outcome)
        assert low <= value <= high
    assert estimate(tally, "undetected").high > 1e-3


def test_a_precision_ends_a_weighted_campaign(inject: Inject) -> None:
    finished = inject("bsc:0.01", rare=True, precision=1e-5, chunk_trials=30_000)
    widths = []
    for end in range(1, len(finished.lines) + 1):
        (tally,) = merge_tallies(finished.lines[:end])
        widths.append(max(estimate(tally, outcome).half_width for outcome in tally.outcomes))
    assert widths[-1] <= 1e-5 < widths[-2]


def test_accesses_are_spread_too(inject: Inject) -> None:
    tally = inject("bsc:0.0001", rare=True, codewords=2, trials=40_000).tally
    for outcome, (_, _, value) in tally.exact.items():
        _, low, high = estimate(tally, outcome)
        assert low <= value <= high, outcome


def test_a_tally_without_a_trial_has_no_strata(inject: Inject) -> None:
    tally = inject("bsc:0.001", rare=True, trials=1000).tally
    assert merge_tallies([msgspec.structs.replace(tally, trials=0, outcomes={}, strata=[]), tally]) == [tally]
    assert np.isclose(sum(stratum.probability for stratum in tally.strata), 1)
