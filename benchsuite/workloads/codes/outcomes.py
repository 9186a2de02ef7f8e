"""From what was flipped, what a decoder claims and whether its data are right, to what became of a trial."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsuite.api import Mismatch
from benchsuite.workloads.reference.linear import CLEAN, DETECTED
from benchsuite.workloads.streams import Bytes

OUTCOMES = ("clean", "corrected", "detected", "miscorrected", "undetected", "false_alarm", "not_injected")
"""What may become of a trial."""


def _outcome(injecting: bool, flipped: bool, right: bool, claim: int) -> str:
    if injecting and not flipped:
        return "not_injected"
    if not flipped:
        if claim != CLEAN:
            return "false_alarm"
        return "clean" if right else "undetected"
    if claim == CLEAN:
        return "undetected"
    if claim == DETECTED:
        return "detected"
    return "corrected" if right else "miscorrected"


# [injecting][6 flipped + 3 right + claim]
_TABLES = np.array(
    [
        OUTCOMES.index(_outcome(injecting, flipped, right, claim))
        for injecting, flipped, right, claim in product((False, True), (False, True), (False, True), range(3))
    ],
    np.uint8,
).reshape(2, -1)


def trial_outcomes(
    flips: npt.NDArray[np.integer[Any]],
    claims: Bytes,
    right: npt.NDArray[np.bool_],
    *,
    injecting: bool,
) -> Bytes:
    """``uint8[trials]``, indices into OUTCOMES.

    ``flips: int[trials]`` is the number of bits flipped, ``claims: uint8[trials]`` the decoder's outcome
    byte, ``right: bool[trials]`` whether its data are those that were sent. ``injecting`` is whether the
    model flips at all: if so, a trial without a flip is ``not_injected``, whatever the decoder said.

    The decoder's claim decides: clean, though bits flipped, is undetected even where the data are right (the
    flip was in a check bit). Raises Mismatch naming the first trial whose claim is none of the three.
    """
    if claims.size and claims.max() > DETECTED:
        item = int(np.argmax(claims > DETECTED))
        raise Mismatch(item, "outcome 0 (clean), 1 (corrected) or 2 (detected)", f"outcome {claims[item]}")
    known = claims + right * np.uint8(3)
    known += (flips > 0) * np.uint8(6)
    found: Bytes = _TABLES[int(injecting)].take(known)
    return found
