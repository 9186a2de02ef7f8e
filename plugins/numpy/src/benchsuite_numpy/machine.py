"""The machine's peaks, as far as one thread of Python gets at them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads import MACHINE_COPY, MACHINE_MULTIPLY_ADD, MACHINE_READ
from benchsuite_numpy.backend import backend


@backend.implements(MACHINE_COPY, version=1)
def copy(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """The C library's memmove, by assigning a memoryview: a third of the call of ``np.copyto``.

    Bound: what the caches or the memory deliver and take; calls 0.1 us.
    """
    source, target = memoryview(job.inputs.data), memoryview(job.outputs.data)
    return Prepared(run=partial(target.__setitem__, slice(None), source))


@backend.implements(MACHINE_READ, version=1)
def read(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """A reduction by vector instructions.

    Bound: what the caches or the memory deliver; calls 0.9 us.
    """
    words, word = job.inputs.data.view(np.uint64), job.outputs.word.view(np.uint64)
    return Prepared(run=partial(np.bitwise_xor.reduce, words, out=word, keepdims=True))


@backend.implements(MACHINE_MULTIPLY_ADD, version=1)
def multiply_add(job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """The product by BLAS, on one thread. Bound: fused multiply-adds of doubles."""
    return Prepared(run=partial(np.matmul, job.inputs.left, job.inputs.right, out=job.outputs.product))
