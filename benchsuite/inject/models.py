"""Error models by name: the built-in ones and the plugins', and a model with its arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from benchsuite.api import ErrorModel, Target
from benchsuite.host.cases import unknown
from benchsuite.host.engine import Origin
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.built_in import BUILT_IN
from benchsuite.inject.targets import asked, target_of
from benchsuite.workloads.codes.composed import AnyCode
from benchsuite.workloads.codes.errors import Draw
from benchsuite.workloads.streams import Positions, trial_words


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

    def positions(self, target: Target, words: Draw) -> Positions:
        """``int64[trials, flips]``: what the model flips of ``target``, -1 for none."""
        return np.asarray(asked(self.kind, self.arguments, target, words), np.int64)

    def drawn(self, target: Target, key: tuple[int, int], first: int, count: int) -> Positions:
        """``positions`` of trials from ``first`` on, by the streams of ``key``.

        Raises ValueError where an error model answers with another shape or beyond the target.
        """
        found = self.positions(target, lambda block, number: trial_words(key, first, count, block, number))
        within = found.size == 0 or bool(found.min() >= -1 and found.max() < target.n)
        if found.ndim != 2 or len(found) != count or not within:
            raise ValueError(
                f"error model {self.text} gave positions of shape {found.shape}: they must be "
                f"int64[{count}, flips] below {target.n}, -1 for none"
            )
        return found


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
        form = known[name].syntax
        hint = "" if form in str(error) else f": its form is {form}"
        raise UsageError(f"--model {text}: {error}{hint}") from None
    except Exception as error:  # noqa: BLE001  the model may be a plugin's
        raise UsageError(f"error model {name} failed on {text}: {type(error).__name__}: {error}") from None


def with_models(origin: Origin, models: Iterable[Model], registry: Registry) -> Origin:
    """The origin, and the plugins that bring error models which are none of the built-in ones."""
    sources, extra = dict.fromkeys(origin.sources), dict.fromkeys(origin.extra)
    for model in models:
        owner = registry.owners.get(("benchsuite_error_models", model.name))
        if owner is not None and registry.error_models[model.name] is model.kind:
            sources[owner.source] = None
            extra |= {} if owner.source.startswith("entry:") else {owner.source: None}
    return replace(origin, sources=tuple(sources), extra=tuple(extra))


def require_fit(model: Model, code: AnyCode, codewords: int = 1) -> None:
    """Raise UsageError where ``model`` cannot flip bits of so many codewords: a trial of zeros tells."""
    target = target_of(code, codewords, lambda: np.zeros((1, target.n), np.uint8))
    require_strike(model, target)


def require_strike(model: Model, target: Target) -> None:
    """Raise UsageError where ``model`` cannot flip bits of ``target``, which may be of one trial."""
    try:
        model.positions(target, lambda block, number: np.zeros((1, number), np.uint64))
    except ValueError as error:
        raise UsageError(f"--model {model.text}: {error}") from None
    except Exception as error:  # noqa: BLE001  the model may be a plugin's
        raise UsageError(f"error model {model.text} failed: {type(error).__name__}: {error}") from None
