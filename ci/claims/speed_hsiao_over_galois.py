#!/usr/bin/env python3
"""Claim: numpy encodes Hsiao (72,64) at least 15 times as fast as galois' GF(2) product (goal 20).

One run, one thread, the same bytes; best of several interleaved tries, after both gave the same check bits.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"))

import sys
import time
from collections.abc import Callable

import galois
import numpy as np
from benchsuite_numpy import backend

from benchsuite.api import Job
from benchsuite.workloads import HSIAO_ENCODE
from benchsuite.workloads.codes.hsiao import HsiaoEncodeParams, hsiao_columns
from benchsuite.workloads.codes.linear import EncodeInputs, EncodeOutputs

GATE, GOAL = 15, 20
CODEWORDS = 2**15  # 256 KiB: of 2^10 ... 2^16 codewords, galois did best per byte here
BULK = 2**20
TRIES = 25

PARITY = galois.GF2([[column >> row & 1 for row in range(8)] for column in hsiao_columns(72, 64)[:64]])


def encode_with_galois(data: np.ndarray) -> np.ndarray:
    """Bits times the parity part of the generator matrix, packed again."""
    bits = np.unpackbits(data, axis=1, bitorder="little").view(galois.GF2)
    return np.packbits((bits @ PARITY).view(np.ndarray), axis=1, bitorder="little")


def prepare_numpy(codewords: int) -> tuple[Callable[[], None], EncodeInputs, EncodeOutputs]:
    params = HsiaoEncodeParams(codewords=codewords)
    inputs, outputs = HSIAO_ENCODE.inputs(params, 0, 0), HSIAO_ENCODE.outputs(params)
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        return backend.implementations["hsiao-encode", ""].prepare(job).run, inputs, outputs


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> int:
    run, inputs, outputs = prepare_numpy(CODEWORDS)
    run_bulk, _, _ = prepare_numpy(BULK)
    run()
    run_bulk()
    if not np.array_equal(outputs.check, encode_with_galois(inputs.data)):
        print("numpy and galois disagree")
        return 1
    calls = (run, run_bulk, lambda: encode_with_galois(inputs.data))
    ours, bulk, theirs = np.min([[seconds(call) for call in calls] for _ in range(TRIES)], axis=0)
    ratio, bulk_ratio = theirs / ours, theirs / bulk * BULK / CODEWORDS
    print(
        f"numpy Hsiao (72,64) encode over galois: {ratio:.1f} on 256 KiB, {bulk_ratio:.1f} per byte on 8 MiB"
        f" (gate {GATE}, goal {GOAL})"
    )
    return 0 if ratio >= GATE else 1


if __name__ == "__main__":
    sys.exit(main())
