#!/usr/bin/env python3
"""Claim: numpy's AES-128-CTR has at least 0.012 of cryptography's throughput (goal 0.02).

One run, one thread, the same 8 MiB; best of several interleaved tries, after both gave the same bytes.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import sys
import time
from collections.abc import Callable

import benchsuite_numpy
import benchsuite_openssl
import numpy as np

from benchsuite.api import Backend, HostLane, Job
from benchsuite.workloads import AES_CTR
from benchsuite.workloads.aes.ctr import AesCtrOutputs, AesCtrParams

GATE, GOAL = 0.012, 0.02
PARAMS = AesCtrParams(message_bytes=2**23)
TRIES = 25


def prepare(backend: Backend[HostLane]) -> tuple[Callable[[], None], AesCtrOutputs]:
    inputs, outputs = AES_CTR.inputs(PARAMS, 0, 0), AES_CTR.outputs(PARAMS)
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=PARAMS, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        return backend.implementations["aes-ctr", ""].prepare(job).run, outputs


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> int:
    ours, our_outputs = prepare(benchsuite_numpy.backend)
    theirs, their_outputs = prepare(benchsuite_openssl.backend)
    ours()
    theirs()
    if not np.array_equal(our_outputs.data, their_outputs.data):
        print("numpy and cryptography disagree")
        return 1
    ours_best, theirs_best = np.min([[seconds(ours), seconds(theirs)] for _ in range(TRIES)], axis=0)
    ratio = theirs_best / ours_best
    print(f"numpy AES-128-CTR over cryptography: {ratio:.4f} on 8 MiB (gate {GATE}, goal {GOAL})")
    return 0 if ratio >= GATE else 1


if __name__ == "__main__":
    sys.exit(main())
