"""The interval of a mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchsuite.analyse.means import mean_interval

histograms = st.dictionaries(st.integers(0, 256), st.integers(1, 50), min_size=2, max_size=20)


@given(histograms, st.floats(0.5, 0.999))
def test_it_is_students_of_the_values_one_by_one(counts: dict[int, int], confidence: float) -> None:
    values = [value for value, times in counts.items() for _ in range(times)]
    mean = mean_interval(sorted(counts.items()), confidence)
    low, high = stats.t.interval(
        confidence, len(values) - 1, loc=sum(values) / len(values), scale=stats.sem(values)
    )
    assert mean.low == pytest.approx(low)
    assert mean.high == pytest.approx(high)


@given(st.integers(0, 256), st.integers(2, 10**9))
def test_equal_values_leave_no_doubt(value: int, times: int) -> None:
    assert mean_interval([(value, times)]) == (value, value, value)


def test_one_value_alone_says_nothing_of_the_mean() -> None:
    mean = mean_interval([(3, 1)])
    assert (mean.value, mean.low, mean.high) == (3, float("-inf"), float("inf"))


@pytest.mark.parametrize("confidence", [0, 1, 99])
def test_a_confidence_is_a_fraction(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"as in 0\.99"):
        mean_interval([(1, 2)], confidence)
