"""Correct before fast: what a cell must pass, once a run, before it is timed."""

from __future__ import annotations

import time
from statistics import median

import msgspec

from benchsuite.api import Items
from benchsuite.host.proof import Wrong
from benchsuite.measure.bench import Bench
from benchsuite.measure.layout import copy_of, same_bytes
from benchsuite.measure.probes import probe
from benchsuite.measure.replay import SHORT_SECONDS
from benchsuite.measure.sample import CHECKED, VARIED, calibrate, sample

VARIED_SECONDS = 0.2
SMALL_BYTES = 1 << 14  # below, every item is checked by the oracle
UNSTEADY = 0.05
STEADY_SAMPLES = 6


class Verdict(msgspec.Struct, kw_only=True):
    """The gate's answer, with the keys of a ``gate`` line."""

    status: str = "measured"
    reason: str = ""
    checked_calls: int = 0
    output_sha256: str | None = None
    first_call_seconds: float | None = None
    repetitions: int = 0
    slots: int = 1
    replayed: bool = False
    flags: list[str] = []


def gate(bench: Bench, *, least_seconds: float, longest_repetition_seconds: float | None) -> Verdict:
    """Check this very case, then changed ones, then where the time goes; calibrate. Raises Wrong."""
    verdict = Verdict(slots=len(bench.slots))
    verdict.output_sha256 = bench.digest(lambda slot: bench.check(slot, checked_items(bench), slot.original))
    verdict.checked_calls = len(bench.slots) + _varied_calls(bench)
    k, seconds = calibrate(bench, least_seconds)
    if seconds < SHORT_SECONDS and bench.records:
        bench.replayed = verdict.replayed = True
        k, seconds = calibrate(bench, least_seconds)
    if longest_repetition_seconds is not None and seconds > longest_repetition_seconds:
        verdict.status = "unsupported"
        verdict.reason = (
            f"a repetition lasts longer than the {longest_repetition_seconds * 1e3:.0f} ms "
            "that this preset allows: use --preset publication"
        )
        return verdict
    verdict.repetitions = k
    probe(bench, k, seconds)
    bench.require_fence()
    if not _steady(bench, k):
        verdict.flags.append("not_steady")
    return verdict


def checked_items(bench: Bench) -> Items:
    """What the oracle checks of a slot: every item where small, random ones where large."""
    return bench.all_items() if _is_small(bench) else bench.some_items(CHECKED)


def _is_small(bench: Bench) -> bool:
    return max(bench.work.payload_bytes, bench.work.items) <= SMALL_BYTES  # some items have no payload


def first_call(bench: Bench) -> float:
    """Seconds of one repetition: the first of this process, if nothing ran before."""
    slot = bench.slots[0]
    bench.load(slot)
    begin = bench.lane.mark()
    slot.prepared.run()
    end = bench.lane.mark()
    bench.lane.sync()
    return bench.lane.seconds(begin, end)


def _varied_calls(bench: Bench) -> int:
    """Vary, run and check for 0.2 s, one repetition at a time; at least twice."""
    calls, end = 0, time.perf_counter() + VARIED_SECONDS
    while calls < 2 or time.perf_counter() < end:
        slot = bench.slots[bench.draws.randrange(len(bench.slots))]
        if bench.in_place:
            slot.restore()
        varied = bench.vary(slot, VARIED)
        if bench.in_place:
            slot.original = copy_of(slot.inputs)
        asked = copy_of(slot.inputs)
        bench.repeat(slot)
        if not bench.in_place and not same_bytes(asked, slot.inputs):
            raise Wrong("it changes its inputs: in_place=True makes the host restore them")
        every = _is_small(bench) and calls < CHECKED
        bench.check(slot, bench.all_items() if every else [*varied, *bench.some_items(CHECKED)], asked)
        calls += 1
    return calls


def _steady(bench: Bench, k: int) -> bool:
    """Whether the later three of six samples are within 5 % of the earlier three."""
    samples = [sample(bench, k) for _ in range(STEADY_SAMPLES)]
    seconds = [s.wall_seconds / s.repetitions for s in samples]
    return abs(median(seconds[3:]) / median(seconds[:3]) - 1) <= UNSTEADY
