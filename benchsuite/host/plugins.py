"""Discovery: every plugin on its own, so that a broken one costs only itself and is listed with its error."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pluggy

from benchsuite.api import API, PROJECT, Backend, Command, ErrorModel, ReportFormat, Workload, hooks

NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
BUILT_IN = "benchsuite"

Status = Literal["loaded", "broken", "blocked", "conflict"]


class UsageError(Exception):
    """What the user asked for cannot be; the message names the thing and the remedy. Exit code 2."""


@dataclass
class Plugin:
    """One registered object, and what became of it."""

    name: str
    source: str
    """``entry:NAME``, or what ``--plugin`` was given: enough to load it again in a worker."""
    version: str = ""
    distribution: str = ""
    status: Status = "loaded"
    error: str = ""
    hooks: list[str] = field(default_factory=list)


@dataclass
class Registry:
    """All that the plugins brought; the first to claim a name has it."""

    plugins: list[Plugin] = field(default_factory=list)
    backends: dict[str, Backend[Any]] = field(default_factory=dict)
    workloads: dict[str, Workload[Any, Any, Any]] = field(default_factory=dict)
    error_models: dict[str, ErrorModel] = field(default_factory=dict)
    formats: dict[str, ReportFormat] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    owners: dict[tuple[str, str], Plugin] = field(default_factory=dict)
    """(hook, name) -> the plugin that brought it."""
    _observers: list[tuple[Plugin, Callable[..., object], str]] = field(default_factory=list)

    def notify(self, hook: str, **facts: object) -> list[str]:
        """Call the observers of ``hook``; a failing one is dropped, and described in what is returned."""
        troubles = []
        for entry in [e for e in self._observers if e[2] == hook]:
            plugin, call, _ = entry
            try:
                with _quiet():
                    call(**facts)
            except BaseException as error:  # noqa: BLE001  an observer must not end a run
                self._observers.remove(entry)
                troubles.append(
                    f"plugin {plugin.name}: {hook} failed and is no longer called: {described(error)}"
                )
        return troubles


# hook -> (type of its objects, the registry's dictionary, the attribute that names an object)
_COLLECTED: Mapping[str, tuple[type, str, str]] = {
    "benchsuite_backends": (Backend, "backends", "name"),
    "benchsuite_workloads": (Workload, "workloads", "id"),
    "benchsuite_error_models": (ErrorModel, "error_models", "name"),
    "benchsuite_report_formats": (ReportFormat, "formats", "name"),
    "benchsuite_commands": (Command, "commands", "name"),
}
_OBSERVERS = ("benchsuite_run_started", "benchsuite_cell_finished", "benchsuite_run_finished")


def discover(
    *, blocked: Collection[str] = (), extra: Iterable[str] = (), only: Collection[str] | None = None
) -> Registry:
    """Load the plugins of the entry-point group ``benchsuite``, and ``extra`` (``.py`` files or modules).

    ``blocked`` names plugins or distributions that are not even imported; ``only``, if given, the sources
    that are. Raises UsageError for an ``extra`` that is neither a file nor a module.
    """
    from benchsuite.workloads import WORKLOADS

    registry = Registry(workloads={w.id: w for w in WORKLOADS})
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hooks)
    for plugin, load in [*_entry_points(), *_extras(extra)]:
        if only is not None and plugin.source not in only:
            continue
        registry.plugins.append(plugin)
        if {plugin.name, plugin.distribution} & set(blocked):
            plugin.status, plugin.error = "blocked", "blocked by --no-plugin or BENCHSUITE_NO_PLUGINS"
            continue
        try:
            with _quiet():
                manager.register(load(), plugin.source)
                manager.check_pending()
                _collect(registry, manager, plugin)
        except BaseException as error:  # noqa: BLE001  a plugin may raise anything
            manager.unregister(name=plugin.source)
            plugin.status, plugin.error = "broken", described(error)
    registry._observers += _observers(manager, registry.plugins)
    return registry


def _observers(
    manager: pluggy.PluginManager, plugins: Iterable[Plugin]
) -> Iterator[tuple[Plugin, Callable[..., object], str]]:
    """Each observer on its own. Once all are known: a subset of pluggy's grows with later plugins."""
    for plugin in plugins:
        others = [p for p in manager.get_plugins() if manager.get_name(p) != plugin.source]
        for hook in _OBSERVERS:
            if hook in plugin.hooks:
                yield plugin, manager.subset_hook_caller(hook, remove_plugins=others), hook


