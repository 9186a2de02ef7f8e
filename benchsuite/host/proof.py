"""Proof by published vectors: what measuring and injecting both ask of an implementation first."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields, replace
from typing import Any

import numpy as np

from benchsuite.api import Lane, Prepared, Unsupported, Vector
from benchsuite.host.engine import OpenBackend, Way

POISON = 0xA5  # no byte of an answer may be what an engine that does nothing leaves behind


class Wrong(Exception):
    """The answers, or the way the engine came by them, are not what was asked for: the message says why."""


def run_once(prepared: Prepared, lane: Lane) -> None:
    """One repetition from the host's inputs to the host's outputs."""
    for step in (prepared.load, prepared.run, prepared.fetch):
        if step is not None:
            step()
            lane.sync()


def check_vectors(engine: OpenBackend, way: Way) -> tuple[int, int]:
    """(passed, skipped) vectors of the workload. Raises Wrong, naming the first that fails."""
    skipped = [bool(check_vector(engine, way, vector)) for vector in way.workload.vectors()]
    return skipped.count(False), skipped.count(True)


def check_vector(engine: OpenBackend, way: Way, vector: Vector[Any, Any, Any]) -> str:
    """Prove the engine by ``vector``, through the very same ``prepare`` as everything else.

    Gives nothing, or why the backend says that it does not do such sizes. Raises Wrong, naming the vector,
    where the answer differs.
    """
    unless = engine.backend.implementations[way.workload.id, way.variant].unless
    inputs, outputs = deepcopy(vector.inputs), way.workload.outputs(vector.params)
    for field in fields(outputs):
        getattr(outputs, field.name).view(np.uint8).fill(POISON)
    try:
        if reason := unless(vector.params):
            return reason
        prepared = engine.prepare(replace(way, params=vector.params), inputs, outputs)
    except Unsupported as unsupported:
        return str(unsupported) or "unsupported"
    run_once(prepared, engine.lane(way.device))
    prepared.close()
    for field in fields(outputs):
        got, right = getattr(outputs, field.name), getattr(vector.outputs, field.name)
        if not np.array_equal(got, right):
            raise Wrong(
                f"published vector {vector.name} ({vector.source}) does not come out: "
                f"expected {field.name} {_start(right)}, got {_start(got)}"
            )
    return ""


def _start(array: np.ndarray[Any, Any]) -> str:
    """The beginning of an answer as the oracles spell it.

    Rows of bytes in hexadecimal, as they lie; wider numbers likewise, whatever the order of their bytes;
    outcomes and other single bytes as numbers.

    >>> _start(np.array([0xE3069283], np.uint32)), _start(np.array([[1, 171]], np.uint8))
    ('e3069283', '01ab')
    >>> _start(np.array([2], np.uint8))
    '2'
    """
    if array.ndim > 1 and array.itemsize == 1:
        text = array.tobytes()
        return text[:16].hex() + ("…" if len(text) > 16 else "")
    wide = array.dtype.kind == "u" and array.itemsize > 1
    numbers = [f"{n:0{2 * array.itemsize}x}" if wide else str(n) for n in array.reshape(-1)[:4].tolist()]
    return " ".join(numbers) + (" …" if array.size > 4 else "")
