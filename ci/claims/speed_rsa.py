#!/usr/bin/env python3
"""Claim: numpy verifies RSA-2048 in batches at 0.5 of cryptography's rate, signs at 0.17 (goals 0.6, 0.2).

One run, one thread, the same digests; best of several interleaved tries, after both gave the same answers.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import sys
import time
from collections.abc import Callable
from typing import Any

import benchsuite_numpy
import benchsuite_openssl
import numpy as np

from benchsuite.api import Backend, HostLane, Job, Workload
from benchsuite.workloads import RSA_SIGN, RSA_VERIFY
from benchsuite.workloads.rsa import RsaSignParams, RsaVerifyParams

CASES = (
    (RSA_VERIFY, RsaVerifyParams(messages=1024), 0.5, 0.6),
    (RSA_SIGN, RsaSignParams(messages=256), 0.17, 0.2),
)
TRIES = 15


def prepare(
    backend: Backend[HostLane], workload: Workload[Any, Any, Any], params: Any
) -> tuple[Callable[[], None], Any]:
    inputs, outputs = workload.inputs(params, 0, 0), workload.outputs(params)
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        return backend.implementations[workload.id, ""].prepare(job).run, outputs


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def holds(workload: Workload[Any, Any, Any], params: Any, gate: float, goal: float) -> bool:
    ours, our_outputs = prepare(benchsuite_numpy.backend, workload, params)
    theirs, their_outputs = prepare(benchsuite_openssl.backend, workload, params)
    ours()
    theirs()
    label = workload.label(params)
    assert workload.canonical is not None
    if workload.canonical(our_outputs) != workload.canonical(their_outputs):
        print(f"{label}: numpy and cryptography disagree")
        return False
    ours_best, theirs_best = np.min([[seconds(ours), seconds(theirs)] for _ in range(TRIES)], axis=0)
    ratio, rate = theirs_best / ours_best, params.messages / ours_best
    print(f"{label}: numpy {rate:.0f}/s, {ratio:.3f} of cryptography (gate {gate}, goal {goal})")
    return bool(ratio >= gate)


def main() -> int:
    held = [holds(*case) for case in CASES]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
