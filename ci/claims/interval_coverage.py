#!/usr/bin/env python3
"""Claim: the 99 % intervals of a run cover the truth in at least 98.5 % of 2000 simulated runs.

The real ``sample`` drives engines on a lane whose clock is virtual and seeded: a repetition takes its true
cost times the state of the machine, jitter, and now and then a burst of steal. Two engines of a known ratio
are visited in random order in each of 16 blocks, K = 3 samples after two of warm-up. Judged are

- the ratio: Hodges-Lehmann's interval of the visits' minima, on a machine that drifts from visit to visit
  (AR(1), lag-1 autocorrelation 0.69 as measured on a shared one) and on one that does not;
- the headline: the order-statistic interval around the median of the visits' medians, against that
  distribution's median from a simulation of its own, on the machine that does not drift. An interval from 16
  visits knows nothing of the hours in which none took place: its coverage of the long-run median under drift
  is printed, and is why runs compare pairs and flag drift.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from math import log
from random import Random
from statistics import median
from typing import Any

import numpy as np

from benchsuite.analyse.intervals import median_interval
from benchsuite.analyse.paired import signed_rank_interval
from benchsuite.api import Prepared, Work, Workload
from benchsuite.measure.bench import Bench, Slot
from benchsuite.measure.sample import sample

SEED = 20240602
RUNS = 2000
BLOCKS, SAMPLES, WARM_UPS, K = 16, 3, 2, 2
CONFIDENCE, GATE = 0.99, 0.985
COSTS = (1e-3, 1.03e-3)
LAG_1 = 0.69
SPREAD, JITTER = 0.02, 0.02
STEAL_RATE, STEAL = 0.05, 0.3
"""A repetition in twenty loses the CPU for 30 % of its time on average, exponentially distributed."""
VISITS_OF_TRUTH = 1_000_000


class VirtualLane:
    """A clock that only ``work`` moves; ``rest`` changes the state of the machine between visits."""

    def __init__(self, random: Random, lag_1: float) -> None:
        self._random, self._lag_1, self._now = random, lag_1, 0.0
        self._log_state = random.gauss(0, SPREAD)

    def rest(self) -> None:
        """To the next visit."""
        innovation = (1 - self._lag_1**2) ** 0.5 * SPREAD
        self._log_state = self._lag_1 * self._log_state + self._random.gauss(0, innovation)

    def work(self, cost: float) -> None:
        """One repetition."""
        draw = self._random
        steal = draw.expovariate(1 / STEAL) if draw.random() < STEAL_RATE else 0.0
        self._now += cost * np.exp(self._log_state + draw.gauss(0, JITTER)) * (1 + steal)

    def sync(self) -> None:
        """Nothing is ever under way."""

    def mark(self) -> float:
        """The virtual time."""
        return self._now

    def seconds(self, start: float, stop: float) -> float:
        """Between two marks."""
        return stop - start


@dataclass(frozen=True)
class Params:
    """One case."""


@dataclass(frozen=True, eq=False)
class Byte:
    """Inputs and outputs: next to nothing, so that simulating is quick."""

    data: Any


def _byte(*_: Any) -> Byte:
    return Byte(np.zeros(1, np.uint8))


TINY: Workload[Params, Byte, Byte] = Workload(
    id="tiny",
    version=1,
    params=Params,
    label=lambda params: "tiny",
    presets=lambda preset: [],
    inputs=_byte,
    outputs=_byte,
    vary=lambda params, inputs, random, count: [],
    work=lambda params: Work(1, "byte", 1, 1, 1),
    check=lambda params, inputs, outputs, items: None,
    canonical=None,
    vectors=lambda: [],
)


def bench(lane: VirtualLane, cost: float, random: Random) -> Bench:
    """An engine that takes ``cost`` a repetition, hot."""
    slot = Slot(Prepared(run=lambda: lane.work(cost)), _byte(), _byte(), _byte())
    return Bench(TINY, Params(), lane, [slot], random)


def visit(this: Bench) -> list[float]:
    """Seconds of one repetition, one figure a sample."""
    taken = [sample(this, K) for _ in range(WARM_UPS + SAMPLES)][WARM_UPS:]
    return [s.wall_seconds / s.repetitions for s in taken]


def run(random: Random, lag_1: float, truth: float) -> tuple[bool, bool]:
    """One simulated run: whether the ratio's interval, and whether the first headline's, cover the truth."""
    lane = VirtualLane(random, lag_1)
    benches = [bench(lane, cost, random) for cost in COSTS]
    visits: list[list[list[float]]] = [[], []]
    for _ in range(BLOCKS):
        for contender in random.sample((0, 1), 2):
            lane.rest()
            visits[contender].append(visit(benches[contender]))
    pairs = [log(min(base) / min(contender)) for base, contender in zip(*visits, strict=True)]
    ratio = signed_rank_interval(pairs, CONFIDENCE)
    headline = median_interval([median(seconds) for seconds in visits[0]], CONFIDENCE)
    return (
        covers((ratio.low, ratio.high), log(COSTS[0] / COSTS[1])),
        covers(headline, COSTS[0] * truth),
    )


def covers(interval: tuple[float | None, float | None], truth: float) -> bool:
    """Whether there is an interval, and the truth is in it."""
    low, high = interval
    return low is not None and high is not None and low <= truth <= high


def true_median() -> float:
    """Median of a visit's median, in units of the true cost, without any code of the suite."""
    random = np.random.default_rng(SEED)
    shape = (VISITS_OF_TRUTH, SAMPLES, K + 1)
    steal = random.exponential(STEAL, shape) * (random.random(shape) < STEAL_RATE)
    repetitions = np.exp(random.normal(0, JITTER, shape)) * (1 + steal)
    number = random.integers(K, K + 1, shape[:2], endpoint=True)  # of repetitions in a sample
    cumulated = repetitions.cumsum(axis=2)
    samples = np.take_along_axis(cumulated, number[..., None] - 1, axis=2)[..., 0] / number
    state = np.exp(random.normal(0, SPREAD, VISITS_OF_TRUTH))
    return float(np.median(state * np.median(samples, axis=1)))


def main() -> int:
    """0 where the claim holds."""
    truth = true_median()
    good = True
    for name, lag_1, judged in (("steady", 0.0, (True, True)), ("drifting", LAG_1, (True, False))):
        started = time.perf_counter()
        random = Random(SEED)
        covered = np.array([run(random, lag_1, truth) for _ in range(RUNS)]).mean(axis=0)
        for what, share, claimed in zip(("ratio", "headline"), covered, judged, strict=True):
            good = good and (not claimed or share >= GATE)
            print(
                f"{name} machine, {what}: 99 % intervals cover the truth in {100 * share:.2f} % "
                f"of {RUNS} runs ({f'gate {100 * GATE} %' if claimed else 'not claimed'})"
            )
        print(f"{time.perf_counter() - started:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
