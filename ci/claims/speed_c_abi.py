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
from contextlib import ExitStack, contextmanager
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
Loop = subprocess.Popen[str]
LIMIT = 0.03
TRIES, SAMPLES, SAMPLE_SECONDS = 150, 4, 1e-3  # short ones: some of them pass undisturbed on a busy machine
CASES = ((2**14, 16, True), (2**4, 2**14, True), (1, 16, False), (1, 2**14, False))
"""(messages, bytes of each, whether the claim is about it): 256 KiB a call where it is."""


class Pair:
    """One case, timed by the suite in a worker of its own, as in a run, and by the loop in C."""

    def __init__(self, worker: Worker, message: dict[str, Any], params: CrcParams, loop: Loop) -> None:
        way = {"workload": CRC.id, "params": params_mapping(params, defaults=True)}
        way |= {"variant": "", "device": "cpu", "scope": "end-to-end"}
        self._worker, self._about, self._loop = worker, {"way": way, "inputs": message}, loop
        gate = {"members": 1, "sample_seconds": SAMPLE_SECONDS, "longest_repetition_seconds": None}
        verdict = worker.ask({"do": "gate", **self._about, **gate}, seconds=60)
        assert verdict["status"] == "measured", verdict["reason"]
        self._repetitions: int = verdict["repetitions"]
        self.suite = self.c = float("inf")
        """Seconds of a repetition, the best of all samples."""

    def time(self) -> None:
        """One visit of the suite, then as many samples in C."""
        request = {"do": "visit", **self._about, "samples": SAMPLES, "repetitions": self._repetitions}
        request |= {"replayed": False, "uncounted": 0.0, "latency": False}
        visit = self._worker.ask(request, seconds=60)
        assert not visit["wrong"], visit["wrong"]
        self.suite = min(self.suite, *(wall / count for count, wall, _ in visit["samples"]))
        assert self._loop.stdin is not None
        assert self._loop.stdout is not None
        for _ in range(SAMPLES):
            print(self._repetitions, file=self._loop.stdin, flush=True)
            self.c = min(self.c, float(self._loop.stdout.readline()) / self._repetitions)


@contextmanager
def paired(folder: Path, messages: int, message_bytes: int) -> Iterator[Pair]:
    """The case, gated, in processes that end with the block."""
    params = CrcParams(messages=messages, message_bytes=message_bytes)
    registry = discover(extra=[str(folder / "libexample.so")])
    arena = Arena()
    message = arena.add([CRC.inputs(params, 1, 0)])
    worker = Worker("benchsuite.measure.serve:serve", keep=[arena.descriptor])
    command = [folder / "loop", str(messages), str(message_bytes)]
    try:
        worker.ask(origin(registry, BACKEND).request(), seconds=60)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as loop:
            yield Pair(worker, message, params, loop)
    finally:
        worker.bury()
        arena.close()


def main() -> int:
    good = True
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        make = ["make", "--silent", "-f", EXAMPLE / "Makefile", f"VPATH={EXAMPLE}"]
        subprocess.run([*make, f"PYTHON={sys.executable}"], cwd=folder, check=True)
        pairs = [stack.enter_context(paired(folder, *case[:2])) for case in CASES]
        for _ in range(TRIES):
            for pair in pairs:
                pair.time()
    for (messages, message_bytes, gated), pair in zip(CASES, pairs, strict=True):
        off, each = pair.suite / pair.c - 1, 1e9 / messages
        good &= abs(off) <= LIMIT or not gated
        case = f"{messages} x {message_bytes} B a call{'' if gated else ' (no gate)'}"
        figures = f"{pair.suite * each:.2f} ns a message, {pair.c * each:.2f} ns in C: {off:+.2%}"
        print(f"{case}: {figures}, or {(pair.suite - pair.c) * 1e9:.0f} ns a call")
    print(f"gate: within {LIMIT:.0%}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
