import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.host.proof import Wrong
from benchsuite.measure.crowd import Rush, common, rush
from benchsuite.testing import fakes
from benchsuite.workers import WorkerError


def steady(begin, chunk, seconds_a_chunk, chunks, cpu=1.0):
    return Rush(chunk, [begin + i * seconds_a_chunk for i in range(chunks + 1)], cpu)


def test_only_the_common_window_counts():
    early = steady(0.0, 10, 1.0, 6, cpu=6.0)  # 10 a second from 0 to 6
    late = steady(2.0, 30, 1.0, 8, cpu=4.0)  # 30 a second from 2 to 10
    taken = common([early, late])
    assert (taken.repetitions, taken.wall_seconds) == (160, pytest.approx(4.0))
    assert taken.cpu_seconds == pytest.approx(6.0 * 4 / 6 + 4.0 * 4 / 8)


@given(
    st.lists(st.tuples(st.floats(0, 0.5), st.integers(1, 1000), st.floats(0.01, 0.2)), min_size=1, max_size=8)
)
def test_steady_processes_add_up_to_the_sum_of_their_rates(processes):
    rushes = [steady(begin, chunk, seconds, int(2 / seconds) + 1) for begin, chunk, seconds in processes]
    taken = common(rushes)
    rate = sum(chunk / seconds for _, chunk, seconds in processes)
    assert taken.repetitions / taken.wall_seconds == pytest.approx(rate)


def test_processes_without_a_common_time_are_no_measurement():
    with pytest.raises(WorkerError, match="no time in common"):
        common([steady(0.0, 1, 1.0, 2), steady(2.0, 1, 1.0, 2)])


def test_a_rush_waits_for_its_instant_and_lasts_its_time(bench):
    at = time.perf_counter() + 0.02
    done = rush(bench(fakes.honest), at=at, seconds=0.01, k=20)
    assert done.ticks[0] >= at
    assert done.ticks[-2] < done.ticks[0] + 0.01 <= done.ticks[-1]
    assert done.chunk == 2
    assert done.ticks == sorted(done.ticks)


def test_a_rush_on_a_device_fetches_its_answers(bench):
    rush(bench(device=fakes.resident), at=time.perf_counter(), seconds=0.001, k=2)


@pytest.mark.parametrize("make", [fakes.empty, fakes.precomputed])
@pytest.mark.parametrize("slots", [1, 3])
def test_a_liar_in_a_crowd_is_wrong(bench, make, slots):
    with pytest.raises(Wrong):
        rush(bench(make, slots=slots), at=time.perf_counter(), seconds=0.001, k=20)
