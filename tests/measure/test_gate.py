import re
from math import inf

import pytest

from benchsuite.api import HostLane
from benchsuite.host.engine import Engine, Way, origin
from benchsuite.host.plugins import discover
from benchsuite.host.proof import Wrong, check_vectors
from benchsuite.measure import gate as gate_module
from benchsuite.measure import probes
from benchsuite.measure.gate import checked_items, gate
from benchsuite.measure.sample import CHECKED
from benchsuite.testing import fakes, remembering
from benchsuite.workloads import HSIAO_DECODE, HSIAO_ENCODE
from benchsuite.workloads.codes.hsiao import HsiaoDecodeParams, HsiaoEncodeParams

ITEM = r"item \d+: expected check .., got .."
REPEATED = r"memoised: new inputs take \d+\.\d times as long as the same inputs after \d+ repetitions"
REASONS = {
    fakes.wrong_byte: ITEM,
    fakes.empty: ITEM,
    fakes.first_only: ITEM,
    remembering.precomputed: ITEM,
    remembering.on_disk: ITEM,
    remembering.memoised: r"memoised: new inputs take \d+\.\d times as long as the same inputs again",
    fakes.half: ITEM,
    fakes.one_in_ten: ITEM,
    fakes.in_background: ITEM,
    remembering.kept: ITEM,
    remembering.incremental: r"memoised: new inputs take \d+\.\d times as long as those that prepare met",
    remembering.settled: REPEATED,
    remembering.three_in_five: REPEATED,
    fakes.overflowing: "it writes outside its outputs",
}
DEVICE_REASONS = {
    fakes.works_in_fetch: "works in fetch: the first takes",
    fakes.works_at_second_sync: "works after sync: a second sync takes",
    fakes.works_twice: r"the first repetition on new inputs takes \d+\.\d times as long as the next",
}
SMALL, LARGE = 1024, 1 << 14


@pytest.fixture(autouse=True)
def _short(monkeypatch, request):
    if "virtual_lane" in request.fixturenames:
        monkeypatch.setattr(probes, "CLOCK", inf)  # a virtual clock is no clock of this world
    monkeypatch.setattr(gate_module, "VARIED_SECONDS", 0.02)
    monkeypatch.setattr(probes, "PROBE_SECONDS", 0.05)


def passed(bench):
    return gate(bench, least_seconds=1e-3, longest_repetition_seconds=None)


def test_every_liar_is_here():
    assert set(REASONS) == set(fakes.HOST_LIARS)


@pytest.mark.parametrize("slots", [1, 3])
@pytest.mark.parametrize("codewords", [SMALL, LARGE])
def test_an_honest_engine_passes_and_its_digest_is_that_of_its_answers(bench, codewords, slots):
    verdicts = [passed(bench(fakes.honest, codewords=codewords, slots=slots, seed=s)) for s in (1, 2)]
    verdicts.append(passed(bench(device=fakes.resident, codewords=codewords, slots=slots)))
    assert {(v.status, v.reason, v.slots) for v in verdicts} == {("measured", "", slots)}
    assert len({v.output_sha256 for v in verdicts}) == 1
    for verdict in verdicts:
        assert verdict.checked_calls >= slots + 2
        assert verdict.repetitions >= 2


def test_every_item_is_checked_where_bytes_and_items_are_few(bench):
    for codewords, payload, checked in ((64, 512, 64), (64, 1 << 15, CHECKED), (1 << 15, 0, CHECKED)):
        case = bench(fakes.honest, codewords=codewords)
        case.work = case.work._replace(payload_bytes=payload)
        assert len(checked_items(case)) == checked


def destroying(inputs, outputs):
    def run():
        fakes.encode(inputs, outputs)
        inputs.data[...] = 0

    return run


@pytest.mark.parametrize("slots", [1, 3])
def test_an_engine_may_work_in_place_if_it_says_so(bench, slots):
    honest = passed(bench(fakes.honest, slots=slots))
    in_place = passed(bench(destroying, slots=slots, in_place=True))
    assert in_place.status == "measured"
    assert in_place.output_sha256 == honest.output_sha256
    with pytest.raises(Wrong):
        passed(bench(destroying, slots=slots))


