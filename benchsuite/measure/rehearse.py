"""The worker's side of an estimate: a pool is prepared and run as in a visit, once; nothing is recorded."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from benchsuite.api import Unsupported
from benchsuite.host.proof import Wrong
from benchsuite.measure.bench import Bench
from benchsuite.measure.gate import checked_items
from benchsuite.measure.layout import INPUTS
from benchsuite.measure.probes import seconds_of
from benchsuite.measure.sample import calibrate, sample


def rehearse(
    opened: Callable[[], AbstractContextManager[Bench]],
    vectors: Callable[[], object] | None,
    *,
    least_seconds: float,
    longest_repetition_seconds: float | None,
) -> dict[str, Any]:
    """The fields of a ``Pilot`` but for the overhead, and ``seconds``, all of them; or ``refused``, a reason.

    ``opened`` prepares the pool; ``vectors`` proves the implementation. A repetition that the preset finds
    too long is not sampled.
    """
    begin = time.perf_counter()
    try:
        with opened() as bench:
            bench.digest()
            reply: dict[str, Any] = {"setup_seconds": time.perf_counter() - begin, "slots": len(bench.slots)}
            reply |= _costs(bench, least_seconds, longest_repetition_seconds)
            reply["open_bytes"] = _own_bytes()
        reply["vectors_seconds"] = seconds_of(vectors) if vectors else 0.0
    except (Wrong, Unsupported) as reason:
        return {"refused": str(reason)}
    return reply | {"resting_bytes": _own_bytes(), "seconds": time.perf_counter() - begin}


def _costs(bench: Bench, least_seconds: float, longest_repetition_seconds: float | None) -> dict[str, Any]:
    slot = bench.slots[-1]
    check = seconds_of(lambda: bench.check(slot, checked_items(bench), slot.original))
    begin = time.perf_counter()
    k, repetition = calibrate(bench, least_seconds)
    calibration, audit = time.perf_counter() - begin, 0.0
    if longest_repetition_seconds is None or repetition <= longest_repetition_seconds:
        begin = time.perf_counter()
        taken = sample(bench, k)
        audit = time.perf_counter() - begin - taken.wall_seconds
        repetition = taken.wall_seconds / taken.repetitions
    return {
        "check_seconds": check,
        "calibration_seconds": calibration,
        "repetitions": k,
        "repetition_seconds": repetition,
        "audit_seconds": max(audit, 0.0),
        "vary_seconds": seconds_of(lambda: bench.vary(slot, None)),
    }


def _own_bytes() -> int:
    """Memory of this process alone. Of the inputs that all workers map, only pages that it changed."""
    import psutil

    maps = psutil.Process().memory_maps()
    return sum(m.anonymous if INPUTS in m.path else m.private_clean + m.private_dirty for m in maps)
