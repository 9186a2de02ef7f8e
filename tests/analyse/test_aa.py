"""What an A/A test's lines say."""

from __future__ import annotations

from collections.abc import Callable
from math import expm1, log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from benchsuite.analyse.aa import Findings, findings, most_alarms, resolvable
from benchsuite.record.types import CONTROL, Gate, Line, Planned, Samples

QUIET = [0.001 * (1 + 0.0001 * (-1) ** i * i) for i in range(16)]
"""Seconds of sixteen blocks, half of them below and half above 1 ms."""


@pytest.fixture
def tested(
    planned: Callable[..., Planned], gate: Callable[..., Gate], visits: Callable[..., list[Samples]]
) -> Callable[..., Findings]:
    """The findings on one cell at 1 ms in every block, its twin and its control with the seconds given."""

    def find(twin: list[float], control: list[float] | None = None) -> Findings:
        lines: list[Line] = []
        labels = [(0, [0.001] * len(twin)), (1, twin), *([(CONTROL, control)] if control else [])]
        for label, seconds in labels:
            row = planned(twin=label)
            lines += [row, gate(row), *visits(row, seconds)]
        return findings(lines, 16)

    return find


def test_sixteen_blocks_are_a_comparison_and_a_short_round_counts_while_it_has_an_interval(
    tested: Callable[..., Findings],
) -> None:
    assert [tested(QUIET[:n]).comparisons for n in (7, 8, 16)] == [0, 1, 1]
    assert [tested(QUIET + QUIET[:n]).comparisons for n in (7, 8, 16)] == [1, 2, 2]


def test_a_comparison_that_leaves_out_one_is_a_false_alarm_on_either_side(
    tested: Callable[..., Findings],
) -> None:
    slower, faster = [1.03 * s for s in QUIET], [s / 1.03 for s in QUIET]
    found = tested(QUIET + slower + faster + QUIET)
    assert (found.comparisons, found.false_alarms, found.most_false_alarms) == (4, 2, 2)


def test_the_control_is_found_on_the_slower_side_only(tested: Callable[..., Findings]) -> None:
    slower, faster = [1.05 * s for s in QUIET], [s / 1.05 for s in QUIET]
    found = tested(QUIET * 3, slower + faster + QUIET)
    assert (found.controls, found.controls_found, found.comparisons) == (3, 1, 3)


def test_the_floor_is_the_typical_largest_bound(tested: Callable[..., Findings]) -> None:
    twin = [0.001 * factor for factor in (1.01, 1 / 1.03, 1.05) for _ in range(16)]
    assert tested(twin).floor == pytest.approx(0.03)
    assert tested(twin[:16]).floor == pytest.approx(0.01)


def test_a_noisier_machine_resolves_less(tested: Callable[..., Findings]) -> None:
    quiet, shaken = tested(QUIET), tested([s * 1.1 ** (-1) ** i for i, s in enumerate(QUIET)])
    assert None not in (quiet.smallest_effect, shaken.smallest_effect)
    assert shaken.smallest_effect > shaken.floor > quiet.smallest_effect > quiet.floor  # type: ignore[operator]


def test_without_a_comparison_there_is_no_floor(tested: Callable[..., Findings]) -> None:
    found = tested(QUIET[:3])
    assert (found.comparisons, found.floor, found.smallest_effect) == (0, None, None)


def test_on_a_still_machine_only_the_indifference_zone_limits_the_effect(
    tested: Callable[..., Findings],
) -> None:
    assert tested([0.001] * 16).smallest_effect == pytest.approx(0.01)


@given(
    st.lists(st.tuples(st.floats(-0.2, 0.1), st.floats(0, 0.2)), min_size=1, max_size=30),
    st.floats(0.01, 0.1),
)
def test_eight_in_ten_intervals_moved_by_the_resolvable_effect_lie_beyond_the_zone(
    bounds: list[tuple[float, float]], delta: float
) -> None:
    intervals = [(low, low + width) for low, width in bounds]
    both_ways = [*intervals, *((-high, -low) for low, high in intervals)]
    effect = resolvable(intervals, delta)
    found = sum(low + effect >= delta - 1e-12 for low, _ in both_ways)
    assert found >= 0.8 * len(both_ways)
    assert sum(low + effect - 1e-6 > delta for low, _ in both_ways) < 0.8 * len(both_ways)


def test_the_bound_on_false_alarms_is_the_one_promised() -> None:
    assert most_alarms(200) == 9
    for n in (1, 20, 200, 1000):
        assert binom.sf(most_alarms(n), n, 0.01) <= 1e-4 < binom.sf(most_alarms(n) - 1, n, 0.01)


def test_the_effect_of_a_quiet_machine_is_a_fraction(tested: Callable[..., Findings]) -> None:
    found = tested(QUIET)
    assert found.smallest_effect is not None
    assert expm1(log(1.01)) <= found.smallest_effect < 0.02
