from math import inf
from random import Random

import pytest

from benchsuite.host.proof import Wrong
from benchsuite.measure import probes
from benchsuite.measure.probes import clock_stays_true, probe
from benchsuite.measure.sample import sample
from benchsuite.testing import fakes


@pytest.fixture(autouse=True)
def _short(monkeypatch, request):
    """On a virtual lane the least number of rounds, not as many as the machine finds time for."""
    monkeypatch.setattr(probes, "PROBE_SECONDS", 0.0 if "virtual_lane" in request.fixturenames else 0.02)


def memoising(lane, then=lambda inputs: None):
    """An encoder for which known inputs cost a hundredth on the lane's clock."""

    def engine(inputs, outputs):
        known = None

        def run():
            nonlocal known
            lane.advance(1e-5 if known == inputs.data.tobytes() else 1e-3)
            known = inputs.data.tobytes()
            fakes.encode(inputs, outputs)
            then(inputs)

        return run

    return engine


@pytest.fixture(autouse=True)
def any_clock_will_do(monkeypatch, request):
    """The virtual lane's clock is no clock of this world."""
    if "virtual_lane" in request.fixturenames:
        monkeypatch.setattr(probes, "CLOCK", inf)


def test_memory_of_the_last_inputs_shows_as_a_ratio(bench, virtual_lane):
    with pytest.raises(Wrong, match=r"memoised: new inputs take 100\.0 times as long"):
        probe(bench(memoising(virtual_lane), lane=virtual_lane), 2, 1e-3)


def test_memory_shows_also_where_the_inputs_are_destroyed(bench, virtual_lane):
    engine = memoising(virtual_lane, then=lambda inputs: inputs.data.fill(0))
    with pytest.raises(Wrong, match="memoised"):
        probe(bench(engine, lane=virtual_lane, in_place=True), 2, 1e-3)


def test_a_cost_that_does_not_depend_on_memory_passes(bench, virtual_lane):
    def engine(inputs, outputs):
        def run():
            virtual_lane.advance(1e-3)
            fakes.encode(inputs, outputs)

        return run

    probe(bench(engine, lane=virtual_lane), 2, 1e-3)


def remembering_late(lane, turns, share=1.0):
    """An encoder for which inputs cost a tenth from their ``turns``-th repetition on, or at times."""

    def engine(inputs, outputs):
        last, turn = inputs.data.copy(), 0

        def run():
            nonlocal turn
            turn = turn + 1 if (last == inputs.data).all() else 0
            last[...] = inputs.data
            lane.advance(1e-4 if turn >= turns and turn % 100 < 100 * share else 1e-3)
            fakes.encode(inputs, outputs)

        return run

    return engine


@pytest.mark.parametrize("slots", [1, 3])
@pytest.mark.parametrize(("turns", "share"), [(2, 1), (150, 1), (200, 1), (2, 0.6)])
def test_memory_shows_however_late_it_sets_in_and_also_where_it_serves_only_at_times(
    bench, virtual_lane, turns, share, slots
):
    engine = remembering_late(virtual_lane, turns, share)
    with pytest.raises(Wrong, match=r"new inputs take 10\.0 times as long as the same inputs after 200 rep"):
        probe(bench(engine, lane=virtual_lane, slots=slots), 200, 1e-3)


@pytest.mark.parametrize("times", [2, 3, 4, 5, 13, 16, 40])
@pytest.mark.parametrize("first", range(5))
def test_memory_that_serves_in_two_of_five_shows_whatever_is_drawn(bench, virtual_lane, times, first):
    """An engine that is asked after k to 1.25 k repetitions only would find the counts where it works."""

    def engine(inputs, outputs):
        last, turn = inputs.data.copy(), 0

        def run():
            nonlocal turn
            turn = turn + 1 if (last == inputs.data).all() else 0
            last[...] = inputs.data
            virtual_lane.advance(1e-4 if turn and (turn - first) % 5 < 2 else 1e-3)
            fakes.encode(inputs, outputs)

        return run

    with pytest.raises(Wrong, match="memoised"):
        probe(bench(engine, lane=virtual_lane), times, 1e-3)


