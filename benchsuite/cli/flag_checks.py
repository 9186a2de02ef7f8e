"""Each flag that a row can have: whether it would be set here and now, and the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from benchsuite.analyse.flags import series_flags, visit_flags
from benchsuite.cli.check import Check, warn_if
from benchsuite.measure.gate import UNSTEADY
from benchsuite.record.types import Flag, Pressure
from benchsuite.report import numbers

MOST_SPREAD = 0.2
"""The slowest of 16 runs of one loop may take so much longer than the fastest, as a fraction."""

# Flag -> (what was counted, the counters of Pressure, the remedy).
_OF_VISITS: Mapping[Flag, tuple[str, tuple[str, ...], str]] = {
    "steal": ("stolen", ("steal_seconds",), "use dedicated cores or another machine; more blocks meanwhile"),
    "psi": ("with tasks that waited for a CPU", ("stalled_seconds",), "end other work"),
    "waited": (
        "without a CPU, though ready to run",
        ("waited_seconds",),
        "end other work, or use fewer --processes than cores",
    ),
    "throttled": (
        "periods cut short by a quota",
        ("throttled_periods",),
        "raise the container's CPU limit to whole cores, or remove it",
    ),
    "involuntary_switches": ("involuntary switches", ("involuntary_switches",), "end other work"),
    "swap": (
        "pages from or to a disk",
        ("swapped_pages", "major_faults"),
        "free memory, choose --pool hot, or switch swap off",
    ),
    "thermal": ("cores slowed for heat", ("thermal_events",), "cool the machine, or fix a lower frequency"),
    "load": ("wanted by other tasks", ("contending_seconds",), "end other work"),
}
_OF_SERIES: Mapping[Flag, tuple[str, str]] = {
    "not_steady": ("early and late runs of one loop", "wait until the machine is idle, and look at turbo"),
    "drift": ("a trend over 16 runs of one loop", "let the machine warm up or cool down; fix the frequency"),
    "outliers": ("a run of 16 far from the others", "look for what wakes up now and then, such as timers"),
    "bimodal": ("two speeds in 16 runs of one loop", "fix frequency and turbo; stay on cores of one kind"),
}


def flag_checks(met: Pressure, unread: Mapping[str, str], seconds: Sequence[float]) -> Iterator[Check]:
    """What was ``met`` while a loop ran 16 times, ``unread`` counters, and the times of the loop in order."""
    flagged = set(visit_flags(met))
    for flag, (what, counters, remedy) in _OF_VISITS.items():
        values = [value for counter in counters if (value := getattr(met, counter)) is not None]
        if values:
            found = _amount(sum(values), counters[0], what, met.seconds)
            yield warn_if(flag in flagged, f"flag {flag}", found, remedy)
        else:
            reason = unread.get(counters[0], "the kernel does not count it")
            yield Check(f"flag {flag}", "ok", f"never set here: {reason}")
    shown: set[str] = series_flags(seconds)
    if abs(median(seconds[3:6]) / median(seconds[:3]) - 1) > UNSTEADY:
        shown.add("not_steady")
    spread = max(seconds) / min(seconds) - 1
    if spread > MOST_SPREAD:
        shown.add("not_steady")
    for flag, (what, remedy) in _OF_SERIES.items():
        yield warn_if(
            flag in shown,
            f"flag {flag}",
            f"{what}; 16 runs within {numbers.percent(spread)}"
            if flag in shown
            else "not in 16 runs of one loop",
            remedy,
        )


def _amount(value: float, counter: str, what: str, seconds: float) -> str:
    if counter.endswith("_seconds"):
        return f"{numbers.percent(value / seconds)} of {numbers.seconds(seconds)} {what}"
    return f"{value} {what} in {numbers.seconds(seconds)}"
