#!/usr/bin/env python3
"""Claim: a campaign's tally is the same by whatever engine, in however many chunks, by one process or two.

Trials of Hsiao (72,64) under flips:3 and bsc:0.01 and of (39,32) under flips:4, seed 1: by `inject` on numpy
in one chunk, in a thousand, and in a thousand by two processes; by the core, by numpy's fused and composed
injection and by the CUDA kernel, emulated in four orders of threads and blocks; and by ``plain``, which reads
the definition (docs/reference/error-models.md, Streams) without any code of the suite but the columns of the
check matrix.
"""

from __future__ import annotations

import sys
from collections import Counter
from fractions import Fraction
from functools import reduce
from hashlib import blake2b
from itertools import accumulate
from math import comb
from operator import xor

from fused_equals_composed import engines

from benchsuite.host.engine import origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import discover
from benchsuite.inject.campaign import Campaign, run_campaign
from benchsuite.inject.models import parse_model
from benchsuite.inject.ways import find_way
from benchsuite.record.types import Tally
from benchsuite.workloads import HSIAO_INJECT
from benchsuite.workloads.codes import code
from benchsuite.workloads.codes.hsiao import hsiao_columns
from benchsuite.workloads.codes.inject import HsiaoInjectParams
from benchsuite.workloads.codes.outcomes import OUTCOMES

SEED = 1
TRIALS = 4000
CHUNKS = 1000
CASES = ((72, 64, "flips:3"), (72, 64, "bsc:0.01"), (39, 32, "flips:4"))
W = 2**64


def plain(columns: tuple[int, ...], n: int, k: int, model: str) -> Counter[str]:
    """Outcome -> trials, straight from the definition."""
    size = "{}" if (n, k) == (72, 64) else f'{{"k":{k},"n":{n}}}'
    digest = blake2b(f'["hsiao-decode",1,{size},"{model}",{SEED}]'.encode(), digest_size=16).digest()
    bsc, p = model.startswith("bsc"), Fraction(model.partition(":")[2])
    sums = list(accumulate(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(n if bsc else 0)))

    def word(t: int, j: int, block: int = 0) -> int:
        x, k0, k1 = (t, block + j // 4, 0, 0), *(int.from_bytes(digest[i : i + 8], "little") for i in (0, 8))
        for _ in range(10):
            a, b = 0xD2E7470EE14C6C93 * x[0], 0xCA5A826395121157 * x[2]
            x = (b // W ^ x[1] ^ k0, b % W, a // W ^ x[3] ^ k1, a % W)
            k0, k1 = (k0 + 0x9E3779B97F4A7C15) % W, (k1 + 0xBB67AE8584CAA73B) % W
        return x[j % 4]

    def syndrome(bits: int) -> int:
        return reduce(xor, (column for i, column in enumerate(columns) if bits >> i & 1), 0)

    def fate(t: int) -> str:
        data, first, where = word(t, 0, 2**62) % 2**k, word(t, 0), list[int]()
        flips = sum(sum_ * W // 1 <= first for sum_ in sums) if bsc else int(p)
        for i, j in enumerate(range(n - flips, n)):
            drawn = word(t, bsc + i) * (j + 1) // W
            where.append(j if drawn in where else drawn)
        received = data ^ syndrome(data) << k ^ sum(1 << at for at in where)
        found = syndrome(received)
        if not where or not found:
            return "undetected" if where else "not_injected"
        if found not in columns:
            return "detected"
        return "miscorrected" if (received ^ 1 << columns.index(found)) % 2**k ^ data else "corrected"

    return Counter(map(fate, range(TRIALS)))


def campaign(n: int, k: int, model: str, chunk_trials: int, processes: int) -> Tally:
    """By `inject` on numpy."""
    registry, of = discover(), code(f"hsiao-{n}-{k}")
    return run_campaign(
        Campaign(code=of, model=parse_model(model, registry), seed=SEED, trials=TRIALS),
        origin(registry, "numpy"),
        find_way(registry, "numpy", Probe(devices=(("cpu", ("end-to-end",)),)), of),
        registry,
        record=lambda line: None,
        progress=lambda trials, total: None,
        chunk_trials=chunk_trials,
        processes=processes,
    )


def tallies(n: int, k: int, model: str) -> dict[str, Counter[str]]:
    """Who counted -> outcome -> trials."""
    params = HsiaoInjectParams(n=n, k=k, model=model, tallies=8, trials=TRIALS // 8)
    inputs = HSIAO_INJECT.inputs(params, SEED, 0)
    found = {"plain reading": plain(tuple(hsiao_columns(n, k)), n, k, model)}
    ways = {
        "inject, one chunk": (TRIALS, 1),
        f"{CHUNKS} chunks": (TRIALS // CHUNKS, 1),
        "two processes": (TRIALS // CHUNKS, 2),
    }
    found |= {name: Counter(campaign(n, k, model, *way).outcomes) for name, way in ways.items()}
    with engines() as fused:
        for name, count in fused.items():
            counts = count(params, inputs).sum(axis=0).tolist()
            found[name] = Counter(dict(zip(OUTCOMES, counts, strict=True)))
    return found


def main() -> int:
    """0 where the claim holds."""
    good = True
    for n, k, model in CASES:
        found = tallies(n, k, model)
        first = +found["plain reading"]
        differ = [name for name, counts in found.items() if +counts != first]
        good &= not differ
        print(f"hsiao ({n},{k}), {model}, {TRIALS} trials of seed {SEED}: {dict(sorted(first.items()))}")
        print(f"  {', '.join(found)}: {'identical' if not differ else f'{differ} DIFFER'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
