"""How many trials came to which outcome: codewords, or accesses of several."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.codes.outcomes import OUTCOMES, trial_outcomes
from benchsuite.workloads.streams import Bytes

UNTOUCHED = frozenset({"clean", "not_injected"})
MENDED = frozenset({"corrected"})
REPORTED = frozenset({"detected", "false_alarm"})
SILENT = frozenset({"miscorrected", "undetected"})

ACCESS_OUTCOMES = (
    *("clean", "corrected", "detected", "detected_hiding_silent", "silent", "false_alarm", "not_injected"),
)
"""What may become of an access."""

_INJECTED = ("corrected", "detected", "miscorrected", "undetected")
_INJECTED_ACCESS = ("corrected", "detected", "detected_hiding_silent", "silent")
_UNTOUCHED = ("clean", "false_alarm")


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Of a number of trials."""

    outcomes: dict[str, int]
    """Those that can be, zeros included, and any other."""
    codeword_outcomes: dict[str, int] = field(default_factory=dict)
    """Of the codewords, where a trial is an access."""


def classify(
    flips: npt.NDArray[np.integer[Any]],
    claims: npt.NDArray[np.uint8],
    right: npt.NDArray[np.bool_],
    *,
    injecting: bool,
    codewords: int = 1,
) -> Counts:
    """Count outcomes of trials of so many ``codewords``, one behind another.

    The other arguments are those of ``trial_outcomes``, of every codeword, and so is what is raised.
    """
    found = trial_outcomes(flips, claims, right, injecting=injecting and codewords == 1)
    counts = np.bincount(found, minlength=len(OUTCOMES)).tolist()
    named = dict(zip(OUTCOMES, counts, strict=True))
    if codewords == 1:
        possible = _INJECTED if injecting else _UNTOUCHED
        return Counts(outcomes={name: n for name, n in named.items() if n or name in possible})
    return Counts(
        outcomes=_accesses(found.reshape(-1, codewords), flips.reshape(-1, codewords), injecting=injecting),
        codeword_outcomes={name: n for name, n in named.items() if n},
    )


def _accesses(found: Bytes, flips: npt.NDArray[np.integer[Any]], *, injecting: bool) -> dict[str, int]:
    """Both are ``[accesses, codewords]``; ``found`` are indices into OUTCOMES."""

    def have(names: Collection[str]) -> npt.NDArray[np.bool_]:
        return _any(np.isin(found, [OUTCOMES.index(name) for name in names]))

    flipped, silent, reported = _any(flips > 0), have(SILENT), have(REPORTED)
    masks = {
        "corrected": flipped & ~silent & ~reported,
        "detected": flipped & ~silent & reported,
        "detected_hiding_silent": flipped & silent & reported,
        "silent": silent & ~reported,
        "clean" if not injecting else "not_injected": ~flipped & ~silent & ~reported,
        "false_alarm": ~flipped & reported,
    }
    counts = {name: int(np.count_nonzero(mask)) for name, mask in masks.items()}
    possible = _INJECTED_ACCESS if injecting else _UNTOUCHED
    return {name: n for name, n in counts.items() if n or name in possible}


def _any(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    some: npt.NDArray[np.bool_] = np.logical_or.reduce(flags, axis=1)
    return some
