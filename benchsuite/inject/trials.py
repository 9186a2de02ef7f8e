"""Trials by their numbers: what is sent and what is flipped, whoever decodes; and the count of a chunk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from benchsuite.inject.devices import layouts_of
from benchsuite.inject.models import Model
from benchsuite.inject.patterns import patterns
from benchsuite.inject.rig import BLOCK, Rig
from benchsuite.workloads.codes import Code
from benchsuite.workloads.streams import Bytes, Positions, trial_data, trial_key, trial_words


@dataclass(frozen=True, kw_only=True)
class Draws:
    """A campaign's data and positions, trial by trial: no chunking, worker or engine has a say in them."""

    code: Code
    model: Model
    seed: int
    exhaustive: bool = False
    """Trial i flips pattern i of all; data are drawn all the same."""

    @property
    def key(self) -> tuple[int, int]:
        """The Philox key of every trial: no batch size is in it."""
        decode = self.code.decode
        return trial_key(decode, decode.params(**self.code.params), self.model.text, self.seed)

    def data(self, first: int, count: int) -> Bytes:
        """``uint8[count, ceil(k / 8)]``, random, with no bit beyond the k-th."""
        return trial_data(self.key, first, count, self.code.k)

    def positions(self, first: int, count: int) -> Positions:
        """``int64[count, flips]`` of bits of the codeword; -1 fills the row of a trial that flips fewer.

        Raises ValueError where an error model answers with another shape or beyond the codeword.
        """
        if self.exhaustive:
            return patterns(self.model, self.code.n, first, count, layouts_of(self.code))
        found = np.asarray(
            self.model.positions(
                self.code.n,
                lambda block, number: trial_words(self.key, first, count, block, number),
                layouts_of(self.code),
            ),
            np.int64,
        )
        if found.ndim != 2 or len(found) != count or not _within(found, self.code.n):
            raise ValueError(
                f"error model {self.model.text} gave positions of shape {found.shape}: they must be "
                f"int64[{count}, flips] below {self.code.n}, -1 for none"
            )
        return found


def _within(positions: Positions, n: int) -> bool:
    return positions.size == 0 or bool(positions.min() >= -1 and positions.max() < n)


def count_outcomes(rig: Rig, draws: Draws, first: int, count: int) -> dict[str, int]:
    """Outcomes of trials ``first ... first + count - 1``, the same however they are cut into chunks.

    Raises Wrong where the backend gives a wrong answer.
    """
    counts: Counter[str] = Counter()
    for start in range(first, first + count, BLOCK):
        size = min(BLOCK, first + count - start)
        # Counter + Counter would drop the zeros, which are worth an interval
        counts.update(rig.outcomes(start, draws.data(start, size), draws.positions(start, size)))
    return dict(counts)
