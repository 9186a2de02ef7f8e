"""Discovery: every plugin on its own, so that a broken one costs only itself and is listed with its error."""

from __future__ import annotations

import difflib
import importlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pluggy

from benchsuite.api import (
    PROJECT,
    Backend,
    Command,
    ErrorModel,
    ReportFormat,
    Workload,
    hooks,
)
from benchsuite.host.aspects import FROM_FILE
from benchsuite.host.guard import guarded, stdout_to
from benchsuite.host.objects import COLLECTED, objects
from benchsuite.workers.place import own_place

Status = Literal["loaded", "broken", "blocked", "conflict"]


class UsageError(Exception):
    """What the user asked for cannot be; the message names the thing and the remedy. Exit code 2."""


@dataclass
class Plugin:
    """One registered object, and what became of it."""

    name: str
    source: str
    """``entry:DISTRIBUTION:NAME``, or what ``--plugin`` was given: enough to load it again in a worker."""
    version: str = ""
    distribution: str = ""
    status: Status = "loaded"
    error: str = ""
    hooks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What it did to the process while it was loaded; all of it put back."""


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
    reserved: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Hook -> names of what is built in beside workloads: no plugin may take them."""
    _observers: list[tuple[Plugin, Callable[..., object], str]] = field(default_factory=list)

    def notify(self, hook: str, **facts: object) -> list[str]:
        """Call the observers of ``hook``; a failing one is dropped, and described in what is returned."""
        troubles = []
        for entry in [e for e in self._observers if e[2] == hook]:
            plugin, call, _ = entry
            try:
                with stdout_to(sys.stderr, 2):  # stdout is for results
                    call(**facts)
            except BaseException as error:  # noqa: BLE001  an observer must not end a run
                self._observers.remove(entry)
                troubles.append(
                    f"plugin {plugin.name}: {hook} failed and is no longer called: {described(error)}"
                )
        return troubles


_OBSERVERS = ("benchsuite_run_started", "benchsuite_cell_finished", "benchsuite_run_finished")


def discover(
    *,
    blocked: Collection[str] = (),
    extra: Iterable[str] = (),
    only: Collection[str] | None = None,
    fatal: Mapping[str, str] | None = None,
    reserved: Mapping[str, Collection[str]] | None = None,
) -> Registry:
    """Load the plugins of the entry-point group ``benchsuite``, and ``extra`` (files or modules).

    ``blocked`` names plugins or distributions that are not even imported; ``only``, if given, the sources
    that are; ``fatal`` maps the sources that must not be imported here to the reason; ``reserved`` is the
    registry's. Raises UsageError for an ``extra`` that is no ``.py`` file, ``.so`` library or module.
    """
    from benchsuite.workloads import WORKLOADS

    registry = Registry(workloads={w.id: w for w in WORKLOADS}, reserved=reserved or {})
    manager = new_manager()
    for plugin, load in candidates(extra, blocked, only):
        registry.plugins.append(plugin)
        if plugin.status != "loaded":
            continue
        if fatal and plugin.source in fatal:
            plugin.status, plugin.error = "broken", fatal[plugin.source]
            continue
        try:
            with guarded() as plugin.notes:
                enrol(registry, manager, plugin, load())
        except BaseException as error:  # noqa: BLE001  a plugin may raise anything
            manager.unregister(name=plugin.source)
            plugin.status, plugin.error = "broken", described(error) + own_place(error)
    registry._observers += _observers(manager, registry.plugins)
    return registry


