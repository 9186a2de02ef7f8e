#!/usr/bin/env python3
"""Claim: ``inject hsiao-72-64 --model flips:4 --exact`` answers at once, and so does flips:8, by formula.

Nobody goes through the patterns, of which flips:8 has 11,969,016,345: the lines of Python that are executed
are counted, and are fewer than a hundredth of the patterns of flips:4. The answers are those that the 256
words of the dual code give here in a few lines; and the command gives the same. Its CPU seconds are printed,
beside those of ``benchsuite --version``.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections import Counter
from math import comb
from types import FrameType
from typing import Any

from benchsuite.host.plugins import Registry
from benchsuite.inject.campaign import exact
from benchsuite.inject.models import parse_model
from benchsuite.workloads.codes import code

NAME = "hsiao-72-64"
FLIPS = (8, 4)
"""The dearer one first: it has no weights kept by the other."""
SHARE = 100


def expected(flips: int) -> dict[str, int]:
    """Outcome -> patterns, by MacWilliams' identity over every word of the dual code."""
    columns = code(NAME).columns
    n, r = len(columns), 8
    words = Counter(sum((u & column).bit_count() % 2 for column in columns) for u in range(1 << r))

    def codewords(weight: int) -> int:
        total = sum(
            number * (-1) ** i * comb(w, i) * comb(n - w, weight - i)
            for w, number in words.items()
            for i in range(weight + 1)
        )
        return total >> r

    undetected = codewords(flips)
    miscorrected = (flips + 1) * codewords(flips + 1) + (n - flips + 1) * codewords(flips - 1)
    return {
        "corrected": 0,
        "detected": comb(n, flips) - undetected - miscorrected,
        "miscorrected": miscorrected,
        "undetected": undetected,
    }


def answer(flips: int) -> tuple[dict[str, int], int]:
    """The patterns of each outcome as the suite has them, and the lines of Python that this took."""
    lines = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    of, model = code(NAME), parse_model(f"flips:{flips}", Registry())
    sys.settrace(trace)
    try:
        found = exact(of, model)
    finally:
        sys.settrace(None)
    assert found is not None
    return {outcome: int(above) for outcome, (above, _, _) in found.items()}, lines


def command(*arguments: str) -> tuple[str, float]:
    """What the command prints, and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(
        [sys.executable, "-m", "benchsuite", *arguments], capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def holds(flips: int) -> bool:
    """Print one answer and what it took; whether it is right and was not counted out."""
    wanted, (found, lines) = expected(flips), answer(flips)
    told, seconds = command("inject", NAME, "--model", f"flips:{flips}", "--exact", "--json")
    (tally,) = json.loads(told)["tallies"]
    printed = {outcome: int(above) for outcome, (above, _, _) in tally["exact"].items()}
    good = wanted == found == printed and lines < comb(code(NAME).n, min(FLIPS)) // SHARE
    print(
        f"{NAME} flips:{flips}: {found} of {comb(code(NAME).n, flips):,} patterns, by {lines} lines; the "
        f"command took {seconds:.2f} s{'' if good else f' NOT {wanted}, OR TOO MANY LINES'}"
    )
    return good


def main() -> int:
    """0 where the claim holds."""
    held = [holds(flips) for flips in FLIPS]
    print(f"benchsuite --version takes {command('--version')[1]:.2f} s")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
