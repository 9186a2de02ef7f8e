"""Bytes from one place in memory to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.machine.buffers import SIZES, presets, vary
from benchsuite.workloads.params import binary_size, require_positive
from benchsuite.workloads.streams import Bytes, canonical_bytes, case_key, random_bytes
from benchsuite.workloads.vectors import load


@dataclass(frozen=True)
class MachineCopyParams:
    """Raises ValueError for no byte."""

    buffer_bytes: int = 2**21

    def __post_init__(self) -> None:
        require_positive("buffer_bytes", self.buffer_bytes)


@dataclass(frozen=True, eq=False)
class MachineCopyInputs:
    data: Bytes
    """``uint8[buffer_bytes]``."""


@dataclass(frozen=True, eq=False)
class MachineCopyOutputs:
    data: Bytes
    """``uint8[buffer_bytes]``."""


def _inputs(params: MachineCopyParams, seed: int, slot: int) -> MachineCopyInputs:
    label = f"{case_key(MACHINE_COPY, params)} data"
    return MachineCopyInputs(data=random_bytes(label, seed, slot, params.buffer_bytes))


def _check(
    params: MachineCopyParams, inputs: MachineCopyInputs, outputs: MachineCopyOutputs, items: Items
) -> None:
    for _, place in items:
        part = slice(None) if place is None else slice(place, place + 1)
        wrong = np.flatnonzero(inputs.data[part] != outputs.data[part])
        if wrong.size:
            at = (place or 0) + int(wrong[0])
            raise Mismatch(0, f"{inputs.data[at]:02x} at byte {at}", f"{outputs.data[at]:02x}")


def _vectors() -> Iterable[Vector[MachineCopyParams, MachineCopyInputs, MachineCopyOutputs]]:
    for record in load("machine-copy.txt"):
        data = np.frombuffer(bytes.fromhex(record["data"]), np.uint8)
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=MachineCopyParams(buffer_bytes=data.size),
            inputs=MachineCopyInputs(data=data.copy()),
            outputs=MachineCopyOutputs(data=data.copy()),
        )


MACHINE_COPY = Workload(
    id="machine-copy",
    version=1,
    params=MachineCopyParams,
    label=lambda params: f"machine copy, {binary_size(params.buffer_bytes)}",
    presets=lambda preset: presets(preset, map(MachineCopyParams, SIZES)),
    inputs=_inputs,
    outputs=lambda params: MachineCopyOutputs(data=np.zeros(params.buffer_bytes, np.uint8)),
    vary=lambda params, inputs, rng, count: vary(inputs.data, rng, count),
    work=lambda params: Work(
        items=1,
        unit="buffer",
        payload_bytes=params.buffer_bytes,
        bytes_in=params.buffer_bytes,
        bytes_out=params.buffer_bytes,
    ),
    check=_check,
    canonical=canonical_bytes,
    vectors=_vectors,
)
"""A buffer copied to another."""
