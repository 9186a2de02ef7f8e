from __future__ import annotations

from itertools import product
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wilcoxon

from benchsuite.analyse.paired import signed_rank_counts, signed_rank_interval, smallest_p

differences = st.lists(st.floats(-1, 1).map(lambda x: round(x, 3)), min_size=1, max_size=20)


@pytest.mark.parametrize("n", [1, 2, 5, 10])
def test_null_distribution_is_that_of_every_assignment_of_signs(n: int) -> None:
    sums = [sum(r for r, s in enumerate(signs, 1) if s) for signs in product((0, 1), repeat=n)]
    assert list(signed_rank_counts(n)) == [sums.count(total) for total in range(n * (n + 1) // 2 + 1)]


@given(st.sets(st.integers(1, 10**6), min_size=2, max_size=24), st.randoms())
def test_tail_probabilities_are_those_of_the_exact_signed_rank_test(sizes: set[int], random: object) -> None:
    values = [size if random.random() < 0.5 else -size for size in sizes]  # type: ignore[attr-defined]
    n = len(values)
    by_size = sorted(values, key=abs)
    positive = sum(rank for rank, value in enumerate(by_size, 1) if value > 0)
    smaller = min(positive, n * (n + 1) // 2 - positive)
    ours = min(1.0, 2 * sum(signed_rank_counts(n)[: smaller + 1]) / 2**n)
    assert ours == pytest.approx(wilcoxon(values, method="exact").pvalue, rel=1e-9)


@given(st.lists(st.integers(-1000, 1000), min_size=8, max_size=14, unique=True), st.integers(-1200, 1200))
@settings(max_examples=60)
def test_interval_holds_exactly_the_centres_that_the_test_does_not_reject(
    values: list[int], centre: int
) -> None:
    estimate = signed_rank_interval(values, 0.95)
    moved = [value - centre - 0.25 for value in values]  # a quarter: no zero, no centre on a Walsh average
    if len({abs(value) for value in moved}) < len(moved):
        return  # ties: the exact test of scipy does not apply
    accepted = wilcoxon(moved, method="exact").pvalue > 0.05
    assert estimate.low is not None
    assert estimate.high is not None
    assert accepted == (estimate.low <= centre + 0.25 <= estimate.high)


@given(differences)
def test_estimate_is_the_median_of_all_walsh_averages(values: list[float]) -> None:
    n = len(values)
    walsh = [(values[i] + values[j]) / 2 for i in range(n) for j in range(i, n)]
    assert signed_rank_interval(values, 0.99).estimate == pytest.approx(median(walsh), abs=1e-12)


@given(differences, st.floats(-1, 1))
def test_interval_moves_with_the_data_and_turns_with_their_sign(values: list[float], shift: float) -> None:
    plain = signed_rank_interval(values, 0.9)
    moved = signed_rank_interval([value + shift for value in values], 0.9)
    turned = signed_rank_interval([-value for value in values], 0.9)
    assert moved.estimate == pytest.approx(plain.estimate + shift, abs=1e-12)
    if plain.low is None or plain.high is None:
        assert (moved.low, turned.high) == (None, None)
    else:
        assert moved.low == pytest.approx(plain.low + shift, abs=1e-12)
        assert (turned.low, turned.high) == (-plain.high, -plain.low)


@pytest.mark.parametrize("n", range(1, 34))
def test_there_is_an_interval_only_where_the_smallest_p_allows_the_confidence(n: int) -> None:
    values = [float(v) for v in range(n)]
    at, beyond = 1 - smallest_p(n), 1 - smallest_p(n) / 2
    if n > 1:
        assert signed_rank_interval(values, at).low == 0.0
    assert signed_rank_interval(values, beyond).low is None


def test_tied_pairs_are_no_obstacle() -> None:
    estimate = signed_rank_interval([0.05] * 16, 0.99)
    assert (estimate.estimate, estimate.low, estimate.high) == (0.05, 0.05, 0.05)


def test_published_example_of_hollander_and_wolfe() -> None:
    """Nonparametric Statistical Methods, table 3.1: estimate -0.46, 96 % interval (-0.786, -0.010)."""
    before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    estimate = signed_rank_interval([a - b for a, b in zip(after, before, strict=True)], 0.96)
    assert estimate.estimate == pytest.approx(-0.46)
    assert (estimate.low, estimate.high) == (pytest.approx(-0.786), pytest.approx(-0.010))


def test_smallest_p_allows_5_comparisons_of_10_blocks_and_327_of_16_at_1_percent() -> None:
    assert [int(0.01 / smallest_p(n)) for n in (10, 16)] == [5, 327]


def test_no_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one pair"):
        signed_rank_interval([], 0.99)