def test_a_machine_that_strikes_at_random_convicts_nobody(bench, virtual_lane):
    """Each repetition takes as long as it likes: half of the rounds suggest a memory, half the contrary."""
    strikes = Random(1)

    def engine(inputs, outputs):
        def run():
            virtual_lane.advance(strikes.choice([1e-4, 1e-1]))
            fakes.encode(inputs, outputs)

        return run

    for seed in range(20):
        probe(bench(engine, lane=virtual_lane, seed=seed), 2, 1e-3)


def test_memory_of_what_prepare_met_shows(bench, virtual_lane):
    def engine(inputs, outputs):
        met = inputs.data.copy()

        def run():
            virtual_lane.advance(1e-3 * (1 + (met != inputs.data).any(axis=1).sum()))
            fakes.encode(inputs, outputs)

        return run

    with pytest.raises(Wrong, match=r"new inputs take 65\.0 times as long as those that prepare met"):
        probe(bench(engine, lane=virtual_lane), 2, 1e-3)


class DriftingClock(fakes.HostLane):
    """Counts its seconds by a factor that can be set."""

    factor = 1.0

    def seconds(self, start, stop):
        return super().seconds(start, stop) * self.factor


@pytest.mark.parametrize(("factor", "refused"), [(1.0, False), (0.1, True), (4.0, True)])
def test_a_visits_clock_is_held_to_the_hosts(bench, factor, refused):
    this = bench(device=fakes.resident, lane=DriftingClock())
    this.lane.factor = factor
    samples = [sample(this, 100).seconds for _ in range(3)]
    if refused:
        with pytest.raises(Wrong, match="its lane's clock counts"):
            clock_stays_true(this, 100, samples)
    else:
        clock_stays_true(this, 100, samples)


def test_a_doubt_of_the_clock_that_no_other_sample_confirms_is_dropped(bench):
    clock_stays_true(bench(device=fakes.resident), 100, [(0.001, 0.0, 0.1)] * 3)


def work_after_load(lane):
    """A device that works when it is loaded first; its later repetitions are free."""

    def prepare(job):
        memory, fresh = fakes.OnDevice(job), True

        def load():
            nonlocal fresh
            memory.load()
            fresh = True

        def run():
            nonlocal fresh
            lane.advance(1e-2 if fresh else 1e-4)
            fresh = False
            fakes.encode(memory.inputs, memory.outputs)

        return fakes.Prepared(run=run, load=load, fetch=memory.fetch)

    return prepare


def test_a_device_that_works_only_once_a_load_is_wrong(bench, virtual_lane):
    with pytest.raises(
        Wrong, match=r"the first repetition on new inputs takes 100\.0 times as long as the next"
    ):
        probe(bench(device=work_after_load(virtual_lane), lane=virtual_lane), 2, 1e-3)


def test_an_honest_device_passes(bench):
    probe(bench(device=fakes.resident, codewords=1 << 14), 2, 1e-4)


@pytest.mark.parametrize(("codewords", "refused"), [(1 << 14, True), (1 << 13, False)])
def test_nothing_large_is_done_faster_than_it_is_copied(bench, virtual_lane, codewords, refused):
    def engine(inputs, outputs):
        def run():
            virtual_lane.advance(1e-9)
            fakes.encode(inputs, outputs)

        return run

    this = bench(engine, lane=virtual_lane, codewords=codewords)
    if refused:
        with pytest.raises(Wrong, match=r"implausible: a repetition takes 0\.0\d of the time of copying"):
            probe(this, 2, 1e-9)
    else:
        probe(this, 2, 1e-9)


def test_a_clock_that_counts_a_tenth_of_the_time_is_wrong(bench):
    with pytest.raises(Wrong, match=r"its lane's clock counts 0\.10 s in a second of the host's"):
        probe(bench(device=fakes.resident, lane=fakes.SlowClock()), 100, 1e-4)
