"""Honest engines keep every rule; for every rule there is an engine that breaks it, and is found by it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from benchsuite.api import Backend, Device, HostLane, Job, Prepared, Unavailable, Unsupported, host_cpu
from benchsuite.testing import fakes, remembering
from benchsuite.testing.conformance import BACKEND_RULES, IMPLEMENTATION_RULES, by_id, examine, results
from benchsuite.testing.subject import Candidate, candidate
from benchsuite.workloads import HSIAO_ENCODE, PARITY_ENCODE

Prepare = Callable[[Any], Prepared]
TIMELY = (
    remembering.memoised,
    remembering.incremental,
    remembering.settled,
    remembering.three_in_five,
)
VISITS_ONLY = {"liar-visiting-clock"}  # true wherever vectors are asked
RULES = {rule.name: rule for rule in (*BACKEND_RULES, *IMPLEMENTATION_RULES)}


def on_host(prepare: Prepare, **options: Any) -> Backend[Any]:
    backend: Backend[Any] = Backend(name="faulty", probe=host_cpu)
    backend.implements(HSIAO_ENCODE, version=1, **({"unless": fakes.other_sizes} | options))(prepare)
    return backend


def run_as(make: fakes.Liar, **options: Any) -> Backend[Any]:
    return on_host(lambda job: Prepared(run=make(job.inputs, job.outputs)), **options)


def on_device(prepare: Prepare, lanes: Any = None, **device: Any) -> Backend[Any]:
    def probe() -> Sequence[Device[Any]]:
        settings = {"scopes": ("resident",), "lanes": lanes or host_cpu()[0].lanes} | device
        return [Device(id="fake", facts={}, **settings)]

    backend: Backend[Any] = Backend(name="faulty", probe=probe)
    backend.implements(HSIAO_ENCODE, version=1, unless=fakes.other_sizes)(prepare)
    return backend


def unavailable_without_a_remedy() -> Sequence[Device[Any]]:
    raise Unavailable("no luck")


def devices_that_change() -> Callable[[], Sequence[Device[Any]]]:
    calls = iter(range(100))
    return lambda: [Device(id=f"cpu:{next(calls)}", facts={}, lanes=host_cpu()[0].lanes)]


class BackwardLane(HostLane):
    def seconds(self, start: int, stop: int) -> float:
        return super().seconds(stop, start) - 1


@contextmanager
def backward_lanes(count: int) -> Iterator[Sequence[HostLane]]:
    yield [BackwardLane() for _ in range(count)]


class ForgetfulLane(HostLane):
    """Lanes of one queue, which keeps the work submitted last only."""

    queue: Callable[[], None] | None = None

    def sync(self) -> None:
        work, ForgetfulLane.queue = ForgetfulLane.queue, None
        if work:
            work()


@contextmanager
def forgetful_lanes(count: int) -> Iterator[Sequence[HostLane]]:
    yield [ForgetfulLane() for _ in range(count)]


def submits(job: Job[Any, Any, Any, Any]) -> Prepared:
    def run() -> None:
        ForgetfulLane.queue = lambda: fakes.encode(job.inputs, job.outputs)

    return Prepared(run=run)


def odd_counts_wrong(inputs: Any, outputs: Any) -> fakes.Run:
    def run() -> None:
        fakes.encode(inputs, outputs)
        if len(inputs.data) > 1:
            outputs.check[len(inputs.data) // 16 * 16 :] ^= 1

    return run


def fails_on_one_hundred(inputs: Any, outputs: Any) -> fakes.Run:
    if len(inputs.data) == 100:
        raise IndexError("a hundred")
    return fakes.honest(inputs, outputs)


def leaves_zeros(inputs: Any, outputs: Any) -> fakes.Run:
    """Takes the outputs for zeros and only sets bits."""

    def run() -> None:
        before = outputs.check.copy()
        fakes.encode(inputs, outputs)
        outputs.check[...] |= before

    return run


def skips_the_last(inputs: Any, outputs: Any) -> fakes.Run:
    def run() -> None:
        last = outputs.check[-1:].copy()
        fakes.encode(inputs, outputs)
        outputs.check[-1:] = last

    return run


def accumulates(inputs: Any, outputs: Any) -> fakes.Run:
    total = np.zeros_like(outputs.check)

    def run() -> None:
        fakes.encode(inputs, outputs)
        np.bitwise_xor(total, outputs.check, out=total)
        outputs.check[...] = total

    return run


def destroys_its_inputs(inputs: Any, outputs: Any) -> fakes.Run:
    def run() -> None:
        fakes.encode(inputs, outputs)
        inputs.data[...] ^= 1

    return run


def replaces_its_outputs(inputs: Any, outputs: Any) -> fakes.Run:
    def run() -> None:
        object.__setattr__(outputs, "check", outputs.check.copy())
        fakes.encode(inputs, outputs)

    return run


def shares_one_slot() -> Prepare:
    """The inputs of the slot that was prepared last are those of all."""
    last: list[Any] = [None]

    def prepare(job: Job[Any, Any, Any, Any]) -> Prepared:
        last[0] = job.inputs

        def run() -> None:
            if len(last[0].data) == len(job.inputs.data):
                fakes.encode(last[0], job.outputs)

        return Prepared(run=run)

    return prepare


def reads_a_clock(inputs: Any, outputs: Any, clock: Callable[[], int] = time.perf_counter_ns) -> fakes.Run:
    def run() -> None:
        clock()
        fakes.encode(inputs, outputs)

    return run


def waits(job: Job[Any, Any, Any, Any]) -> Prepared:
    def run() -> None:
        fakes.encode(job.inputs, job.outputs)
        job.lane.sync()

    return Prepared(run=run)


def parity(*, copy: bool) -> Backend[Any]:
    """The parity of words in numpy, over the host's data or over a copy of them."""
    backend: Backend[Any] = Backend(name="parity", probe=host_cpu)

    @backend.implements(PARITY_ENCODE, version=1)
    def prepare(job: Job[Any, Any, Any, HostLane]) -> Prepared:
        inputs, check = job.inputs, job.outputs.check[:, 0]

        def run() -> None:
            data = inputs.data.copy() if copy else inputs.data
            np.bitwise_xor.reduce(data, axis=1, out=check)
            np.bitwise_count(check, out=check)
            np.bitwise_and(check, 1, out=check)

        return Prepared(run=run)

    return backend


