import gc
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.host.proof import Wrong
from benchsuite.measure.latency import clock_cost, collector_off, histogram, single_calls
from benchsuite.measure.sample import audited
from benchsuite.testing import fakes

TIMES = st.lists(st.integers(0, 10**12), min_size=1, max_size=200)


class Clock:
    """Nanoseconds that pass only where a test says so, and one tick a reading."""

    def __init__(self, tick: int = 0) -> None:
        self.now, self.tick = 0, tick

    def __call__(self) -> int:
        self.now += self.tick
        return self.now


def engine_on(clock, costs):
    """An honest encoder whose calls take the next of ``costs`` each."""
    left = iter(costs)

    def engine(inputs, outputs):
        def run():
            fakes.encode(inputs, outputs)
            clock.now += next(left)

        return run

    return engine


@pytest.mark.parametrize(("slots", "in_place"), [(1, False), (3, False), (1, True)])
def test_every_call_is_timed_by_itself_and_in_order(bench, slots, in_place):
    clock = Clock()
    costs = [5, 1000, 7, 7, 40_000, 9]
    this = bench(engine_on(clock, costs), slots=slots, in_place=in_place)
    assert single_calls(this, 1, len(costs), clock) == costs


def test_the_cost_of_the_clock_is_shown_and_not_subtracted(bench):
    clock = Clock(tick=30)
    this = bench(engine_on(clock, [100] * 4))
    assert clock_cost(this, clock) == 30
    assert single_calls(this, 0, 4, clock) == [130] * 4


def test_slots_rotate_in_address_order(bench):
    visited = []
    numbers = iter(range(4))

    def engine(inputs, outputs):
        mine = next(numbers)
        return lambda: visited.append(mine)

    single_calls(bench(engine, slots=4), 2, 6)
    assert visited == [2, 3, 0, 1, 2, 3]


def test_wrong_answers_of_single_calls_are_found(bench):
    this = bench(fakes.honest, codewords=64)
    audited(this, single_calls, 0, 8)
    liar = bench(fakes.empty, codewords=64)
    with pytest.raises(Wrong, match="expected check"):
        for _ in range(20):
            audited(liar, single_calls, 0, 8)


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_is_collected_afterwards_as_before(collecting):
    (gc.enable if collecting else gc.disable)()
    try:
        with collector_off():
            assert not gc.isenabled()
        assert gc.isenabled() == collecting
    finally:
        gc.enable()


@given(TIMES)
def test_a_histogram_keeps_every_call_within_a_hundred_and_twenty_eighth(times):
    kept = histogram(times)
    assert [time for time, _ in kept] == sorted({time for time, _ in kept})
    assert sum(calls for _, calls in kept) == len(times)
    spread = sorted(time for time, calls in kept for _ in range(calls))
    for exact, rounded in zip(sorted(times), spread, strict=True):
        assert abs(rounded - exact) <= exact / 128


@given(st.lists(st.integers(0, 127), min_size=1))
def test_a_histogram_of_short_times_is_exact(times):
    assert dict(histogram(times)) == Counter(times)
