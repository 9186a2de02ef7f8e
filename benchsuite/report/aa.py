"""What an A/A test found, as findings of ``doctor``: in words, with the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from benchsuite.analyse.aa import FOUND_SHARE, Findings
from benchsuite.measure.run import CONTROL_SHARE
from benchsuite.report import numbers

QUIET_FLOOR = 0.02
"""Of a machine that must find the control."""
_QUIETEN = "end other work, use a performance governor and whole cores, and see benchsuite doctor"


class Finding(NamedTuple):
    """One line of ``doctor``."""

    name: str
    status: Literal["ok", "warning", "failed"]
    found: str
    remedy: str = ""


def aa_findings(found: Findings) -> Iterator[Finding]:
    """False alarms, floor, smallest effect and control; one failed where there is no comparison."""
    if found.floor is None or found.smallest_effect is None:
        yield Finding("A/A", "failed", "no comparison was finished", "let it run longer")
        return
    sound = found.false_alarms <= found.most_false_alarms
    alarms, comparisons = numbers.count(found.false_alarms), numbers.count(found.comparisons)
    confidence, chance = numbers.percent(found.confidence), numbers.count(found.most_false_alarms)
    yield Finding(
        "A/A false alarms",
        "ok" if sound else "failed",
        f"{alarms} of {comparisons} comparisons of equal code at {confidence}; up to {chance} can be chance",
        "" if sound else f"believe no verdict taken here; {_QUIETEN}; if it stays, report it with the file",
    )
    quiet = found.floor <= QUIET_FLOOR
    yield Finding(
        "A/A floor",
        "ok" if quiet else "warning",
        f"{numbers.percent(found.floor)}: differences up to this cannot be told from none",
        "" if quiet else _QUIETEN,
    )
    yield Finding(
        "smallest effect",
        "ok",
        f"{numbers.percent(found.smallest_effect)}: {numbers.percent(FOUND_SHARE)} of such get their verdict",
    )
    yield _control(found, quiet)


def _control(found: Findings, quiet: bool) -> Finding:
    name = f"control of {numbers.percent(CONTROL_SHARE)} more work"
    if not found.controls:
        return Finding(
            name, "warning", "no case is fast enough for one", "install a backend with faster cases"
        )
    missed = quiet and found.controls_found < FOUND_SHARE * found.controls
    return Finding(
        name,
        "warning" if missed else "ok",
        f"found in {numbers.count(found.controls_found)} of {numbers.count(found.controls)} comparisons",
        f"most should be found with so low a floor; {_QUIETEN}, and repeat" if missed else "",
    )
