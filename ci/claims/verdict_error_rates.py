#!/usr/bin/env python3
"""Claim: verdicts hold their error rates on the noise of a shared machine, and still see 5 %.

Simulated, seeded, no clock. A report is a family of 20 comparisons, one of them an A/A pair (each more raises
the A/A floor and costs power), judged by ``benchsuite.analyse.verdict.compare`` as a run judges them: 16
blocks; in each, in random order each case, in random order its two contenders, K = 3 samples, of which the
fastest stands for the visit. The old way beside it is pyperf's: 20 processes of 3 values of A, then as many
of B, all values pooled in a t test at 5 %.

Both draw from one noise process, in logarithms, the state of the machine advancing once a process (a visit):

- AR(1) from process to process, lag-1 autocorrelation 0.69 as measured on a shared two-core machine;
- a linear drift over the whole, its size drawn anew each time with a standard deviation of 3 %;
- noise of each sample, never below the true cost of the work: exponential;
- steal: a share of the samples loses a slice of the CPU, of exponential size.

The levels reproduce what that machine gave for 16 adjacent pairs of identical code: half-widths of the 99 %
interval of 2.6 % by the means of 5 samples, 1.9 % by their medians, 1.3 % by their minima, and 1.27 % by the
minima of 3. The script fails where one is an eighth off, so that the rest is never shown on a kinder noise.
"""

from __future__ import annotations

import sys
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchsuite.analyse.paired import signed_rank_interval
from benchsuite.analyse.verdict import Judgement, Pairs, compare

SEED = 20240601
REPORTS = 1500
CALIBRATIONS = 500
MEASURED = {("mean", 5): 0.026, ("median", 5): 0.019, ("min", 5): 0.013, ("min", 3): 0.0127}
"""(statistic of a visit, samples) -> 99 % half-width of 16 adjacent pairs of identical code."""
COMPARISONS = 20
AA_PAIRS = 1
BLOCKS = 16
SAMPLES = 3
ALPHA = 0.05
EFFECT = float(np.log(1.05))

LAG_1 = 0.69
SPREAD = 0.0185
DRIFT = 0.03
SAMPLE = 0.018
STEAL_RATE = 0.17
STEAL = 0.1

Floats = NDArray[np.float64]


def log_seconds(random: np.random.Generator, processes: int, samples: int) -> Floats:
    """float64[processes, samples]: log seconds of identical code, in the order in which it ran."""
    state = random.normal(scale=SPREAD, size=processes)
    innovation = np.sqrt(1 - LAG_1**2)
    for i in range(1, processes):
        state[i] = LAG_1 * state[i - 1] + innovation * state[i]
    state += random.normal(scale=DRIFT) * np.linspace(0, 1, processes)
    shape = processes, samples
    stolen = (random.random(shape) < STEAL_RATE) * random.exponential(STEAL, shape)
    return np.asarray(state[:, None] + random.exponential(SAMPLE, shape) + stolen)


def half_widths(random: np.random.Generator) -> dict[tuple[str, int], float]:
    """The medians over simulated runs of what MEASURED holds for real ones."""
    widths: dict[tuple[str, int], list[float]] = {key: [] for key in MEASURED}
    for _ in range(CALIBRATIONS):
        visits = log_seconds(random, 32, 5)
        for (statistic, samples), found in widths.items():
            per_visit = getattr(np, statistic)(visits[:, :samples], axis=1)
            interval = signed_rank_interval((per_visit[::2] - per_visit[1::2]).tolist(), 0.99)
            assert interval.low is not None
            assert interval.high is not None
            found.append((interval.high - interval.low) / 2)
    return {key: median(found) for key, found in widths.items()}


def report(random: np.random.Generator) -> Floats:
    """float64[COMPARISONS, BLOCKS]: paired log ratios of a run in randomised blocks."""
    fastest = (
        log_seconds(random, BLOCKS * COMPARISONS * 2, SAMPLES).min(axis=1).reshape(BLOCKS, COMPARISONS, 2)
    )
    differences = fastest[:, :, 0] - fastest[:, :, 1]
    differences *= random.choice([-1.0, 1.0], differences.shape)  # which of the two went first
    cases = random.permuted(np.tile(np.arange(COMPARISONS), (BLOCKS, 1)), axis=1)  # which case went when
    return np.take_along_axis(differences, cases, axis=1).T


def judge(log_ratios: Floats, effect: float) -> list[Judgement]:
    """The verdicts of a report whose contenders, A/A pairs apart, are faster by ``effect``."""
    family = []
    for number, differences in enumerate(log_ratios):
        same_code = number < AA_PAIRS
        shift = 0.0 if same_code else effect
        family.append(Pairs(log_ratios=(differences + shift).tolist(), same_code=same_code))
    return compare(family, alpha=ALPHA)


def pooled_t_alarms(random: np.random.Generator) -> bool:
    """Whether pyperf's layout and test call identical code different."""
    from scipy.stats import ttest_ind

    seconds = np.exp(log_seconds(random, 40, 3))
    return bool(ttest_ind(seconds[:20].ravel(), seconds[20:].ravel()).pvalue < 0.05)


def excludes_truth(judged: Judgement) -> bool:
    """Whether the interval of identical code leaves out a ratio of 1."""
    low, high = judged.estimate.low, judged.estimate.high
    return low is not None and high is not None and (low > 0 or high < 0)


def main() -> int:
    """Simulate, print each figure beside its bound, and give the exit code."""
    random = np.random.default_rng(SEED)
    lines = [
        (
            f"99 % half-width by {key[0]} of {key[1]}: {width:.2%} ({MEASURED[key]:.2%} measured)",
            abs(width / MEASURED[key] - 1) < 0.125,
        )
        for key, width in half_widths(random).items()
    ]
    alarms = exclusions = found = 0
    for _ in range(REPORTS):
        noise = report(random)
        same = judge(noise, 0.0)
        alarms += any(judged.verdict in ("faster", "slower") for judged in same)
        exclusions += any(map(excludes_truth, same))
        found += sum(judged.verdict == "faster" for judged in judge(noise, EFFECT)[AA_PAIRS:])
    false_alarms, excluded = alarms / REPORTS, exclusions / REPORTS
    power = found / (REPORTS * (COMPARISONS - AA_PAIRS))
    pooled = sum(pooled_t_alarms(random) for _ in range(REPORTS)) / REPORTS
    # Nearly all of the nominal 5 % is used up, so three standard errors are left to the draw of the seed.
    nearly = ALPHA + 3 * (ALPHA * (1 - ALPHA) / REPORTS) ** 0.5
    lines += [
        (f"reports with a false alarm: {false_alarms:.2%} (<= {ALPHA:.0%})", false_alarms <= ALPHA),
        (
            f"reports with an interval that excludes the truth: {excluded:.2%} (<= {nearly:.1%})",
            excluded <= nearly,
        ),
        (f"power for 5 %, {BLOCKS} blocks, {COMPARISONS} comparisons: {power:.3f} (>= 0.8)", power >= 0.8),
        (f"false alarms of A then B by pooled t: {pooled:.1%} (>= 10 %)", pooled >= 0.1),
    ]
    for text, holds in lines:
        print("holds" if holds else "FAILS", text)
    return 0 if all(holds for _, holds in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
