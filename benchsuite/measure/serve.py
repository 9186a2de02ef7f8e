"""The worker's side: opens one backend, gates cells and visits them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from itertools import chain
from random import Random
from statistics import median
from typing import Any, get_type_hints

import msgspec

from benchsuite.api import Lane, Unsupported, Workload
from benchsuite.host.cases import params_from
from benchsuite.host.engine import Engine, Way, fit_to_record, open_engine
from benchsuite.host.proof import Wrong, check_vector, check_vectors
from benchsuite.measure.arrivals import offered, open_loop, schedule
from benchsuite.measure.bench import Bench, Slot, meet, timed_by
from benchsuite.measure.crowd import Troop, troop
from benchsuite.measure.gate import Verdict, first_call, gate
from benchsuite.measure.latency import clock_cost, histogram, single_calls
from benchsuite.measure.layout import blank_outputs, map_inputs
from benchsuite.measure.pressure import difference, read_counters
from benchsuite.measure.probes import clock_stays_true, replays_stay_whole
from benchsuite.measure.rehearse import rehearse
from benchsuite.measure.sample import WARM_UPS, audited, sample
from benchsuite.workloads import published

EMULATED = "an emulated device is never timed: use benchsuite verify"


class Server:
    """One engine, open in this process, and the pools that are mustered for a rush."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._troop: Troop | None = None
        self._open = ExitStack()

    def __call__(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer ``open``, ``verify``, ``gate``, ``judge``, ``visit``, ``rehearse``, ``muster``, ``rush``."""
        if request["do"] == "open":
            self._engine, reply = open_engine(request)
            return reply
        if request["do"] == "rush":
            return self._rush(request)
        assert self._engine is not None, "open comes first"
        answer = {
            "verify": _verify,
            "gate": _gate,
            "judge": _judge,
            "visit": _visit,
            "rehearse": _rehearse,
            "muster": self._muster,
        }[request["do"]]
        return answer(self._engine, _way(self._engine, request["way"]), request)

    def _muster(self, engine: Engine, way: Way, request: dict[str, Any]) -> dict[str, Any]:
        """Prepare for a rush: digests, a warm-up sample each; the pools stay until the next muster."""
        self._open.close()
        seeds = [int.from_bytes(os.urandom(8)) for _ in range(request["threads"])]
        lanes = self._open.enter_context(engine.lanes(way.device, len(seeds)))
        benches = [
            _bench(engine, way, request["inputs"], seed, lane)
            for seed, lane in zip(seeds, lanes, strict=True)
        ]
        self._troop = self._open.enter_context(troop(benches))
        digests = set(self._troop.each(Bench.digest))
        reply = {
            "wrong": "",
            "output_sha256": digests.pop() if len(digests) == 1 else None,
            "draws": [f"{seed:016x}" for seed in seeds],
        }
        try:
            self._troop.each(partial(sample, k=request["repetitions"]))
        except Wrong as wrong:
            reply["wrong"] = str(wrong)
        return reply

    def _rush(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._troop is not None, "muster comes first"
        before = read_counters()
        try:
            done = self._troop.rush(at=request["at"], seconds=request["seconds"], k=request["repetitions"])
        except Wrong as wrong:
            return {"wrong": str(wrong)}
        pressure = difference(before, read_counters(), ours=request["processes"])
        return {"wrong": "", "pressure": pressure, "rushes": [vars(each) for each in done]}


serve = Server()


def _way(engine: Engine, message: dict[str, Any]) -> Way:
    workload = engine.registry.workloads[message["workload"]]
    return Way(
        workload=workload,
        params=params_from(workload, message["params"]),
        variant=message["variant"],
        device=message["device"],
        scope=message["scope"],
    )


@cache
def _inputs_type(workload: Workload[Any, Any, Any]) -> type[Any]:
    """The dataclass of the workload's inputs: as annotated, or else that of its small default case."""
    annotated = getattr(workload.inputs, "__annotations__", {}) and get_type_hints(workload.inputs)
    kind = annotated.get("return")
    return kind if isinstance(kind, type) else type(workload.inputs(workload.params(), 0, 0))


@contextmanager
def _bench(
    engine: Engine,
    way: Way,
    inputs: dict[str, Any],
    seed: int,
    lane: Lane | None = None,
    *,
    met_others: bool = False,
) -> Iterator[Bench]:
    """The prepared pool, on the one lane unless told; its outputs are its own, its inputs a private view.

    With ``met_others`` the first slot still holds what ``prepare`` met there, other inputs than the original.
    """
    lane = lane or engine.lane(way.device)
    kind = _inputs_type(way.workload)
    draws = Random(seed)
    pool = map_inputs(kind, inputs, writable=True)
    originals = map_inputs(kind, inputs, writable=False)
    answers, fence = blank_outputs(way.workload.outputs(way.params), inputs["slots"])
    met = meet(way.workload, way.params, pool[0], draws) if met_others else None
    with ExitStack() as prepared:
        slots = []
        for turn, (mine, original, outputs) in enumerate(zip(pool, originals, answers, strict=True)):
            slot = Slot(engine.prepare(way, mine, outputs, lane, (turn, len(pool))), mine, outputs, original)
            prepared.callback(slot.prepared.close)
            slots.append(slot)
        if way.scope == "end-to-end" and any(slot.prepared.load or slot.prepared.fetch for slot in slots):
            raise TypeError("load and fetch belong to scope resident, and this one is end-to-end")
        yield Bench(way.workload, way.params, timed_by(lane, slots), slots, draws, fence, met)


def _verify(engine: Engine, way: Way, request: dict[str, Any]) -> dict[str, Any]:
    """The vectors that are shipped, then those of every installed set that applies; none ends the count."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    first: dict[str, str] = {}
    for vector in chain(way.workload.vectors(), published.vectors(way.workload.id)):
        try:
            reason = check_vector(engine, way, vector)
        except Wrong as wrong:
            outcome, reason = "failed", str(wrong)
        else:
            outcome = "skipped" if reason else "passed"
        counts[outcome] += 1
        first.setdefault(outcome, reason)
    skipped = f"skipped: {first['skipped']}" if "skipped" in first else ""
    return {**counts, "reason": first.get("failed", skipped)}


def _gate(engine: Engine, way: Way, request: dict[str, Any]) -> dict[str, Any]:
    return dict(msgspec.to_builtins(_verdict(engine, way, request)))


def _verdict(engine: Engine, way: Way, request: dict[str, Any]) -> Verdict:
    if not engine.devices[way.device].timed:
        return Verdict(status="unsupported", reason=EMULATED)
    try:
        seed = int.from_bytes(os.urandom(8))
        with _bench(engine, way, request["inputs"], seed, met_others=True) as bench:
            if bench.in_place and request["members"] > 1:
                raise Unsupported("an engine that works in place is measured by one thread of one process")
            first_call_seconds = first_call(bench)
            bench.slots[0].restore()
            passed, _ = check_vectors(engine, way)
            verdict = gate(
                bench,
                least_seconds=request["sample_seconds"],
                longest_repetition_seconds=request["longest_repetition_seconds"],
            )
    except Wrong as wrong:
        return Verdict(status="wrong", reason=str(wrong))
    except Unsupported as unsupported:
        return Verdict(status="unsupported", reason=str(unsupported))
    verdict.checked_calls += passed
    verdict.first_call_seconds = first_call_seconds
    return verdict


def _judge(engine: Engine, way: Way, request: dict[str, Any]) -> dict[str, Any]:
    """The oracle on every item of every slot: who is wrong where two digests differ."""
    try:
        with _bench(engine, way, request["inputs"], 0) as bench:
            for slot in bench.slots:
                bench.repeat(slot)
                bench.check(slot, bench.all_items(), slot.original)
    except Wrong as wrong:
        return {"wrong": str(wrong)}
    return {"wrong": ""}


def _visit(engine: Engine, way: Way, request: dict[str, Any]) -> dict[str, Any]:
    """Every slot once for the digest, two warm-up samples, those that count, single calls where asked."""
    seed = int.from_bytes(os.urandom(8))
    with _bench(engine, way, request["inputs"], seed) as bench:
        bench.replayed = request["replayed"]
        digest = bench.digest()
        samples, latencies, readings = [], [], []
        device = engine.devices[way.device]
        before = read_counters()
        try:
            for turn in range(WARM_UPS + request["samples"]):
                if turn >= WARM_UPS and device.readings is not None:
                    readings.append(fit_to_record(device.readings()))
                samples.append(sample(bench, request["repetitions"], request["uncounted"]))
            if device.readings is not None:
                readings.append(fit_to_record(device.readings()))
            pressure = difference(before, read_counters())
            if request["latency"]:
                per_second = median(s.repetitions / s.wall_seconds for s in samples[WARM_UPS:])
                latencies = list(_latencies(bench, request, per_second))
            bench.require_fence()
            if bench.resident:
                clock_stays_true(bench, request["repetitions"], [s.seconds for s in samples])
            if bench.replayed:
                replays_stay_whole(bench, min(s.wall_seconds / s.repetitions for s in samples))
        except Wrong as wrong:
            return {"wrong": str(wrong), "output_sha256": digest, "draws": [f"{seed:016x}"]}
    return {
        "wrong": "",
        "output_sha256": digest,
        "draws": [f"{seed:016x}"],
        "samples": [[s.repetitions, s.wall_seconds, s.cpu_seconds] for s in samples[WARM_UPS:]],
        "pressure": pressure,
        "device_readings": readings,
        "latencies": latencies,
    }


def _rehearse(engine: Engine, way: Way, request: dict[str, Any]) -> dict[str, Any]:
    """What the pool costs, tried once; see ``rehearse``."""
    if not engine.devices[way.device].timed:
        return {"refused": EMULATED}
    return rehearse(
        partial(_bench, engine, way, request["inputs"], int.from_bytes(os.urandom(8))),
        partial(check_vectors, engine, way) if request["vectors"] else None,
        least_seconds=request["sample_seconds"],
        longest_repetition_seconds=request["longest_repetition_seconds"],
    )


def _latencies(bench: Bench, request: dict[str, Any], per_second: float) -> Iterator[dict[str, Any]]:
    """Single calls back to back, about half a sample of them; then under each load, unless in place."""

    def first() -> int:
        return bench.draws.randrange(len(bench.slots))

    clock = {"clock_nanoseconds": clock_cost(bench)}
    taken = audited(bench, single_calls, first(), max(1, request["repetitions"] // 2))
    yield clock | {"calls": len(taken), "histogram": histogram(taken)}
    for asked in request["rates"] if not bench.in_place else ():
        rate = offered(asked, per_second)
        due = schedule(rate, request["arrivals"], bench.draws, highest_per_second=per_second)
        served = audited(bench, open_loop(due), first(), len(due))
        load = {
            "asked": asked,
            "arrivals": request["arrivals"],
            "offered_per_second": rate,
            "seconds": served.whole * 1e-9,
            "idle_seconds": served.idle * 1e-9,
        }
        yield clock | {"load": load, "calls": len(due), "histogram": histogram(served.taken)}
