"""The rules that every implementation is held to: what is right for all cases, whoever asks, however often.

A rule is a function that raises Broken (or Wrong), or DoesNotApply. What runs meanwhile is in rules_of_run.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from benchsuite.api import Unsupported
from benchsuite.host.proof import check_vectors
from benchsuite.measure.bench import Bench, Slot
from benchsuite.measure.layout import arrays_of, copy_of, same_bytes
from benchsuite.testing.cases import small_cases
from benchsuite.testing.subject import Broken, DoesNotApply, Subject, require_reason, shown

POISONS = (0x00, 0xFF, 0x5A, 0xA5)  # no answer has all four in one place
ROUNDS = 4  # of new questions, with the old answer lying there and without


def honest_about_what_it_cannot(subject: Subject) -> None:
    """``unless`` gives None or one printable line; ``prepare`` gives a reason; something is supported."""
    refusals = set()
    for params in small_cases(subject.workload):
        reason = subject.implementation.unless(params)
        if reason is not None:
            require_reason(f"{params!r}: unless() gave", reason)
            refusals.add(reason)
    if not any(subject.each([params], lambda bench: None) for params in subject.small_cases):
        said = "; ".join(sorted(refusals)) or "by prepare()"
        raise Broken(f"every case is unsupported: {said:.300}")


def vectors_come_out(subject: Subject) -> None:
    """Every published vector that is supported, on every device, in every scope."""
    for way in subject.ways(subject.workload.params()):
        passed, skipped = check_vectors(subject.engine, way)
        if skipped and not passed:
            raise DoesNotApply(f"none of the {skipped} vectors is of a size that it supports")


def answers_are_right(subject: Subject) -> None:
    """Every item of every case is the reference answer."""

    def look(bench: Bench) -> None:
        bench.repeat(bench.slots[0])
        bench.check(bench.slots[0], bench.all_items(), bench.slots[0].original)

    subject.each(subject.small_cases, look)


def answers_are_whole(subject: Subject) -> None:
    """No byte of the outputs is left as it was."""

    def look(bench: Bench) -> None:
        slot = bench.slots[0]
        untouched = [np.ones(array.nbytes, bool) for array in arrays_of(slot.outputs)]
        for poison in POISONS:
            _run_over(bench, slot, poison)
            for left, array in zip(untouched, arrays_of(slot.outputs), strict=True):
                np.logical_and(left, _octets(array) == poison, out=left)
        for field, left in zip(fields(slot.outputs), untouched, strict=True):
            if left.any():
                where = int(np.flatnonzero(left)[0])
                raise Broken(
                    f"{left.sum()} bytes of outputs.{field.name} are not written, first byte {where}"
                )

    subject.each(subject.few_cases, look)


def _octets(array: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return array.reshape(-1).view(np.uint8)


def _run_over(bench: Bench, slot: Slot, poison: int) -> None:
    """One repetition over outputs that are full of one byte, fetched over it as well."""
    slot.restore()
    bench.load(slot)
    for step in (slot.prepared.run, slot.prepared.fetch):
        if step is not None:
            for array in arrays_of(slot.outputs):
                _octets(array).fill(poison)
            step()
            bench.lane.sync()


def answers_repeat(subject: Subject) -> None:
    """The same inputs twice give the same answer, where a right answer is unique."""
    canonical = subject.workload.canonical
    if canonical is None:
        raise DoesNotApply("a right answer to this workload is not unique")

    def look(bench: Bench) -> None:
        digests = {bench.digest() for _ in range(ROUNDS)}
        if len(digests) > 1:
            raise Broken(f"{len(digests)} different answers to the same inputs in {ROUNDS} repetitions")

    subject.each(subject.few_cases, look, slots=2)


def answers_follow_inputs(subject: Subject) -> None:
    """Changed inputs give other answers; the first inputs, put back, give the first answer again."""

    def ask(bench: Bench, slot: Slot, poisoned: bool) -> None:
        slot.original = copy_of(slot.inputs)
        bench.load(slot)
        if poisoned:
            bench.poison(slot)
        slot.prepared.run()
        bench.lane.sync()
        bench.fetch(slot)
        bench.check(slot, bench.all_items(), slot.original)

    def look(bench: Bench) -> None:
        slot = bench.slots[0]
        first = slot.original
        for number in range(ROUNDS):
            slot.restore()
            bench.vary(slot, None if number % 2 else 1)
            ask(bench, slot, poisoned=number >= ROUNDS // 2)
        slot.original = first
        slot.restore()
        ask(bench, slot, poisoned=False)

    subject.each(subject.few_cases, look)


def inputs_are_kept(subject: Subject) -> None:
    """``run`` changes no input, unless it says ``in_place``."""

    def look(bench: Bench) -> None:
        slot = bench.slots[0]
        bench.repeat(slot)
        if bench.in_place:
            return
        for field in fields(slot.inputs):
            before, after = getattr(slot.original, field.name), getattr(slot.inputs, field.name)
            if not np.array_equal(before, after):
                raise Broken(f"inputs.{field.name} are not what they were before run()")

    subject.each(subject.few_cases, look)


def arrays_are_the_hosts(subject: Subject) -> None:
    """The job's arrays are written into, never replaced."""
    for params in subject.few_cases:
        for way in subject.ways(params):
            data = subject.data(params)
            before = [array for each in data.slots[0] for array in arrays_of(each)]
            try:
                with subject.bench(way, data) as bench:
                    bench.repeat(bench.slots[0])
            except Unsupported:
                continue
            after = [array for each in data.slots[0] for array in arrays_of(each)]
            if len(after) != len(before) or any(a is not b for a, b in zip(after, before, strict=True)):
                raise Broken(f"{shown(way)}: an array of job.inputs or job.outputs was replaced by another")


def slots_do_not_disturb_one_another(subject: Subject) -> None:
    """Three slots with other data and keys, prepared side by side; then one of them alone."""

    def look(bench: Bench) -> None:
        for slot in bench.slots:
            bench.load(slot)
            slot.prepared.run()
        bench.lane.sync()
        for slot in bench.slots:
            bench.fetch(slot)
        for slot in bench.slots:
            bench.check(slot, bench.all_items(), slot.original)
        others = [copy_of(slot.outputs) for slot in bench.slots[1:]]
        bench.repeat(bench.slots[0])
        for slot, before in zip(bench.slots[1:], others, strict=True):
            if not same_bytes(slot.outputs, before):
                raise Broken("a run of one slot changed the outputs of another")

    subject.each(subject.few_cases, look, slots=3)