def test_an_engine_that_changes_its_inputs_after_a_while_is_told_what_to_say(bench):
    def engine(inputs, outputs):
        calls = iter(range(3))

        def run():
            fakes.encode(inputs, outputs)
            if next(calls, None) is None:
                inputs.data[0] ^= 1

        return run

    with pytest.raises(Wrong, match="it changes its inputs: in_place=True makes the host restore them"):
        passed(bench(engine))


@pytest.mark.parametrize("make", fakes.HOST_LIARS, ids=lambda make: make.__name__)
def test_every_liar_is_found_out_and_the_reason_says_how(bench, make):
    codewords = LARGE if REASONS[make].startswith("memoised") else SMALL
    with pytest.raises(Wrong, match=REASONS[make]):
        gate(bench(make, codewords=codewords), least_seconds=5e-3, longest_repetition_seconds=None)


@pytest.mark.parametrize("make", DEVICE_REASONS, ids=lambda make: make.__name__)
def test_every_lying_device_is_found_out(bench, make):
    lane = fakes.LateLane() if make is fakes.works_at_second_sync else HostLane()
    with pytest.raises(Wrong, match=DEVICE_REASONS[make]):
        passed(bench(device=make, codewords=LARGE, lane=lane))


@pytest.fixture
def engine():
    def open_(backend):
        extra = ["benchsuite.testing.fakes"]
        return Engine(origin(discover(extra=extra), backend).request())

    return open_


def way(workload, params, device="cpu", scope="end-to-end"):
    return Way(workload=workload, params=params, variant="", device=device, scope=scope)


def test_published_vectors_pass_through_an_honest_engine(engine):
    mine = [fakes.other_sizes(vector.params) is None for vector in HSIAO_ENCODE.vectors()]
    vectors = (sum(mine), len(mine) - sum(mine))
    assert vectors[0] >= 10
    assert check_vectors(engine("honest"), way(HSIAO_ENCODE, HsiaoEncodeParams())) == vectors
    resident = way(HSIAO_ENCODE, HsiaoEncodeParams(), device="fake", scope="resident")
    assert check_vectors(engine("honest-resident"), resident) == vectors


def test_a_vector_that_does_not_come_out_is_named_with_its_source(engine):
    vector = next(v for v in HSIAO_DECODE.vectors() if v.outputs.outcome.any())
    with pytest.raises(Wrong, match=re.escape(f"published vector {vector.name} ({vector.source})")):
        check_vectors(engine("liar-copying-decoder"), way(HSIAO_DECODE, HsiaoDecodeParams()))


def test_vectors_that_a_backend_declines_are_skipped(engine):
    honest = engine("honest")
    implementation = honest.backend.implementations["hsiao-encode", ""]
    declines = type(implementation)(
        prepare=implementation.prepare, version=1, constant_time="unknown", unless=lambda params: "no"
    )
    honest.backend.implementations["hsiao-encode", ""] = declines
    assert check_vectors(honest, way(HSIAO_ENCODE, HsiaoEncodeParams()))[0] == 0


def test_a_slow_repetition_is_left_to_a_longer_preset(bench, virtual_lane):
    def engine(inputs, outputs):
        def run():
            fakes.encode(inputs, outputs)
            virtual_lane.advance(0.08)

        return run

    this = bench(engine, lane=virtual_lane)
    verdict = gate(this, least_seconds=0.005, longest_repetition_seconds=0.05)
    assert verdict.status == "unsupported"
    assert verdict.reason == (
        "a repetition lasts longer than the 50 ms that this preset allows: use --preset publication"
    )


def test_an_unsteady_engine_is_flagged(bench, virtual_lane):
    cost = iter(1.1**turn for turn in range(10_000))

    def engine(inputs, outputs):
        def run():
            fakes.encode(inputs, outputs)
            virtual_lane.advance(next(cost))

        return run

    assert passed(bench(engine, lane=virtual_lane)).flags == ["not_steady"]


def test_an_even_engine_is_not_flagged(bench, virtual_lane):
    def engine(inputs, outputs):
        def run():
            fakes.encode(inputs, outputs)
            virtual_lane.advance(1e-3)

        return run

    assert passed(bench(engine, lane=virtual_lane)).flags == []
