"""The lane over a tiny stand-in for ``cupy.cuda``, whose stream stamps events in the order of the queue."""

from types import SimpleNamespace, TracebackType
from typing import Any

from benchsuite_cuda.lane import open_lanes


class FakeStream:
    def __init__(self, non_blocking: bool) -> None:
        self.non_blocking, self.milliseconds, self.synchronized = non_blocking, 0.0, 0

    def synchronize(self) -> None:
        self.synchronized += 1


class FakeEvent:
    def record(self, stream: FakeStream) -> None:
        self.stamp = stream.milliseconds


class FakeDevice:
    current: int | None = None

    def __init__(self, index: int) -> None:
        self.index = index

    def __enter__(self) -> None:
        FakeDevice.current = self.index

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        FakeDevice.current = None


def fake_cuda() -> Any:
    return SimpleNamespace(
        Stream=FakeStream,
        Event=FakeEvent,
        Device=FakeDevice,
        get_elapsed_time=lambda start, stop: stop.stamp - start.stamp,
    )


def test_each_lane_has_a_non_blocking_stream_of_its_own_on_its_device() -> None:
    with open_lanes(fake_cuda(), 3, 2) as lanes:
        assert FakeDevice.current == 3
        assert len({id(lane.stream) for lane in lanes}) == 2
        assert all(lane.stream.non_blocking for lane in lanes)
    assert FakeDevice.current is None


def test_marks_are_stamped_on_the_lanes_stream_and_told_apart_in_seconds() -> None:
    with open_lanes(fake_cuda(), 0, 2) as (lane, other):
        start = lane.mark()
        lane.stream.milliseconds += 2.5
        other.stream.milliseconds += 100
        stop = lane.mark()
        lane.sync()
        assert lane.seconds(start, stop) == 2.5e-3
        assert (lane.stream.synchronized, other.stream.synchronized) == (1, 0)
