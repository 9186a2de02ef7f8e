import gc
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.host.proof import Wrong
from benchsuite.measure.crowd import Rush, Start, common, rush, troop, window_seconds
from benchsuite.testing import fakes, remembering
from benchsuite.workers import WorkerError


def steady(begin, chunk, seconds_a_chunk, chunks, cpu=1.0):
    return Rush(chunk, [begin + i * seconds_a_chunk for i in range(chunks + 1)], [5.0, 5.0 + cpu])


def test_only_the_common_window_counts():
    early = steady(0.0, 10, 1.0, 6, cpu=6.0)  # 10 a second from 0 to 6
    late = steady(2.0, 30, 1.0, 8, cpu=4.0)  # 30 a second from 2 to 10
    taken = common([[early], [late]])
    assert (taken.repetitions, taken.wall_seconds) == (160, pytest.approx(4.0))
    assert taken.cpu_seconds == pytest.approx(6.0 * 4 / 6 + 4.0 * 4 / 8)


def test_threads_share_the_clock_of_their_process_from_the_last_start_to_the_first_end():
    early = Rush(10, [float(i) for i in range(7)], [1.0, 9.0])
    late = Rush(30, [2.0 + i for i in range(9)], [4.0, 13.0])
    taken = common([[early, late]])
    assert (taken.repetitions, taken.wall_seconds) == (160, pytest.approx(4.0))
    assert taken.cpu_seconds == pytest.approx(9.0 - 4.0)


@pytest.mark.parametrize("together", [True, False])
@given(
    st.lists(st.tuples(st.floats(0, 0.5), st.integers(1, 1000), st.floats(0.01, 0.2)), min_size=1, max_size=8)
)
def test_steady_members_add_up_to_the_sum_of_their_rates(together, members):
    rushes = [steady(begin, chunk, seconds, int(2 / seconds) + 1) for begin, chunk, seconds in members]
    taken = common([rushes] if together else [[rush] for rush in rushes])
    rate = sum(chunk / seconds for _, chunk, seconds in members)
    assert taken.repetitions / taken.wall_seconds == pytest.approx(rate)


def test_members_without_a_common_time_are_no_measurement():
    with pytest.raises(WorkerError, match="no time in common"):
        common([[steady(0.0, 1, 1.0, 2)], [steady(2.0, 1, 1.0, 2)]])


def test_a_window_gives_each_of_many_threads_its_turns_of_the_gil():
    assert window_seconds(0.01, 1) == pytest.approx(0.04)
    assert window_seconds(0.01, 64) == pytest.approx(4 * 64 * sys.getswitchinterval())


@pytest.fixture
def benches(bench):
    """Context managers of benches that note which thread opens, uses and closes them."""

    def make(engine, count=2, slots=1):
        met = [[] for _ in range(count)]

        @contextmanager
        def opened(notes, seed):
            def noting(inputs, outputs):
                run = engine(inputs, outputs)

                def noted():
                    notes.append(threading.get_ident())
                    run()

                return noted

            notes.append(threading.get_ident())
            yield bench(noting, slots=slots, seed=seed)
            notes.append(threading.get_ident())

        return [opened(notes, seed) for seed, notes in enumerate(met)], met

    return make


def test_each_thread_opens_uses_and_closes_a_bench_of_its_own(benches):
    opens, met = benches(fakes.honest, count=3)
    with troop(opens) as threads:
        assert len(threads.rush(at=time.perf_counter(), seconds=0.005, k=20)) == 3
    assert all(len(each) > 2 for each in met)
    assert [len(set(each)) for each in met] == [1, 1, 1]
    assert len({each[0] for each in met}) == 3
    assert met[0][0] == threading.get_ident()


def test_a_liar_among_threads_is_wrong_and_all_are_closed(benches):
    opens, _ = benches(fakes.empty)
    with pytest.raises(Wrong), troop(opens) as threads:
        threads.rush(at=time.perf_counter(), seconds=0.001, k=20)
    assert gc.isenabled()
    assert threading.active_count() == 1


def test_threads_that_share_their_scratch_give_wrong_answers(benches):
    """What one thread overwrites while another one still needs it."""
    scratch, meet = [], threading.Barrier(2, timeout=10)

    def sharing(inputs, outputs):
        def run():
            scratch[:] = [inputs.data.copy()]
            meet.wait()
            fakes.encode(type(inputs)(data=scratch[0]), outputs)
            meet.wait()

        return run

    opens, _ = benches(sharing)
    with pytest.raises(Wrong), troop(opens) as threads:
        threads.rush(at=time.perf_counter(), seconds=0.0, k=1)


def test_a_rush_waits_for_its_instant_and_lasts_its_time(bench):
    at = time.perf_counter() + 0.02
    done = rush(bench(fakes.honest), start=Start(at, 1), seconds=0.01, k=20)
    assert done.ticks[0] >= at
    assert done.ticks[-2] < done.ticks[0] + 0.01 <= done.ticks[-1]
    assert done.chunk == 2
    assert done.ticks == sorted(done.ticks)


def test_a_rush_on_a_device_fetches_its_answers(bench):
    rush(bench(device=fakes.resident), start=Start(time.perf_counter(), 1), seconds=0.001, k=2)


@pytest.mark.parametrize("make", [fakes.empty, remembering.precomputed])
@pytest.mark.parametrize("slots", [1, 3])
def test_a_liar_in_a_crowd_is_wrong(bench, make, slots):
    with pytest.raises(Wrong):
        rush(bench(make, slots=slots), start=Start(time.perf_counter(), 1), seconds=0.001, k=20)
