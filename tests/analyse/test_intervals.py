from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from benchsuite.analyse.intervals import median_interval, symmetric_rank


def test_sixteen_values_at_99_percent_give_ranks_3_and_14() -> None:
    assert median_interval([float(v) for v in reversed(range(1, 17))], 0.99) == (3.0, 14.0)


@pytest.mark.parametrize(
    ("n", "ranks"), [(7, None), (8, (1, 8)), (10, (1, 10)), (24, (6, 19)), (32, (9, 24))]
)
def test_interval_exists_from_8_values_on_and_narrows(n: int, ranks: tuple[int, int] | None) -> None:
    assert median_interval([float(v) for v in range(1, n + 1)], 0.99) == (ranks or (None, None))


@given(st.integers(1, 60), st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.999]))
def test_coverage_is_reached_and_the_next_rank_would_miss_it(n: int, confidence: float) -> None:
    low, high = median_interval(list(range(1, n + 1)), confidence)
    rank = 0 if low is None else int(low)

    def coverage(r: int) -> float:
        return float(1 - 2 * binom.cdf(r - 1, n, 0.5))

    assert coverage(rank + 1) < confidence + 1e-12
    if low is not None and high is not None:
        assert coverage(rank) >= confidence - 1e-12
        assert low + high == n + 1


def test_coverage_by_every_pattern_of_sides() -> None:
    """The median lies outside iff fewer than r values lie on one side of it: count the 2^9 patterns."""
    inside = sum(2 <= sum(above) <= 7 for above in product((0, 1), repeat=9))
    assert median_interval(range(1, 10), inside / 2**9) == (2, 8)
    assert median_interval(range(1, 10), inside / 2**9 + 1e-9) == (1, 9)


def test_no_values_have_no_interval() -> None:
    assert median_interval([], 0.99) == (None, None)


def test_a_percentage_is_refused_as_confidence() -> None:
    with pytest.raises(ValueError, match="give a fraction"):
        symmetric_rank([1, 1], 99)
