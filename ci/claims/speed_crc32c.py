#!/usr/bin/env python3
"""Claim: numpy's CRC-32C has at least 0.25 of google-crc32c's throughput over messages of 4 KiB (goal 0.3).

Also at least 1.2 times its loop over messages of 64 bytes (goal 1.5), and 0.2 of it over one of 64 MiB (goal
0.25). The peer is called once a message, on bytes made beforehand: it takes nothing that can be written.
One run, one thread, the same bytes; best of several interleaved tries, after both gave the same answers.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import sys
import time
from collections.abc import Callable

import google_crc32c
import numpy as np
from benchsuite_numpy import backend

from benchsuite.api import Job
from benchsuite.workloads import CRC
from benchsuite.workloads.codes.crc import CrcInputs, CrcOutputs, CrcParams

CASES = (
    ("16384 messages of 4 KiB", CrcParams(messages=2**14, message_bytes=2**12), 0.25, 0.3),
    ("1048576 messages of 64 bytes", CrcParams(messages=2**20, message_bytes=64), 1.2, 1.5),
    ("one message of 64 MiB", CrcParams(messages=1, message_bytes=2**26), 0.2, 0.25),
)
TRIES = 15


def prepare(params: CrcParams) -> tuple[Callable[[], None], CrcInputs, CrcOutputs]:
    inputs, outputs = CRC.inputs(params, 0, 0), CRC.outputs(params)
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        return backend.implementations["crc", ""].prepare(job).run, inputs, outputs


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ratio(params: CrcParams) -> float:
    """The peer's best time over ours; NaN where the answers differ."""
    run, inputs, outputs = prepare(params)
    messages = [message.tobytes() for message in inputs.data]
    value = google_crc32c.value

    def loop() -> None:
        for message in messages:
            value(message)

    run()
    if outputs.crc.tolist() != [value(message) for message in messages]:
        return float("nan")
    ours, theirs = np.min([[seconds(run), seconds(loop)] for _ in range(TRIES)], axis=0)
    return float(theirs / ours)


def main() -> int:
    assert google_crc32c.implementation == "c", "google-crc32c runs in Python here: that is no peer"
    good = True
    for title, params, gate, goal in CASES:
        found = ratio(params)
        good &= found >= gate  # false for NaN as well
        print(f"numpy CRC-32C over google-crc32c, {title}: {found:.3f} (gate {gate}, goal {goal})")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
