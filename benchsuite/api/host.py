"""The host CPU as a device: what every backend that runs on the calling thread needs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchsuite.api.types import Device


class HostLane:
    """The calling thread: work is done when ``run`` returns, so ``sync`` has nothing to wait for."""

    def sync(self) -> None:
        """Return at once."""

    def mark(self) -> int:
        """Nanoseconds of the monotonic performance counter."""
        return time.perf_counter_ns()

    def seconds(self, start: int, stop: int) -> float:
        """Seconds between two marks."""
        return (stop - start) * 1e-9


@contextmanager
def _lanes(count: int) -> Iterator[Sequence[HostLane]]:
    yield [HostLane() for _ in range(count)]


def host_cpu(facts: dict[str, str | float | None] | None = None) -> Sequence[Device[HostLane]]:
    """The host CPU, one lane a thread and allowed core; ``facts`` names the library that does the work."""
    return [Device(id="cpu", facts=facts or {}, max_lanes=_cores_allowed(), lanes=_lanes)]


def _cores_allowed() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
