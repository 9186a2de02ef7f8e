import os
from itertools import pairwise

from benchsuite.api import HostLane, host_cpu


def test_marks_of_the_host_never_run_backwards():
    lane = HostLane()
    marks = [lane.mark() for _ in range(1000)]
    assert all(lane.seconds(start, stop) >= 0 for start, stop in pairwise(marks))
    assert lane.seconds(marks[0], marks[-1]) > 0


def test_marks_are_nanoseconds():
    assert HostLane().seconds(1_000_000_000, 2_500_000_000) == 1.5


def test_work_on_the_host_is_done_when_run_returns_so_that_sync_waits_for_nothing():
    assert HostLane().sync() is None


def test_the_host_cpu_has_a_lane_for_every_thread_and_no_resident_scope():
    (device,) = host_cpu({"library": "3.1"})
    assert device.max_lanes == len(os.sched_getaffinity(0))
    assert (device.id, device.facts, tuple(device.scopes)) == ("cpu", {"library": "3.1"}, ("end-to-end",))
    with device.lanes(3) as lanes:
        assert len({id(lane) for lane in lanes}) == 3
