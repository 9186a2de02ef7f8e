"""Reflected CRCs of up to 32 bits: fold lines by carry-less products, then look up what little is left."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes.crc import CRC, CrcInputs, CrcOutputs, CrcParams
from benchsuite.workloads.reference.crc import reflect
from benchsuite_numba.backend import ALL_CORES, backend, read_features

U32 = NDArray[np.uint32]
Pair = tuple[np.uint64, np.uint64]

LEAST_BYTES = 16384
"""Of messages, that are worth a thread of their own: sharing out costs some microseconds."""


def power(exponent: int, polynomial: int) -> int:
    """The register of x^exponent, by squaring."""
    from benchsuite_numba.kernels import product

    found, square = 1 << 31, 1 << 30
    while exponent:
        if exponent & 1:
            found = product.py_func(found, square, polynomial)
        square = product.py_func(square, square, polynomial)
        exponent >>= 1
    return found


def folding(distance: int, polynomial: int) -> Pair:
    """By what both words of 16 bytes are multiplied to be added ``distance`` bits later.

    A product of two words that hold their lowest power in the highest bit has it one bit too low: hence the
    shift. A register is 32 powers ahead of a word's end, and the first word 64 ahead of the second.
    """
    first, second = power(distance + 32, polynomial), power(distance - 32, polynomial)
    return np.uint64(first << 1), np.uint64(second << 1)


@cache
def tables(polynomial: int) -> U32:
    """``uint32[8, 256]``: what a register's low byte becomes when 1 ... 8 bytes of zeros have passed."""
    table = np.arange(256, dtype=np.uint32)
    rows = []
    for _ in range(8):
        for _ in range(8):
            table = table >> np.uint32(1) ^ (table & np.uint32(1)) * np.uint32(polynomial)
        rows.append(table)
    return np.array(rows)


def crc(job: Job[CrcParams, CrcInputs, CrcOutputs, HostLane], *, all_cores: bool) -> Prepared:
    """Bound: memory, or 8 carry-less products for 64 bytes; see the kernel. The rest is looked up."""
    from numba import get_num_threads

    from benchsuite_numba import kernels

    params, algorithm = job.params, job.params.definition
    polynomial = reflect(algorithm.polynomial, algorithm.width)
    powers = folding(512, polynomial) + folding(128, polynomial) if "pclmul" in read_features() else None
    initial, last = np.uint64(reflect(algorithm.initial, algorithm.width)), np.uint64(algorithm.xor_out)
    data, found, size = job.inputs.data.reshape(-1), job.outputs.crc, params.message_bytes
    arguments: tuple[Any, ...] = (data, size, tables(polynomial), powers, initial, last)
    parts = min(get_num_threads(), data.size // LEAST_BYTES) if all_cores else 1
    if parts <= 1:
        kernels.first_call(kernels.crcs, *arguments, found, 0, 0)
        return Prepared(run=lambda: kernels.crcs(*arguments, found, 0, params.messages))
    if params.messages >= parts:
        kernels.first_call(kernels.crcs_on_all_cores, *arguments, found, 0)
        return Prepared(run=lambda: kernels.crcs_on_all_cores(*arguments, found, parts))
    pieces = max(1, min(parts, size // LEAST_BYTES))
    arguments += (power(8 * (size // pieces), polynomial), polynomial, np.zeros(pieces, np.uint32))
    kernels.first_call(kernels.long_crcs_on_all_cores, *arguments, found[:0])
    return Prepared(run=lambda: kernels.long_crcs_on_all_cores(*arguments, found))


def unless(params: CrcParams) -> str | None:
    """A narrow reflected CRC is one of 32 bits by a multiple of its polynomial: its register never fills."""
    of = params.definition
    reflected = of.reflected_in and of.reflected_out
    return None if reflected and of.width <= 32 else "numba computes reflected CRCs of at most 32 bits only"


implements = partial(backend.implements, CRC, version=1, constant_time="no", unless=unless)
implements()(partial(crc, all_cores=False))
implements(variant=ALL_CORES)(partial(crc, all_cores=True))
