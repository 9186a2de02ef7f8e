#!/usr/bin/env python3
"""Claim: numpy encodes erasure-14-10 at 0.03 of the speed of ``np.bitwise_xor`` over its bytes (goal 0.1).

80 MiB of data, 8 stripes of 1 MiB shards; the peer adds the data to themselves, word by word, into a buffer
of their size. Where the goal is missed, the roofline: 7 doublings of all sums, of 4 passes each, and the
additions of the schedule, each at the speed of one addition within the caches. One run, one thread; best of
several interleaved tries, after the reference agreed.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from benchsuite_numpy import backend
from benchsuite_numpy.erasure import BLOCK, schedule

from benchsuite.api import Job
from benchsuite.workloads.codes.erasure import ERASURE_ENCODE
from benchsuite.workloads.codes.erasure_params import EncodeParams
from benchsuite.workloads.reference.erasure import parity_matrix

PARAMS = EncodeParams(shard_bytes=2**20, stripes=8)
TRIES = 15
CACHED = 64
"""Additions of a block within the caches that are timed together."""
GATE, GOAL = 0.03, 0.1


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> int:
    inputs, outputs = ERASURE_ENCODE.inputs(PARAMS, 0, 0), ERASURE_ENCODE.outputs(PARAMS)
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=PARAMS, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        run = backend.implementations[ERASURE_ENCODE.id, ""].prepare(job).run
    run()
    ERASURE_ENCODE.check(PARAMS, inputs, outputs, [(stripe, None) for stripe in range(PARAMS.stripes)])
    data = inputs.data.reshape(-1).view(np.uint64)
    target, block = np.ones_like(data), np.ones(BLOCK // 8, np.uint64)

    def peer() -> None:
        np.bitwise_xor(data, data, target)

    def cached() -> None:
        for _ in range(CACHED):
            np.bitwise_xor(block, block, block)

    times = [[seconds(call) for call in (run, peer, cached)] for _ in range(TRIES)]
    ours, theirs, addition = np.min(times, axis=0)
    ratio = theirs / ours
    print(f"numpy erasure-14-10 encode: {ratio:.3f} × np.bitwise_xor (gate {GATE}, goal {GOAL})")
    print(f"{data.nbytes / ours / 1e9:.2f} GB/s beside {data.nbytes / theirs / 1e9:.2f} GB/s")
    if ratio < GOAL:
        plan = schedule(parity_matrix(PARAMS.n, PARAMS.k))
        additions = len(plan.shared) + sum(len(row) for plane in plan.sums for row in plane)
        passes = (len(plan.sums) - 1) * 4 * (PARAMS.n - PARAMS.k) + additions
        bound = PARAMS.k * BLOCK / (passes * addition / CACHED)
        print(f"roofline: {passes} passes for {PARAMS.k} shards, {bound / 1e9:.2f} GB/s at most")
    return 0 if ratio >= GATE else 1


if __name__ == "__main__":
    sys.exit(main())
