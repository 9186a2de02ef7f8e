"""Error models: how bits flip. The built-in ones are objects of the kind that plugins bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsuite.api import ErrorModel
from benchsuite.host.cases import unknown
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.analysis import single_error_outcomes
from benchsuite.workloads.streams import distinct_positions

MAX_PATTERNS = 20_000_000  # some ten seconds of a fast decoder; beyond, the formula or a sample says as much


def _parse_flips(arguments: str) -> str:
    if not (arguments.isascii() and arguments.isdigit()):
        raise ValueError(f"flips:K needs a whole number of distinct flips, as in flips:3, not {arguments!r}")
    return str(int(arguments))


def _flips(arguments: str, n: int) -> int:
    flips = int(arguments)
    if flips > n:
        raise ValueError(f"flips:{flips} flips more bits than the {n} of a codeword: give 0 to {n}")
    return flips


def _flip_positions(arguments: str, n: int, words: Callable[[int, int], Any]) -> npt.NDArray[np.int64]:
    flips = _flips(arguments, n)
    return distinct_positions(words(0, flips), n, flips)


def _flip_outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    flips = _flips(arguments, code.n)
    outcomes = single_error_outcomes(code.columns, code.n - code.k, flips)
    return {name: count for name, count in outcomes.items() if (name == "clean") == (flips == 0)}


FLIPS = ErrorModel(
    name="flips", syntax="flips:K", parse=_parse_flips, positions=_flip_positions, exact=_flip_outcomes
)
"""K distinct flips, every set of K positions equally likely."""

BUILT_IN: Mapping[str, ErrorModel] = {model.name: model for model in (FLIPS,)}


@dataclass(frozen=True)
class Model:
    """An error model with its arguments in their canonical spelling."""

    kind: ErrorModel
    arguments: str

    @property
    def name(self) -> str:
        """The model's name alone: ``flips``."""
        return self.kind.name

    @property
    def text(self) -> str:
        """The canonical spelling, of which streams and records are made: ``flips:3``."""
        return f"{self.name}:{self.arguments}" if self.arguments else self.name


def error_models(registry: Registry) -> Mapping[str, ErrorModel]:
    """All error models by name: the plugins' and the built-in ones, which no plugin replaces."""
    return {**registry.error_models, **BUILT_IN}


def parse_model(text: str, registry: Registry) -> Model:
    """The model that ``text`` (``name:arguments``) names; raises UsageError that says what is known.

    >>> parse_model("flips:03", Registry()).text
    'flips:3'
    """
    known = error_models(registry)
    name, _, arguments = text.strip().partition(":")
    if name not in known:
        raise unknown("error model", name, known)
    try:
        return Model(known[name], known[name].parse(arguments))
    except ValueError as error:
        raise UsageError(f"--model {text}: {error}") from None
    except Exception as error:  # noqa: BLE001  the model may be a plugin's
        raise UsageError(f"error model {name} failed on {text}: {type(error).__name__}: {error}") from None


def require_fit(model: Model, n: int) -> None:
    """Raise UsageError where ``model`` cannot flip bits of an ``n``-bit codeword: a trial of zeros tells."""
    try:
        model.kind.positions(model.arguments, n, lambda block, number: np.zeros((1, number), np.uint64))
    except ValueError as error:
        raise UsageError(f"--model {model.text}: {error}") from None
    except Exception as error:  # noqa: BLE001  the model may be a plugin's
        raise UsageError(f"error model {model.text} failed: {type(error).__name__}: {error}") from None


def pattern_count(model: Model, n: int) -> int:
    """How many patterns ``--exhaustive`` goes through; raises UsageError where it cannot go through them."""
    if model.kind is not FLIPS:
        raise UsageError(f"the patterns of {model.text} cannot be enumerated: use --trials")
    count = comb(n, int(model.arguments))
    if count > MAX_PATTERNS:
        raise UsageError(
            f"{model.text} has {count} patterns on {n} bits, more than the {MAX_PATTERNS} that --exhaustive "
            "goes through: use --exact for the formula or --trials for a sample"
        )
    return count


def patterns(n: int, k: int, first: int, count: int) -> npt.NDArray[np.int64]:
    """Combinations ``first ... first + count - 1`` of k out of n in lexicographic order: ``int64[count, k]``.

    In the combinatorial number system the complement of a rank, C(n,k) - 1 - rank, is C(d1,k) + C(d2,k-1) +
    ... with d1 > d2 > ..., each d the largest that fits; the combination is n-1-d1, n-1-d2, ... (Knuth, TAOCP
    7.2.1.3). Takes C(n,k) below 2^62.

    >>> patterns(4, 2, 0, 6).tolist()
    [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    """
    rest = comb(n, k) - 1 - np.arange(first, first + count, dtype=np.int64)
    chosen = np.empty((count, k), np.int64)
    for column, size in enumerate(range(k, 0, -1)):
        # no rank reaches 2^62, so larger counts need not be told apart
        below = np.array([min(comb(d, size), 1 << 62) for d in range(n)], np.int64)
        digit = np.searchsorted(below, rest, side="right") - 1
        rest -= below[digit]
        chosen[:, column] = n - 1 - digit
    return chosen
