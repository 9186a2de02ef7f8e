"""From which batch a GPU wins: by verdicts, against every row of the CPU."""

import pytest

from benchsuite.analyse.crossover import crossovers

from .question import Recorded, question

GB = 1e9
CARD = {"device": "gpu:0"}


def batches(gpu, cpu, **where):
    """A run of batches of 1, 4, 16, …, at these GB/s."""
    run = Recorded()
    for power, (card, core) in enumerate(zip(gpu, cpu, strict=True)):
        run.row("card", card * GB, messages=4**power, **CARD)
        run.row("core", core * GB, messages=4**power, **where)
    return run


@pytest.mark.parametrize(
    ("gpu", "wins_from", "not_at"),
    [
        ((0.1, 0.5, 2, 8), 16, 4),
        ((2, 2, 2, 2), 1, None),
        ((2, 0.5, 2, 2), 16, 4),
        ((2, 2, 2, 0.5), None, None),
        ((0.5, 1.0, 2, 2), 16, 4),
    ],
)
def test_the_gpu_wins_from_the_least_batch_beyond_which_it_always_does(gpu, wins_from, not_at):
    (found,) = crossovers(batches(gpu, [1] * 4).lines, question(1.0))
    assert (found.parameter, found.wins_from, found.not_at) == ("messages", wins_from, not_at)
    assert [point.value for point in found.points] == [1, 4, 16, 64]
    assert all(point.ratio_low <= point.ratio <= point.ratio_high for point in found.points)


def test_every_row_of_the_cpu_must_be_beaten():
    run = batches((2, 2), (1, 1))
    run.row("core", 8 * GB, messages=4, processes=8)
    (found,) = crossovers(run.lines, question(1.0))
    assert [point.verdict for point in found.points] == ["faster", "slower"]
    assert found.points[1].cpu.processes == 8


def test_a_noisy_pair_of_equals_widens_what_counts_as_equal():
    run = batches((1.2, 1.2), (1, 1))
    (found,) = crossovers(run.lines, question(1.0))
    assert found.wins_from == 1
    run.row("core", 1.5 * GB, messages=1, twin=1)
    (found,) = crossovers(run.lines, question(1.0))
    assert found.wins_from is None


@pytest.mark.parametrize(
    "where",
    [{"pool": "cold"}, {"scope": "resident"}, {"device": "gpu:1"}, {"status": "wrong", "reason": "x"}],
)
def test_what_is_no_rival_makes_no_crossover(where):
    assert crossovers(batches((2, 2), (1, 1), **where).lines, question(1.0)) == []


def test_one_batch_is_no_crossover_and_few_blocks_no_verdict():
    assert crossovers(batches((2,), (1,)).lines, question(1.0)) == []
    run = Recorded(blocks=3)
    for messages in (1, 2):
        run.row("card", 2 * GB, messages=messages, **CARD)
        run.row("core", GB, messages=messages)
    (found,) = crossovers(run.lines, question(1.0))
    assert {point.verdict for point in found.points} == {"too_few_blocks"}
    assert found.wins_from is None
