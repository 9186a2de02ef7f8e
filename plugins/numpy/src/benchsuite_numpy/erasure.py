"""Products of matrices over GF(2^8) with whole shards: bytes are doubled side by side, and added.

An element is the sum of its bits' powers of two, so a product is a sum of shards that are doubled up to seven
times. Doubling sums or doubling shards first, whichever are fewer, gives the same. No table, no branch.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes.erasure import (
    ERASURE_ENCODE,
    ERASURE_REBUILD,
    ERASURE_UPDATE,
    EncodeInputs,
    ParityOutputs,
    RebuildInputs,
    RebuildOutputs,
    UpdateInputs,
    update_matrix,
)
from benchsuite.workloads.codes.erasure_params import EncodeParams, RebuildParams, UpdateParams
from benchsuite.workloads.reference.erasure import Matrix, parity_matrix, rebuild_matrix
from benchsuite_numpy.backend import backend

U8 = NDArray[np.uint8]
Words = NDArray[np.uint64]

BLOCK = 65536
"""Bytes of a shard at a time. Measured: less pays more for calls, more leaves the caches."""
BITS = 8
MOST_SHARED = 512
"""Elements of a matrix whose sums are searched for what they share: of more the search would take seconds."""
_SIGN, _REDUCTION = np.int8(7), np.uint8(0x1D)


@dataclass(frozen=True)
class Schedule:
    """The additions of a product, of columns numbered on: by their doubling, then what sums share."""

    doublings: int
    """Of the columns in advance: 7, or 0 where the sums are doubled."""
    shared: tuple[tuple[int, int], ...]
    """Sums of two, each with the next free number."""
    sums: tuple[tuple[tuple[int, ...], ...], ...]
    """Of each row what is added; all rows are doubled before the next of these, if there is one."""


@cache
def schedule(matrix: Matrix) -> Schedule:
    """Pairs that several sums have are added once, the most frequent first (Paar 1997)."""
    rows, columns = len(matrix), len(matrix[0])
    bits = range(BITS - 1, -1, -1)
    if columns < rows:
        doublings = BITS - 1
        sums = [
            {bit * columns + j for bit in bits for j in range(columns) if row[j] >> bit & 1} for row in matrix
        ]
    else:
        doublings = 0
        sums = [{j for j in range(columns) if row[j] >> bit & 1} for bit in bits for row in matrix]
    first = columns * (doublings + 1)
    shared: list[tuple[int, int]] = []
    while rows * columns <= MOST_SHARED:
        pairs = Counter(pair for each in sums for pair in combinations(sorted(each), 2))
        pair, times = max(pairs.items(), key=lambda found: (found[1], found[0]), default=((0, 0), 0))
        if times < 2:
            break
        for each in sums:
            if each.issuperset(pair):
                each.difference_update(pair)
                each.add(first + len(shared))
        shared.append(pair)
    ordered = [tuple(sorted(each)) for each in sums]
    planes = tuple(tuple(ordered[i : i + rows]) for i in range(0, len(ordered), rows))
    return Schedule(doublings, tuple(shared), planes)


class Buffers:
    """Of one lane, for one matrix: what a block of shards passes through."""

    def __init__(self, plan: Schedule, columns: int, rows: int) -> None:
        doubled = columns * (plan.doublings + 1)
        self.columns, self.doubled = columns, doubled
        self.terms = np.zeros((doubled + len(plan.shared), BLOCK), np.uint8)
        self.sums = np.zeros((rows, BLOCK), np.uint8)
        self.spare = np.zeros((columns if plan.doublings else rows, BLOCK), np.uint8)


_BUFFERS: WeakKeyDictionary[HostLane, dict[Matrix, Buffers]] = WeakKeyDictionary()


class Product:
    """Of one block: ``source`` and ``target`` are ``uint8[shards, stripes, bytes]``, views of the arrays."""

    def __init__(self, plan: Schedule, buffers: Buffers, size: int) -> None:
        padded = -(-size // 8) * 8
        terms, sums, spare = (part[:, :padded] for part in (buffers.terms, buffers.sums, buffers.spare))
        columns = buffers.columns
        self.source, self.found = terms[:columns, :size], sums[:, :size]
        words = [row.view(np.uint64) for row in terms]
        self.in_advance = [
            (terms[i * columns : (i + 1) * columns], terms[(i + 1) * columns : (i + 2) * columns])
            for i in range(plan.doublings)
        ]
        self.sums, self.spare = sums, spare
        self.shared = [
            (words[a], words[b], words[buffers.doubled + i]) for i, (a, b) in enumerate(plan.shared)
        ]
        self.planes = [
            [
                (row.view(np.uint64), words[term])
                for row, named in zip(sums, plane, strict=True)
                for term in named
            ]
            for plane in plan.sums
        ]

    def run(self) -> None:
        """From ``source`` to ``found``."""
        for lower, higher in self.in_advance:
            _double(lower, higher, self.spare)
        for a, b, both in self.shared:
            np.bitwise_xor(a, b, both)
        self.sums.fill(0)
        for i, plane in enumerate(self.planes):
            if i:
                _double(self.sums, self.sums, self.spare)
            for row, term in plane:
                np.bitwise_xor(row, term, row)


def _double(source: U8, target: U8, spare: U8) -> None:
    """Every byte times x: shifted, and reduced where the highest bit falls out."""
    carried = spare[: len(source)]
    np.right_shift(source.view(np.int8), _SIGN, carried.view(np.int8))
    np.bitwise_and(carried, _REDUCTION, carried)
    np.add(source, source, target)
    np.bitwise_xor(target, carried, target)


def _prepared(
    lane: HostLane, matrix: Matrix, inputs: tuple[U8, ...], before: U8 | None, outputs: U8
) -> Prepared:
    """``inputs`` are ``uint8[stripes, columns, bytes]`` each, and added; so is ``before`` to the product."""
    plan = schedule(matrix)
    stripes, rows, size = outputs.shape
    of_lane = _BUFFERS.setdefault(lane, {})
    if matrix not in of_lane:
        of_lane[matrix] = Buffers(plan, len(matrix[0]), rows)
    buffers = of_lane[matrix]
    together, piece = max(1, BLOCK // size), min(size, BLOCK)
    products: dict[tuple[int, int], Product] = {}
    steps = []
    for first in range(0, stripes, together):
        for start in range(0, size, piece):
            cut = slice(first, first + together), slice(None), slice(start, start + piece)
            target = outputs[cut].swapaxes(0, 1)
            shape = target.shape[1:]
            if shape not in products:
                products[shape] = Product(plan, buffers, shape[0] * shape[1])
            product = products[shape]
            source, found = (part.reshape(len(part), *shape) for part in (product.source, product.found))
            arrays = [array[cut].swapaxes(0, 1) for array in inputs]
            added = None if before is None else before[cut].swapaxes(0, 1)
            steps.append((arrays, source, product, found, added, target))

    def run() -> None:
        for arrays, source, product, found, added, target in steps:
            np.copyto(source, arrays[0])
            for array in arrays[1:]:
                np.bitwise_xor(source, array, source)
            product.run()
            if added is None:
                np.copyto(target, found)
            else:
                np.bitwise_xor(found, added, target)

    return Prepared(run=run)


@backend.implements(ERASURE_ENCODE, version=1, constant_time="yes")
def encode(job: Job[EncodeParams, EncodeInputs, ParityOutputs, HostLane]) -> Prepared:
    """Bound: of (14,10) 7 doublings of 4 sums in 4 passes each, and 89 additions: 201 passes over a shard in
    the second-level cache for 10 shards."""
    matrix = parity_matrix(job.params.n, job.params.k)
    return _prepared(job.lane, matrix, (job.inputs.data,), None, job.outputs.parity)


@backend.implements(ERASURE_REBUILD, version=1, constant_time="yes")
def rebuild(job: Job[RebuildParams, RebuildInputs, RebuildOutputs, HostLane]) -> Prepared:
    """As ``encode``, with fewer sums where fewer shards are lost."""
    params = job.params
    matrix = rebuild_matrix(params.n, params.k, params.lost_shards)
    return _prepared(job.lane, matrix, (job.inputs.data,), None, job.outputs.shards)


@backend.implements(ERASURE_UPDATE, version=1, constant_time="yes")
def update(job: Job[UpdateParams, UpdateInputs, ParityOutputs, HostLane]) -> Prepared:
    """The difference is doubled in advance: 28 passes over it, and up to 8 additions a parity."""
    inputs = job.inputs
    both = inputs.old[:, None], inputs.data[:, None]
    return _prepared(job.lane, update_matrix(job.params), both, inputs.parity, job.outputs.parity)
