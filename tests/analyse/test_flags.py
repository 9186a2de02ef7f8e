from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from benchsuite.analyse.flags import (
    frequent_flags,
    has_outliers,
    is_bimodal,
    series_flags,
    trend_p,
    visit_flags,
)
from benchsuite.record.types import Pressure


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


def test_an_outlier_lies_beyond_15_absolute_deviations() -> None:
    # median 10, deviations 0.1 0 0.1 and the last's twice over: their median is 0.1
    assert not has_outliers([9.9, 10.0, 10.1, 11.4, 8.6])
    assert has_outliers([9.9, 10.0, 10.1, 11.6, 8.6])


def test_an_outlier_within_1_percent_is_none() -> None:
    assert not has_outliers([10.0] * 15 + [10.09])
    assert has_outliers([10.0] * 15 + [10.11])


def noise(kind: str, visits: int) -> list[list[float]]:
    """2000 series of visits about 1 s, of a spread of 3 %; the seed is fixed, so that the rates are too."""
    draws = np.random.default_rng(20)
    shape = (2000, visits)
    drawn = {
        "normal": draws.standard_normal(shape),
        "student": draws.standard_t(5, shape),
        "uniform": draws.uniform(-1.7, 1.7, shape),
        "two speeds": draws.standard_normal(shape) + 10 * (draws.random(shape) < 0.5),
    }[kind]
    return [list(series) for series in 1 + 0.03 * drawn]


@pytest.mark.parametrize("visits", [16, 24, 32])
@pytest.mark.parametrize(
    ("kind", "outliers", "bimodal"),
    [("normal", 0.002, 0.002), ("student", 0.01, 0.002), ("uniform", 0.001, 0.012)],
)
def test_noise_of_one_speed_is_flagged_in_1_percent_of_cells_at_most(
    kind: str, visits: int, outliers: float, bimodal: float
) -> None:
    series = noise(kind, visits)
    assert sum(map(has_outliers, series)) <= outliers * len(series)
    assert sum(map(is_bimodal, series)) <= bimodal * len(series)


def test_two_speeds_ten_deviations_apart_are_seen_in_19_of_20_cells() -> None:
    assert sum(map(is_bimodal, noise("two speeds", 16))) >= 0.95 * 2000


def test_two_speeds_need_14_visits_a_fifth_of_them_in_each_and_1_percent_between() -> None:
    slow, fast = [1.1, 1.101], [1.0, 1.001]
    assert "bimodal" in series_flags((slow + fast) * 4)
    assert "bimodal" in series_flags((slow + fast) * 4 + fast * 2)
    assert "bimodal" not in series_flags((slow + fast) * 3)
    assert "bimodal" not in series_flags(slow + fast * 7)
    assert "bimodal" not in series_flags([1.0, 1.009] * 8)
    assert is_bimodal([1.0, 1.02] * 8)  # no spread within the groups at all


def pressure(**changes: float) -> Pressure:
    return msgspec.structs.replace(Pressure(seconds=0.1, capacity_seconds=0.2), **changes)


@pytest.mark.parametrize(
    ("counter", "within", "beyond", "flag"),
    [
        ("steal_seconds", 0.002, 0.0021, "steal"),
        ("stalled_seconds", 0.005, 0.0051, "psi"),
        ("waited_seconds", 0.002, 0.0021, "waited"),
        ("involuntary_switches", 5, 6, "involuntary_switches"),
        ("contending_seconds", 0.05, 0.051, "load"),
        ("throttled_periods", 0, 1, "throttled"),
        ("throttled_seconds", 0.0, 1e-6, "throttled"),
        ("major_faults", 0, 1, "swap"),
        ("swapped_pages", 0, 1, "swap"),
        ("thermal_events", 0, 1, "thermal"),
    ],
)
def test_a_counter_flags_a_visit_beyond_its_threshold(
    counter: str, within: float, beyond: float, flag: str
) -> None:
    assert visit_flags(pressure(**{counter: within})) == []
    assert visit_flags(pressure(**{counter: beyond})) == [flag]


def test_counters_that_were_not_read_flag_nothing() -> None:
    assert visit_flags(Pressure(seconds=0.1)) == []
    assert visit_flags(Pressure(seconds=0.0, steal_seconds=1.0)) == []  # of nobody knows how much


def test_a_cell_has_the_flags_of_a_tenth_of_its_visits() -> None:
    assert frequent_flags([["psi"], *[[]] * 15]) == set()
    assert frequent_flags([["psi"], ["psi", "load"], *[[]] * 14]) == {"psi"}
    assert frequent_flags([["psi"], []]) == {"psi"}
    assert frequent_flags([]) == set()


@pytest.mark.parametrize("seconds", [[1.0], [1.0, 2.0], [1.0] * 16])
def test_visits_that_say_nothing_get_no_flag(seconds: list[float]) -> None:
    assert series_flags(seconds) == set()
