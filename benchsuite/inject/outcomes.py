"""How many trials came to which outcome."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.codes.outcomes import OUTCOMES, trial_outcomes

_INJECTED = ("corrected", "detected", "miscorrected", "undetected")
_UNTOUCHED = ("clean", "false_alarm")


def classify(
    flips: npt.NDArray[np.integer[Any]],
    claims: npt.NDArray[np.uint8],
    right: npt.NDArray[np.bool_],
    *,
    injecting: bool,
) -> dict[str, int]:
    """Count outcomes of trials; the arguments are those of ``trial_outcomes``, and so is what is raised."""
    found = trial_outcomes(flips, claims, right, injecting=injecting)
    return named(np.bincount(found, minlength=len(OUTCOMES)), injecting=injecting)


def named(counts: npt.NDArray[np.integer[Any]], *, injecting: bool) -> dict[str, int]:
    """``int[7]`` in the order of OUTCOMES by name: those that can be, zeros included, and any other."""
    possible = _INJECTED if injecting else _UNTOUCHED
    pairs = zip(OUTCOMES, counts.tolist(), strict=True)
    return {name: count for name, count in pairs if count or name in possible}
