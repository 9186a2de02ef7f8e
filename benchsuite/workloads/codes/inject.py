"""Injection in one go: draw the flips of every trial, decode, and count what became of them.

A trial, its key and its words are those of a campaign (docs/reference/error-models.md, Streams), so a tally
is what ``benchsuite inject`` counts of the same trials. An item is a trial; the trials of a tally are checked
together, since only their counts are seen: tallies of one trial each show every trial.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.codes.errors import bsc_thresholds, flips_of, parse_bsc, parse_flips
from benchsuite.workloads.codes.hsiao import HSIAO, HSIAO_DECODE, HsiaoDecodeParams
from benchsuite.workloads.codes.inject_bulk import tally
from benchsuite.workloads.codes.outcomes import OUTCOMES
from benchsuite.workloads.params import preset_cases, require_positive
from benchsuite.workloads.streams import Words, canonical_bytes, random_bytes, trial_key
from benchsuite.workloads.vectors import load

MOST_TRIALS = 2**16
"""Of a tally: it is counted again as a whole where one of its trials is checked."""

MODELS = ("flips:3", "bsc:0.001")
"""Of the presets: tallies that differ, so that an old answer is wrong."""

SMALL, LARGE = 2**6, 2**14
"""Tallies of the presets: a few milliseconds of a fast CPU, and enough for every core of a GPU."""


@dataclass(frozen=True)
class HsiaoInjectParams:
    """Raises ValueError for a size or a model that there is not, no tally, or no trial."""

    n: int = 72
    k: int = 64
    model: str = "flips:3"
    """``flips:K`` or ``bsc:P``, kept in its canonical spelling."""
    tallies: int = 64
    trials: int = 1024
    """Of each tally."""

    def __post_init__(self) -> None:
        HSIAO.require(HsiaoDecodeParams(n=self.n, k=self.k))
        require_positive("tallies", self.tallies)
        require_positive("trials", self.trials)
        if self.trials > MOST_TRIALS:
            raise ValueError(f"trials must be at most {MOST_TRIALS}, not {self.trials}: give more tallies")
        name, _, arguments = self.model.strip().partition(":")
        if name not in ("flips", "bsc"):
            raise ValueError(f"model must be flips:K or bsc:P, not {self.model!r}: such as flips:3")
        spelled = (parse_flips if name == "flips" else parse_bsc)(arguments)
        if name == "flips":
            flips_of(spelled, self.n)
        object.__setattr__(self, "model", f"{name}:{spelled}")


class Flips(NamedTuple):
    """How many bits a trial flips.

    ``number`` of them; or, where there are thresholds, as many as thresholds are at most its word 0, and
    then its positions begin with word 1.
    """

    number: int
    thresholds: Words
    """``uint64[n]`` in increasing order, or ``uint64[0]``."""


def flips(params: HsiaoInjectParams) -> Flips:
    """What an engine has to know of the error model."""
    name, _, arguments = params.model.partition(":")
    if name == "flips":
        return Flips(int(arguments), np.empty(0, np.uint64))
    return Flips(0, bsc_thresholds(arguments, params.n))


@dataclass(frozen=True, eq=False)
class HsiaoInjectInputs:
    key: Words
    """``uint64[tallies, 2]``: the Philox key of each tally's trials."""
    first: Words
    """``uint64[tallies]``: the number of each tally's first trial; none goes beyond 64 bits."""


@dataclass(frozen=True, eq=False)
class HsiaoInjectOutputs:
    counts: Words
    """``uint64[tallies, 7]``: trials by outcome, in the order of ``outcomes.OUTCOMES``."""


def _presets(preset: str) -> Iterable[HsiaoInjectParams]:
    def every(sizes: Iterable[tuple[int, int]], tallies: int) -> list[HsiaoInjectParams]:
        return [
            HsiaoInjectParams(n=n, k=k, model=model, tallies=tallies) for n, k in sizes for model in MODELS
        ]

    default = [(HsiaoInjectParams.n, HsiaoInjectParams.k)]
    large = every(default, LARGE)
    cases = {
        "smoke": [],
        "quick": [],
        "standard": [HsiaoInjectParams(model=MODELS[0], tallies=tallies) for tallies in (SMALL, LARGE)],
        "publication": [*every(HSIAO.sizes, SMALL), *large],
    }
    return preset_cases(preset, cases)


