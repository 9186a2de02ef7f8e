"""A rank's code over chips with a code inside, through both decoders of a backend.

What a chip says of its own word goes nowhere: the rank's decoder sees only what is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from benchsuite.api import Mismatch
from benchsuite.host.engine import Engine, Way
from benchsuite.host.proof import Wrong
from benchsuite.inject.outcomes import Fates, of_accesses
from benchsuite.inject.rig import Answers, Rig, Through, same_rows, ways
from benchsuite.workloads.codes import CLEAN, CORRECTED, Code
from benchsuite.workloads.codes.composed import AnyCode, Composed, gather, scatter
from benchsuite.workloads.codes.outcomes import trial_outcomes
from benchsuite.workloads.streams import Bytes, Positions


@dataclass(frozen=True, kw_only=True)
class Both:
    """How a backend does both codes of a composition."""

    inside: Through
    rank: Through


AnyThrough: TypeAlias = Through | Both
"""How a backend does a target."""


def through_of(request: Mapping[str, Any]) -> AnyThrough:
    """From what ``asdict`` made of it."""
    if "rank" in request:
        return Both(inside=Through(**request["inside"]), rank=Through(**request["rank"]))
    return Through(**request)


def every_way(of: AnyCode, through: AnyThrough) -> list[Way]:
    """The encoders and decoders that have to be proved."""
    return [way for code, passage in _parts(of, through) for way in ways(code, passage)]


def _parts(of: AnyCode, through: AnyThrough) -> list[tuple[Code, Through]]:
    if isinstance(of, Composed):
        assert isinstance(through, Both)
        return [(of.inside, through.inside), (of.rank, through.rank)]
    assert isinstance(through, Through)
    return [(of, through)]


class ComposedRig:
    """The halves of both codes; what is stored of a trial are a word of each chip, its check bits behind it.

    Raises what ``Rig`` does.
    """

    def __init__(self, engine: Engine, of: Composed, through: Both) -> None:
        self._of = of
        self._inside = Rig(engine, of.inside, through.inside)
        self._rank = Rig(engine, of.rank, through.rank)

    def close(self) -> None:
        """Let all halves go."""
        self._inside.close()
        self._rank.close()

    def encode(self, first: int, data: Bytes, *, codewords: int) -> Bytes:
        """What the chips store, ``uint8[trials * chips, 17]``, of ``data: uint8[trials * codewords, k]``.

        ``first`` is the number of the first trial; ``codewords`` are all that its chips hold. Raises Wrong.
        """
        words = gather(data, self._rank.encode(first, data, codewords=codewords), codewords)
        inner = self._inside.encode(first, words, codewords=self._of.chips)
        return np.concatenate([words, inner], axis=1)

    def decode(
        self,
        first: int,
        data: Bytes,
        check: Bytes,
        positions: Positions,
        *,
        codewords: int,
        erased: Bytes | None = None,
    ) -> Fates:
        """Flip ``positions: int64[trials * chips, flips]`` of ``check``, which ``encode`` gave; decode.

        Of every trial the first ``codewords`` are read, and all that its chips need for them. A codeword is
        struck where one of its bits is wrong as stored or as sent; where its decoder then finds nothing wrong
        and all is right, its chips have corrected it. Raises Wrong.
        """
        assert erased is None, "no decoder of a composition takes erasures"
        width, chips = self._of.codewords, self._of.chips
        received = flipped(check, positions)
        sent, stored = scatter(check[:, :width], chips), scatter(received[:, :width], chips)
        words, _ = self._inside.deliver(first, received[:, :width], received[:, width:], codewords=chips)
        arrived = scatter(words, chips)
        held = data.shape[1]
        found, claims = self._rank.deliver(first, arrived[:, :held], arrived[:, held:], codewords=width)
        struck = ((stored != sent) | (arrived != sent)).any(axis=1)
        right = same_rows(np.ascontiguousarray(found), data)
        mended = np.where(struck & right & (claims == CLEAN), np.uint8(CORRECTED), claims)
        flips = (positions >= 0).sum(axis=1).reshape(-1, chips).sum(axis=1)
        try:
            outcomes = trial_outcomes(struck.astype(np.int64), mended, right, injecting=False)
        except Mismatch as mismatch:
            trial, said = first + mismatch.item // width, f"{mismatch.expected}, got {mismatch.got}"
            raise Wrong(f"{self._of.rank.decode.id}, trial {trial}: expected {said}") from None
        read = np.ascontiguousarray(outcomes.reshape(-1, width)[:, :codewords]).reshape(-1)
        return of_accesses(read, flips, injecting=positions.shape[1] > 0)

    def answers(self, count: int) -> Answers:
        """The rank's, to the first ``count`` codewords of the last block."""
        return self._rank.answers(count)


AnyRig: TypeAlias = Rig | ComposedRig
"""Both halves of a target."""


def rig_of(engine: Engine, of: AnyCode, through: AnyThrough) -> AnyRig:
    """The rig of a target; raises what ``Rig`` does."""
    if isinstance(of, Composed):
        assert isinstance(through, Both)
        return ComposedRig(engine, of, through)
    assert isinstance(through, Through)
    return Rig(engine, of, through)


def flipped(words: Bytes, positions: Positions) -> Bytes:
    """A copy of ``words: uint8[rows, bytes]`` with ``positions: int64[rows, flips]`` flipped, -1 for none."""
    found = words.copy()
    rows, columns = (positions >= 0).nonzero()
    at = positions[rows, columns]
    np.bitwise_xor.at(found, (rows, at // 8), (1 << at % 8).astype(np.uint8))
    return found
