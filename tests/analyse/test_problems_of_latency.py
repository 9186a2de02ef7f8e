import msgspec
import pytest

from benchsuite.analyse.problems_of_latency import of_latencies, of_looks
from benchsuite.record.types import Latency, Load, WorkDone

ONE = WorkDone(items=1, unit="message", payload_bytes=16, bytes_in=16, bytes_out=16)


@pytest.fixture
def timed(run, planned, gate, visits):
    """A run with calls in its first block, which took what ``changes`` say."""

    def build(**changes):
        row = msgspec.structs.replace(planned("alpha"), work=changes.pop("work", ONE))
        sound = {"calls": 5, "clock_nanoseconds": 40, "histogram": [(400, 3), (500, 2)], "block": 0}
        return [run, row, gate(row), *visits(row, [1e-6]), Latency(cell=row.cell, **{**sound, **changes})]

    return build


def test_sound_calls_have_no_problem(timed):
    load = Load(asked="150%", arrivals="fixed", offered_per_second=1e6, seconds=1.0, idle_seconds=0.5)
    assert list(of_latencies([*timed(), timed(load=load)[-1]])) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"calls": 6}, "calls: 6, where the histogram has 5"),
        ({"histogram": [(500, 3), (400, 2)]}, "histogram: not ascending"),
        ({"histogram": [(400, 3), (400, 2)]}, "histogram: not ascending"),
        ({"block": 1}, "no visit with samples before it"),
        ({"work": msgspec.structs.replace(ONE, items=2)}, "calls of 2 items"),
        (
            {
                "load": Load(
                    asked="5/s", arrivals="fixed", offered_per_second=5.0, seconds=1.0, idle_seconds=2.0
                )
            },
            "idle_seconds: 2.0 of 1.0 seconds",
        ),
        *(
            (
                {
                    "load": Load(
                        asked=asked, arrivals="fixed", offered_per_second=6.0, seconds=1.0, idle_seconds=0.5
                    )
                },
                f"offered_per_second: 6.0, where {asked} of the visit is {right:g}",
            )
            for asked, right in (("5/s", 5.0), ("150%", 1e6))
        ),
    ],
)
def test_impossible_calls_are_a_problem(timed, changes, problem):
    (found,) = of_latencies(timed(**changes))
    assert problem in found


def test_calls_recorded_twice_are_a_problem(timed):
    lines = timed()
    assert "recorded twice" in next(of_latencies([*lines, lines[-1]]))


@pytest.fixture
def looked(run, planned, gate, visits):
    """A run of ``blocks`` blocks with little or much noise, begun with ``--precision 1%`` or without."""

    def build(blocks, noise, argv=("run", "--precision", "1%")):
        row = planned("alpha")
        seconds = [1e-3 * (1 + noise * ((7 * b) % 16) / 16) for b in range(blocks)]
        return [msgspec.structs.replace(run, argv=list(argv)), row, gate(row), *visits(row, seconds)]

    return build


def test_blocks_beyond_the_presets_need_a_precision_that_was_not_reached(looked):
    def found(lines):
        return list(of_looks(lines[0], lines, 16))

    assert found(looked(16, 0.5, ["run"])) == []
    assert found(looked(20, 0.5)) == []
    assert "all was precise enough before block 16" in found(looked(17, 1e-5))[0]
    assert found(looked(17, 0.5, ["run"]))[0].endswith("block: quick has 16 blocks")


def test_a_look_decides_on_all_blocks_until_the_next(looked):
    lines = looked(19, 0.5)
    assert list(of_looks(lines[0], [*lines, *looked(19, 0.5)[-1:]], 16)) == []
