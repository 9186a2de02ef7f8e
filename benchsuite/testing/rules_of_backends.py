"""The rules about a backend as a whole: what it says of itself, its devices, their lanes."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any, get_args

from benchsuite.api import API, ConstantTime, Unsupported
from benchsuite.host.objects import NAME
from benchsuite.testing.subject import Broken, Candidate, DoesNotApply, Subject, told

LANES = 2


def metadata_are_true(candidate: Candidate) -> None:
    """Name, API number, versions, constant_time and reasons are what tables and plans can use."""
    troubles = list(_troubles(candidate))
    if troubles:
        raise Broken("; ".join(troubles))


def _troubles(candidate: Candidate) -> Iterator[str]:
    backend = candidate.backend
    if not isinstance(backend.name, str) or not NAME.fullmatch(backend.name):
        yield f"{backend.name!r} is no name: lower-case letters, digits, '.', '_' and '-'"
    if type(backend.api) is not int or backend.api != API:
        yield f"api is {backend.api!r}, this benchsuite has {API}"
    if not backend.implementations and not backend.reasons:
        yield "it implements nothing, and `reasons` does not say why"
    for (id_, variant), implementation in backend.implementations.items():
        what = id_ + (f" ({variant})" if variant else "")
        if id_ not in candidate.workloads:
            yield f"{what}: no such workload is known; a workload of your own must be listed in `workloads`"
        elif implementation.version != candidate.workloads[id_].version:
            asked = candidate.workloads[id_].version
            yield f"{what} is stale: implements v{implementation.version}, suite asks v{asked}"
        if variant and not NAME.fullmatch(variant):
            yield f"{what}: {variant!r} is no name of a variant"
        if implementation.constant_time not in get_args(ConstantTime):
            known = ", ".join(get_args(ConstantTime))
            yield f"{what}: constant_time is one of {known}, not {implementation.constant_time!r}"
    yield from _reasons(candidate)


def _reasons(candidate: Candidate) -> Iterator[str]:
    implemented = {id_ for id_, _ in candidate.backend.implementations}
    for prefix, reason in candidate.backend.reasons.items():
        if not isinstance(reason, str) or not reason.strip() or not reason.isprintable():
            yield f"reasons[{prefix!r}] is {reason!r:.80}, which no table can show"
        meant = [id_ for id_ in candidate.workloads if id_ == prefix or id_.startswith(f"{prefix}-")]
        if meant and set(meant) <= implemented:
            yield f"reasons[{prefix!r}] says why not, but it is implemented"


def devices_are_sound(candidate: Candidate) -> None:
    """``probe`` gives the same devices again; a lane of each marks, syncs and counts seconds."""
    engine = candidate.engine
    assert engine is not None
    if not engine.devices:
        raise Broken("probe() found no device: raise Unavailable with the reason and the remedy")
    again = [device.id for device in candidate.backend.probe()]
    if again != list(engine.devices):
        raise Broken(f"probe() gave {list(engine.devices)}, then {again}")
    for device in engine.devices.values():
        with device.lanes(1) as lanes:
            if len(lanes) != 1:
                raise Broken(f"lanes(1) of {device.id} gave {len(lanes)} lanes")
            begin, end = lanes[0].mark(), lanes[0].mark()
            lanes[0].sync()
            seconds = lanes[0].seconds(begin, end)
        if not (isinstance(seconds, float) and isfinite(seconds) and seconds >= 0):
            raise Broken(
                f"seconds between two marks on {device.id} must be a float of at least 0, not {seconds!r}"
            )


def unavailable_with_a_reason(candidate: Candidate) -> None:
    """Where the machine cannot run it, ``probe`` says why and what to do: ``reason: remedy``."""
    if candidate.engine is not None:
        raise DoesNotApply("it is available here")
    reason, _, remedy = candidate.unavailable.partition(":")
    if not reason.strip() or not remedy.strip() or not candidate.unavailable.isprintable():
        raise Broken(f"Unavailable says {candidate.unavailable!r}, not one printable line 'reason: remedy'")


def lanes_do_not_disturb_one_another(candidate: Candidate) -> None:
    """On each device with several lanes, two slots on two lanes at once, for every implementation."""
    engine = candidate.engine
    assert engine is not None
    several = {device.id for device in engine.devices.values() if device.max_lanes >= LANES}
    if not several:
        raise DoesNotApply("its devices have one lane")
    for device in sorted(several):
        with engine.devices[device].lanes(LANES) as lanes:
            if len(lanes) != LANES:
                raise Broken(f"lanes({LANES}) of {device} gave {len(lanes)} lanes")
            for subject in candidate.subjects():
                try:
                    _side_by_side(subject, device, lanes)
                except Exception as error:
                    raise Broken(f"{subject.name}: {told(error)}") from error


def _side_by_side(subject: Subject, device: str, lanes: Any) -> None:
    """Submit to both before waiting for either, the later lane first."""
    ways = [way for params in subject.few_cases for way in subject.ways(params) if way.device == device]
    for way in ways:
        try:
            with subject.bench(way, subject.data(way.params, LANES), lanes) as bench:
                pairs = list(zip(bench.slots, lanes, strict=True))
                for slot, lane in pairs:
                    if slot.prepared.load is not None:
                        slot.prepared.load()
                        lane.sync()
                for slot, _ in reversed(pairs):
                    slot.prepared.run()
                for slot, lane in pairs:
                    lane.sync()
                    if slot.prepared.fetch is not None:
                        slot.prepared.fetch()
                        lane.sync()
                for slot in bench.slots:
                    bench.check(slot, bench.all_items(), slot.original)
        except Unsupported:
            continue
