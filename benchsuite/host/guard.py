"""What loading a plugin may not change of the process: noticed, put back, and noted."""

from __future__ import annotations

import contextlib
import io
import locale
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

SLOW_SECONDS = 1.0  # every command waits for every plugin
MOST_PRINTED = 200  # characters that a line of stderr and a cell of a table can take


@dataclass(frozen=True)
class _Aspect:
    """A part of the process that the suite or another plugin relies on."""

    name: str
    read: Callable[[], Any]
    put_back: Callable[[Any], object]


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


def _streams(before: tuple[Any, ...]) -> None:
    sys.stdin, sys.stdout, sys.stderr = before


_ASPECTS = (
    _Aspect("the working directory", _working_directory, _enter),
    _Aspect("environment variables", lambda: dict(os.environ), _environ),
    _Aspect("signal handlers", _handlers, _handle),
    _Aspect(
        "the alarm clock",
        lambda: signal.getitimer(signal.ITIMER_REAL)[0] > 0,
        lambda armed: armed or signal.setitimer(signal.ITIMER_REAL, 0),
    ),
    _Aspect(
        "the locale",
        lambda: locale.setlocale(locale.LC_ALL),
        lambda before: locale.setlocale(locale.LC_ALL, before),
    ),
    _Aspect("numpy's error mode", np.geterr, lambda before: np.seterr(**before)),
    # the filters themselves are put back by catch_warnings, which also forgets what they decided
    _Aspect("warnings filters", lambda: list(warnings.filters), lambda before: None),
    _Aspect("standard streams", lambda: (sys.stdin, sys.stdout, sys.stderr), _streams),
)


@contextlib.contextmanager
def guarded() -> Iterator[list[str]]:
    """Load a plugin within: a list of notes on it, complete when the block has ended, however it ended."""
    notes: list[str] = []
    # in memory, since a plugin may keep the stream and print to it when this is over
    python = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace", write_through=True)
    start = time.perf_counter()
    with tempfile.TemporaryFile() as native:
        try:
            with warnings.catch_warnings(), stdout_to(python, native.fileno()), _put_back(notes):
                yield notes
        finally:
            seconds = time.perf_counter() - start
            if seconds > SLOW_SECONDS:
                notes.append(f"took {seconds:.1f} s to load: import what is heavy in probe()")
            native.seek(0)
            printed = (python.buffer.getvalue() + native.read(4 * MOST_PRINTED)).decode(errors="replace")
            if printed.strip():
                notes.append(f"printed {printed.strip()[:MOST_PRINTED]!r}")


@contextlib.contextmanager
def _put_back(notes: list[str]) -> Iterator[None]:
    before = [(aspect, aspect.read()) for aspect in _ASPECTS]
    try:
        yield
    finally:
        for aspect, value in before:
            if aspect.read() != value:
                aspect.put_back(value)
                notes.append(f"changed {aspect.name}, put back")


@contextlib.contextmanager
def stdout_to(stream: TextIO, descriptor: int) -> Iterator[None]:
    """What Python prints goes to ``stream``, what native code prints to ``descriptor``."""
    sys.stdout.flush()
    saved = os.dup(1)
    try:
        os.dup2(descriptor, 1)
        with contextlib.redirect_stdout(stream):
            yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
