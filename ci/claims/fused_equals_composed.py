#!/usr/bin/env python3
"""Claim: fused and composed injection come to the same outcomes, trial by trial.

Of the same trials of Hsiao codes under two error models: the plain-Python reading of the definition; the
core, which draws, encodes, flips and decodes; numpy by syndrome and composed of its encoder and decoder; the
CUDA kernel, emulated, in four orders of threads and blocks; and `benchsuite inject`. Each trial alone, all of
them in one tally, and in tallies of odd size.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import benchsuite_numpy
import numpy as np
from benchsuite_cuda import inject as cuda
from benchsuite_cuda.gpu import read_gpu
from benchsuite_cuda.lane import open_lanes
from cuda_emulator import Emulator

from benchsuite.api import Job, Prepared
from benchsuite.host.engine import origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import discover
from benchsuite.host.proof import run_once
from benchsuite.inject.campaign import Campaign, run_campaign
from benchsuite.inject.models import parse_model
from benchsuite.inject.ways import find_way
from benchsuite.workloads import HSIAO_INJECT
from benchsuite.workloads.codes import code
from benchsuite.workloads.codes.hsiao import HSIAO, hsiao_columns
from benchsuite.workloads.codes.inject import HsiaoInjectInputs, HsiaoInjectParams
from benchsuite.workloads.codes.inject_bulk import tally
from benchsuite.workloads.codes.outcomes import OUTCOMES
from benchsuite.workloads.reference.inject import outcome

SEED = 1
TRIALS = 5040
CUTS = (1, 5040, 720, 45)
"""Trials of a tally: each alone, all at once, and others that no warp and no block divides."""
CASES = (
    (72, 64, "flips:3"),
    (72, 64, "flips:4"),
    (72, 64, "bsc:0.01"),
    (137, 128, "flips:5"),
    (39, 32, "bsc:0.05"),
)
ORDERS = (("forward", "forward"), ("reverse", "reverse"), ("random:1", "forward"), ("random:2", "reverse"))

Count = Callable[[HsiaoInjectParams, Any], Any]
"""Of a case and its inputs, the counts of its tallies: ``uint64[tallies, 7]``."""


def through(prepare: Callable[[Any], Prepared], lane: Any) -> Count:
    """Counting by an implementation on its lane."""

    def count(params: HsiaoInjectParams, inputs: Any) -> Any:
        outputs = HSIAO_INJECT.outputs(params)
        outputs.counts.fill(2**64 - 1)
        device: Any = None  # none of them looks at it
        job = Job(params=params, device=device, lane=lane, scope="resident", inputs=inputs, outputs=outputs)
        run_once(prepare(job), lane)
        return outputs.counts

    return count


def core(params: HsiaoInjectParams, inputs: Any) -> Any:
    """Counting by what checks compare with."""
    return tally(HSIAO.code(params), params.model, params.trials, inputs.key, inputs.first)


@contextmanager
def engines() -> Iterator[dict[str, Count]]:
    """All but the plain reading and ``inject``, by name."""
    known = benchsuite_numpy.backend.implementations
    (cpu,) = benchsuite_numpy.backend.probe()
    with ExitStack() as stack:
        (host,) = stack.enter_context(cpu.lanes(1))
        found = {
            "core": core,
            "numpy": through(known[HSIAO_INJECT.id, ""].prepare, host),
            "numpy (composed)": through(known[HSIAO_INJECT.id, "composed"].prepare, host),
        }
        for threads, blocks in ORDERS:
            cp = Emulator(threads=threads, blocks=blocks)
            (lane,) = stack.enter_context(open_lanes(cp, read_gpu(cp, 0), None, 1))
            found[f"cuda (emulated, {threads}, {blocks})"] = through(cuda.inject, lane)
        yield found


def injected(params: HsiaoInjectParams) -> dict[str, int]:
    """The same trials by ``benchsuite inject``."""
    registry, of = discover(), code(f"hsiao-{params.n}-{params.k}")
    model = parse_model(params.model, registry)
    done = run_campaign(
        Campaign(code=of, model=model, seed=SEED, trials=TRIALS),
        origin(registry, "numpy"),
        find_way(registry, "numpy", Probe(devices=(("cpu", ("end-to-end",)),)), of),
        registry,
        record=lambda line: None,
        progress=lambda trials, total: None,
    )
    return {name: count for name, count in done.outcomes.items() if count}


def same(n: int, k: int, model: str, found: dict[str, Count]) -> bool:
    """Print the counts of a case; whether all come to them, trial by trial."""
    columns, alone = hsiao_columns(n, k), HsiaoInjectParams(n=n, k=k, model=model, tallies=TRIALS, trials=1)
    inputs = HSIAO_INJECT.inputs(alone, SEED, 0)
    key = tuple(inputs.key[0].tolist())
    each = [OUTCOMES.index(outcome(columns, k, model, key, trial)) for trial in range(TRIALS)]
    table = np.zeros((TRIALS, len(OUTCOMES)), np.uint64)
    table[np.arange(TRIALS), each] = 1
    counts = dict(Counter(OUTCOMES[number] for number in sorted(each)))
    print(f"hsiao ({n},{k}), {model}, {TRIALS} trials of seed {SEED}: {counts}")
    wrong = [
        f"{name}, {TRIALS // trials} x {trials}"
        for trials in CUTS
        for name, count in found.items()
        if not np.array_equal(
            count(
                HsiaoInjectParams(n=n, k=k, model=model, tallies=TRIALS // trials, trials=trials),
                HsiaoInjectInputs(key=inputs.key[::trials].copy(), first=inputs.first[::trials].copy()),
            ),
            table.reshape(TRIALS // trials, trials, -1).sum(axis=1),
        )
    ]
    if injected(alone) != counts:
        wrong.append("inject")
    print(f"  {'; '.join(wrong) + ' DIFFER' if wrong else 'identical'}")
    return not wrong


def main() -> int:
    """0 where the claim holds."""
    with engines() as found:
        print(f"the plain reading, {', '.join(found)}, inject; each in tallies of {CUTS} trials")
        held = [same(*case, found) for case in CASES]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
