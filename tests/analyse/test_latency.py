from random import Random

import numpy as np
import pytest

from benchsuite.analyse.latency import BEYOND, latencies, percentile
from benchsuite.record.types import Latency, Load


@pytest.fixture
def timed(run, planned, gate, visits):
    """A run of one cell whose calls of block after block took ``blocks`` nanoseconds."""

    def build(blocks, load=None):
        row = planned("alpha")
        lines = [run, row, gate(row), *visits(row, [1e-6] * len(blocks))]
        return lines + [
            Latency(
                cell=row.cell,
                block=number,
                load=load,
                calls=len(calls),
                clock_nanoseconds=40 + number,
                histogram=[(t, calls.count(t)) for t in sorted(set(calls))],
            )
            for number, calls in enumerate(blocks)
        ]

    return build


def load(**changes):
    facts = {"asked": "50%", "arrivals": "poisson", "offered_per_second": 100.0, "seconds": 1.0}
    return Load(**{**facts, "idle_seconds": 0.4, **changes})


def test_percentiles_are_those_of_all_calls_together(timed):
    (found,) = latencies(timed([list(range(1, 51)), list(range(51, 101))]))
    assert [(p.share, p.seconds) for p in found.percentiles] == [
        (0.5, pytest.approx(50e-9)),
        (0.9, pytest.approx(90e-9)),
    ]
    assert (found.calls, found.blocks, found.clock_seconds) == (100, 2, pytest.approx(40e-9))
    assert found.slowest_seconds == pytest.approx(100e-9)


@pytest.mark.parametrize(
    ("calls", "shown"), [(19, 0), (20, 1), (99, 1), (100, 2), (999, 2), (1000, 3), (10_000, 4)]
)
def test_a_percentile_is_left_out_where_few_calls_lie_beyond(timed, calls, shown):
    (found,) = latencies(timed([[7] * calls]))
    assert len(found.percentiles) == shown
    assert all(calls * (1 - p.share) >= BEYOND - 1e-6 for p in found.percentiles)


def test_one_block_and_a_bound_beyond_all_calls_have_no_interval(timed):
    (alone,) = latencies(timed([[5] * 500 + [9] * 500]))
    assert all(p.low is None and p.high is None for p in alone.percentiles)
    (unlike,) = latencies(timed([[5] * 1000, [9] * 1000]))
    assert all(p.high is None for p in unlike.percentiles)


def test_the_interval_of_a_percentile_covers_it_as_often_as_it_says():
    draws = np.random.default_rng(1)
    covered = 0
    for _ in range(400):
        level = np.exp(draws.normal(0, 0.1, 16))  # processes differ, calls within one are alike
        times = np.round(1e4 * level[:, None] * np.exp(draws.normal(0, 0.3, (16, 500)))).astype(np.int64)
        values = np.unique(times)
        counts = np.array([np.bincount(np.searchsorted(values, row), minlength=len(values)) for row in times])
        found = percentile(values, counts, 0.9, 0.99)
        truth = 1e4 * np.exp(1.2815515655 * np.hypot(0.1, 0.3)) * 1e-9
        covered += found.low <= truth <= found.high
    assert covered / 400 >= 0.97


def test_loads_are_apart_from_calls_back_to_back(timed):
    lines = timed([[5] * 200, [6] * 200])
    loaded = timed([[50] * 100, [60] * 100], load())
    found = latencies([*lines, *(line for line in loaded if isinstance(line, Latency))])
    assert [(of.asked, of.calls) for of in found] == [("", 400), ("50%", 200)]
    assert found[0].achieved_per_second is None
    assert found[1].achieved_per_second == pytest.approx(100)
    assert found[1].offered_per_second == 100


@pytest.mark.parametrize(("idle", "overloaded"), [(0.0, True), (0.01, True), (0.03, False), (0.9, False)])
def test_an_engine_that_hardly_waits_for_calls_is_overloaded(timed, idle, overloaded):
    (found,) = latencies(timed([[5] * 100] * 2, load(idle_seconds=idle)))
    assert found.overloaded_blocks == 2 * overloaded


def test_calls_of_a_cell_that_turned_wrong_are_not_shown(timed, planned, visits):
    lines = timed([[5] * 100])
    wrong = visits(planned("alpha"), [1e-6], first_block=1, flags=["wrong: item 1"], output_sha256="cd" * 32)
    assert latencies([*lines, *wrong]) == []


def test_the_order_of_calls_does_not_matter(timed):
    calls = [Random(1).randrange(100, 200) for _ in range(300)]
    shuffled = Random(2).sample(calls, len(calls))
    assert latencies(timed([calls])) == latencies(timed([shuffled]))
