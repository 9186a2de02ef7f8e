"""Multiply-adds of doubles: the product of two square matrices, of integers so small that it is exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.params import preset_cases, require_positive
from benchsuite.workloads.streams import canonical_bytes, case_key, random_bytes
from benchsuite.workloads.vectors import load

Matrix: TypeAlias = npt.NDArray[np.float64]

SIZES = (64, 256, 1024)
LARGEST = 16
"""Entries are 1 ... 16: their sums stay far below 2^53, so that no order of adding rounds."""
LARGEST_SIZE = 2**15
TOGETHER = 2**20  # multiply-adds of a step of the check


@dataclass(frozen=True)
class MachineMultiplyAddParams:
    """Raises ValueError for no row, or too many for any memory."""

    size: int = 256
    """Rows and columns of each matrix."""

    def __post_init__(self) -> None:
        require_positive("size", self.size)
        if self.size > LARGEST_SIZE:
            raise ValueError(f"size must be at most {LARGEST_SIZE}, not {self.size}: give one such as 1024")


@dataclass(frozen=True, eq=False)
class MachineMultiplyAddInputs:
    left: Matrix
    """``float64[size, size]``, whole numbers."""
    right: Matrix


@dataclass(frozen=True, eq=False)
class MachineMultiplyAddOutputs:
    product: Matrix
    """``float64[size, size]``."""


def _presets(preset: str) -> Iterable[MachineMultiplyAddParams]:
    every = [MachineMultiplyAddParams(size=size) for size in SIZES]
    return preset_cases(preset, {"smoke": [], "quick": [], "standard": every, "publication": every})


def _entries(label: str, seed: int, slot: int, size: int) -> Matrix:
    drawn = random_bytes(label, seed, slot, size * size).reshape(size, size)
    return (drawn % LARGEST + 1).astype(np.float64)


def _inputs(params: MachineMultiplyAddParams, seed: int, slot: int) -> MachineMultiplyAddInputs:
    key = case_key(MACHINE_MULTIPLY_ADD, params)
    left, right = (_entries(f"{key} {name}", seed, slot, params.size) for name in ("left", "right"))
    return MachineMultiplyAddInputs(left=left, right=right)


def _vary(
    params: MachineMultiplyAddParams, inputs: MachineMultiplyAddInputs, rng: Random, count: int | None
) -> Items:
    """An entry of the left or the right matrix for each item; its mirror image in 1 ... 16 is another."""
    size = params.size
    if count is None:
        for matrix in (inputs.left, inputs.right):
            matrix[...] = _entries("renewed", rng.getrandbits(128), 0, size)
        return [(item, None) for item in range(size * size)]
    chosen = rng.sample(range(size * size), min(count, size * size))
    for item in chosen:
        matrix = inputs.left if rng.random() < 0.5 else inputs.right
        at = divmod(item, size)
        matrix[at] = LARGEST + 1 - matrix[at]
    return [(item, None) for item in chosen]


def _check(
    params: MachineMultiplyAddParams,
    inputs: MachineMultiplyAddInputs,
    outputs: MachineMultiplyAddOutputs,
    items: Items,
) -> None:
    elements = [item for item, _ in items]
    together = max(1, TOGETHER // params.size)
    for start in range(0, len(elements), together):
        some = elements[start : start + together]
        rows, columns = np.divmod(some, params.size)
        expected = (inputs.left[rows] * inputs.right.T[columns]).sum(axis=1)
        got = outputs.product[rows, columns]
        wrong = np.flatnonzero(~(expected == got))
        if wrong.size:
            at = wrong[0]
            raise Mismatch(some[at], expected[at], got[at])


def _matrix(text: str) -> Matrix:
    """Rows parted by semicolons."""
    return np.array([[float(entry) for entry in row.split()] for row in text.split(";")])


def _vectors() -> Iterable[
    Vector[MachineMultiplyAddParams, MachineMultiplyAddInputs, MachineMultiplyAddOutputs]
]:
    for record in load("machine-multiply-add.txt"):
        left, right, product = (_matrix(record[name]) for name in ("left", "right", "product"))
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=MachineMultiplyAddParams(size=len(left)),
            inputs=MachineMultiplyAddInputs(left=left, right=right),
            outputs=MachineMultiplyAddOutputs(product=product),
        )


def _work(params: MachineMultiplyAddParams) -> Work:
    matrix_bytes = 8 * params.size**2
    return Work(
        items=params.size**2,
        unit="element",
        payload_bytes=2 * matrix_bytes,
        bytes_in=2 * matrix_bytes,
        bytes_out=matrix_bytes,
    )


MACHINE_MULTIPLY_ADD = Workload(
    id="machine-multiply-add",
    version=1,
    params=MachineMultiplyAddParams,
    label=lambda params: f"machine multiply-add, {params.size} x {params.size} elements",
    presets=_presets,
    inputs=_inputs,
    outputs=lambda params: MachineMultiplyAddOutputs(product=np.zeros((params.size, params.size))),
    vary=_vary,
    work=_work,
    check=_check,
    canonical=canonical_bytes,
    vectors=_vectors,
)
"""The product of two matrices: each element takes ``size`` multiply-adds."""
