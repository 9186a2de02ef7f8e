"""Bytes read, none left out: the exclusive or of all 64-bit words, which the change of any bit changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.machine.buffers import SIZES, presets, vary
from benchsuite.workloads.params import binary_size, require_positive
from benchsuite.workloads.streams import Bytes, canonical_bytes, case_key, random_bytes
from benchsuite.workloads.vectors import load

WORD_BYTES = 8


@dataclass(frozen=True)
class MachineReadParams:
    """Raises ValueError for no byte, or a part of a word."""

    buffer_bytes: int = 2**21
    """A multiple of 8."""

    def __post_init__(self) -> None:
        require_positive("buffer_bytes", self.buffer_bytes)
        if self.buffer_bytes % WORD_BYTES:
            raise ValueError(
                f"buffer_bytes must be whole words of {WORD_BYTES} bytes, not {self.buffer_bytes}"
            )


@dataclass(frozen=True, eq=False)
class MachineReadInputs:
    data: Bytes
    """``uint8[buffer_bytes]``."""


@dataclass(frozen=True, eq=False)
class MachineReadOutputs:
    word: Bytes
    """``uint8[8]``: byte i is the exclusive or of the bytes i, i + 8, i + 16, ..."""


def _inputs(params: MachineReadParams, seed: int, slot: int) -> MachineReadInputs:
    label = f"{case_key(MACHINE_READ, params)} data"
    return MachineReadInputs(data=random_bytes(label, seed, slot, params.buffer_bytes))


def _check(
    params: MachineReadParams, inputs: MachineReadInputs, outputs: MachineReadOutputs, items: Items
) -> None:
    """Reads the whole buffer: any byte may have changed the word."""
    expected = np.bitwise_xor.reduce(inputs.data.view(np.uint64)).tobytes()
    if items and expected != (got := outputs.word.tobytes()):
        raise Mismatch(0, expected.hex(), got.hex())


def _vectors() -> Iterable[Vector[MachineReadParams, MachineReadInputs, MachineReadOutputs]]:
    for record in load("machine-read.txt"):
        data, word = (np.frombuffer(bytes.fromhex(record[name]), np.uint8) for name in ("data", "word"))
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=MachineReadParams(buffer_bytes=data.size),
            inputs=MachineReadInputs(data=data.copy()),
            outputs=MachineReadOutputs(word=word.copy()),
        )


MACHINE_READ = Workload(
    id="machine-read",
    version=1,
    params=MachineReadParams,
    label=lambda params: f"machine read, {binary_size(params.buffer_bytes)}",
    presets=lambda preset: presets(preset, map(MachineReadParams, SIZES)),
    inputs=_inputs,
    outputs=lambda params: MachineReadOutputs(word=np.zeros(WORD_BYTES, np.uint8)),
    vary=lambda params, inputs, rng, count: vary(inputs.data, rng, count),
    work=lambda params: Work(
        items=1,
        unit="buffer",
        payload_bytes=params.buffer_bytes,
        bytes_in=params.buffer_bytes,
        bytes_out=WORD_BYTES,
    ),
    check=_check,
    canonical=canonical_bytes,
    vectors=_vectors,
)
"""A buffer read to its end."""