def loads_in_run(job: Job[Any, Any, Any, Any]) -> Prepared:
    memory = fakes.OnDevice(job)

    def run() -> None:
        memory.load()
        fakes.encode(memory.inputs, memory.outputs)

    return Prepared(run=run, load=lambda: None, fetch=memory.fetch)


def writes_to_the_host(job: Job[Any, Any, Any, Any]) -> Prepared:
    memory = fakes.OnDevice(job)
    return Prepared(
        run=lambda: fakes.encode(memory.inputs, job.outputs), load=memory.load, fetch=lambda: None
    )


def clears_the_outputs_in_load(job: Job[Any, Any, Any, Any]) -> Prepared:
    prepared = fakes.resident(job)
    assert prepared.load

    def load() -> None:
        prepared.load()
        job.outputs.check.fill(0)

    return Prepared(run=prepared.run, load=load, fetch=prepared.fetch)


def has_no_fetch(job: Job[Any, Any, Any, Any]) -> Prepared:
    return Prepared(run=lambda: fakes.encode(job.inputs, job.outputs))


def refuses_without_a_word(job: Job[Any, Any, Any, Any]) -> Prepared:
    raise Unsupported


def backend(**fields: Any) -> Backend[Any]:
    made = run_as(fakes.honest)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def stale() -> Backend[Any]:
    made: Backend[Any] = Backend(name="faulty", probe=host_cpu)
    made.implements(HSIAO_ENCODE, version=2)(fakes.resident)
    return made


