"""Progress and the time left, on stderr: a live bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from benchsuite.cli.ending import printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

QUIET_SECONDS = 10.0  # between two lines where there is no terminal


class Reporter:
    """A context manager whose ``step`` may be called as often as there is news."""

    def __init__(self) -> None:
        self._phase = ""
        self._began = self._spoke = 0.0
        self._live: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Reporter:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

            self._live = Progress(
                TextColumn("{task.description:<10}", markup=False),
                BarColumn(bar_width=24),
                TimeElapsedColumn(),
                TextColumn("ETA"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[label]}", markup=False),
                console=Console(stderr=True),
                transient=True,
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def step(self, phase: str, done: int, total: int | None, label: str) -> None:
        """``done`` of ``total`` steps of ``phase`` are over; ``label`` comes next."""
        new = phase != self._phase
        if new:
            self._phase, self._began, self._spoke = phase, time.monotonic(), 0.0
        if self._live is not None:
            if new or self._task is None:
                if self._task is not None:
                    self._live.remove_task(self._task)
                self._task = self._live.add_task(phase, total=total, label=label)
            self._live.update(self._task, completed=done, total=total, label=printable(label[:60]))
        elif new or time.monotonic() - self._spoke >= QUIET_SECONDS:
            self._spoke = time.monotonic()
            print(f"benchsuite: {phase} {self._share(done, total)}", file=sys.stderr, flush=True)

    def waiting(self, what: str, seconds: float) -> None:
        """The step under way is waited for, ``seconds`` at most: a hang must not look like a slow engine."""
        if self._live is not None and self._task is not None:
            self._live.update(self._task, label=printable(f"{what[:60]} (at most {seconds:g} s)"))
        elif time.monotonic() - self._spoke >= QUIET_SECONDS:
            self._spoke = time.monotonic()
            told = printable(f"benchsuite: waiting for {what}, at most {seconds:g} s")
            print(told, file=sys.stderr, flush=True)

    def _share(self, done: int, total: int | None) -> str:
        if not total:
            return str(done)
        spent = time.monotonic() - self._began
        left = f", about {spent / done * (total - done):.0f} s left" if done and spent > 1 else ""
        return f"{done} of {total}{left}"
