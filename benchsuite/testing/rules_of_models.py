"""What an error model must give before anything is injected by it: asked on a few trials of two codes."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchsuite.api import ErrorModel
from benchsuite.inject.campaign import exact
from benchsuite.inject.models import Model
from benchsuite.inject.targets import asked, target_of
from benchsuite.testing.subject import Broken, DoesNotApply
from benchsuite.workloads.codes import Code, code

CODES = ("hsiao-72-64", "parity-65-64")
TRIALS = 64
ARGUMENTS = (
    *("", "1", "2", "0.5", "0.01", "4:1", "2:0.5", "0.1:0.2", "0:1"),
    *("x4", "x4:uniform", "7dB", "flips:1=1"),
)
"""Tried in turn: a model's syntax is for people to read."""


def model_is_sound(kind: ErrorModel) -> None:
    """Positions are ``int64[trials, flips]``, in range, distinct, the same each time; exact sums to 1.

    Raises Broken, DoesNotApply where no arguments are accepted, and whatever the model raises.
    """
    model = Model(kind, _accepted(kind))
    for of in map(code, CODES):
        try:
            found = _positions(model, of)
            again = _positions(model, of)
        except ValueError as refused:
            raise DoesNotApply(f"{model.text} refuses {of.name}: {refused}") from None
        _require_positions(model, of.n, found)
        if not np.array_equal(found, again):
            raise Broken(f"positions() of {model.text} differ from the same words: draw from nothing else")
        exact(of, model)


def _accepted(kind: ErrorModel) -> str:
    for arguments in ARGUMENTS:
        try:
            return kind.parse(arguments)
        except ValueError:
            continue
    raise DoesNotApply(f"{kind.syntax}: none of {', '.join(map(repr, ARGUMENTS))} is accepted")


def _positions(model: Model, of: Code) -> Any:
    def words(block: int, count: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
        drawn = np.random.default_rng(block).integers(2**64, size=(TRIALS, 64), dtype=np.uint64)
        return np.resize(drawn, (TRIALS, count)) if count > drawn.shape[1] else drawn[:, :count]

    bits = np.random.default_rng(1).integers(2, size=(TRIALS, of.n), dtype=np.uint8)
    return asked(model.kind, model.arguments, target_of(of, 1, bits.copy), words)


def _require_positions(model: Model, n: int, found: Any) -> None:
    what = f"positions() of {model.text} for {n} bits and {TRIALS} trials"
    if not isinstance(found, np.ndarray) or found.dtype != np.int64 or found.ndim != 2:
        raise Broken(f"{what} must give int64[trials, flips], not {found!r:.80}")
    if len(found) != TRIALS:
        raise Broken(f"{what} gave {len(found)} rows: one a trial")
    if found.size and not -1 <= found.min() <= found.max() < n:
        raise Broken(
            f"{what} gave {found.min()} to {found.max()}: positions are 0 to {n - 1}, or -1 for none"
        )
    rows = np.sort(found, axis=1)
    if ((rows[:, 1:] == rows[:, :-1]) & (rows[:, 1:] >= 0)).any():
        raise Broken(f"{what} flips one position twice in a trial, which is no flip")
