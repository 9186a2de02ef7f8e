#!/usr/bin/env python3
"""Claim: flips injected into Hsiao (72,64) come out as the exact analysis says, however they are chunked.

One flip is always corrected, two are always detected; of three, 33568 of 59640 are miscorrected; of four,
8392 of 1028790 are undetected. Through the worker of a real backend's own encoder and decoder:

- sampled: the 99 % interval of every outcome covers the exact probability (seeded, so no chance is left);
- exhaustive: every pattern of three and of four flips is tried, and the counts equal the exact ones;
- the sampled tally is the same in one chunk and in a hundred.
"""

from __future__ import annotations

import sys

from benchsuite.analyse.rates import rate_interval
from benchsuite.host.engine import origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import discover
from benchsuite.inject.campaign import Campaign, run_campaign
from benchsuite.inject.models import parse_model
from benchsuite.inject.ways import find_way
from benchsuite.record.types import Tally
from benchsuite.workloads.codes import code

BACKEND = "numpy"
SEED = 1
TRIALS = 1_000_000
EXPECTED = {
    1: {"corrected": (72, 72)},
    2: {"detected": (2556, 2556)},
    3: {"miscorrected": (33568, 59640), "detected": (26072, 59640)},
    4: {"undetected": (8392, 1028790), "detected": (1020398, 1028790)},
}
"""Flips -> outcome -> (patterns, all patterns); what is not named is impossible."""


def tally(flips: int, chunk_trials: int, *, exhaustive: bool = False) -> Tally:
    """One campaign on the backend."""
    registry, hsiao = discover(), code("hsiao-72-64")
    return run_campaign(
        Campaign(
            code=hsiao,
            model=parse_model(f"flips:{flips}", registry),
            seed=SEED,
            trials=None if exhaustive else TRIALS,
            exhaustive=exhaustive,
        ),
        origin(registry, BACKEND),
        find_way(registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), hsiao),
        registry,
        record=lambda line: None,
        progress=lambda trials, total: None,
        chunk_trials=chunk_trials,
    )


def covers(flips: int, sampled: Tally) -> bool:
    """Print each outcome beside its exact probability; whether all intervals cover, and all else is none."""
    good = sampled.status == "measured" and sampled.trials == TRIALS
    for name in sorted({*sampled.outcomes, *EXPECTED[flips]}):
        above, below = EXPECTED[flips].get(name, (0, 1))
        count = sampled.outcomes.get(name, 0)
        low, high = rate_interval(count, TRIALS, 0.99)
        covered = low <= above / below <= high and (above > 0 or count == 0)
        good = good and covered
        print(
            f"flips:{flips} {name}: {count} of {TRIALS}, 99 % interval {low:.6f} to {high:.6f}, "
            f"exactly {above}/{below} = {above / below:.6f}{'' if covered else ' NOT COVERED'}"
        )
    return good


def equals(flips: int, every: Tally) -> bool:
    """Print the counts over every pattern; whether they are the exact ones."""
    wanted = {name: above for name, (above, _) in EXPECTED[flips].items()}
    good = {name: count for name, count in every.outcomes.items() if count} == wanted
    print(f"flips:{flips} every pattern, {every.trials}: {every.outcomes}{'' if good else ' NOT EQUAL'}")
    return good


def main() -> int:
    """0 where the claim holds."""
    good = True
    for flips in EXPECTED:
        whole, hundred = tally(flips, TRIALS), tally(flips, TRIALS // 100)
        good &= covers(flips, whole)
        good &= whole == hundred
        print(f"flips:{flips} one chunk and a hundred: {'identical' if whole == hundred else 'DIFFERENT'}")
        good &= equals(flips, tally(flips, TRIALS, exhaustive=True))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
