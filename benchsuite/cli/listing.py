"""``benchsuite list``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from benchsuite.cli.ending import GOOD
from benchsuite.cli.output import show_object, show_rows
from benchsuite.cli.session import load, open_session
from benchsuite.host.objects import COLLECTED
from benchsuite.host.plugins import Plugin, Registry
from benchsuite.host.presets import PRESETS
from benchsuite.inject.erasures import TAKING
from benchsuite.inject.faults.targets import TARGETS
from benchsuite.inject.models import error_models
from benchsuite.report import numbers
from benchsuite.report.formats import FORMATS
from benchsuite.workloads.codes import CODES
from benchsuite.workloads.codes.composed import NAMES, SHORT_NAMES, composed
from benchsuite.workloads.codes.erasure_params import NAMED

Items = list[dict[str, Any]]


def list_command(what: str, *, plugins: Sequence[str], blocked: Sequence[str], json: bool) -> int:
    """Print what there is of one kind."""
    if what == "backends":
        items = _backends(plugins, blocked)
    else:
        items = _KINDS[what](load(plugins=plugins, blocked=blocked))
    if json:
        show_object("list", {"items": items})
    else:
        titles = [title for title in items[0] if title != "hooks"] if items else ["name"]
        show_rows(titles, [[_text(title, item[title]) for title in titles] for item in items])
    return GOOD


def _backends(plugins: Sequence[str], blocked: Sequence[str]) -> Items:
    session = open_session([], plugins=plugins, blocked=blocked, whole=False)
    return [
        {
            "name": name,
            "status": "unavailable" if probe.unavailable else "available",
            "devices": [device for device, _ in probe.devices],
            "workloads": sorted({id_ for id_, _ in session.registry.backends[name].implementations}),
            "reason": probe.unavailable,
        }
        for name, probe in session.probes.items()
    ]


def _workloads(registry: Registry) -> Items:
    return [
        {
            "name": workload.id,
            "version": workload.version,
            "parameters": {f.name: f.default for f in fields(workload.params)},
            "backends": sorted(
                backend.name
                for backend in registry.backends.values()
                if any(id_ == workload.id for id_, _ in backend.implementations)
            ),
        }
        for workload in registry.workloads.values()
    ]


def _codes(registry: Registry) -> Items:
    linear = [
        _code(name, known.n, known.k, known.symbol_bits, known.distance, known.corrects)
        | {"exact_distance": known.exact_distance, "rebuilds": known.r // known.symbol_bits if told else 0}
        for name, known, told in ((name, of.linear, of.family in TAKING) for name, of in CODES.items())
    ]
    # whatever a chip does is one symbol of the rank, and its own bits are as many as its word has
    both = [
        _code(name, of.n, of.k, of.inside.n, of.rank.linear.distance, of.rank.corrects)
        for name, of in ((name, composed(name)) for name in (*NAMES, *SHORT_NAMES))
        if of is not None
    ]
    erasure = [
        _code(name, 8 * params["n"], 8 * params["k"], 8, params["n"] - params["k"] + 1, 0)
        | {"detects": 0, "rebuilds": params["n"] - params["k"]}
        for name, params in NAMED.items()
    ]
    return [*linear, *both, *erasure]


def _code(name: str, n: int, k: int, symbol_bits: int, distance: int, corrects: int) -> dict[str, Any]:
    return {
        "name": name,
        "n": n,
        "k": k,
        "check_bits": n - k,
        "overhead": (n - k) / k,
        "symbol_bits": symbol_bits,
        "distance": distance,
        "exact_distance": True,
        "corrects": corrects,
        "detects": distance - 1 - corrects,
        "rebuilds": 0,
    }


def _plugins(registry: Registry) -> Items:
    return [
        {
            "name": p.name,
            "version": p.version,
            "distribution": p.distribution,
            "hooks": p.hooks,
            "status": p.status,
            "error": p.error,
            "notes": p.notes,
            "brings": _brought(p, registry),
        }
        for p in registry.plugins
    ]


def _brought(plugin: Plugin, registry: Registry) -> list[str]:
    """The objects that are its own, as ``backend numpy``; of a command the help too."""
    found = []
    for (hook, name), owner in registry.owners.items():
        if owner is plugin:
            help_ = f": {registry.commands[name].help}" if hook == "benchsuite_commands" else ""
            found.append(f"{COLLECTED[hook][1]} {name}{help_}")
    return found


def _error_models(registry: Registry) -> Items:
    return [{"name": m.name, "syntax": m.syntax, "help": m.help} for m in error_models(registry).values()]


def _faults(registry: Registry) -> Items:
    return [
        {
            "name": name,
            "faults": list(target.faults),
            "backends": sorted(
                backend.name
                for backend in registry.backends.values()
                if target.workload and any(id_ == target.workload.id for id_, _ in backend.implementations)
            ),
        }
        for name, target in TARGETS.items()
    ]


def _formats(registry: Registry) -> Items:
    return [{"name": f.name, "suffix": f.suffix} for f in {**registry.formats, **FORMATS}.values()]


def _presets(registry: Registry) -> Items:
    return [asdict(preset) for preset in PRESETS.values()]


_KINDS: Mapping[str, Callable[[Registry], Items]] = {
    "workloads": _workloads,
    "codes": _codes,
    "plugins": _plugins,
    "error-models": _error_models,
    "faults": _faults,
    "formats": _formats,
    "presets": _presets,
}


def _text(title: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return numbers.percent(value) if title == "overhead" else str(value)
    return "" if value is None else str(value)
