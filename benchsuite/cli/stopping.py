"""The options that say when enough was measured, checked."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from benchsuite.analyse.looks import fraction, too_wide
from benchsuite.host.plugins import UsageError
from benchsuite.measure.run import Looks
from benchsuite.record.types import Line, Samples


def share(text: str) -> float:
    """What ``--precision`` takes. Raises UsageError for anything else."""
    try:
        return fraction(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


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
