"""Recordings of short repetitions: every one is replayed, and lanes that leave some out are found out."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import HostLane, RecordingLane
from benchsuite.host.proof import Wrong
from benchsuite.measure import gate as gate_module
from benchsuite.measure import probes
from benchsuite.measure.gate import gate
from benchsuite.measure.replay import RECORDED, replays, rotation
from benchsuite.measure.sample import sample
from benchsuite.testing.fakes import OnDevice, resident

Call = Callable[[], None]


class Recorder(HostLane):
    """Records calls and makes them when they are replayed; what it keeps of them is for liars to change."""

    def record(self, runs: Sequence[Call]) -> Call:
        kept = self.kept(runs)

        def replay() -> None:
            for run in kept:
                run()

        return replay

    def kept(self, runs: Sequence[Call]) -> Sequence[Call]:
        return list(runs)


class LastOnly(Recorder):
    def kept(self, runs: Sequence[Call]) -> Sequence[Call]:
        return runs[-1:]


class OneInTen(Recorder):
    def kept(self, runs: Sequence[Call]) -> Sequence[Call]:
        return runs[::10]


class Beforehand(Recorder):
    """Works while it records, and never again."""

    def kept(self, runs: Sequence[Call]) -> Sequence[Call]:
        for run in runs:
            run()
        return []


class FirstOnly(Recorder):
    """Leaves repetitions out of the recording that samples are taken by, and of no later one."""

    recordings = 0

    def kept(self, runs: Sequence[Call]) -> Sequence[Call]:
        if len(runs) < RECORDED:
            return runs
        self.recordings += 1
        return runs[-1:] if self.recordings == 1 else runs


class InSamplesOnly(Recorder):
    """Skips in its first replays, in which samples are taken, and never again."""

    replays = 0

    def record(self, runs: Sequence[Call]) -> Call:
        honest = super().record(runs)

        def replay() -> None:
            self.replays += 1
            if self.replays > 200:
                honest()
            else:
                runs[-1]()

        return replay


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "VARIED_SECONDS", 0.02)
    monkeypatch.setattr(gate_module, "SHORT_SECONDS", 1e-2)  # so is the encoder of these tests


def passed(bench: Any) -> Any:
    return gate(bench, least_seconds=1e-3, longest_repetition_seconds=None)


@given(slots=st.integers(1, 200), start=st.integers(0, 199), count=st.integers(1, 1000))
def test_exactly_the_repetitions_that_count_are_replayed_in_the_order_of_the_slots(
    slots: int, start: int, count: int
) -> None:
    done: list[int] = []
    runs = [lambda slot=slot: done.append(slot) for slot in range(slots)]
    lane = Recorder()
    whole = rotation(lane, runs)
    calls = replays(lane, runs, whole, start % slots, count)
    assert not done
    for call in calls:
        call()
    assert done == [(start + turn) % slots for turn in range(count)]
    assert len(calls) <= 2 + count // RECORDED


def test_a_short_repetition_of_a_lane_that_records_is_replayed(bench: Any) -> None:
    assert isinstance(Recorder(), RecordingLane)
    assert passed(bench(device=resident, lane=Recorder())).replayed


def test_a_long_one_or_one_of_a_lane_that_does_not_record_is_called(bench: Any, monkeypatch: Any) -> None:
    assert not isinstance(HostLane(), RecordingLane)
    assert not passed(bench(device=resident, lane=HostLane())).replayed
    monkeypatch.setattr(gate_module, "SHORT_SECONDS", 1e-9)
    assert not passed(bench(device=resident, lane=Recorder())).replayed


@pytest.mark.parametrize("slots", [1, 3])
def test_a_sample_counts_every_repetition_that_was_replayed(bench: Any, slots: int) -> None:
    ran: Counter[int] = Counter()

    def counting(job: Any) -> Any:
        honest, slot = resident(job), len(ran)
        ran[slot] = 0

        def run() -> None:
            ran[slot] += 1
            honest.run()

        return type(honest)(run=run, load=honest.load, fetch=honest.fetch)

    this = bench(device=counting, lane=Recorder(), slots=slots)
    this.replayed = True
    before = ran.total()
    warm = 2 if slots == 1 else 0  # the audit's own repetitions, one a segment
    assert ran.total() - before == 0
    taken = sample(this, 500)
    assert ran.total() - before - warm == taken.repetitions


def test_the_audit_sees_wrong_answers_of_replays(bench: Any) -> None:
    def stale(job: Any) -> Any:
        """Answers what it was loaded with at first."""
        memory = OnDevice(job)
        honest = resident(job)
        memory.load()
        first = type(job.inputs)(data=memory.inputs.data.copy())

        def load() -> None:
            job.inputs.data[...], kept = first.data, job.inputs.data.copy()
            honest.load()
            job.inputs.data[...] = kept

        return type(honest)(run=honest.run, load=load, fetch=honest.fetch)

    this = bench(device=stale, lane=Recorder())
    this.replayed = True
    with pytest.raises(Wrong, match="expected check"):
        sample(this, 100)


@pytest.mark.parametrize("lane", [LastOnly, OneInTen, Beforehand, FirstOnly])
def test_a_lane_whose_recordings_leave_repetitions_out_is_found_out(bench: Any, lane: type[Recorder]) -> None:
    with pytest.raises(
        Wrong, match=r"its recordings leave work out: called one by one it takes \d+\.\d times as long"
    ):
        passed(bench(device=resident, lane=lane()))


@pytest.mark.parametrize("slots", [1, 3])
@pytest.mark.parametrize("lane", [LastOnly, FirstOnly, InSamplesOnly])
def test_a_visit_judges_the_recordings_that_it_timed_by_their_own_figure(
    bench: Any, lane: type[Recorder], slots: int
) -> None:
    this = bench(device=resident, lane=lane(), slots=slots)
    this.replayed = True
    # of several slots the audit sees those that were never answered
    with pytest.raises(Wrong, match="its recordings leave work out" if slots == 1 else "."):
        taken = [sample(this, 2000) for _ in range(3)]
        probes.replays_stay_whole(this, min(each.wall_seconds / each.repetitions for each in taken))


def test_an_honest_lane_of_recordings_passes_all_probes(bench: Any) -> None:
    this = bench(device=resident, lane=Recorder(), slots=3)
    this.replayed = True
    probes.probe(this, 100, 1e-4)
