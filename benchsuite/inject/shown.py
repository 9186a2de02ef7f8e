"""Single trials: those of chosen outcomes picked out of a chunk, and one of them shown in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import reduce
from operator import xor
from typing import Any

import numpy as np

from benchsuite.inject.composed import AnyRig
from benchsuite.inject.trials import Draws, Struck, blocks
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.composed import Composed
from benchsuite.workloads.codes.outcomes import OUTCOMES
from benchsuite.workloads.reference.linear import OUTCOMES as CLAIMS
from benchsuite.workloads.streams import Positions


class Picker:
    """Trials by their outcome, of each outcome so many at most, the first ones."""

    def __init__(self, most: Mapping[str, int]) -> None:
        self._left = dict(most)
        self.picked: list[dict[str, Any]] = []
        """``trial``, ``outcome`` and ``flipped`` of each."""

    def __call__(self, struck: Struck) -> None:
        """Pick from a block; blocks come in the order of their trials."""
        for outcome in [name for name, left in self._left.items() if left and name in struck.fates.names]:
            found = np.flatnonzero(struck.fates.outcomes == struck.fates.names.index(outcome))
            chosen = found[: self._left[outcome]].tolist()
            self._left[outcome] -= len(chosen)
            self.picked += [
                {
                    "trial": struck.first + row,
                    "outcome": outcome,
                    "flipped": _increasing(struck.positions[row]),
                }
                for row in chosen
            ]


def _increasing(positions: Positions) -> list[int]:
    return sorted(position for position in positions.tolist() if position >= 0)


@dataclass(frozen=True, kw_only=True)
class Word:
    """One codeword of a trial; bits are in hexadecimal, byte by byte as in the arrays of the workloads."""

    outcome: str
    """Of the codeword."""
    flipped: list[int]
    """Its positions, increasing."""
    data: str
    check: str
    """As stored."""
    received_data: str
    received_check: str
    """As the decoder got them."""
    syndrome: str
    """Of what was received: row 0 of the check matrix is the least significant bit of the first byte."""
    claim: str
    """The decoder's: clean, corrected, or detected."""
    delivered: str
    """The data that it gave."""
    wrong_bits: list[int]
    """Data bits that are not as they were sent."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One trial in full."""

    trial: int
    outcome: str
    flipped: list[int]
    codewords: list[Word]


def show_trial(rig: AnyRig, draws: Draws, trial: int) -> dict[str, Any]:
    """``Shown`` of trial number ``trial``, as plain dictionaries. Raises Wrong.

    Of a composition the codewords are the rank's, as its chips sent them.
    """
    (struck,) = blocks(rig, draws, trial, 1)
    answers = rig.answers(draws.codewords)
    code = draws.code.rank if isinstance(draws.code, Composed) else draws.code
    words = [
        _word(
            code,
            outcome=OUTCOMES[struck.fates.codewords[at]],
            data=struck.data[at].tobytes(),
            claim=CLAIMS[answers.claims[at]],
            **{name: getattr(answers, name)[at].tobytes() for name in _BYTES},
        )
        for at in range(draws.codewords)
    ]
    outcome = struck.fates.names[struck.fates.outcomes[0]]
    flipped = _increasing(struck.positions[0])
    return asdict(Shown(trial=trial, outcome=outcome, flipped=flipped, codewords=words))


_BYTES = ("check", "received_data", "received_check", "delivered")


def _word(
    code: Code,
    *,
    outcome: str,
    claim: str,
    data: bytes,
    check: bytes,
    received_data: bytes,
    received_check: bytes,
    delivered: bytes,
) -> Word:
    flipped = [*_differing(data, received_data), *(code.k + bit for bit in _differing(check, received_check))]
    syndrome = reduce(xor, (code.linear.columns[bit] for bit in flipped), 0)
    return Word(
        outcome=outcome,
        flipped=sorted(code.bits.index(bit) for bit in flipped),
        data=data.hex(),
        check=check.hex(),
        received_data=received_data.hex(),
        received_check=received_check.hex(),
        syndrome=syndrome.to_bytes(len(check), "little").hex(),
        claim=claim,
        delivered=delivered.hex(),
        wrong_bits=_differing(data, delivered),
    )


def _differing(left: bytes, right: bytes) -> list[int]:
    different = int.from_bytes(left, "little") ^ int.from_bytes(right, "little")
    return [bit for bit in range(8 * len(left)) if different >> bit & 1]
