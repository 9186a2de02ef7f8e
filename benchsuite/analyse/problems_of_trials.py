"""What is wrong with logged trials: their campaign, their numbers, and how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from benchsuite.analyse.tallies import Campaign, campaign, settled
from benchsuite.record.types import Run, Tally, Trial


def of_trials(run: Run, trials: Sequence[Trial], tallies: Sequence[Tally]) -> Iterator[str]:
    """Everything about trial lines; the tally behind them, of their chunk, may have been lost to a kill."""
    counted = {campaign(tally): tally for tally in settled(tallies) if tally.status != "wrong"}
    seen: dict[Campaign, set[int]] = {}
    logged: Counter[tuple[Campaign, str]] = Counter()
    for trial in trials:
        if trial.seed != run.seed:
            yield f"{_name(trial)}: seed: the run's is {run.seed}"
        if any(second <= first for first, second in pairwise(trial.flipped)):
            yield f"{_name(trial)}: flipped: {trial.flipped} do not increase"
        of = campaign(trial)
        if of in counted and (trial.case, trial.label) != (counted[of].case, counted[of].label):
            yield f"{_name(trial)}: case: not that of its tally"
        if trial.trial in seen.setdefault(of, set()):
            yield f"{_name(trial)}: trial: it is there twice"
        seen[of].add(trial.trial)
        if of in counted and trial.trial < counted[of].trials:
            logged[of, trial.outcome] += 1
    for (of, outcome), number in logged.items():
        if number > counted[of].outcomes.get(outcome, 0):
            yield (
                f"trials of {counted[of].label}, {counted[of].model}, {counted[of].backend}: {number} are "
                f"{outcome}, where {counted[of].outcomes.get(outcome, 0)} were counted"
            )


def _name(trial: Trial) -> str:
    return f"trial {trial.trial} of {trial.label}, {trial.model}, {trial.backend}, seed {trial.seed}"
