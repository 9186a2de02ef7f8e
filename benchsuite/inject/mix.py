"""A mixture of error models by their weights: what was measured, say the patterns of a beam test.

Knows no file: its arguments are all of it, ``flips:1=812+adjacent:2=43``, so that a run file says what was
injected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import accumulate
from math import gcd, lcm

import numpy as np

from benchsuite.analyse.tallies import LOST
from benchsuite.api import ErrorModel, Target
from benchsuite.inject.targets import asked, shares, some_trials
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.errors import Draw
from benchsuite.workloads.streams import Positions, Words

MOST_PARTS = 1000
_FIRST_BLOCK = 1  # of a part's own words: block 0 chooses the part


@dataclass(frozen=True)
class Part:
    """One error model of a mixture."""

    kind: ErrorModel
    arguments: str
    weight: int

    @property
    def text(self) -> str:
        """Its canonical spelling."""
        return f"{self.kind.name}:{self.arguments}"


@dataclass(frozen=True, eq=False)
class Mixture:
    """Error models, each with a weight, of which every trial has one."""

    models: Mapping[str, ErrorModel]
    """Those that may be parts, by name."""

    def spelled(self, parts: Iterable[tuple[str, str]]) -> str:
        """The canonical arguments of (error model, weight): heaviest first, weights whole and coprime.

        A model that comes again adds to its weight. Raises ValueError for what is no model or weight, for
        none, and for more than MOST_PARTS.
        """
        weights: dict[str, Fraction] = {}
        for text, weight in parts:
            model = self._canonical(text)
            weights[model] = weights.get(model, Fraction(0)) + _weight(weight, text)
        if not 1 <= len(weights) <= MOST_PARTS:
            raise ValueError(f"a mix is made of 1 to {MOST_PARTS} error models, not {len(weights)}")
        scale = lcm(*(weight.denominator for weight in weights.values()))
        whole = {model: int(weight * scale) for model, weight in weights.items()}
        common = gcd(*whole.values())
        ordered = sorted(whole.items(), key=lambda part: (-part[1], part[0]))
        return "+".join(f"{model}={weight // common}" for model, weight in ordered)

    def _canonical(self, text: str) -> str:
        name, _, arguments = text.partition(":")
        if name not in self.models:
            raise ValueError(f"{text!r} cannot be part of a mix: known are {', '.join(sorted(self.models))}")
        return f"{name}:{self.models[name].parse(arguments)}"

    def parse(self, arguments: str) -> str:
        """``MODEL=WEIGHT+...`` in its canonical spelling; raises ValueError for what is none."""
        if "=" not in arguments:
            raise ValueError(
                "mix:FILE needs a file of weights and error models, a line each, or all of it as in "
                f"mix:flips:1=812+adjacent:2=43, not {arguments!r}"
            )
        parts = (part.rpartition("=") for part in arguments.split("+"))
        return self.spelled((text, weight) for text, _, weight in parts)

    @cache  # noqa: B019  there is one mixture
    def parts(self, arguments: str) -> tuple[Part, ...]:
        """Of canonical arguments."""
        found = []
        for part in arguments.split("+"):
            text, _, weight = part.rpartition("=")
            name, _, inner = text.partition(":")
            found.append(Part(self.models[name], inner, int(weight)))
        return tuple(found)

    def positions(self, arguments: str, target: Target, words: Draw) -> Positions:
        """Word 0 of block 0 chooses the part; its own words begin at block 1."""
        parts = self.parts(arguments)
        chosen = np.searchsorted(thresholds([p.weight for p in parts]), words(0, 1)[:, 0], side="right")
        drawn = _remembered(words)
        found = np.full((len(chosen), 1), -1, np.int64)
        for at, part in enumerate(parts):  # one that no trial has can refuse the codeword all the same
            trials = np.flatnonzero(chosen == at)
            mine = some_trials(target, lambda block, number: drawn(_FIRST_BLOCK + block, number), trials)
            flips = asked(part.kind, part.arguments, *mine)
            found = widened(found, flips.shape[1])
            found[trials, : flips.shape[1]] = flips
        return found

    def exact(self, arguments: str, code: Code) -> Mapping[str, tuple[int, int]] | None:
        """The weighted sum over the parts; None where one of them has no formula."""
        parts = self.parts(arguments)
        total, sums = sum(part.weight for part in parts), dict[str, Fraction]()
        for part in parts:
            outcomes = part.kind.exact(part.arguments, code)
            if outcomes is None:
                return None
            for outcome, counts in outcomes.items():
                name = "not_injected" if outcome == "clean" else outcome
                sums[name] = sums.get(name, Fraction(0)) + Fraction(*counts) * part.weight / total
        if "lost" in sums:  # of a part: then what is lost is not told apart of the others either
            sums["lost"] += sum((sums.pop(name, Fraction(0)) for name in LOST), Fraction(0))
        return shares(sums)

    def model(self) -> ErrorModel:
        """The error model that it is."""
        return ErrorModel(
            name="mix",
            syntax="mix:FILE",
            help="each trial by one of several error models, chosen by the weights of a file",
            parse=self.parse,
            on_target=self.positions,
            exact=self.exact,
        )


def widened(positions: Positions, flips: int) -> Positions:
    """``int64[trials, flips]``, with -1 behind; the same where it is as wide already."""
    more = max(0, flips - positions.shape[1])
    return np.pad(positions, ((0, 0), (0, more)), constant_values=-1) if more else positions


def _weight(text: str, model: str) -> Fraction:
    if not re.fullmatch(r"\d{1,15}(\.\d{1,15})?", text, re.ASCII) or not Fraction(text):
        raise ValueError(
            f"the weight of {model} must be a number above 0 of at most 15 digits and 15 decimal places, as "
            f"812 or 0.05, not {text!r}"
        )
    return Fraction(text)


def thresholds(weights: list[int]) -> Words:
    """``uint64[weights - 1]``: floor(2^64 P(one of the first j)), j = 1, 2, ..., exactly."""
    reached = list(accumulate(weights))
    return np.array([(part << 64) // reached[-1] for part in reached[:-1]], np.uint64)


def _remembered(words: Draw) -> Draw:
    """The same words, drawn once a block unless more are asked for."""
    known: dict[int, Words] = {}

    def draw(block: int, number: int) -> Words:
        if block not in known or known[block].shape[1] < number:
            known[block] = words(block, number)
        return known[block][:, :number]

    return draw
