"""Two independent samples: exact null distribution, symmetries, coverage, scipy as peer."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from benchsuite.analyse.unpaired import mann_whitney_counts, shift_interval

finite = st.floats(-1e3, 1e3).map(lambda x: round(x, 6))
samples = st.lists(finite, min_size=6, max_size=12)


def u_statistic(chosen: tuple[int, ...]) -> int:
    """Pairs (a, b), a in the chosen places, b in the others before it."""
    return sum(place - number for number, place in enumerate(chosen))


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 3), (3, 2), (4, 5), (1, 7)])
def test_the_counts_are_those_of_every_order_of_two_samples(m: int, n: int) -> None:
    found = [u_statistic(chosen) for chosen in combinations(range(m + n), m)]
    assert mann_whitney_counts(m, n) == tuple(found.count(u) for u in range(m * n + 1))


@given(st.integers(1, 24), st.integers(1, 24))
def test_the_counts_add_up_and_are_symmetric(m: int, n: int) -> None:
    counts = mann_whitney_counts(m, n)
    assert sum(counts) == comb(m + n, m)
    assert counts == counts[::-1] == mann_whitney_counts(n, m)


@given(samples, samples)
def test_swapping_the_samples_turns_the_interval_round(ours: list[float], theirs: list[float]) -> None:
    there, back = shift_interval(ours, theirs, 0.9), shift_interval(theirs, ours, 0.9)
    assert there.low is not None
    assert there.high is not None
    assert (back.estimate, back.low, back.high) == pytest.approx((-there.estimate, -there.high, -there.low))
    assert there.low <= there.estimate <= there.high


@given(samples, samples, st.floats(-100, 100))
def test_what_is_added_to_one_sample_is_added_to_the_shift(
    ours: list[float], theirs: list[float], more: float
) -> None:
    plain = shift_interval(ours, theirs, 0.9)
    moved = shift_interval([value + more for value in ours], theirs, 0.9)
    assert moved == pytest.approx([end + more for end in plain if end is not None], abs=1e-9)


@given(samples, samples)
def test_a_higher_confidence_never_narrows_the_interval(ours: list[float], theirs: list[float]) -> None:
    narrow, wide = shift_interval(ours, theirs, 0.8), shift_interval(ours, theirs, 0.95)
    assert None not in (*narrow, *wide)
    assert wide[1] <= narrow[1]  # type: ignore[operator]
    assert wide[2] >= narrow[2]  # type: ignore[operator]


def test_the_interval_leaves_out_zero_just_where_the_exact_test_rejects() -> None:
    random = np.random.default_rng(1)
    for _ in range(200):
        ours, theirs = random.normal(0.8, 1, 9), random.normal(0, 1, 7)
        shift = shift_interval(ours.tolist(), theirs.tolist(), 0.95)
        assert shift.low is not None
        assert shift.high is not None
        rejected = mannwhitneyu(ours, theirs, method="exact").pvalue <= 0.05
        assert (shift.low > 0 or shift.high < 0) == rejected


def test_it_covers_the_truth_as_often_as_it_says() -> None:
    random = np.random.default_rng(2)
    covered = 0
    for _ in range(2000):
        ours, theirs = random.exponential(size=16) + 0.3, random.exponential(size=12)
        _, low, high = shift_interval(ours.tolist(), theirs.tolist(), 0.95)
        assert low is not None
        assert high is not None
        covered += low <= 0.3 <= high
    assert 0.94 <= covered / 2000 <= 0.97


def test_too_few_values_give_an_estimate_and_no_interval() -> None:
    assert shift_interval([2.0, 3.0], [1.0], 0.99) == (1.5, None, None)


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one value on either side"):
        shift_interval([], [1.0], 0.99)
