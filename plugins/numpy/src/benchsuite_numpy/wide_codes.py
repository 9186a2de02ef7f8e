"""Systematic linear codes of more than 16 check bits: what mends them, and how the engine prepares them.

The words that fail are mended by a list of what can be, where it is short, else by the algebra of the family.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import numpy as np

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes.bch import BCH
from benchsuite.workloads.codes.chipkill import CHIPKILL
from benchsuite.workloads.codes.leaders import is_listable, leaders
from benchsuite.workloads.codes.linear import (
    DecodeOutputs,
    EncodeInputs,
    EncodeOutputs,
    Family,
    LinearCode,
)
from benchsuite.workloads.codes.reed_solomon import REED_SOLOMON
from benchsuite_numpy.bch import mend_bits
from benchsuite_numpy.reed_solomon import mend_symbols
from benchsuite_numpy.wide import (
    CORRECTED,
    DETECTED,
    U8,
    LinearMap,
    Mend,
    WideDecodeBlock,
    WideEncodeBlock,
    blocks,
    linear_map,
    scatter,
    scratch_of,
)

ALGEBRA: Mapping[str, Callable[[Any], Mend]] = {
    BCH.name: lambda params: mend_bits(params.n, params.k),
    REED_SOLOMON.name: lambda params: mend_symbols(params.symbol_bits, params.n, params.k),
    CHIPKILL.name: lambda params: mend_symbols(8, params.n, params.k),
}
"""Family -> what mends its codes, of the parameters, where too much can be mended for a list."""


@cache
def mend_listed(code: LinearCode) -> Mend:
    """By the sorted list of the syndromes of all that is mended."""
    listed = leaders(code)
    assert listed is not None, "only asked for of a code that has a list"

    def mend(remainders: U8, erased: U8 | None) -> tuple[U8, U8]:
        flips = np.zeros((len(remainders), -(-code.k // 8)), np.uint8)
        padded = np.zeros((len(remainders), 8), np.uint8)
        padded[:, : remainders.shape[1]] = remainders
        pattern = listed.find(padded.view("<i8")[:, 0])
        rows = (pattern >= 0).nonzero()[0]
        index, bit = listed.flips(pattern[rows])
        in_data = bit < code.k
        scatter(flips, rows[index[in_data]], bit[in_data], np.ones(np.count_nonzero(in_data), np.uint8))
        return flips, np.where(pattern >= 0, CORRECTED, DETECTED).astype(np.uint8)

    return mend


def cannot_mend(family: Family, params: Any) -> str | None:
    """Why nothing here mends the words of the code that ``params`` pick; None where something does."""
    code = family.code(params)
    if not code.corrects or is_listable(code) or family.name in ALGEBRA:
        return None
    return "too many error patterns to list, and no algebra for the code"


def mender(family: Family, params: Any) -> Mend:
    """What mends the words of the code that ``params`` pick."""
    code = family.code(params)
    if not code.corrects:
        return partial(_mend_nothing, -(-code.k // 8))
    return mend_listed(code) if is_listable(code) else ALGEBRA[family.name](params)


def _mend_nothing(data_bytes: int, remainders: U8, erased: U8 | None) -> tuple[U8, U8]:
    words = len(remainders)
    return np.zeros((words, data_bytes), np.uint8), np.full(words, DETECTED, np.uint8)


def check_map(code: LinearCode) -> LinearMap:
    """From data bits to check bits."""
    return linear_map(code.columns[: code.k], code.r)


def encode(code: LinearCode, job: Job[Any, EncodeInputs, EncodeOutputs, HostLane]) -> Prepared:
    """One row of a table for each byte of the data; for 11 bits where r <= 128, for 13 where r <= 64.

    Bound: k / 8 rows of r bits a codeword, copied and added in the second-level cache: of 32 bytes about 2 ns
    each, of which the copy takes 0.9, the sum 0.7 and the index 0.7. Of 4 bytes, k / 13 rows of 0.9 ns: the
    copy takes 0.5, mask and shift 0.3, the sum 0.1. Source: one table for 8 columns of the check matrix.
    """
    encoder = check_map(code)
    scratch = scratch_of(job.lane, encoder)
    views = tuple(
        WideEncodeBlock(job.inputs.data[rows], job.outputs.check[rows])
        for rows in blocks(encoder, job.params.codewords)
    )

    def run() -> None:
        for view in views:
            view.run(encoder, scratch)

    return Prepared(run=run)


def decode(
    code: LinearCode,
    mend: Mend,
    job: Job[Any, Any, DecodeOutputs, HostLane],
    erased: U8 | None = None,
) -> Prepared:
    """Encode again; hand the words whose check bits differ to ``mend``.

    Of the inputs ``data`` and ``check`` are read. Bound: as of ``encode``, and a copy of the data; a wrong
    word takes microseconds.
    """
    encoder = check_map(code)
    scratch = scratch_of(job.lane, encoder)
    inputs, outputs = job.inputs, job.outputs
    views = tuple(
        WideDecodeBlock(
            received=inputs.data[rows],
            check=inputs.check[rows],
            data=outputs.data[rows],
            outcome=outputs.outcome[rows],
            erased=None if erased is None else erased[rows],
        )
        for rows in blocks(encoder, job.params.codewords)
    )

    def run() -> None:
        for view in views:
            view.run(encoder, mend, scratch)

    return Prepared(run=run)
