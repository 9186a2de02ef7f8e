"""Thirteen backends that are honest but for one visit, which each spoils in a way of its own.

In the folder that the environment variable ``BENCHSUITE_MISBEHAVING`` names, a file called as a backend arms
it: the next ``prepare`` takes the file away, and the next ``run`` misbehaves. Without one all behave.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchsuite.api import Backend, DeviceLost, HostLane, Job, Prepared, hookimpl, host_cpu
from benchsuite.testing.encoder import encode, honest, other_sizes
from benchsuite.testing.fakes import host_backend
from benchsuite.workloads import HSIAO_ENCODE

FOLDER = "BENCHSUITE_MISBEHAVING"
HONEST = "well-behaved"
MOST_HOARDED = 1 << 30
FLOOD_BYTES = 1 << 27


def exits() -> None:
    """Ends the process without a word."""
    os._exit(0)


def raises_system_exit() -> None:
    """Takes itself for the main program."""
    sys.exit("done")


def raises_interrupt() -> None:
    """Looks like Ctrl-C."""
    raise KeyboardInterrupt


def raises_at_length() -> None:
    """Puts its data into the message."""
    raise ValueError("x" * 1_000_000)


def segfaults() -> None:
    """Reads where nothing is."""
    ctypes.string_at(0)


def aborts() -> None:
    """As a failed assertion in C does."""
    os.abort()


def hangs() -> None:
    """In C, with the GIL: no signal handler of Python's ever runs."""
    ctypes.PyDLL(None).pause()


def hoards() -> None:
    """Takes memory and touches it."""
    held = [b"x" * (1 << 24) for _ in range(MOST_HOARDED >> 24)]
    signal.pause()
    held.clear()


def chatters() -> None:
    """Writes into the pipe of the suite."""
    os.write(int(sys.argv[-1]), b"progress: 50 %\n")


def floods() -> None:
    """Warns on stderr, without end in sight."""
    for _ in range(FLOOD_BYTES >> 20):
        os.write(2, b"!" * (1 << 20))


def closes() -> None:
    """Closes every descriptor, as daemons do."""
    os.closerange(3, 4096)


def loses_its_device() -> None:
    """Says so, as the contract asks."""
    raise DeviceLost("the card fell off the bus: reboot")


def is_timed_out() -> None:
    """Has left a timer running whose signal nobody handles."""
    signal.setitimer(signal.ITIMER_REAL, 1e-3)
    signal.pause()


WAYS: tuple[Callable[[], None], ...] = (
    exits,
    raises_system_exit,
    raises_interrupt,
    raises_at_length,
    segfaults,
    aborts,
    hangs,
    hoards,
    chatters,
    floods,
    closes,
    loses_its_device,
    is_timed_out,
)


def name_of(way: Callable[[], None]) -> str:
    """The backend that misbehaves in this way."""
    return way.__name__.replace("_", "-")


def _armed(name: str) -> bool:
    folder = os.environ.get(FOLDER)
    if folder is None:
        return False
    try:
        (Path(folder) / name).unlink()
    except FileNotFoundError:
        return False
    return True


def misbehaving(way: Callable[[], None]) -> Backend[HostLane]:
    """An honest encoder that misbehaves once where it is armed."""
    name = name_of(way)
    backend = Backend(name=name, probe=host_cpu)

    @backend.implements(HSIAO_ENCODE, version=1, unless=other_sizes)
    def prepare(job: Job[Any, Any, Any, HostLane]) -> Prepared:
        due = _armed(name)

        def run() -> None:
            nonlocal due
            encode(job.inputs, job.outputs)
            if due:
                due = False
                way()

        return Prepared(run=run)

    return backend


@hookimpl
def benchsuite_backends() -> list[Backend[HostLane]]:
    """All of them as a plugin, and an honest one to be measured beside them."""
    return [host_backend(HONEST, honest), *map(misbehaving, WAYS)]
