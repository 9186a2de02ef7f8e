"""The parts of a process that the suite or another plugin relies on: how each is read and put back."""

from __future__ import annotations

import gc
import locale
import operator
import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FROM_FILE = "benchsuite_plugin_"
"""How the names of modules begin that are loaded from a plugin's file: loaded again, they are replaced."""


@dataclass(frozen=True)
class Aspect:
    """Something of the process that loading a plugin may not change."""

    name: str
    read: Callable[[], Any]
    put_back: Callable[[Any], object]
    same: Callable[[Any, Any], bool] = operator.eq
    """Whether what was read before and what is read now are as good as the same."""


def _working_directory() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None


def _enter(before: Path | None) -> None:
    if before:
        os.chdir(before)


def _handlers() -> dict[int, Any]:
    """The handlers that Python knows of; what native code installed (None) cannot be put back."""
    found = {number: signal.getsignal(number) for number in signal.valid_signals()}
    return {number: handler for number, handler in found.items() if handler is not None}


def _handle(before: dict[int, Any]) -> None:
    for number, handler in before.items():
        if signal.getsignal(number) != handler:
            signal.signal(number, handler)


def _environ(before: dict[str, str]) -> None:
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def _filters(before: list[Any]) -> None:
    warnings.filters = before


def _streams() -> dict[str, tuple[Any, bool]]:
    """Each stream, and whether it is closed, which cannot be put back."""
    found = {name: getattr(sys, name) for name in ("stdin", "stdout", "stderr", "__stdout__", "__stderr__")}
    return {name: (stream, getattr(stream, "closed", False)) for name, stream in found.items()}


def _set_streams(before: dict[str, tuple[Any, bool]]) -> None:
    for name, (stream, _) in before.items():
        setattr(sys, name, stream)


def _modules() -> dict[str, Any]:
    return {name: module for name, module in sys.modules.items() if not name.startswith(FROM_FILE)}


def _same_modules(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether none is gone, replaced, or kept (by None) from being imported."""
    hidden = {name for name, module in now.items() if module is None} - before.keys()
    return not hidden and all(now.get(name) is module for name, module in before.items())


def _set_modules(before: dict[str, Any]) -> None:
    for name in [name for name, module in _modules().items() if module is None]:
        del sys.modules[name]
    sys.modules.update(before)


def _begins_with(before: Sequence[Any], now: Sequence[Any]) -> bool:
    return now[: len(before)] == before


def _list_of_sys(name: str, attribute: str) -> Aspect:
    """What is appended shadows nothing."""
    return Aspect(
        name,
        lambda: list(getattr(sys, attribute)),
        lambda before: setattr(sys, attribute, list(before)),
        _begins_with,
    )


def _interpreter_hooks() -> tuple[Any, ...]:
    return sys.excepthook, sys.displayhook, sys.gettrace(), sys.getprofile()


def _set_interpreter_hooks(before: tuple[Any, ...]) -> None:
    sys.excepthook, sys.displayhook = before[:2]
    sys.settrace(before[2])
    sys.setprofile(before[3])


def _resource_limits() -> dict[int, tuple[int, int]]:
    numbers = {getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")}
    return {number: resource.getrlimit(number) for number in numbers}


def _set_resource_limits(before: dict[int, tuple[int, int]]) -> None:
    for number, limits in before.items():
        if resource.getrlimit(number) != limits:
            resource.setrlimit(number, limits)


def _umask() -> int:
    """It can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


ASPECTS = (
    # first, for with a low one nothing else can be put back
    Aspect("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    Aspect("the working directory", _working_directory, _enter),
    Aspect("environment variables", lambda: dict(os.environ), _environ),
    Aspect("signal handlers", _handlers, _handle),
    Aspect(
        "the alarm clock",
        lambda: signal.getitimer(signal.ITIMER_REAL)[0] > 0,
        lambda armed: armed or signal.setitimer(signal.ITIMER_REAL, 0),
    ),
    Aspect(
        "the locale",
        lambda: locale.setlocale(locale.LC_ALL),
        lambda before: locale.setlocale(locale.LC_ALL, before),
    ),
    Aspect("numpy's error mode", np.geterr, lambda before: np.seterr(**before)),
    Aspect("warnings filters", lambda: list(warnings.filters), _filters),
    Aspect("standard streams", _streams, _set_streams),
    _list_of_sys("the module search path", "path"),
    _list_of_sys("the finders of modules", "meta_path"),
    _list_of_sys("the importers of paths", "path_hooks"),
    Aspect("modules that were imported before", _modules, _set_modules, _same_modules),
    Aspect("hooks of the interpreter", _interpreter_hooks, _set_interpreter_hooks),
    Aspect("the garbage collector", gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
    Aspect("resource limits", _resource_limits, _set_resource_limits),
    Aspect("the mode of new files", _umask, os.umask),
    Aspect(
        "the priority",
        lambda: os.getpriority(os.PRIO_PROCESS, 0),
        lambda before: os.setpriority(os.PRIO_PROCESS, 0, before),
    ),
)