def _entry_points() -> list[tuple[Plugin, Callable[[], object]]]:
    found = importlib.metadata.entry_points(group=PROJECT)
    return [
        (
            Plugin(
                name=entry.name,
                source=f"entry:{entry.name}",
                version=entry.dist.version if entry.dist else "",
                distribution=entry.dist.name if entry.dist else "",
            ),
            entry.load,
        )
        for entry in sorted(found, key=lambda e: e.name)
    ]


def _extras(extra: Iterable[str]) -> list[tuple[Plugin, Callable[[], object]]]:
    found = []
    for text in dict.fromkeys(extra):
        # workers must find the file wherever a plugin has led them meanwhile
        source = str(Path(text).resolve()) if Path(text).is_file() else text
        found.append(
            (Plugin(name=Path(text).stem.rpartition(".")[2] or text, source=source), _loader(source))
        )
    return found


def _loader(text: str) -> Callable[[], object]:
    path = Path(text)
    if path.suffix == ".py" or len(path.parts) > 1 or path.exists():
        if not path.is_file():
            what = "not a file" if path.exists() else "there is no such file"
            raise UsageError(f"--plugin {text}: {what}; name a .py file or a module")
        return lambda: _load_file(path)
    try:
        with _quiet():  # finding a module imports the package that it is in
            known = importlib.util.find_spec(text) is not None
    except ModuleNotFoundError as error:
        known = not text.startswith(error.name or text)  # else its package lacks something
    except BaseException as error:  # noqa: BLE001  a broken package: loading it says how
        known = bool(described(error))
    if not known:
        raise UsageError(f"--plugin {text}: neither a .py file nor a module that can be imported")
    return lambda: importlib.import_module(text)


def _load_file(path: Path) -> object:
    name = f"benchsuite_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded as Python source")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look their module up
    spec.loader.exec_module(module)
    return module


def _collect(registry: Registry, manager: pluggy.PluginManager, plugin: Plugin) -> None:
    """Call the plugin's own hooks, its iterators consumed here; add all that it brings, or nothing."""
    others = [p for p in manager.get_plugins() if manager.get_name(p) != plugin.source]
    mine = manager.get_plugin(plugin.source)
    implemented = [caller.name for caller in manager.get_hookcallers(mine) or []]
    found: list[tuple[str, str, Any]] = []
    for hook in implemented:
        if hook in _COLLECTED:
            kind, _, attribute = _COLLECTED[hook]
            for result in manager.subset_hook_caller(hook, remove_plugins=others)():
                for value in result:
                    _validate(hook, kind, attribute, value)
                    found.append((hook, getattr(value, attribute), value))
    plugin.hooks = implemented
    for hook, name, value in found:
        table: dict[str, Any] = getattr(registry, _COLLECTED[hook][1])
        if name in table:
            owner = registry.owners.get((hook, name))
            plugin.status = "conflict"
            plugin.error = f"{name!r} belongs to plugin {owner.name if owner else BUILT_IN} already"
            continue
        table[name] = value
        registry.owners[hook, name] = plugin


def _validate(hook: str, kind: type, attribute: str, value: object) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{hook} must give {kind.__name__} objects, not {type(value).__name__}")
    name = getattr(value, attribute)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(f"{hook}: {name!r} is no name: lower-case letters, digits, '.', '_' and '-'")
    if isinstance(value, Backend) and value.api != API:
        if type(value.api) is not int:
            raise TypeError(f"api of backend {name} must be a whole number, not {value.api!r}")
        advice = "upgrade benchsuite" if value.api > API else "upgrade the plugin"
        raise ValueError(f"backend {name} is written for API {value.api!r}, this is API {API}: {advice}")


def described(error: BaseException) -> str:
    """An exception in one line; raises KeyboardInterrupt again, which is the user's."""
    if isinstance(error, KeyboardInterrupt):
        raise error
    try:
        text = " ".join(f"{type(error).__name__}: {error}".split())
    except Exception:  # noqa: BLE001  even its __str__ may be a plugin's
        text = type(error).__name__
    return text[:500]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What is printed meanwhile, by whatever means, goes to stderr: stdout is for results."""
    sys.stdout.flush()
    saved = os.dup(1)
    try:
        os.dup2(2, 1)
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
