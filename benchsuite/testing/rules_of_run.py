"""The rules about how it is done: what belongs to ``load``, ``run`` and ``fetch``, and what not."""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

from benchsuite.host.proof import Wrong
from benchsuite.measure.bench import Bench, HostClock, Slot
from benchsuite.measure.layout import copy_of, same_bytes
from benchsuite.measure.probes import probe
from benchsuite.measure.sample import calibrate
from benchsuite.testing.cases import large_cases
from benchsuite.testing.subject import Broken, DoesNotApply, Subject

CLOCKS = frozenset(
    getattr(time, clock + unit)
    for clock in ("perf_counter", "monotonic", "process_time", "thread_time", "time")
    for unit in ("", "_ns")
)
ALLOCATED_SHARE = 0.25  # of the bytes in and out: less is scratch of numpy's own, not a copy of the data
LEAST_ALLOCATED_BYTES = 1 << 16  # below this a copy of the data cannot be told from a buffer of numpy's
ATTEMPTS = 4  # on a machine that runs other tests beside, a time slice may end at the same place many times
SAMPLE_SECONDS = 1e-3  # as the shortest gate of the tests
TIMED_BYTES = 1 << 16  # payload from which the probe for work left out compares with a copy
LARGE_BYTES = 1 << 20  # payload beside which an engine's blocks of scratch are small
MOST_LARGE_BYTES = 1 << 22


def run_only_runs(subject: Subject) -> None:
    """Of Python code: ``run`` reads no clock and does not wait for its lane."""

    def look(bench: Bench) -> None:
        slot = bench.slots[0]
        bench.repeat(slot)
        slot.restore()
        bench.load(slot)
        lane = bench.lane.lane if isinstance(bench.lane, HostClock) else bench.lane
        found = _forbidden_calls(slot, getattr(type(lane).sync, "__code__", None))
        bench.lane.sync()
        if found:
            raise Broken(f"run() calls {', '.join(sorted(found))}")

    subject.each(subject.few_cases, look)


def _forbidden_calls(slot: Slot, sync: object) -> set[str]:
    """Of the clocks and the lane's ``sync``, what ``run`` calls: the interpreter tells, however imported."""
    found = set()

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call" and argument in CLOCKS:
            found.add(f"time.{argument.__name__}()")
        elif event == "call" and frame.f_code is sync:
            found.add("lane.sync()")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        slot.prepared.run()
    finally:
        sys.setprofile(before)
    return found


def run_allocates_nothing(subject: Subject) -> None:
    """What Python and numpy allocate in ``run`` on a large case is no array of the size of the data."""
    if subject.candidate.allocates:
        raise DoesNotApply(subject.candidate.allocates)

    def look(bench: Bench) -> None:
        slot = bench.slots[0]
        bench.repeat(slot)
        slot.restore()
        bench.load(slot)
        peak = _peak_bytes(slot.prepared.run)
        bench.lane.sync()
        allowed = int(ALLOCATED_SHARE * (bench.work.bytes_in + bench.work.bytes_out))
        if peak > max(allowed, LEAST_ALLOCATED_BYTES):
            raise Broken(f"run() allocates {peak} bytes for {bench.work.payload_bytes} bytes of data")

    _on_a_large_case(subject, look, LARGE_BYTES)


def _peak_bytes(run: Callable[[], None]) -> int:
    """The most bytes allocated at a time during a call, of those that tracemalloc sees."""
    gc.collect()
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        run()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()


def time_is_spent_in_run(subject: Subject) -> None:
    """The gate's probes: no answers remembered, none made elsewhere, a true clock."""

    def look(bench: Bench) -> None:
        bench.repeat(bench.slots[0])
        for _ in range(ATTEMPTS - 1):
            with suppress(Wrong):
                return probe(bench, *calibrate(bench, SAMPLE_SECONDS))
        return probe(bench, *calibrate(bench, SAMPLE_SECONDS))

    _on_a_large_case(subject, look, TIMED_BYTES)


def _on_a_large_case(subject: Subject, look: Callable[[Bench], None], least_bytes: int) -> None:
    for params in large_cases(subject.workload, least_bytes):
        if subject.workload.work(params).payload_bytes > MOST_LARGE_BYTES:
            continue
        if not subject.implementation.unless(params) and subject.each([params], look):
            return


def data_move_when_they_should(subject: Subject) -> None:
    """Resident: ``load`` touches no output, ``run`` answers what was loaded; else there is neither."""
    cases = subject.few_cases
    subject.each(cases, _no_load_no_fetch, scope="end-to-end")
    subject.each(cases, _load_run_fetch, scope="resident")


def _no_load_no_fetch(bench: Bench) -> None:
    prepared = bench.slots[0].prepared
    if prepared.load is not None or prepared.fetch is not None:
        raise Broken("load and fetch belong to scope resident, and this one is end-to-end")


def _load_run_fetch(bench: Bench) -> None:
    slot = bench.slots[0]
    if slot.prepared.load is None or slot.prepared.fetch is None:
        raise Broken("scope resident needs both load and fetch")
    asked, poisoned = copy_of(slot.inputs), copy_of(slot.outputs)
    bench.load(slot)
    _require_same(poisoned, slot.outputs, "load() changed the outputs")
    bench.vary(slot, None)
    slot.prepared.run()
    bench.lane.sync()
    _require_same(poisoned, slot.outputs, "run() changed the host's outputs, which is for fetch() to do")
    if not bench.in_place:
        bench.load(slot)
    bench.fetch(slot)
    try:
        bench.check(slot, bench.all_items(), asked)
    except Wrong as wrong:
        raise Broken(f"not the answer to what was loaded when run() was called: {wrong}") from None


def _require_same(before: Any, now: Any, message: str) -> None:
    if not same_bytes(before, now):
        raise Broken(message)
