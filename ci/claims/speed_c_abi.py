#!/usr/bin/env python3
"""Claim: benchsuite times the example in C within 3 % of the same loop timed in C, at 16 B and at 16 KiB.

``docs/examples/c`` is compiled here. Its library is measured as ever: gated, then visited in a worker, hot,
in audited samples. Beside it ``loop.c``, which has the very same library, prepares the same case and reads
the clock around as many repetitions, each a batch in one call. Best of several interleaved tries.
Without a gate: one message a call, which of 16 B is mostly the call from Python.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchsuite.host.engine import origin
from benchsuite.host.plugins import discover
from benchsuite.measure.layout import Arena
from benchsuite.workers import Worker
from benchsuite.workloads import CRC
from benchsuite.workloads.codes.crc import CrcParams
from benchsuite.workloads.streams import params_mapping

EXAMPLE = Path(__file__).parents[2] / "docs/examples/c"
BACKEND = "example-c"
LIMIT = 0.03
TRIES, SAMPLES, SAMPLE_SECONDS = 40, 2, 0.005
CASES = ((2**14, 16, True), (2**4, 2**14, True), (1, 16, False), (1, 2**14, False))
"""(messages, bytes of each, whether the claim is about it): 256 KiB a call where it is."""


class Suite:
    """One case in a worker of its own, as a run measures it."""

    def __init__(self, worker: Worker, message: dict[str, Any], params: CrcParams) -> None:
        way = {"workload": CRC.id, "params": params_mapping(params, defaults=True)}
        way |= {"variant": "", "device": "cpu", "scope": "end-to-end"}
        self._worker, self._about = worker, {"way": way, "inputs": message}
        gate = {"processes": 1, "sample_seconds": SAMPLE_SECONDS, "longest_repetition_seconds": None}
        verdict = worker.ask({"do": "gate", **self._about, **gate}, seconds=60)
        assert verdict["status"] == "measured", verdict["reason"]
        self.repetitions: int = verdict["repetitions"]

    def seconds(self) -> float:
        """Of a repetition, in the best sample of a visit."""
        request = {"do": "visit", **self._about, "samples": SAMPLES, "repetitions": self.repetitions}
        visit = self._worker.ask(request, seconds=60)
        assert not visit["wrong"], visit["wrong"]
        return float(min(wall / count for count, wall, _ in visit["samples"]))


@contextmanager
def measured(library: Path, params: CrcParams) -> Iterator[Suite]:
    """The case, gated, in a worker that ends with the block."""
    registry = discover(extra=[str(library)])
    arena = Arena()
    message = arena.add([CRC.inputs(params, 1, 0)])
    worker = Worker("benchsuite.measure.serve:serve", keep=[arena.descriptor])
    try:
        worker.ask(origin(registry, BACKEND).request(), seconds=60)
        yield Suite(worker, message, params)
    finally:
        worker.bury()
        arena.close()


def compared(folder: Path, messages: int, message_bytes: int) -> tuple[float, float]:
    """Seconds of a repetition by the suite and by the loop in C, each the best of all tries."""
    params = CrcParams(messages=messages, message_bytes=message_bytes)
    command = [folder / "loop", str(messages), str(message_bytes)]
    with (
        measured(folder / "libexample.so", params) as suite,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as loop,
    ):
        assert loop.stdin is not None
        assert loop.stdout is not None
        ours, theirs = [], []
        for _ in range(TRIES):
            ours.append(suite.seconds())
            for _ in range(SAMPLES):
                print(suite.repetitions, file=loop.stdin, flush=True)
                theirs.append(float(loop.stdout.readline()) / suite.repetitions)
        loop.stdin.close()
        return min(ours), min(theirs)


def main() -> int:
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make = ["make", "--silent", "-f", EXAMPLE / "Makefile", f"VPATH={EXAMPLE}"]
        subprocess.run([*make, f"PYTHON={sys.executable}"], cwd=folder, check=True)
        for messages, message_bytes, gated in CASES:
            ours, theirs = compared(folder, messages, message_bytes)
            off, each = ours / theirs - 1, 1e9 / messages
            good &= abs(off) <= LIMIT or not gated
            case = f"{messages} x {message_bytes} B a call{'' if gated else ' (no gate)'}"
            figures = f"{ours * each:.2f} ns a message, {theirs * each:.2f} ns in C: {off:+.2%}"
            print(f"{case}: {figures}, or {(ours - theirs) * 1e9:.0f} ns a call")
        print(f"gate: within {LIMIT:.0%}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
