#!/usr/bin/env python3
"""Claim: numpy encodes chipkill codes at least 17 times as fast as galois (goal 20). It does not hold yet.

Beside it, bare look-ups: an index and a look-up for each 16 bits of the data, with nothing done about what is
found. docs/codes/chipkill.md has what else was tried. Galois forms only k (n - k) products a codeword.
One run, one thread, the same bytes; best of interleaved tries, after both gave the same check symbols.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"))

import sys
import time
from collections.abc import Callable
from typing import Any

import galois
import numpy as np
from benchsuite_numpy import backend

from benchsuite.api import Job
from benchsuite.workloads import CHIPKILL_ENCODE
from benchsuite.workloads.codes.chipkill import SIZES, ChipkillEncodeParams

GATE, GOAL = 17, 20
CODEWORDS = 2**16  # of 2^6 ... 2^16, galois did best per byte here
TRIES = 25


def prepare_numpy(n: int, k: int) -> tuple[Callable[[], None], Any, Any]:
    params = ChipkillEncodeParams(n=n, k=k, codewords=CODEWORDS)
    inputs, outputs = CHIPKILL_ENCODE.inputs(params, 0, 0), CHIPKILL_ENCODE.outputs(params)
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        return backend.implementations["chipkill-encode", ""].prepare(job).run, inputs, outputs


def look_ups(data: np.ndarray, check_bytes: int) -> Callable[[], None]:
    """An index of each 16 data bits, and the element of a table that it names: nothing else."""
    dtype = f"<u{1 << (check_bytes - 1).bit_length()}"
    tables = [np.arange(2**16).astype(dtype) for _ in range(data.shape[1] // 2)]
    index, found = np.empty(len(data), np.intp), np.empty(len(data), dtype)

    def run() -> None:
        for sixteen, table in zip(data.view("<u2").T, tables, strict=True):
            np.copyto(index, sixteen)
            table.take(index, out=found, mode="wrap")

    return run


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ratios(n: int, k: int) -> tuple[float, float]:
    """(ours, that of bare look-ups) over galois' speed."""
    run, inputs, outputs = prepare_numpy(n, k)
    run()
    peer = galois.ReedSolomon(255, 255 - (n - k))
    data = peer.field(inputs.data)
    if not np.array_equal(outputs.check, np.asarray(peer.encode(data, output="parity"))):
        raise ArithmeticError("numpy and galois disagree")
    calls = (run, look_ups(inputs.data, n - k), lambda: peer.encode(data, output="parity"))
    ours, bound, theirs = np.min([[seconds(call) for call in calls] for _ in range(TRIES)], axis=0)
    return theirs / ours, theirs / bound


def main() -> int:
    good = True
    for n, k in SIZES:
        ratio, bound = ratios(n, k)
        good &= ratio >= GATE
        print(
            f"numpy chipkill ({n},{k}) encode over galois: {ratio:.1f} (gate {GATE}, goal {GOAL});"
            f" {ratio / bound:.2f} of bare look-ups, {bound:.1f} over galois"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