FAULTS: Mapping[str, Sequence[Callable[[], Backend[Any]]]] = {
    "metadata": [
        lambda: backend(name="Not A Name"),
        lambda: backend(api=2),
        lambda: backend(implementations={}),
        lambda: backend(implementations={("no-such", ""): next(iter(backend().implementations.values()))}),
        stale,
        lambda: backend(reasons={"aes": "two\nlines"}),
        lambda: backend(reasons={"hsiao-encode": "not done"}),
        lambda: run_as(fakes.honest, constant_time="perhaps"),
        lambda: run_as(fakes.honest, variant="Table Based"),
    ],
    "unavailable": [lambda: backend(probe=unavailable_without_a_remedy)],
    "devices": [
        lambda: backend(probe=list),
        lambda: backend(probe=devices_that_change()),
        lambda: on_device(fakes.resident, backward_lanes),
    ],
    "lanes": [lambda: on_device(submits, forgetful_lanes, scopes=("end-to-end",), max_lanes=2)],
    "unsupported": [
        lambda: run_as(fakes.honest, unless=lambda p: "not today"),
        lambda: run_as(fakes.honest, unless=lambda p: p.codewords == 1),
        lambda: run_as(fakes.honest, unless=lambda p: "two\nlines" if p.codewords == 1 else None),
        lambda: on_host(refuses_without_a_word),
    ],
    "vectors": [lambda: run_as(fakes.empty)],
    "sizes": [
        lambda: run_as(fakes.wrong_byte),
        lambda: run_as(fakes.half),
        lambda: run_as(odd_counts_wrong),
        lambda: run_as(fails_on_one_hundred),
        lambda: run_as(fakes.honest, unless=lambda p: None),
    ],
    "whole": [lambda: run_as(skips_the_last), lambda: run_as(fakes.empty)],
    "repeats": [
        lambda: run_as(accumulates),
        lambda: run_as(leaves_zeros),
        lambda: run_as(fakes.first_only),
        lambda: run_as(fakes.one_in_ten),
        lambda: run_as(fakes.overflowing),
    ],
    "follows": [
        lambda: run_as(remembering.precomputed),
        lambda: run_as(remembering.on_disk),
        lambda: run_as(remembering.kept),
    ],
    "inputs": [lambda: run_as(destroys_its_inputs)],
    "arrays": [lambda: run_as(replaces_its_outputs)],
    "slots": [lambda: on_host(shares_one_slot())],
    "residence": [
        lambda: on_device(loads_in_run),
        lambda: on_device(writes_to_the_host),
        lambda: on_device(clears_the_outputs_in_load),
        lambda: on_device(has_no_fetch),
        lambda: on_device(fakes.resident, scopes=("end-to-end",)),
    ],
    "calls": [lambda: run_as(reads_a_clock), lambda: on_host(waits)],
    "allocation": [lambda: parity(copy=True)],
    "timing": [
        *(partial(run_as, make) for make in TIMELY),
        lambda: on_device(fakes.works_in_fetch),
        lambda: on_device(fakes.works_twice),
        lambda: on_device(fakes.resident, fakes._slow_clocks),
        lambda: on_device(fakes.works_at_second_sync, fakes._late_lanes),
    ],
}


def opened(backend: Backend[Any]) -> Candidate:
    """The honest fakes encode by the oracle's code, which allocates."""
    allocates = "" if backend.name == "parity" else "the oracle allocates"
    return candidate(backend, by_id(()), allocates)


def outcome(rule: str, under: Candidate) -> Any:
    subjects = under.subjects() if RULES[rule] in IMPLEMENTATION_RULES else [None]
    return examine(RULES[rule], under, subjects[0])


def test_every_rule_has_a_fault_that_breaks_it() -> None:
    assert list(FAULTS) == list(RULES)


