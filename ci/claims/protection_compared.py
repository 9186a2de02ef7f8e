#!/usr/bin/env python3
"""Claim: protections under the same errors come to what theory says, and only verified engines have a speed.

On objects of 4 KiB a single flip is corrected by every code and detected by CRC and GCM; a CRC detects every
burst no longer than itself; an erasure code rebuilds as many shards as it has parities; where probabilities
are exact the counts agree with them, silent ones too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchsuite.analyse.rates import rate_interval
from benchsuite.host.engine import Engine, origin
from benchsuite.host.plugins import discover
from benchsuite.inject.models import parse_model
from benchsuite.inject.protect.objects import Objects, block_of, count_objects
from benchsuite.inject.protect.schemes import COMPARED, scheme_called
from benchsuite.inject.protect.step import Route
from benchsuite.workloads import WORKLOADS

BACKEND = "numpy"
DATA_BYTES = 4096
CONFIDENCE = 0.9999
CHECKS = {"crc-32c": "detected", "aes-256-gcm": "detected"}
STRUCK = (
    *((name, "flips:1", 300, CHECKS.get(name, "corrected")) for name in COMPARED),
    *((name, "burst:32", 2000, "detected") for name in CHECKS),
    ("erasure-14-10", "flips:4", 300, "corrected"),
    ("erasure-14-10", "burst:32", 300, "corrected"),
    ("reed-solomon-255-223", "burst:121", 300, "corrected"),
    *(
        (name, model, 2000, "")
        for name in ("hsiao-72-64", "chipkill-18-16")
        for model in ("burst:32", "bsc:0.0003")
    ),
    ("crc-8/smbus", "burst:9", 4000, ""),
    ("crc-8/smbus", "burst:100", 4000, ""),
)
"""(protection, error model, objects, what becomes of all of them where that is one outcome)."""

LIAR = """
from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.workloads.codes import HSIAO_DECODE, HSIAO_ENCODE
from benchsuite_numpy import backend as engine

backend = Backend(name="liar", probe=host_cpu)


@backend.implements(HSIAO_ENCODE, version=1)
def encode(job):
    return engine.implementations["hsiao-encode", ""].prepare(job)


@backend.implements(HSIAO_DECODE, version=1)
def decode(job):
    honest = engine.implementations["hsiao-decode", ""].prepare(job)
    timed = len(job.inputs.data) == 32 * 512  # a batch of what is timed, not a block of what is struck
    return Prepared(run=(lambda: None) if timed else honest.run)


@hookimpl
def benchsuite_backends():
    return [backend]
"""


def holds(engine: Engine, name: str, model: str, trials: int, all_are: str) -> bool:
    """Print what is counted beside what is known; whether they agree."""
    scheme = scheme_called(name, DATA_BYTES)
    objects = Objects(scheme=scheme, model=parse_model(model, engine.registry), seed=1)
    route = Route(device="cpu", scope="end-to-end", variants={workload.id: "" for workload in WORKLOADS})
    counts = count_objects(scheme.guard(engine, route, block_of(scheme)), objects, 0, trials)
    good = not all_are or counts.get(all_are) == trials
    known = {
        outcome: each.probability for outcome, each in scheme.theory(objects.model).items() if each.exact
    }
    for outcome in known.keys() | counts.keys() if known else ():
        low, high = rate_interval(counts.get(outcome, 0), trials, CONFIDENCE)
        good &= low <= known.get(outcome, 0.0) <= high
    told = ", ".join(f"{outcome} {count}" for outcome, count in counts.items())
    exact = ", ".join(f"{outcome} {trials * p:.6g}" for outcome, p in known.items())
    print(f"{name}, {model}, {trials} objects: {told}; exactly {exact}{'' if good else ' NOT SO'}")
    return good


def only_the_verified_are_timed() -> bool:
    """Print who has a speed; whether an engine has none that decodes only what is not timed."""
    with tempfile.TemporaryDirectory() as folder:
        plugin = Path(folder, "liar.py")
        plugin.write_text(LIAR)
        command = [
            *(sys.executable, "-m", "benchsuite", "protect", "--plugin", str(plugin)),
            *("--backend", "liar", "--backend", BACKEND, "--protection", "hsiao-72-64", "--model", "flips:1"),
            *("--trials", "300", "--preset", "smoke", "--json", "--output", str(Path(folder, "run.jsonl"))),
        ]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    protections = json.loads(found.stdout)["protections"]
    paces = {each["backend"]: [each[what] for what in ("encode", "decode", "repair")] for each in protections}
    for backend, given in paces.items():
        print(
            backend, *(f"{pace['bytes_per_second'] / 1e9:.3g} GB/s" if pace else "no speed" for pace in given)
        )
    return found.returncode == 1 and all(paces[BACKEND]) and paces["liar"][1:] == [None, None]


def main() -> int:
    """0 where the claim holds."""
    engine = Engine(origin(discover(), BACKEND).request())
    held = [holds(engine, *struck) for struck in STRUCK]
    held.append(only_the_verified_are_timed())
    print(f"{sum(held)} of {len(held)} hold")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
