"""Protections through the real engine, and objects struck at chosen places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from benchsuite.host.engine import Engine
from benchsuite.host.plugins import Registry
from benchsuite.inject.models import parse_model
from benchsuite.inject.protect.objects import Objects, block_of
from benchsuite.inject.protect.scheme import Guard
from benchsuite.inject.protect.schemes import scheme_called
from benchsuite.inject.protect.step import Route
from benchsuite.workloads import WORKLOADS

ROUTE = Route(device="cpu", scope="end-to-end", variants={workload.id: "" for workload in WORKLOADS})

Objected = Callable[..., Objects]
Guarded = Callable[[str, int], Guard]
Struck = Callable[[str, int, list[list[int]]], Counter[str]]


@pytest.fixture
def objects() -> Objected:
    def make(name: str, model: str, data_bytes: int = 64, seed: int = 1) -> Objects:
        scheme = scheme_called(name, data_bytes)
        return Objects(scheme=scheme, model=parse_model(model, Registry()), seed=seed)

    return make


@pytest.fixture
def guard(engine: Engine) -> Guarded:
    def make(name: str, data_bytes: int) -> Guard:
        scheme = scheme_called(name, data_bytes)
        return scheme.guard(engine, ROUTE, block_of(scheme))

    return make


@pytest.fixture
def strike(guard: Guarded) -> Struck:
    """Outcomes of objects of which each has the given places flipped."""

    def run(name: str, data_bytes: int, patterns: list[list[int]]) -> Counter[str]:
        prepared, counts = guard(name, data_bytes), Counter[str]()
        block = block_of(scheme_called(name, data_bytes))
        for start in range(0, len(patterns), block):
            some = patterns[start : start + block]
            data = np.random.default_rng(start).integers(256, size=(len(some), data_bytes), dtype=np.uint8)
            prepared.store(start, data)
            which = [row for row, places in enumerate(some) for _ in places]
            prepared.flip(
                np.array(which, np.int64), np.array([place for places in some for place in places], np.int64)
            )
            reported, silent = prepared.read(start, data)
            for was_reported, was_silent in zip(reported.tolist(), silent.tolist(), strict=True):
                hiding = "detected_hiding_silent" if was_silent else "detected"
                counts[hiding if was_reported else "silent" if was_silent else "corrected"] += 1
        prepared.close()
        return counts

    return run
