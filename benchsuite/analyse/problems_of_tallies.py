"""What is wrong with the counts of an injection: their sums, their trials, and what chance allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import fsum, isclose
from typing import TypeAlias

from benchsuite.analyse.estimates import estimate
from benchsuite.analyse.tallies import LOST, by_campaign, count_of, merge_tallies, overlaps
from benchsuite.record.types import Run, Tally

Exact: TypeAlias = Mapping[str, tuple[str, str, float]]
CampaignFacts: TypeAlias = Callable[[Tally], tuple[str, str, Exact | None] | None]
"""The case's key, the code's name, and the exact fractions of a tally's case and model.

None where its code or model is not installed; ValueError where they cannot be.
"""

SURE = 1 - 1e-9
"""Confidence of the interval that must hold the exact probability: a false alarm in 10^9 outcomes."""
SAME = 1e-12
"""Relative: a quotient of integers is rounded once."""


def of_tallies(run: Run, tallies: Sequence[Tally], facts: CampaignFacts | None) -> Iterator[str]:
    """Everything about tally lines; formulas are evaluated again only where ``facts`` are given."""
    sound = True
    for tally in tallies:
        for problem in (*_of_counts(tally), *_of_exact(tally), *_of_facts(tally, facts)):
            sound = False
            yield f"{_chunk(tally)}: {problem}"
        if tally.seed != run.seed:
            yield f"{_chunk(tally)}: seed: the run's is {run.seed}"
    for first, second in overlaps(tallies):
        sound = False
        yield f"{_chunk(second)}: first_trial: trials from {second.first_trial} on are in {_chunk(first)} too"
    for chunks in by_campaign(t for t in tallies if t.status == "measured"):
        yield from _of_gaps(chunks)
    for whole in merge_tallies(t for t in tallies if t.status == "measured") if sound else ():
        yield from (f"{_chunk(whole)}: {problem}" for problem in _of_rates(whole))


def _chunk(tally: Tally) -> str:
    return (
        f"tally of {tally.label}, {tally.model}, {tally.backend}, seed {tally.seed}, "
        f"trials {tally.first_trial}+{tally.trials}"
    )


def _of_counts(tally: Tally) -> Iterator[str]:
    counted = sum(tally.outcomes.values())
    if tally.status != "measured":
        if tally.trials or tally.outcomes:
            yield f"outcomes: counted, though {tally.status}"
    elif counted != tally.trials:
        yield f"outcomes: they sum to {counted}, not to the {tally.trials} trials"
    elif "lost" in {**tally.outcomes, **tally.codeword_outcomes}:
        yield "outcomes.lost: counted, though only a formula leaves open what is lost"
    elif sum(tally.codeword_outcomes.values()) != (tally.codewords > 1) * tally.codewords * tally.trials:
        yield f"codeword_outcomes: they do not sum to {tally.codewords} codewords of each access"
    elif tally.codewords > 1 and not _is_of_its_codewords(tally):
        yield "codeword_outcomes: accesses of such codewords cannot have come to these outcomes"
    elif problem := _of_strata(tally):
        yield f"strata: {problem}"
    elif not tally.trials and (tally.outcomes or tally.exact is None):
        yield "trials: none, which only an exact answer has"


def _of_strata(tally: Tally) -> str:
    """What is wrong with the counts by number of flips; nothing where all is well."""
    strata, together = tally.strata, Counter[str]()
    for stratum in strata:
        together.update(stratum.outcomes)
    rules = {
        "only trials that are spread over numbers of flips have them": bool(strata)
        == (tally.rare and tally.trials > 0),
        "the outcomes of a number of flips do not sum to its trials": all(
            stratum.trials == sum(stratum.outcomes.values()) for stratum in strata
        ),
        "they do not sum to the outcomes": not strata or +together == +Counter(tally.outcomes),
        "numbers of flips must increase": all(a.flips < b.flips for a, b in pairwise(strata)),
        "their probabilities do not sum to 1": not strata
        or isclose(fsum(stratum.probability for stratum in strata), 1, rel_tol=SAME),
        "there are more trials than patterns": all(
            stratum.trials <= stratum.patterns for stratum in strata if not stratum.share
        ),
    }
    return next((problem for problem, holds in rules.items() if not holds), "")


def _is_of_its_codewords(tally: Tally) -> bool:
    """Whether there are codewords enough for the accesses that they spoil, and none where none is spoiled."""
    accesses, codewords = Counter(tally.outcomes), Counter(tally.codeword_outcomes)
    silent = accesses["silent"] + accesses["detected_hiding_silent"]
    detected = accesses["detected"] + accesses["detected_hiding_silent"] + accesses["false_alarm"]
    pairs = (
        (silent, codewords["miscorrected"] + codewords["undetected"]),
        (detected, codewords["detected"] + codewords["false_alarm"]),
    )
    return all(few <= many <= few * tally.codewords for few, many in pairs)


def _of_exact(tally: Tally) -> Iterator[str]:
    for outcome, (numerator, denominator, value) in (tally.exact or {}).items():
        above, below = int(numerator), int(denominator)
        if above > below or not isclose(value, above / below, rel_tol=SAME):
            yield f"exact.{outcome}: {value} is not numerator by denominator"


def _of_facts(tally: Tally, facts: CampaignFacts | None) -> Iterator[str]:
    try:
        known = facts(tally) if facts is not None else None
    except ValueError as error:
        yield f"case: {error}"
        return
    if known is None:
        return
    key, label, exact = known
    if tally.case_key != key:
        yield f"case_key: the case hashes to {key}, not {tally.case_key}"
    if tally.label != label:
        yield f"label: the code is called {label}"
    if _fractions(tally.exact) != _fractions(exact):
        yield f"exact: not what the formula of {tally.model} gives"


def _fractions(exact: Exact | None) -> dict[str, tuple[str, str]] | None:
    return None if exact is None else {name: (above, below) for name, (above, below, _) in exact.items()}


def _of_gaps(chunks: Sequence[Tally]) -> Iterator[str]:
    """A campaign counts from trial 0 on, so that what is missing was taken out."""
    reached = 0
    for chunk in chunks:
        if chunk.first_trial > reached:
            yield f"{_chunk(chunk)}: first_trial: trials from {reached} on are missing"
        reached = max(reached, chunk.first_trial + chunk.trials)


def _of_rates(tally: Tally) -> Iterator[str]:
    """Draws must not contradict the formula beyond all chance, the count of every pattern not at all."""
    if tally.exact is None or not tally.trials:
        return
    together = LOST if "lost" in tally.exact else ()
    for outcome in {**tally.exact, **dict.fromkeys(name for name in tally.outcomes if name not in together)}:
        count = count_of(tally.outcomes, outcome)
        numerator, denominator, probability = tally.exact.get(outcome, ("0", "1", 0.0))
        name = f"outcomes.{outcome}: {count} of {tally.trials} trials"
        if count and not probability:
            yield f"{name}, where the exact answer is none"
        elif tally.exhaustive:
            if tally.trials == int(denominator) and count != int(numerator):
                yield f"{name}, where the exact answer is {numerator}"
        elif contradicts(tally, outcome, probability):
            yield f"{name}, where the exact probability is {probability}"


def contradicts(tally: Tally, outcome: str, probability: float) -> bool:
    """Whether what was drawn is beyond all chance that ``probability`` gives it."""
    _, low, high = estimate(tally, outcome, confidence=SURE)
    return not low <= probability <= high
