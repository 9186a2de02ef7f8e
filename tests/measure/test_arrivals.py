from itertools import pairwise
from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.measure.arrivals import (
    LOAD_SECONDS,
    MOST_ARRIVALS,
    PATIENCE,
    offered,
    open_loop,
    rate_of,
    schedule,
)
from benchsuite.measure.sample import audited
from benchsuite.testing import fakes

FAST = 1e12


class Clock:
    """Nanoseconds: one passes with each reading, more as a test says."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        self.now += 1
        return self.now


def served(bench, due, costs, slots=1):
    """What an engine gives whose calls take ``costs`` nanoseconds."""
    clock, left = Clock(), iter(costs)

    def engine(inputs, outputs):
        def run():
            clock.now += next(left)

        return run

    return open_loop(due, clock)(bench(engine, slots=slots), 0, len(due))


def test_calls_that_find_nobody_before_them_take_their_own_time(bench):
    found = served(bench, [0, 1000, 2000], [100, 200, 300])
    assert found.taken == pytest.approx([100, 200, 300], abs=2)
    assert found.idle == pytest.approx(900 + 800, abs=4)
    assert found.whole == pytest.approx(2300, abs=2)


def test_a_stall_is_in_the_time_of_every_call_that_it_held_up(bench):
    found = served(bench, [0, 100, 200, 300, 2000], [1000, 10, 10, 10, 10], slots=2)
    assert found.taken == pytest.approx([1000, 910, 820, 730, 10], abs=5)


def test_an_engine_that_is_too_slow_waits_for_no_arrival_and_falls_behind(bench):
    found = served(bench, [100 * n for n in range(50)], [200] * 50)
    assert found.idle == 0
    assert found.taken == pytest.approx([200 + 100 * n for n in range(50)], abs=100)


def test_no_call_begins_before_it_arrived(bench):
    clock, begun = Clock(), []
    due = [0, 50, 5000]
    this = bench(lambda inputs, outputs: lambda: begun.append(clock.now))
    open_loop(due, clock)(this, 0, 3)
    assert all(at >= arrival for at, arrival in zip(begun, due, strict=True))


def test_a_load_is_audited(bench):
    due = [0, 10, 20]
    assert len(audited(bench(fakes.honest), open_loop(due), 0, 3).taken) == 3


@given(st.floats(30, 1e4), st.integers(0, 100))
def test_fixed_arrivals_are_even_and_seeded_poisson_ones_repeat(rate, seed):
    fixed = schedule(rate, "fixed", Random(seed), highest_per_second=FAST)
    assert fixed == pytest.approx([n * 1e9 / rate for n in range(len(fixed))], abs=1)
    drawn = schedule(rate, "poisson", Random(seed), highest_per_second=FAST)
    assert drawn == schedule(rate, "poisson", Random(seed), highest_per_second=FAST)
    assert drawn == sorted(drawn)
    assert len(drawn) == len(fixed) == max(2, round(rate * LOAD_SECONDS))


def test_poisson_gaps_have_the_mean_and_the_spread_of_the_exponential():
    due = schedule(1e5, "poisson", Random(1), highest_per_second=FAST)
    gaps = [(b - a) * 1e-9 * 1e5 for a, b in pairwise(due)]
    assert fmean(gaps) == pytest.approx(1, abs=0.05)
    assert fmean(gap**2 for gap in gaps) == pytest.approx(2, abs=0.2)


def test_a_load_has_an_end_however_much_is_asked():
    assert len(schedule(1e7, "fixed", Random(1), highest_per_second=FAST)) == MOST_ARRIVALS
    assert len(schedule(1e7, "fixed", Random(1), highest_per_second=100)) == round(
        PATIENCE * LOAD_SECONDS * 100
    )
    assert len(schedule(0.1, "fixed", Random(1), highest_per_second=0.1)) == 2


@pytest.mark.parametrize(
    ("text", "rate"), [("1000/s", 1000.0), ("50%", 200.0), ("0.5/s", 0.5), ("120%", 480)]
)
def test_a_rate_is_absolute_or_a_share_of_the_highest(text, rate):
    assert offered(rate_of(text), 400.0) == rate


@pytest.mark.parametrize(
    "text", ["", "1000", "/s", "%", "-5/s", "0/s", "1e3/s", "nan%", "1.2.3/s", "²/s", "9e9%"]
)
def test_what_is_no_rate_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="1000/s or 50%, not"):
        rate_of(text)
