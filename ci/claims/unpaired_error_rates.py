#!/usr/bin/env python3
"""Claim: two files of identical code get no verdict in 95 % of all reports, whatever moved in between.

Simulated, seeded, no clock, on the noise of ``verdict_error_rates.py``, which reproduces a shared two-core
machine: processes whose speeds hang together, a linear drift over a session. Beside it, between the two
sessions, the level of the machine moves by as much as it drifts in one. A report has 20 rows of 16 visits
on either side, judged as ``benchsuite compare OLD NEW`` judges them. For contrast: what the same intervals
say alone, and what they would with the indifference zone of paired comparisons.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import log1p

import numpy as np
from verdict_error_rates import BLOCKS, DRIFT, SAMPLES, Floats, log_seconds

from benchsuite.analyse.two_runs import ALPHA, BETWEEN_SESSIONS
from benchsuite.analyse.unpaired import Shift, shift_interval
from benchsuite.analyse.verdict import LEAST_DELTA, verdict

SEED = 20240601
REPORTS = 2000
ROWS = 20


def session(random: np.random.Generator) -> Floats:
    """float64[ROWS, BLOCKS]: log seconds of each row's visits in one run."""
    fastest = log_seconds(random, BLOCKS * ROWS, SAMPLES).min(axis=1)
    return np.asarray(fastest.reshape(BLOCKS, ROWS).T)


def report(random: np.random.Generator) -> list[Shift]:
    """The shifts of a report on two sessions of identical code."""
    old, new = session(random), session(random) + random.normal(scale=DRIFT)
    confidence = 1 - ALPHA / ROWS
    return [shift_interval(a.tolist(), b.tolist(), confidence) for a, b in zip(old, new, strict=True)]


def differs(shift: Shift, delta: float, slowdown: float = 0.0) -> bool:
    """Whether the verdict is ``slower``, or, of identical code, anything but silence."""
    assert shift.low is not None
    assert shift.high is not None
    found = verdict(shift.low - slowdown, shift.high - slowdown, delta)
    return found == "slower" or (not slowdown and found == "faster")


def main() -> int:
    """Simulate, print each figure beside its bound, and give the exit code."""
    random = np.random.default_rng(SEED)
    reports = [report(random) for _ in range(REPORTS)]

    def share(holds: Callable[[Shift], bool]) -> float:
        return sum(any(map(holds, shifts)) for shifts in reports) / REPORTS

    alone = share(lambda shift: differs(shift, 0.0))
    as_paired = share(lambda shift: differs(shift, LEAST_DELTA))
    ours = share(lambda shift: differs(shift, BETWEEN_SESSIONS))
    lines = [
        (f"reports with an interval that leaves out the truth: {alone:.1%} (>= 50 %)", alone >= 0.5),
        (f"reports with a false verdict beyond 1 %: {as_paired:.1%} (>= 30 %)", as_paired >= 0.3),
        (f"reports with a false verdict of compare: {ours:.2%} (<= {ALPHA:.0%})", ours <= ALPHA),
    ]
    for slowdown, least in ((0.1, 0.4), (0.15, 0.8), (0.2, 0.95)):
        found = [differs(shift, BETWEEN_SESSIONS, log1p(slowdown)) for shifts in reports for shift in shifts]
        power = sum(found) / len(found)
        lines.append((f"a slowdown of {slowdown:.0%} is found: {power:.3f} (>= {least})", power >= least))
    for text, holds in lines:
        print("holds" if holds else "FAILS", text)
    return 0 if all(holds for _, holds in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
