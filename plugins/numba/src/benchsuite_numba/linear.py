"""Systematic binary linear codes of any size: every check bit is the parity of the data under a mask."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes import ON_DIE, ON_DIE_DECODE, ON_DIE_ENCODE, SINGLE_BIT
from benchsuite.workloads.codes.linear import (
    CheckOutputs,
    DecodeInputs,
    DecodeOutputs,
    EncodeInputs,
    EncodeOutputs,
    Family,
)
from benchsuite_numba.backend import ALL_CORES, backend

U8 = NDArray[np.uint8]
Checks = NDArray[np.unsignedinteger]
"""The check bits of a codeword in one element, ``uint8`` for up to eight of them, else ``uint16``."""

FEWEST = 1024
"""Codewords that are worth a thread of their own: sharing out costs some microseconds."""


class Layout(NamedTuple):
    """How a codeword's data are read: by words side by side, but the last one ends with the data."""

    size: int
    """Bytes of data in a codeword."""
    words: tuple[np.unsignedinteger, ...]
    """Zeros: only their number and their type matter, which the kernels are compiled for."""
    masks: tuple[np.unsignedinteger, ...]
    """Of the first word for every row, then of the second one, ...; rows beyond the last check bit are 0."""


@cache
def layout(columns: tuple[int, ...], k: int) -> Layout:
    """``columns`` are k data columns of the check matrix, then the identity.

    Bits that two overlapping words share belong to the first one; bits that only fill up a byte to none.
    """
    size = -(-k // 8)
    width = 1 << (min(size, 8).bit_length() - 1)
    word = np.dtype(f"u{width}").type
    check_bits = len(columns) - k
    rows = (
        8 if 1 < check_bits < 8 else check_bits
    )  # fewer forms to compile: a code of its own size saves little
    starts = [*range(0, size - width, width), size - width]
    masks = []
    for i, start in enumerate(starts):
        first = starts[i - 1] + width if i else 0
        bits = range(max(first, start) * 8, min((start + width) * 8, k))
        masks += [
            word(sum(1 << bit - 8 * start for bit in bits if columns[bit] >> row & 1)) for row in range(rows)
        ]
    return Layout(size, (word(0),) * len(starts), tuple(masks))


@cache
def positions(columns: tuple[int, ...], k: int) -> NDArray[np.int16]:
    """``int16[2^r]``: by syndrome, the data bit to flip, 8 * size for a check bit, -1 for no column."""
    found = np.full(1 << len(columns) - k, -1, np.int16)
    found[list(columns)] = [*range(k), *[8 * -(-k // 8)] * (len(columns) - k)]
    return found


def _as_integers(check: U8) -> Checks:
    """``uint8[codewords, 1 or 2]`` as ``[codewords]``."""
    return check.view("u1" if check.shape[1] == 1 else "<u2")[:, 0]


Preparation = Callable[[Job[Any, Any, Any, HostLane]], Prepared]


def _layout(family: Family, params: Any) -> Layout:
    code = family.code(params)
    return layout(code.columns, code.k)


def _ready(one: Any, every: Any, arrays: tuple[Any, ...], codewords: int, *, all_cores: bool) -> Prepared:
    """Compiled, by a first call for no codeword."""
    from numba import get_num_threads

    from benchsuite_numba.kernels import first_call

    parts = min(get_num_threads(), codewords // FEWEST) if all_cores else 1
    if parts > 1:
        first_call(every, *arrays, 0)
        return Prepared(run=lambda: every(*arrays, parts))
    first_call(one, *arrays, 0, 0)
    return Prepared(run=lambda: one(*arrays, 0, codewords))


def encode(family: Family, *, all_cores: bool) -> Preparation:
    """Masks and population counts. Bound: memory, or 4 operations a check bit and vector; see the kernel."""

    def prepare(job: Job[Any, EncodeInputs, EncodeOutputs, HostLane]) -> Prepared:
        from benchsuite_numba import kernels

        data, check = job.inputs.data.reshape(-1), _as_integers(job.outputs.check)
        arrays = (data, *_layout(family, job.params), check)
        both = kernels.encode, kernels.encode_on_all_cores
        return _ready(*both, arrays, len(check), all_cores=all_cores)

    return prepare


def decode(family: Family, *, all_cores: bool) -> Preparation:
    """Encode again and copy; look up what the syndromes of wrong codewords ask for. Bound: see the kernel."""

    def prepare(job: Job[Any, DecodeInputs, DecodeOutputs, HostLane]) -> Prepared:
        from benchsuite_numba import kernels

        params, inputs, outputs = job.params, job.inputs, job.outputs
        received = inputs.data.reshape(-1), *_layout(family, params), _as_integers(inputs.check)
        code = family.code(params)
        actions = positions(code.columns, code.k)
        arrays = (*received, actions, outputs.data.reshape(-1), outputs.outcome)
        both = kernels.decode, kernels.decode_on_all_cores
        return _ready(*both, arrays, params.codewords, all_cores=all_cores)

    return prepare


def check(family: Family, *, all_cores: bool) -> Preparation:
    """Encode again and compare. Bound: as ``encode``."""

    def prepare(job: Job[Any, DecodeInputs, CheckOutputs, HostLane]) -> Prepared:
        from benchsuite_numba import kernels

        received = job.inputs.data.reshape(-1), *_layout(family, job.params), _as_integers(job.inputs.check)
        both = kernels.judge, kernels.judge_on_all_cores
        arrays = (*received, job.outputs.outcome)
        return _ready(*both, arrays, job.params.codewords, all_cores=all_cores)

    return prepare


for _family, _encoder, _decoder in (*SINGLE_BIT, (ON_DIE, ON_DIE_ENCODE, ON_DIE_DECODE)):
    for _variant in ("", ALL_CORES):
        _decode = decode if _family.corrects else check
        for _workload, _prepare in ((_encoder, encode), (_decoder, _decode)):
            backend.implements(_workload, version=1, variant=_variant, constant_time="no")(
                _prepare(_family, all_cores=bool(_variant))
            )
