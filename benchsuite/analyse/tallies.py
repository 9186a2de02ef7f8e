"""Chunks of a campaign, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from benchsuite.record.types import OfCampaign, Stratum, Tally

Campaign = tuple[str, str, str, int, bool, int, int, bool]

LOST = ("detected", "miscorrected", "undetected", "detected_hiding_silent", "silent")
"""What is neither untouched nor corrected: ``lost`` in exact probabilities that do not tell it apart."""


def count_of(outcomes: Mapping[str, int], outcome: str) -> int:
    """The trials of an outcome, or of all that are ``lost``."""
    return sum(outcomes.get(name, 0) for name in (LOST if outcome == "lost" else (outcome,)))


def campaign(line: OfCampaign) -> Campaign:
    """What the lines of one campaign share.

    Case, backend, model, seed, whether it is exhaustive, how many codewords, or bytes, a trial has, and
    whether trials are spread over numbers of flips.
    """
    return (
        *(line.case_key, line.backend, line.model, line.seed),
        *(line.exhaustive, line.codewords, line.data_bytes, line.rare),
    )


def settled(tallies: Iterable[Tally]) -> list[Tally]:
    """One tally for each campaign, in the order of their first lines; see ``settle``."""
    groups: dict[Campaign, list[Tally]] = {}
    for tally in tallies:
        groups.setdefault(campaign(tally), []).append(tally)
    return [settle(group) for group in groups.values()]


def settle(lines: Sequence[Tally]) -> Tally:
    """What the lines of one campaign, at least one, in the order of the file, amount to.

    The counts of the chunks that join without a gap from trial 0, under the status of the last line: a crash
    costs none of them. A wrong answer costs them all, as it puts the others in doubt.
    """
    for line in lines:
        if line.status == "wrong":
            return _emptied(line)
    blank = msgspec.structs.replace(_emptied(lines[0]), status="measured", reason="")
    joined = merge_tallies([line for line in lines if line.status == "measured"])
    counted = max((t for t in joined if t.first_trial == 0), key=lambda t: t.trials, default=blank)
    return msgspec.structs.replace(counted, status=lines[-1].status, reason=lines[-1].reason)


def _emptied(line: Tally) -> Tally:
    return msgspec.structs.replace(
        line, first_trial=0, trials=0, outcomes={}, codeword_outcomes={}, strata=[]
    )


def by_campaign(tallies: Iterable[Tally]) -> list[list[Tally]]:
    """The chunks of each campaign and status by first trial; groups in the order of their first chunk."""
    groups: dict[tuple[Campaign, str], list[Tally]] = {}
    for tally in tallies:
        groups.setdefault((campaign(tally), tally.status), []).append(tally)
    return [sorted(group, key=lambda t: (t.first_trial, t.trials)) for group in groups.values()]


def merge_tallies(tallies: Iterable[Tally]) -> list[Tally]:
    """Sum chunks where one begins at the trial at which another ended; gaps and overlaps stay apart."""
    merged: list[Tally] = []
    for chunks in by_campaign(tallies):
        run = chunks[0]
        for chunk in chunks[1:]:
            if chunk.first_trial == run.first_trial + run.trials:
                run = _added(run, chunk)
            else:
                merged.append(run)
                run = chunk
        merged.append(run)
    return merged


def overlaps(tallies: Iterable[Tally]) -> list[tuple[Tally, Tally]]:
    """Chunks of one campaign that count the same trials."""
    return [
        (first, second)
        for chunks in by_campaign(tallies)
        for first, second in pairwise(chunks)
        if second.first_trial < first.first_trial + first.trials and second.trials > 0
    ]


def _added(first: Tally, second: Tally) -> Tally:
    return msgspec.structs.replace(
        first,
        trials=first.trials + second.trials,
        outcomes=_sum(first.outcomes, second.outcomes),
        codeword_outcomes=_sum(first.codeword_outcomes, second.codeword_outcomes),
        strata=_sum_strata(first.strata, second.strata),
    )


def _sum_strata(first: Sequence[Stratum], second: Sequence[Stratum]) -> list[Stratum]:
    """Number of flips by number of flips; chunks without a trial may have none."""
    others = {stratum.flips: stratum for stratum in second}
    mine = {stratum.flips: stratum for stratum in first}
    return [
        msgspec.structs.replace(
            stratum,
            trials=stratum.trials + others[flips].trials,
            outcomes=_sum(stratum.outcomes, others[flips].outcomes),
        )
        if flips in mine and flips in others
        else stratum
        for flips, stratum in {**others, **mine}.items()
    ]


def _sum(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {name: first.get(name, 0) + second.get(name, 0) for name in {**first, **second}}