@pytest.mark.parametrize(
    ("rule", "fault"), [(rule, n) for rule, faults in FAULTS.items() for n in range(len(faults))]
)
def test_the_rule_finds_the_fault_and_says_who_what_and_how_to_mend_it(rule: str, fault: int) -> None:
    result = outcome(rule, opened(FAULTS[rule][fault]()))
    assert result.status == "failed", rule
    first, second, third = str(result).splitlines()
    assert first.startswith(f"{result.backend}, {result.subject}: {rule}: " if result.subject else "")
    assert (second, third) == (f"  rule:   {RULES[rule].says}", f"  remedy: {result.remedy}")
    assert result.raised or result.remedy == RULES[rule].remedy


def in_place(job: Job[Any, Any, Any, Any]) -> Prepared:
    return Prepared(run=destroys_its_inputs(job.inputs, job.outputs), in_place=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: parity(copy=False),
        lambda: run_as(fakes.honest),
        lambda: run_as(fakes.honest, variant="table"),
        lambda: on_host(in_place),
        lambda: on_device(fakes.resident),
        lambda: on_device(fakes.resident, max_lanes=2),
        lambda: on_device(
            lambda job: Prepared(run=fakes.honest(job.inputs, job.outputs)), scopes=("end-to-end",)
        ),
    ],
    ids=["numpy", "host", "variant", "in place", "resident", "two lanes", "device end-to-end"],
)
def test_an_honest_engine_keeps_every_rule(make: Callable[[], Backend[Any]]) -> None:
    under = opened(make())
    found = list(results(under))
    assert [str(result) for result in found if result.status == "failed"] == []
    assert {result.rule.name for result in found} == set(RULES)
    kept = {result.rule.name for result in found if result.status == "ok"}
    assert kept >= set(RULES) - {"unavailable", "lanes", "allocation"}
    if under.backend.name == "parity":
        assert "allocation" in kept


@pytest.mark.parametrize(
    "liar",
    [b for b in fakes.backends() if b.name.startswith("liar-") and b.name not in VISITS_ONLY],
    ids=lambda b: b.name,
)
def test_every_liar_of_the_kit_breaks_a_rule(liar: Backend[Any]) -> None:
    assert any(result.status == "failed" for result in results(opened(liar)))


@pytest.mark.parametrize("refused", ["by unless", "by prepare"])
@pytest.mark.parametrize("rule", ["whole", "repeats", "follows", "inputs", "slots", "residence", "calls"])
def test_rules_are_asked_of_what_is_supported_however_little_that_is(rule: str, refused: str) -> None:
    """The few cases that stand for all are all refused here: a rule that tries nothing would find nothing."""
    faulty = opened(FAULTS[rule][0]())
    (key, honest_about), refuses = next(iter(faulty.backend.implementations.items())), "not so few or many"

    def unless(params: Any) -> str | None:
        return refuses if params.codewords in (1, 3, 1024) or params.n != 72 else None

    def prepare(job: Job[Any, Any, Any, Any]) -> Prepared:
        if unless(job.params):
            raise Unsupported(refuses)
        return honest_about.prepare(job)

    faulty.backend.implementations[key] = (
        replace(honest_about, unless=unless)
        if refused == "by unless"
        else replace(honest_about, prepare=prepare)
    )
    assert outcome(rule, faulty).status == "failed"


def test_two_lanes_are_tried_where_there_are_two() -> None:
    under = opened(on_device(fakes.resident, max_lanes=2))
    assert outcome("lanes", under).status == "ok"
    assert outcome("lanes", opened(on_device(fakes.resident))).status == "skipped"


def test_every_rule_is_documented_with_what_it_says() -> None:
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs/reference/testing.md").read_text(encoding="utf-8")
    for rule in RULES.values():
        assert f"| `{rule.name}` | {rule.says} |" in page
