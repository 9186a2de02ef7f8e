"""What is wrong with the counts of faults: their sums, their chunks, and what chance allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from benchsuite.analyse.faults import by_campaign, settle_faults
from benchsuite.analyse.means import mean_interval
from benchsuite.analyse.problems_of_tallies import SURE
from benchsuite.analyse.rates import rate_interval
from benchsuite.record.fault import Damage, Fault
from benchsuite.record.types import Run

FaultFacts: TypeAlias = Callable[[Fault], Fault | None]
"""The line of no trial that belongs to a fault; None where its error model is not installed.

Raises ValueError where the target, the fault or the model cannot be.
"""

REGION_BITS = {"previous": 128, "struck": 128, "next": 128, "rest": 256}
"""The most that can be wrong in a region."""


def of_faults(run: Run, faults: Sequence[Fault], facts: FaultFacts | None) -> Iterator[str]:
    """Everything about fault lines; what is expected is derived again only where ``facts`` are given."""
    sound = True
    for fault in faults:
        for problem in (*_of_counts(fault), *_of_facts(fault, facts)):
            sound = False
            yield f"{_name(fault)}: {problem}"
        if fault.seed != run.seed:
            yield f"{_name(fault)}: seed: the run's is {run.seed}"
    for lines in by_campaign(faults):
        reached = 0
        for line in lines:
            if line.first_trial != reached:
                sound = False
                yield f"{_name(line)}: first_trial: trial {reached} comes next"
            reached = line.first_trial + line.trials
    for whole in settle_faults(faults) if sound else ():
        yield from (f"{_name(whole)}: {problem}" for problem in _of_chance(whole))


def _name(fault: Fault) -> str:
    parts = (fault.target, fault.fault, fault.model, fault.protect, fault.backend, f"seed {fault.seed}")
    trials = f"trials {fault.first_trial}+{fault.trials}"
    return f"fault of {', '.join(part for part in (*parts, trials) if part)}"


def _of_counts(fault: Fault) -> Iterator[str]:
    if fault.status != "measured":
        if fault.trials or fault.flips or fault.outcomes or fault.damage:
            yield f"outcomes: counted, though {fault.status}"
        return
    counted = sum(fault.outcomes.values())
    if counted != fault.trials or not counted:
        yield f"outcomes: they sum to {counted}, not to the {fault.trials} trials, at least one"
    accepted = fault.outcomes.get("damaged", 0) + fault.outcomes.get("intact", 0)
    for region, damage in fault.damage.items():
        messages = sum(times for _, times in damage.histogram)
        if messages != accepted:
            yield f"damage.{region}: of {messages} messages, where {accepted} were accepted"
        if damage.as_flipped > messages:
            yield f"damage.{region}.as_flipped: more than the {messages} messages"
        if any(first >= second for (first, _), (second, _) in pairwise(damage.histogram)):
            yield f"damage.{region}.histogram: not ascending"
        if any(bits > REGION_BITS[region] for bits, _ in damage.histogram):
            yield f"damage.{region}.histogram: more wrong bits than the region has"


def _of_facts(fault: Fault, facts: FaultFacts | None) -> Iterator[str]:
    try:
        known = facts(fault) if facts is not None else None
    except ValueError as error:
        yield f"target: {error}"
        return
    if known is None:
        return
    for name in ("expected_outcomes", "expected_damage"):
        if getattr(fault, name) != getattr(known, name):
            yield f"{name}: not what {fault.fault} of {fault.target} gives"


def _of_chance(fault: Fault) -> Iterator[str]:
    for outcome in fault.outcomes:
        if contradicts_rate(fault, outcome):
            yield f"outcomes.{outcome}: beyond all chance that the expected probability gives it"
    for region in fault.damage:
        if contradicts_mean(fault, region):
            yield f"damage.{region}: beyond all chance that what is expected gives it"


def contradicts_rate(fault: Fault, outcome: str) -> bool:
    """Whether an outcome's count and its expected probability cannot both be right."""
    exact = fault.expected_outcomes
    if exact is None:
        return False
    probability = exact[outcome][2] if outcome in exact else 0.0
    low, high = rate_interval(fault.outcomes.get(outcome, 0), fault.trials, SURE)
    return not low <= probability <= high


def contradicts_mean(fault: Fault, region: str) -> bool:
    """Whether the wrong bits of a region cannot have come from what is expected of it."""
    expected, damage = fault.expected_damage.get(region), fault.damage[region]
    if expected is None:
        return False
    if expected.basis in ("none", "as_flipped"):
        return not _is_always(expected.basis, damage)
    mean = mean_interval(damage.histogram, SURE)
    return expected.bits is not None and not mean.low <= expected.bits <= mean.high


def _is_always(basis: str, damage: Damage) -> bool:
    messages = sum(times for _, times in damage.histogram)
    if basis == "none":
        return all(bits == 0 for bits, _ in damage.histogram)
    return damage.as_flipped == messages