def _inputs(params: HsiaoInjectParams, seed: int, slot: int) -> HsiaoInjectInputs:
    """Trials of the campaign with that seed, slot after slot from trial 0 on."""
    key = trial_key(HSIAO_DECODE, HsiaoDecodeParams(n=params.n, k=params.k), params.model, seed)
    tallies = slot * params.tallies + np.arange(params.tallies, dtype=np.uint64)
    return HsiaoInjectInputs(
        key=np.tile(np.array(key, np.uint64), (params.tallies, 1)), first=tallies * np.uint64(params.trials)
    )


def _vary(params: HsiaoInjectParams, inputs: HsiaoInjectInputs, rng: Random, count: int | None) -> Items:
    """Another key and first trial, anywhere in 64 bits, for each tally chosen; its first trial names it."""
    every = range(params.tallies)
    chosen = list(every) if count is None else rng.sample(every, min(count, params.tallies))
    drawn = random_bytes("varied", rng.getrandbits(128), 0, 24 * len(chosen)).view("<u8").reshape(-1, 3)
    inputs.key[chosen] = drawn[:, :2]
    inputs.first[chosen] = np.minimum(drawn[:, 2], np.uint64(2**64 - params.trials))
    return [(row * params.trials, None) for row in chosen]


def _work(params: HsiaoInjectParams) -> Work:
    return Work(
        items=params.tallies * params.trials,
        unit="trial",
        payload_bytes=0,  # nobody's data: trials a second are what is asked for
        bytes_in=24 * params.tallies,
        bytes_out=8 * len(OUTCOMES) * params.tallies,
    )


def _check(
    params: HsiaoInjectParams, inputs: HsiaoInjectInputs, outputs: HsiaoInjectOutputs, items: Items
) -> None:
    """Counts the whole tally of each trial named."""
    if not items:
        return
    rows = np.unique(np.fromiter((item for item, _ in items), np.int64, len(items)) // params.trials)
    expected = tally(
        HSIAO.code(params),
        params.model,
        params.trials,
        inputs.key[rows],
        inputs.first[rows],
    )
    got = outputs.counts[rows]
    wrong = np.flatnonzero((expected != got).any(axis=1))
    if wrong.size:
        at = int(wrong[0])
        raise Mismatch(int(rows[at]) * params.trials, _said(expected[at]), _said(got[at]))


def _said(counts: Words) -> str:
    named = zip(OUTCOMES, counts.tolist(), strict=True)
    return ", ".join(f"{count} {name}" for name, count in named if count) or "no trial"


def _vectors() -> Iterable[Vector[HsiaoInjectParams, HsiaoInjectInputs, HsiaoInjectOutputs]]:
    for record in load("hsiao-inject.txt"):
        key = [int(word, 16) for word in record["key"].split()]
        counts = [int(record.get(name, "0")) for name in OUTCOMES]
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=HsiaoInjectParams(
                n=int(record["n"]), k=int(record["k"]), model=record["model"], tallies=1, trials=sum(counts)
            ),
            inputs=HsiaoInjectInputs(
                key=np.array([key], np.uint64), first=np.array([int(record["first"])], np.uint64)
            ),
            outputs=HsiaoInjectOutputs(counts=np.array([counts], np.uint64)),
        )


HSIAO_INJECT = Workload(
    id="hsiao-inject",
    version=1,
    params=HsiaoInjectParams,
    label=lambda params: (
        f"hsiao ({params.n},{params.k}) inject {params.model}, {params.tallies} x {params.trials} trials"
    ),
    presets=_presets,
    inputs=_inputs,
    outputs=lambda params: HsiaoInjectOutputs(counts=np.zeros((params.tallies, len(OUTCOMES)), np.uint64)),
    vary=_vary,
    work=_work,
    check=_check,
    canonical=canonical_bytes,
    vectors=_vectors,
)
"""The outcomes of trials, counted: flips drawn, codewords decoded, nothing else kept."""
