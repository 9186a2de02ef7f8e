"""Which cases a user selected: workloads, preset, ``--set`` and ``-k``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice, product
from typing import Any, get_type_hints

import msgspec

from benchsuite.api import Work, Workload
from benchsuite.host.expression import parse
from benchsuite.host.plugins import Registry, UsageError, described, nearest
from benchsuite.record.types import WorkDone

_SIZE = re.compile(r"([0-9]{1,18})(KiB|MiB|GiB|B)?")
MOST_CASES = 10_000  # of one workload's preset: whoever gives more does not end
FULLER = "standard"  # has a case of every workload
_UNITS = {None: 1, "": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a user asked for; empty means everything that the preset names."""

    workloads: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    expression: str = ""
    scopes: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    crowds: tuple[tuple[int, int], ...] = ((1, 1),)
    """(threads of a process, processes) that measure at once; each makes rows of its own."""
    overrides: Mapping[str, tuple[str, ...]] | None = None
    cases: Mapping[str, Sequence[Any]] | None = None
    """Workload -> cases in place of its preset's; then no other workload has any."""

    @property
    def names_no_case(self) -> bool:
        """Whether the cases are the preset's own choice."""
        return not (self.workloads or self.expression or self.overrides or self.cases)


def unknown(kind: str, name: str, known: Collection[str]) -> UsageError:
    """The error for a name that is not known: the known ones, and the nearest."""
    hint = nearest(name, known) or "."
    return UsageError(f"no {kind} is called {name!r}{hint} Known: {', '.join(sorted(known)) or 'none'}")


def select(
    registry: Registry, selection: Selection, preset: str
) -> Iterator[tuple[Workload[Any, Any, Any], Any]]:
    """The selected (workload, params), in the workloads' order, each once.

    A workload that is named and has no case in the preset gets its first one of ``FULLER``.

    Raises UsageError for an unknown workload, a parameter that no selected workload has, a value that none
    accepts or that makes a case too large for a run file, or a malformed expression.
    """
    matches: Callable[[str], bool] = (
        parse(selection.expression) if selection.expression else lambda label: True
    )
    for name in selection.workloads:
        if name not in registry.workloads:
            raise unknown("workload", name, registry.workloads)
    chosen = [
        w
        for w in registry.workloads.values()
        if (not selection.workloads or w.id in selection.workloads)
        and (selection.cases is None or w.id in selection.cases)
    ]
    overrides = selection.overrides or {}
    known = sorted({f.name for w in chosen for f in fields(w.params)})
    for key in overrides:
        if key not in known:
            raise unknown("parameter", key, known)
    refused: dict[tuple[str, str], str] = {}
    accepted: set[tuple[str, str]] = set()
    for workload in chosen:
        try:
            own = workload.presets(preset) if selection.cases is None else selection.cases[workload.id]
            presets = list(islice(own, MOST_CASES + 1))
            if not presets and workload.id in selection.workloads:
                presets = list(islice(workload.presets(FULLER), 1))
            if len(presets) > MOST_CASES:
                raise ValueError(f"presets() gave more than {MOST_CASES} cases: does it ever end?")
            cases = list(_with_overrides(workload, presets, overrides, refused, accepted))
            found = [p for p in cases if matches(f"{workload.label(p)} {workload.id}")]
            for params in found:
                _require_recordable(workload, workload.work(params))
        except BaseException as error:  # noqa: BLE001  the workload may be a plugin's: it costs only itself
            _blame(registry, workload, error)
            continue
        for params in found:
            yield workload, params
    for setting, message in refused.items():
        if setting not in accepted:
            raise UsageError(message)


def _require_recordable(workload: Workload[Any, Any, Any], work: object) -> None:
    if not isinstance(work, Work):
        raise TypeError(f"work() must give Work, not {work!r:.80}")
    try:
        msgspec.convert(work._asdict(), WorkDone)
    except msgspec.ValidationError as error:
        raise UsageError(f"no run file can hold such a case of {workload.id}: {error}") from None


def _blame(registry: Registry, workload: Workload[Any, Any, Any], error: BaseException) -> None:
    """List the plugin of a workload that cannot say what it is as broken; a built-in one's error is ours."""
    plugin = registry.owners.get(("benchsuite_workloads", workload.id))
    if plugin is None:
        raise error
    plugin.status, plugin.error = "broken", f"workload {workload.id}: {described(error)}"


def _with_overrides(
    workload: Workload[Any, Any, Any],
    presets: Iterable[Any],
    overrides: Mapping[str, Sequence[str]],
    refused: dict[tuple[str, str], str],
    accepted: set[tuple[str, str]],
) -> Iterator[Any]:
    """The presets' cases with every combination of the settings; (name, value) of what was good for none."""
    hints = get_type_hints(workload.params)
    mine = {key: values for key, values in overrides.items() if key in hints}
    if overrides and not mine:
        return
    seen = set()
    for params, values in product(presets, list(product(*mine.values()))):
        settings = list(zip(mine, values, strict=True))
        try:
            case = replace(params, **{key: _value(key, text, hints[key]) for key, text in settings})
        except ValueError as error:
            for setting in settings:
                refused.setdefault(setting, f"--set for {workload.id}: {error}")
            continue
        accepted.update(settings)
        if case not in seen:
            seen.add(case)
            yield case


def size(text: str) -> int:
    """A whole number, of bytes where it has a unit. Raises ValueError: a sentence that lacks its subject."""
    match = _SIZE.fullmatch(text)
    if not match:
        raise ValueError(f"must be a whole number, with B, KiB, MiB or GiB if it is a size, not {text!r}")
    return int(match[1]) * _UNITS[match[2]]


def _value(key: str, text: str, kind: type) -> int | float | str:
    if kind is int:
        try:
            return size(text)
        except ValueError as error:
            raise ValueError(f"{key} {error}") from None
    if kind is float:
        try:
            return float(text)
        except ValueError:
            raise ValueError(f"{key} must be a number, not {text!r}") from None
    return text


def params_from(workload: Workload[Any, Any, Any], mapping: Mapping[str, int | str]) -> Any:
    """The params of a record's case: ``mapping`` holds them complete, floats as decimal strings."""
    hints = get_type_hints(workload.params)
    return workload.params(**{key: hints[key](value) for key, value in mapping.items()})
