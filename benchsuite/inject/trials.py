"""Trials by their numbers: what is sent and flipped, whoever decodes; and what becomes of a chunk of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchsuite.inject.access import by_codeword
from benchsuite.inject.composed import AnyRig
from benchsuite.inject.devices import layouts_of, stored_words
from benchsuite.inject.erasures import ERASURES, erased_symbols
from benchsuite.inject.models import Model
from benchsuite.inject.outcomes import Counts, Fates
from benchsuite.inject.patterns import patterns
from benchsuite.inject.rare import spread_of
from benchsuite.inject.rig import BLOCK
from benchsuite.inject.targets import target_of
from benchsuite.workloads.codes import Code, bulk
from benchsuite.workloads.codes.composed import AnyCode, Composed, gather
from benchsuite.workloads.codes.layout import Layouts
from benchsuite.workloads.streams import (
    Bytes,
    Positions,
    identity_trial_key,
    trial_data,
    trial_key,
    trial_words,
)


@dataclass(frozen=True, kw_only=True)
class Draws:
    """A campaign's data and positions, trial by trial: no chunking, worker or engine has a say in them."""

    code: AnyCode
    model: Model
    seed: int
    exhaustive: bool = False
    """Trial i flips pattern i of all; data are drawn all the same."""
    codewords: int = 1
    """Of a trial: more than one are an access."""
    rare: bool = False
    """Trials are spread over numbers of flips."""

    @property
    def sent(self) -> int:
        """Codewords of a trial that are sent; of a composition not all of them need be read."""
        return self.code.codewords if isinstance(self.code, Composed) else self.codewords

    @property
    def n(self) -> int:
        """Bits of a trial."""
        words, bits = self.words
        return words * bits

    @property
    def words(self) -> tuple[int, int]:
        """(words, bits of each) that are stored of a trial."""
        return stored_words(self.code, self.codewords)

    @property
    def layouts(self) -> Layouts:
        """How they lie in memory."""
        return layouts_of(self.code, self.codewords)

    @cached_property
    def key(self) -> tuple[int, int]:
        """The Philox key of every trial: no batch size is in it."""
        if isinstance(self.code, Composed):
            return identity_trial_key(self.code.identity(), self.model.text, self.seed)
        decode = self.code.decode
        return trial_key(decode, decode.params(**self.code.params), self.model.text, self.seed)

    def data(self, first: int, count: int) -> Bytes:
        """``uint8[count * sent, ceil(k / 8)]``, random, with no bit beyond the k-th."""
        bits = self.code.k if isinstance(self.code, Composed) else self.code.k * self.sent
        drawn = trial_data(self.key, first, count, bits)
        return drawn.reshape(count * self.sent, -1)

    def stored(self, first: int, count: int) -> Bytes:
        """``uint8[count, n]``: the bits of the codewords of the data, position by position."""
        data, code = self.data(first, count), self.code
        if isinstance(code, Composed):
            data, code = gather(data, _check_bits(code.rank, data), self.sent), code.inside
        halves = ((data, code.linear.k), (_check_bits(code, data), code.linear.r))
        bits = [np.unpackbits(rows, axis=1, count=size, bitorder="little") for rows, size in halves]
        return np.concatenate(bits, axis=1)[:, list(code.bits)].reshape(count, -1)

    def positions(self, first: int, count: int) -> Positions:
        """``int64[count, flips]`` of bits of the trial; -1 fills the row of a trial that flips fewer.

        Raises ValueError where an error model answers with another shape or beyond the codeword.
        """
        if self.exhaustive:
            return patterns(self.model, self.n, first, count, self.layouts)
        if self.rare:
            return spread_of(self.code, self.model, self.codewords).positions(
                first, count, lambda block, number: trial_words(self.key, first, count, block, number)
            )
        target = target_of(self.code, self.codewords, lambda: self.stored(first, count))
        return self.model.drawn(target, self.key, first, count)

    def erased(self, first: int, count: int) -> Bytes | None:
        """``uint8[count * codewords, symbols]``, 1 where the decoder is told so; None of other models."""
        if self.model.kind is not ERASURES or isinstance(self.code, Composed):
            return None
        flags = np.zeros((count, self.code.linear.symbols), np.uint8)
        chosen = erased_symbols(
            self.model.arguments,
            self.layouts,
            lambda block, number: trial_words(self.key, first, count, block, number),
        )
        np.put_along_axis(flags, chosen, 1, axis=1)
        return np.repeat(flags, self.codewords, axis=0)


def _check_bits(code: Code, data: Bytes) -> Bytes:
    return bulk.check_bits(code.linear.columns, code.linear.k, data)


@dataclass(frozen=True, kw_only=True, eq=False)
class Struck:
    """A block of trials, and what became of each."""

    first: int
    data: Bytes
    """``uint8[trials * sent, ceil(k / 8)]``, as sent."""
    check: Bytes
    """``uint8[trials * sent, ceil(r / 8)]``, as stored; gone with the next block. Of a composition what its
    chips store, ``uint8[trials * chips, 17]``."""
    positions: Positions
    """``int64[trials, flips]`` of bits of the trial, -1 for none."""
    fates: Fates


def blocks(rig: AnyRig, draws: Draws, first: int, count: int) -> Iterator[Struck]:
    """Trials ``first ... first + count - 1`` through the backend's encoder and decoder, block by block.

    Raises Wrong where the backend gives a wrong answer.
    """
    words, bits = draws.words
    together = BLOCK // max(words, draws.sent)
    for start in range(first, first + count, together):
        size = min(together, first + count - start)
        data = draws.data(start, size)
        check = rig.encode(start, data, codewords=draws.sent)
        positions = draws.positions(start, size)
        fates = rig.decode(
            start,
            data,
            check,
            by_codeword(positions, bits, words),
            codewords=draws.codewords,
            erased=draws.erased(start, size),
        )
        yield Struck(first=start, data=data, check=check, positions=positions, fates=fates)


def count_outcomes(rig: AnyRig, draws: Draws, first: int, count: int) -> dict[str, int]:
    """The ``outcomes`` of ``count_trials``."""
    return count_trials(rig, draws, first, count).outcomes


def count_trials(
    rig: AnyRig, draws: Draws, first: int, count: int, see: Callable[[Struck], None] | None = None
) -> Counts:
    """Of trials ``first ... first + count - 1``, the same however they are cut into chunks.

    ``see`` is shown every block. Raises Wrong where the backend gives a wrong answer.
    """
    outcomes: Counter[str] = Counter()
    of_codewords: Counter[str] = Counter()
    by_flips: dict[str, Counter[str]] = {}
    for struck in blocks(rig, draws, first, count):
        if see is not None:
            see(struck)
        counts = struck.fates.counts()
        # Counter + Counter would drop the zeros, which are worth an interval
        outcomes.update(counts.outcomes)
        of_codewords.update(counts.codeword_outcomes)
        for flips, found in struck.fates.by_flips().items() if draws.rare else ():
            by_flips.setdefault(flips, Counter()).update(found)
    return Counts(
        outcomes=dict(outcomes),
        codeword_outcomes=dict(of_codewords),
        by_flips={flips: dict(found) for flips, found in by_flips.items()},
    )
