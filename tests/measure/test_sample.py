import pytest

from benchsuite.host.proof import Wrong
from benchsuite.measure.bench import timed_by
from benchsuite.measure.gate import gate
from benchsuite.measure.sample import MOST_REPETITIONS, calibrate, sample
from benchsuite.testing import fakes, remembering

COST = 1e-3


def engine_on(lane, cost=COST):
    """An honest encoder that takes ``cost`` on the lane's clock; it notes the slot that it works on."""
    slots = iter(range(1000))

    def engine(inputs, outputs):
        slot = next(slots)

        def run():
            fakes.encode(inputs, outputs)
            lane.advance(cost, slot)

        return run

    return engine


@pytest.mark.parametrize(("slots", "in_place"), [(1, False), (5, False), (1, True), (5, True)])
@pytest.mark.parametrize("k", [2, 3, 4, 40])
def test_a_sample_times_between_k_and_a_quarter_more_repetitions(bench, virtual_lane, k, slots, in_place):
    this = bench(engine_on(virtual_lane), lane=virtual_lane, slots=slots, in_place=in_place)
    counts = set()
    for _ in range(60):
        virtual_lane.log.clear()
        taken = sample(this, k)
        assert sum(map(len, virtual_lane.timed())) == taken.repetitions
        assert taken.wall_seconds == pytest.approx(taken.repetitions * COST)
        assert k <= taken.repetitions <= max(1.25 * k, k + 1)
        counts.add(taken.repetitions)
    assert len(counts) > min(k // 4, 8)


@pytest.mark.parametrize(("slots", "cuts_at_1"), [(1, range(60, 140)), (4, range(40))])
def test_neither_the_cut_nor_the_first_slot_can_be_foreseen(bench, virtual_lane, slots, cuts_at_1):
    this = bench(engine_on(virtual_lane), lane=virtual_lane, slots=slots)
    cuts, starts = [], []
    for _ in range(200):
        virtual_lane.log.clear()
        sample(this, 20)
        first, _ = virtual_lane.timed()
        cuts.append(len(first))
        starts.append(first[0])
    assert set(starts) == set(range(slots))
    assert set(cuts) >= set(range(1, 20))
    assert cuts.count(1) in cuts_at_1


def test_the_audit_warms_no_slot_of_a_cold_pool_that_runs_soon(bench, virtual_lane):
    this = bench(engine_on(virtual_lane), lane=virtual_lane, slots=8)
    for _ in range(30):
        virtual_lane.log.clear()
        before = [slot.inputs.data.copy() for slot in this.slots]
        sample(this, 16)
        varied = {n for n, slot in enumerate(this.slots) if (slot.inputs.data != before[n]).any()}
        soon = [set(segment[: min(len(segment), 8) // 2]) for segment in virtual_lane.timed()]
        assert len(varied) in {1, 2}
        assert any(slot not in soon[0] for slot in varied)
        assert any(slot not in soon[1] for slot in varied)


def test_slots_rotate_in_address_order_through_the_cut(bench, virtual_lane):
    this = bench(engine_on(virtual_lane), lane=virtual_lane, slots=5)
    for _ in range(30):
        virtual_lane.log.clear()
        sample(this, 12)
        visited = [slot for segment in virtual_lane.timed() for slot in segment]
        assert visited == [(visited[0] + turn) % 5 for turn in range(len(visited))]


def destroying(inputs, outputs):
    """An honest encoder that works in place: its inputs are gone afterwards."""

    def run():
        fakes.encode(inputs, outputs)
        inputs.data[...] = 0

    return run


@pytest.mark.parametrize("slots", [1, 3])
def test_an_engine_that_works_in_place_gets_its_inputs_back_before_each_repetition(bench, slots):
    seen = []

    def engine(inputs, outputs):
        run = destroying(inputs, outputs)
        return lambda: (seen.append(bool(inputs.data.any())), run())

    this = bench(engine, slots=slots, in_place=True)
    gate(this, least_seconds=1e-4, longest_repetition_seconds=None)
    seen.clear()
    repetitions = sum(sample(this, 6).repetitions for _ in range(20))
    assert len(seen) >= repetitions
    assert all(seen)


def test_restoring_is_not_timed(bench, virtual_lane):
    this = bench(engine_on(virtual_lane), lane=virtual_lane, in_place=True)
    taken = sample(this, 10)
    assert all(len(segment) == 1 for segment in virtual_lane.timed())
    assert taken.wall_seconds == pytest.approx(taken.repetitions * COST)


def test_honest_engines_are_never_wrong(bench):
    for this in (
        bench(fakes.honest),
        bench(fakes.honest, slots=3),
        bench(destroying, in_place=True),
        bench(device=fakes.resident),
        bench(device=fakes.resident, slots=3),
    ):
        for _ in range(60):
            sample(this, 8)


class Turns:
    """Honest until told otherwise: the gate has no way to see what a liar will do after it."""

    def __init__(self, make):
        self.make, self.dishonest = make, False

    def __call__(self, inputs, outputs):
        honest, liar = fakes.honest(inputs, outputs), self.make(inputs, outputs)
        return lambda: liar() if self.dishonest else honest()


def forgets_its_inputs(inputs, outputs):
    """Right answers, to a question of its own."""

    def run():
        inputs.data[...] = 0
        outputs.check[...] = 0

    return run


def only_what_changed(inputs, outputs):
    """Encodes again only what differs from the last words; the other answers stay."""
    last = inputs.data.copy()

    def run():
        nonlocal last
        changed = (inputs.data != last).any(axis=1)
        answers = outputs.check.copy()
        fakes.encode(inputs, outputs)
        answers[changed] = outputs.check[changed]
        outputs.check[...] = answers
        last = inputs.data.copy()

    return run


# right in every varied item, and so for the probes, the digest and the fence to find
MEMORIES = {remembering.memoised, remembering.incremental, remembering.settled, remembering.three_in_five}
NOT_THE_AUDITS = {*MEMORIES, fakes.wrong_byte, fakes.overflowing}
LATE_LIARS = [
    make for make in (*fakes.HOST_LIARS, forgets_its_inputs, only_what_changed) if make not in NOT_THE_AUDITS
]


@pytest.mark.parametrize("make", LATE_LIARS, ids=lambda make: make.__name__)
def test_the_audit_sees_a_liar_that_was_honest_in_the_gate(bench, make):
    turns = Turns(make)
    this = bench(turns, codewords=1024)
    for _ in range(5):
        sample(this, 25)
    turns.dishonest = True
    with pytest.raises(Wrong, match=r"item \d+: expected check .., got .."):
        for _ in range(30):
            sample(this, 25)


COLD_LIARS = [fakes.empty, fakes.half, fakes.one_in_ten, fakes.in_background, only_what_changed]


@pytest.mark.parametrize("make", COLD_LIARS, ids=lambda make: make.__name__)
def test_the_audit_sees_liars_in_a_pool_beyond_the_cache(bench, make):
    turns = Turns(make)
    this = bench(turns, codewords=1024, slots=4)
    for _ in range(5):
        sample(this, 8)
    turns.dishonest = True
    with pytest.raises(Wrong):
        for _ in range(30):
            sample(this, 8)


def answers_to_what_lies_there(job):
    """A device whose ``run`` does nothing and whose ``fetch`` encodes what was loaded last."""
    memory = fakes.OnDevice(job)

    def fetch():
        fakes.encode(memory.inputs, memory.outputs)
        memory.fetch()

    return fakes.Prepared(run=lambda: None, load=memory.load, fetch=fetch)


def test_a_device_must_answer_to_what_was_loaded_before_the_run(bench):
    with pytest.raises(Wrong):
        sample(bench(device=answers_to_what_lies_there), 8)


@pytest.mark.parametrize("cost", [1e-7, 3e-6, 1e-4, 1e-3])
def test_calibration_makes_samples_long_enough_and_not_much_longer(bench, virtual_lane, cost):
    this = bench(lambda inputs, outputs: lambda: virtual_lane.advance(cost), lane=virtual_lane)
    k, seconds = calibrate(this, 0.005)
    assert seconds == pytest.approx(cost)
    assert 0.005 <= k * cost <= 0.011


def test_calibration_stops_at_two_slow_repetitions_and_at_very_many_fast_ones(bench, virtual_lane):
    slow = bench(engine_on(virtual_lane, 1.0), lane=virtual_lane)
    assert calibrate(slow, 0.005) == (2, 1.0)
    assert len(virtual_lane.timed()[0]) == 2
    instant = bench(lambda inputs, outputs: lambda: None, lane=virtual_lane)
    assert calibrate(instant, 0.005) == (MOST_REPETITIONS, 0.0)


@pytest.mark.parametrize("slots", [1, 5])
def test_uncounted_repetitions_are_timed_and_not_counted(bench, virtual_lane, slots):
    this = bench(engine_on(virtual_lane), lane=virtual_lane, slots=slots)
    for _ in range(30):
        virtual_lane.log.clear()
        taken = sample(this, 200, uncounted=0.05)
        assert 200 <= taken.repetitions <= 250
        done = sum(map(len, virtual_lane.timed()))
        assert done == pytest.approx(1.05 * taken.repetitions, abs=0.5)
        assert taken.wall_seconds == pytest.approx(done * COST)


class Clockless:
    """A queue that works when it is synced, and whose clock must not be asked."""

    def __init__(self):
        self.queue = []

    def sync(self):
        while self.queue:
            self.queue.pop()()

    def mark(self):
        pytest.fail("the lane's clock was asked")

    seconds = mark


@pytest.mark.parametrize("in_place", [False, True])
def test_end_to_end_the_lanes_clock_is_not_asked_and_its_work_is_waited_for(bench, in_place):
    lane = Clockless()

    def engine(inputs, outputs):
        return lambda: lane.queue.append(lambda: fakes.encode(inputs, outputs))

    this = bench(engine, lane=lane, in_place=in_place)
    this.lane = timed_by(lane, this.slots)
    taken = sample(this, 8)
    assert not lane.queue
    assert 0 < taken.wall_seconds <= taken.host_seconds


def test_on_a_device_the_lanes_clock_counts_beside_the_hosts(bench, virtual_lane):
    this = bench(device=fakes.resident, lane=virtual_lane)
    assert timed_by(virtual_lane, this.slots) is virtual_lane
    taken = sample(this, 8)
    assert (taken.wall_seconds, taken.host_seconds > 0) == (0.0, True)
