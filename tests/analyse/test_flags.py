from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from benchsuite.analyse.flags import has_outliers, series_flags, trend_p


@given(st.lists(st.integers(0, 12), min_size=3, max_size=32).filter(lambda values: len(set(values)) > 1))
def test_trend_is_that_of_spearman_also_with_ties(values: list[int]) -> None:
    theirs = spearmanr(range(len(values)), values)
    assert trend_p(values) == pytest.approx(theirs.pvalue, abs=1e-9)


def test_a_steady_rise_is_drift_and_noise_is_not() -> None:
    noise = [1 + 0.01 * (i * 7 % 5) for i in range(16)]
    assert "drift" not in series_flags(noise)
    assert "drift" in series_flags([1 + 0.002 * i + x / 1e3 for i, x in enumerate(noise)])


def test_six_visits_are_too_few_for_drift_and_seven_are_not() -> None:
    assert "drift" not in series_flags([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert "drift" in series_flags([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])


def test_an_outlier_lies_beyond_5_absolute_deviations() -> None:
    assert not has_outliers(
        [9.0, 10.0, 11.0, 15.0, 5.0]
    )  # median 10, deviations 1 0 1 5 5: their median is 1
    assert has_outliers([9.0, 10.0, 11.0, 15.1, 5.0])


@pytest.mark.parametrize("seconds", [[1.0], [1.0, 2.0], [1.0] * 16])
def test_visits_that_say_nothing_get_no_flag(seconds: list[float]) -> None:
    assert series_flags(seconds) == set()
