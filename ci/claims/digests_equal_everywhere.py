#!/usr/bin/env python3
"""Claim: the digests of all backends are equal in every canonical workload, in cases of the standard preset.

The largest cases are left out (above 1 MiB of payload): nothing in them is new, and they are slow in Python.
"""

from __future__ import annotations

import hashlib
import sys
from collections import defaultdict
from typing import Any

from benchsuite.api import Unavailable, Unsupported
from benchsuite.host.engine import Engine, Way, origin
from benchsuite.host.plugins import discover
from benchsuite.host.proof import run_once

LARGEST_BYTES = 1 << 20
CASES = 24  # of a workload, spread over its preset


def digest(engine: Engine, workload: Any, params: Any) -> str | None:
    """SHA-256 of the backend's canonical answer; None where it does not do this case."""
    implementation = engine.backend.implementations.get((workload.id, ""))
    if implementation is None or implementation.unless(params):
        return None
    device = next(iter(engine.devices.values()))
    way = Way(workload=workload, params=params, variant="", device=device.id, scope=device.scopes[0])
    outputs = workload.outputs(params)
    try:
        prepared = engine.prepare(way, workload.inputs(params, 1, 0), outputs)
    except Unsupported:
        return None
    run_once(prepared, engine.lane(device.id))
    return hashlib.sha256(workload.canonical(outputs)).hexdigest()


def main() -> int:
    """0 where the claim holds."""
    registry = discover()
    engines = {}
    for name in registry.backends:
        try:
            engines[name] = Engine(origin(registry, name).request())
        except Unavailable as reason:
            print(f"{name}: {reason}")
    good = True
    compared: dict[str, int] = defaultdict(int)
    for workload in registry.workloads.values():
        cases = [p for p in workload.presets("standard") if workload.work(p).payload_bytes <= LARGEST_BYTES]
        for params in cases[:: max(1, len(cases) // CASES)]:
            digests = {name: digest(engine, workload, params) for name, engine in engines.items()}
            given = {name: value for name, value in digests.items() if value}
            compared[workload.id] += len(given) >= 2
            if len(set(given.values())) > 1:
                good = False
                print(f"{workload.label(params)}: NOT EQUAL: {given}")
    shared = {id_: count for id_, count in compared.items() if count}
    print(", ".join(f"{id_} {count}" for id_, count in shared.items()))
    print(
        f"{sum(shared.values())} cases of {len(shared)} workloads compared: "
        f"{'all equal' if good else 'NOT ALL EQUAL'}"
    )
    return 0 if good and len(shared) >= 9 else 1


if __name__ == "__main__":
    sys.exit(main())
