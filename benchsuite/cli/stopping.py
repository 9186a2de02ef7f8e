"""The options that say when enough was measured, checked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from math import inf

from benchsuite.analyse.looks import fraction, too_wide
from benchsuite.analyse.rates import sample_size
from benchsuite.host.plugins import UsageError
from benchsuite.inject.campaign import CHUNK_TRIALS, Campaign
from benchsuite.inject.patterns import pattern_count
from benchsuite.measure.run import Looks
from benchsuite.record.types import Line, Samples
from benchsuite.report import numbers


def share(text: str) -> float:
    """What ``--precision`` takes. Raises UsageError for anything else."""
    try:
        return fraction(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


def effort(precision: float, campaigns: Sequence[Campaign]) -> list[str]:
    """What ``--precision`` costs an injection, and of models with few patterns what all of them cost."""
    trials = sample_size(precision)
    said = [
        f"± {numbers.percent(precision)} takes about {numbers.count(trials)} trials where an outcome is as "
        f"likely as not, fewer elsewhere; looked at every {numbers.count(CHUNK_TRIALS)} codewords"
    ]
    for campaign in campaigns:
        with suppress(UsageError):
            patterns = pattern_count(campaign.model, campaign.n, campaign.layouts)
            fewer = sample_size(precision, population=patterns)
            said.append(
                f"{campaign.model.text} has {numbers.count(patterns)} patterns, of which "
                f"{numbers.count(fewer)} without repetition would do: --exhaustive counts them all"
            )
    return said


def looks(precision: str | None, budget: str | None) -> Looks | None:
    """What ``--precision`` and ``--budget`` ask for; None without either. Raises UsageError."""
    if precision is None:
        if budget is not None:
            raise UsageError("--budget limits the blocks that --precision adds: give both")
        return None
    if budget is not None and not (budget.isascii() and budget.isdecimal() and int(budget)):
        raise UsageError(f"--budget takes whole seconds from 1 on, such as 600, not {budget!r}")
    return Looks(precision=share(precision), budget_seconds=inf if budget is None else float(budget))


def reached(lines: Sequence[Line], precision: str) -> str:
    """Whether a run came as far as ``--precision`` asked."""
    measured = {line.cell: line.block + 1 for line in lines if isinstance(line, Samples)}
    wide = too_wide(lines, share(precision), before=max(measured.values(), default=0))
    if not wide:
        return f"every interval is within ± {precision}"
    return f"{len(wide)} of {len(measured)} rows belong to cases with an interval wider than ± {precision}"
