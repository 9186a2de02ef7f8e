#!/usr/bin/env python3
"""Claim: stopping when intervals are narrow enough (``run --precision``) keeps their coverage.

Simulated, seeded, no clock. Paired log ratios of identical code, by the noise of ``verdict_error_rates.py``
(autocorrelated visits, drift, steal), 64 blocks of them; from block 16 on every 4 blocks the 99 % signed-rank
interval is looked at, as ``benchsuite.analyse.looks`` does, and the run ends with the first one within the
precision, at the latest after 64 blocks. What counts is how often that last interval leaves out the truth, 1.
Beside it the way that no run stops: as soon as the interval leaves out 1. Precisions are chosen such that
runs end at the first looks, in the middle and near the last one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import fmean

import numpy as np
from verdict_error_rates import log_seconds

from benchsuite.analyse.looks import LOOK_EVERY, MOST_BLOCKS
from benchsuite.analyse.paired import PairedEstimate, signed_rank_interval

SEED = 6
RUNS = 2000
BLOCKS = 16
CONFIDENCE = 0.99
PRECISIONS = (0.012, 0.009, 0.007)

Estimates = list[PairedEstimate]


def estimates(random: np.random.Generator) -> Estimates:
    """One run's interval of identical code at every look."""
    fastest = log_seconds(random, 2 * MOST_BLOCKS * BLOCKS, 3).min(axis=1).reshape(-1, 2)
    differences = (fastest[:, 0] - fastest[:, 1]) * random.choice([-1.0, 1.0], len(fastest))
    looks = range(BLOCKS, MOST_BLOCKS * BLOCKS + 1, LOOK_EVERY)
    return [signed_rank_interval(differences[:blocks].tolist(), CONFIDENCE) for blocks in looks]


def excludes(estimate: PairedEstimate) -> bool:
    """Whether identical code looks different."""
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low > 0 or estimate.high < 0


def narrow(estimate: PairedEstimate, precision: float) -> bool:
    """Whether the interval is within ± ``precision``."""
    assert estimate.low is not None
    assert estimate.high is not None
    return float(np.expm1((estimate.high - estimate.low) / 2)) <= precision


def stopped(run: Estimates, enough: Callable[[PairedEstimate], bool]) -> tuple[bool, int]:
    """Whether the interval at the end excludes the truth, and after how many blocks the end came."""
    at = next((look for look, estimate in enumerate(run) if enough(estimate)), len(run) - 1)
    return excludes(run[at]), BLOCKS + LOOK_EVERY * at


def main() -> int:
    """0 where the claim holds."""
    random = np.random.default_rng(SEED)
    runs = [estimates(random) for _ in range(RUNS)]
    allowed = 1 - CONFIDENCE
    bound = allowed + 3 * (allowed * (1 - allowed) / RUNS) ** 0.5
    good = True
    for precision in PRECISIONS:
        ends = [stopped(run, lambda estimate, p=precision: narrow(estimate, p)) for run in runs]
        share, blocks = fmean(end[0] for end in ends), fmean(end[1] for end in ends)
        good &= share <= bound
        print(
            f"until within ±{precision:.1%} ({blocks:.0f} blocks on average): {share:.2%} of "
            f"{CONFIDENCE:.0%} intervals exclude the truth (<= {bound:.2%})"
        )
    ends = [stopped(run, excludes) for run in runs]
    significant = fmean(end[0] for end in ends)
    good &= significant > 2 * bound
    print(f"until significant, as no run stops: {significant:.2%} (> {2 * bound:.2%})")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