def new_manager() -> pluggy.PluginManager:
    """A manager that knows the hooks of ``benchsuite.api`` and no plugin."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hooks)
    return manager


def candidates(
    extra: Iterable[str], blocked: Collection[str] = (), only: Collection[str] | None = None
) -> list[tuple[Plugin, Callable[[], object]]]:
    """Every plugin, or those of the sources ``only``, each with the function that imports it.

    Those named in ``blocked`` are ``blocked``; of two that have one name, the second is a ``conflict``.
    """
    found = {
        plugin.source: (plugin, load)
        for plugin, load in [*_entry_points(), *_extras(extra)]
        if only is None or plugin.source in only
    }
    first: dict[str, Plugin] = {}
    for plugin, _ in found.values():
        if {plugin.name, plugin.distribution} & set(blocked):
            plugin.status, plugin.error = "blocked", "blocked by --no-plugin or BENCHSUITE_NO_PLUGINS"
        elif (other := first.setdefault(plugin.name, plugin)) is not plugin:
            plugin.status = "conflict"
            plugin.error = (
                f"{_origin(other)} brings a plugin called {plugin.name} too: {_remedy(other, plugin)}"
            )
    return list(found.values())


def _origin(plugin: Plugin) -> str:
    return f"distribution {plugin.distribution}" if plugin.distribution else "another --plugin"


def _remedy(first: Plugin | None, second: Plugin) -> str:
    """How to be rid of one of two plugins that do not go together."""
    if first is None:
        return f"rename it, or pass --no-plugin {second.name}"
    names = [p.name if first.name != second.name else p.distribution for p in (first, second)]
    ways = [f"--no-plugin {name}" for name in names if name]
    return f"pass {' or '.join(ways)}" if ways else "name one of the two only, or rename its file"


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
                source=f"entry:{entry.dist.name if entry.dist else ''}:{entry.name}",
                version=entry.dist.version if entry.dist else "",
                distribution=entry.dist.name if entry.dist else "",
            ),
            entry.load,
        )
        for entry in sorted(found, key=lambda e: (e.name, e.dist.name if e.dist else ""))
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
    if path.suffix in (".py", ".so") or len(path.parts) > 1 or path.exists():
        if not path.is_file():
            what = "not a file" if path.exists() else "there is no such file"
            raise UsageError(f"--plugin {text}: {what}; name a .py file, a .so library or a module")
        if ".so" not in path.suffixes and path.suffix != ".py":
            raise UsageError(f"--plugin {text}: it ends neither in .py nor in .so")
        return lambda: _load_library(path) if ".so" in path.suffixes else _load_file(path)
    if not _can_be_found(text):
        raise UsageError(
            f"--plugin {text}: neither a .py file nor a module that can be imported, nor a .so library"
        )
    return lambda: importlib.import_module(text)


def _can_be_found(module: str) -> bool:
    """Whether there is such a module. ``importlib.util.find_spec`` would import the packages around it."""
    parts, path = module.split("."), None
    for end in range(1, len(parts) + 1):
        name = ".".join(parts[:end])
        found = (finder.find_spec(name, path) for finder in sys.meta_path)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is None or (end < len(parts) and spec.submodule_search_locations is None):
            return False
        path = spec.submodule_search_locations
    return True


def _load_library(path: Path) -> object:
    from benchsuite.api import native

    return native.module(path)


def _load_file(path: Path) -> object:
    name = FROM_FILE + path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded as Python source")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look their module up
    spec.loader.exec_module(module)
    return module


def enrol(registry: Registry, manager: pluggy.PluginManager, plugin: Plugin, module: object) -> None:
    """Call the plugin's own hooks, its iterators consumed here; add all that it brings, or nothing.

    Raises whatever the plugin raises, and TypeError or ValueError for what cannot be used.
    """
    if (other := manager.get_name(module)) is not None:
        raise ValueError(f"its module is that of plugin {other} already: name it once")
    manager.register(module, plugin.source)
    callers = manager.get_hookcallers(module) or []
    for caller in callers:
        mine = [i for i in caller.get_hookimpls() if i.plugin is module and not i.optionalhook]
        if mine and not caller.has_spec():
            raise ValueError(f"no hook is called {caller.name}{nearest(caller.name, vars(hooks))}")
    others = [p for p in manager.get_plugins() if p is not module]
    found = [
        (caller.name, value)
        for caller in callers
        if caller.name in COLLECTED
        for value in objects(caller.name, manager.subset_hook_caller(caller.name, remove_plugins=others)())
    ]
    plugin.hooks = [caller.name for caller in callers]
    conflicts = []
    for hook, value in found:
        _, kind, table_name, attribute = COLLECTED[hook]
        name, table = getattr(value, attribute), getattr(registry, table_name)
        if name in table or name in registry.reserved.get(hook, ()):
            owner = registry.owners.get((hook, name))
            whose = f"is plugin {owner.name}'s" if owner else "is built in"
            conflicts.append(f"{kind} {name} {whose} already: {_remedy(owner, plugin)}")
            continue
        table[name] = value
        registry.owners[hook, name] = plugin
    if conflicts:
        plugin.status, plugin.error = "conflict", "; ".join(conflicts)


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean …?`` where something known is close to ``name``, else nothing."""
    found = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {found[0]}?" if found else ""


def described(error: BaseException) -> str:
    """An exception in one line; raises KeyboardInterrupt again, which is the user's."""
    if isinstance(error, KeyboardInterrupt):
        raise error
    try:
        text = " ".join(f"{type(error).__name__}: {error}".split())
    except Exception:  # noqa: BLE001  even its __str__ may be a plugin's
        text = type(error).__name__
    return text[:500]
