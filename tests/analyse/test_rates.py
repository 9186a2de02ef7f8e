from __future__ import annotations

from math import expm1, log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from benchsuite.analyse.rates import rate_interval, sample_size, tails_interval


@given(st.integers(1, 10**6), st.floats(0, 1), st.sampled_from([0.9, 0.95, 0.99]))
def test_interval_is_the_exact_one_of_scipy(trials: int, share: float, confidence: float) -> None:
    count = round(share * trials)
    theirs = binomtest(count, trials).proportion_ci(confidence, method="exact")
    assert rate_interval(count, trials, confidence) == pytest.approx((theirs.low, theirs.high), rel=1e-9)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, (0.0, 0.3085)), (1, (0.0025, 0.4450)), (5, (0.1871, 0.8129)), (10, (0.6915, 1.0))],
)
def test_published_limits_of_ten_trials_at_95_percent(count: int, expected: tuple[float, float]) -> None:
    """Clopper & Pearson 1934; the table is in most textbooks."""
    assert rate_interval(count, 10, 0.95) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("trials", [1, 59640, 10**12])
def test_none_and_all_have_closed_forms(trials: int) -> None:
    """(1 - high)^trials = alpha/2, and its mirror image."""
    low, high = rate_interval(0, trials)
    assert low == 0.0
    assert high == pytest.approx(-expm1(log(0.005) / trials), rel=1e-9)
    assert rate_interval(trials, trials)[1] == 1.0


def test_no_trials_say_nothing() -> None:
    assert rate_interval(0, 0) == (0.0, 1.0)


def test_a_tail_may_be_smaller_than_what_a_confidence_can_say() -> None:
    low, high = tails_interval(3, 1000, 1e-25)
    assert 0 < low < rate_interval(3, 1000)[0]
    assert rate_interval(3, 1000)[1] < high < 1


@pytest.mark.parametrize(("count", "trials"), [(-1, 10), (11, 10)])
def test_impossible_counts_are_refused(count: int, trials: int) -> None:
    with pytest.raises(ValueError, match="between 0 and the 10 trials"):
        rate_interval(count, trials)


def test_a_percentage_is_refused_as_confidence() -> None:
    with pytest.raises(ValueError, match="give a fraction"):
        rate_interval(1, 10, 99)


def test_the_published_sample_sizes_come_out() -> None:
    """Leveugle et al. 2009: 1 % at 95 % and at 99 % for a population without end."""
    assert (sample_size(0.01, 0.95), sample_size(0.01, 0.99)) == (9604, 16587)


@given(st.floats(0.001, 0.2), st.sampled_from([0.9, 0.95, 0.99]), st.integers(1, 10**9))
def test_a_sample_is_no_larger_than_its_population_nor_than_one_without_end(
    precision: float, confidence: float, population: int
) -> None:
    endless = sample_size(precision, confidence)
    assert sample_size(precision, confidence, population=population) <= min(population, endless)
    assert sample_size(precision, confidence, population=10**15) == pytest.approx(endless, abs=1)


@given(st.floats(0.001, 0.05))
def test_so_many_trials_do_give_about_the_precision(precision: float) -> None:
    trials = sample_size(precision)
    low, high = rate_interval(trials // 2, trials, 0.99)
    assert (high - low) / 2 == pytest.approx(precision, rel=0.05)
