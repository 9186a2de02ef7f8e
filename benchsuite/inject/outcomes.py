"""What became of trials, and how many came to which outcome: codewords, or accesses of several."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsuite.host.cases import unknown
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

Numbers = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]


def require_outcomes(names: Collection[str], codewords: int) -> None:
    """Raise UsageError where one of ``names`` can be no outcome of a trial of so many codewords."""
    known = OUTCOMES if codewords == 1 else ACCESS_OUTCOMES
    for name in names:
        if name not in known:
            raise unknown("outcome", name, known)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Of a number of trials."""

    outcomes: dict[str, int]
    """Those that can be, zeros included, and any other."""
    codeword_outcomes: dict[str, int] = field(default_factory=dict)
    """Of the codewords, where a trial is an access."""
    by_flips: dict[str, dict[str, int]] = field(default_factory=dict)
    """Number of flips, in digits -> outcomes, where that was asked for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fates:
    """What became of every trial of a block."""

    names: tuple[str, ...]
    """OUTCOMES, or ACCESS_OUTCOMES where a trial has several codewords."""
    outcomes: Bytes
    """``uint8[trials]``, indices into ``names``."""
    flips: Numbers
    """``int[trials]``: bits flipped."""
    codewords: Bytes
    """``uint8[trials * codewords]``, indices into OUTCOMES."""
    injecting: bool
    """Whether the model flips at all."""

    def counts(self) -> Counts:
        """Of all the trials."""
        if len(self.outcomes) == len(self.codewords):
            counts = np.bincount(self.outcomes, minlength=len(OUTCOMES)).tolist()
            return Counts(outcomes=counted(counts, self.injecting))
        possible = _INJECTED_ACCESS if self.injecting else _UNTOUCHED
        return Counts(
            outcomes=_counted(self.outcomes, self.names, possible),
            codeword_outcomes=_counted(self.codewords, OUTCOMES, ()),
        )

    def by_flips(self) -> dict[str, dict[str, int]]:
        """Number of flips, in digits -> outcome -> trials, none of them 0."""
        kinds = len(self.names)
        counts = np.bincount(self.flips * kinds + self.outcomes)
        found: dict[str, dict[str, int]] = {}
        for kind in np.flatnonzero(counts).tolist():
            found.setdefault(str(kind // kinds), {})[self.names[kind % kinds]] = int(counts[kind])
        return found


def counted(counts: Sequence[int], injecting: bool) -> dict[str, int]:
    """Outcome -> count, of ``counts`` in the order of OUTCOMES: those that can be, and any other."""
    possible = _INJECTED if injecting else _UNTOUCHED
    return {name: n for name, n in zip(OUTCOMES, counts, strict=True) if n or name in possible}


def _counted(found: Bytes, names: Sequence[str], possible: Collection[str]) -> dict[str, int]:
    counts = np.bincount(found, minlength=len(names)).tolist()
    return {name: n for name, n in zip(names, counts, strict=True) if n or name in possible}


def classify(
    flips: Numbers,
    claims: Bytes,
    right: npt.NDArray[np.bool_],
    *,
    injecting: bool,
    codewords: int = 1,
) -> Fates:
    """What became of trials of so many ``codewords``, one behind another.

    The other arguments are those of ``trial_outcomes``, of every codeword, and so is what is raised.
    """
    found = trial_outcomes(flips, claims, right, injecting=injecting and codewords == 1)
    if codewords == 1:
        return Fates(names=OUTCOMES, outcomes=found, flips=flips, codewords=found, injecting=injecting)
    return of_accesses(found, flips.reshape(-1, codewords).sum(axis=1), injecting=injecting)


def of_accesses(found: Bytes, flips: Numbers, *, injecting: bool) -> Fates:
    """What became of accesses: ``found: uint8[accesses * codewords]`` and ``flips: int[accesses]``."""
    return Fates(
        names=ACCESS_OUTCOMES,
        outcomes=_accesses(found.reshape(len(flips), -1), flips > 0, injecting=injecting),
        flips=flips,
        codewords=found,
        injecting=injecting,
    )


def access_masks(flipped: Flags, *, silent: Flags, reported: Flags, injecting: bool) -> dict[str, Flags]:
    """Outcome -> the accesses that came to it, each to one; all are ``bool[accesses]``."""
    return {
        "not_injected" if injecting else "clean": ~flipped & ~silent & ~reported,
        "corrected": flipped & ~silent & ~reported,
        "detected": flipped & ~silent & reported,
        "detected_hiding_silent": flipped & silent & reported,
        "silent": silent & ~reported,
        "false_alarm": ~flipped & reported,
    }


def _accesses(found: Bytes, flipped: npt.NDArray[np.bool_], *, injecting: bool) -> Bytes:
    """``uint8[accesses]``, of ``found: uint8[accesses, codewords]`` and ``flipped: bool[accesses]``."""

    def have(names: Collection[str]) -> npt.NDArray[np.bool_]:
        return _any(np.isin(found, [OUTCOMES.index(name) for name in names]))

    masks = access_masks(flipped, silent=have(SILENT), reported=have(REPORTED), injecting=injecting)
    names = [ACCESS_OUTCOMES.index(name) for name in masks]
    outcomes: Bytes = np.select(list(masks.values()), names).astype(np.uint8)
    return outcomes


def _any(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    some: npt.NDArray[np.bool_] = np.logical_or.reduce(flags, axis=1)
    return some
