"""What is struck: the bits of some trials as an error model sees them, what flips, and with what chances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import lcm
from typing import Any, NoReturn

from benchsuite.api import ErrorModel, Target
from benchsuite.inject.devices import layouts_of, stored_words
from benchsuite.workloads.codes.composed import AnyCode, Composed
from benchsuite.workloads.codes.errors import Draw
from benchsuite.workloads.streams import Bytes, Positions


def target_of(code: AnyCode, codewords: int, stored: Callable[[], Bytes]) -> Target:
    """Trials of so many codewords of ``code``; ``stored()`` is ``uint8[trials, n]``."""
    words, bits = stored_words(code, codewords)
    k = code.k if isinstance(code, Composed) else code.k * codewords
    return Target(n=words * bits, k=k, layouts=layouts_of(code, codewords), stored=stored)


def bits_in_a_row(n: int, k: int = 0) -> Target:
    """Of which nobody knows a layout, or what is stored: models that ask raise ValueError."""
    return Target(n=n, k=k, layouts=_no_layout, stored=_unseen)


def _no_layout(pins: int) -> NoReturn:
    raise ValueError(
        "it strikes devices of a memory, and here bits lie in a row: give flips, bsc, burst, adjacent or "
        "symbol"
    )


def _unseen() -> NoReturn:
    raise ValueError(
        "it looks at what codewords store, and here are none: give flips, bsc, burst, adjacent or symbol"
    )


def asked(kind: ErrorModel, arguments: str, target: Target, words: Draw) -> Any:
    """What the model says flips, by the one of its three functions that it is asked by."""
    if kind.on_target is not None:
        return kind.on_target(arguments, target, words)
    if kind.on_layout is not None:
        return kind.on_layout(arguments, target.layouts, words)
    assert kind.positions is not None, "a model has one of the three"
    return kind.positions(arguments, target.n, words)


def some_trials(target: Target, words: Draw, trials: Positions) -> tuple[Target, Draw]:
    """Those of these numbers alone."""
    return (
        replace(target, stored=lambda: target.stored()[trials]),
        lambda block, number: words(block, number)[trials],
    )


def shares(probabilities: Mapping[str, Fraction]) -> dict[str, tuple[int, int]]:
    """Outcome -> (numerator, denominator), all of one denominator; ``clean`` becomes ``not_injected``."""
    below = lcm(*(p.denominator for p in probabilities.values()))
    return {
        "not_injected" if name == "clean" else name: (int(p * below), below)
        for name, p in probabilities.items()
    }
