#!/usr/bin/env python3
"""Claim: every vector, shipped or of cryptography-vectors, passes on every engine that is installed here.

numpy and openssl pass thousands of those that apply. What an engine declines is skipped, with the reason;
every file of the package is accounted for, with the reason where it does not apply.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from importlib.resources import as_file, files
from typing import Any

from benchsuite.workloads import WORKLOADS

THOROUGH = ("numpy", "openssl")
"""Implement every workload that cryptography-vectors has vectors for."""
LEAST = 2000
SHIPPED = {workload.id: len(list(workload.vectors())) for workload in WORKLOADS}


def every_file() -> set[str]:
    """All that the package holds, but for its own code."""
    with as_file(files("cryptography_vectors")) as root:
        paths = [
            path
            for path in root.rglob("*")
            if path.is_file() and path.suffix not in {".py", ".typed", ".pyc"}
        ]
        return {path.relative_to(root).as_posix() for path in paths}


def engine_holds(backend: str, results: list[dict[str, Any]], applying: int) -> bool:
    """Whether each workload of an engine passed all vectors that it does not decline; prints the counts."""
    total: Counter[str] = Counter()
    good = True
    for result in results:
        total.update({key: result[key] for key in ("passed", "failed", "skipped")})
        counted = result["passed"] + result["failed"] + result["skipped"]
        total["shipped"] += SHIPPED.get(result["workload"], counted)  # a plugin's own workload ships all
        good &= result["status"] == "passed" and result["passed"] > 0
        if result["reason"]:
            print(f"{backend} {result['workload']}: {result['skipped']} {result['reason']}")
    every = sum(total[key] for key in ("passed", "failed", "skipped")) - total["shipped"]
    print(
        f"{backend}: {len(results)} workloads, {total['passed']} vectors passed, {total['failed']} failed, "
        f"{total['skipped']} skipped; {total['shipped']} shipped, {every} of {applying} that apply"
    )
    if backend in THOROUGH:
        good &= total["passed"] - total["shipped"] >= LEAST and every == applying
    return good and not total["failed"]


def main() -> int:
    """0 where the claim holds."""
    command = [sys.executable, "-m", "benchsuite", "verify", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    found = json.loads(done.stdout)
    applying = sum(part["vectors"] for part in found["sets"] if part["applies"])
    engines: dict[str, list[dict[str, Any]]] = {}
    for result in found["results"]:
        done_by = engines.setdefault(result["backend"], [])
        if result["status"] not in {"unsupported", "unavailable"}:
            done_by.append(result)
    good = done.returncode == 0 and all(engines[name] for name in THOROUGH)
    for backend, results in engines.items():
        if results:
            good &= engine_holds(backend, results, applying)
        else:
            print(f"{backend}: unavailable here")

    named = {part["set"] for part in found["sets"]}
    reasons = Counter(part["reason"] for part in found["sets"] if not part["applies"])
    missing = every_file() ^ named
    unclear = [part for part in found["sets"] if not part["applies"] and not part["reason"]]
    unclear += [part for part in found["sets"] if part["reason"].startswith("not understood")]
    print(f"{len(named)} sets, {len(missing)} unaccounted for, {len(unclear)} without a clear reason")
    print(f"{sum(reasons.values())} sets or parts of sets do not apply, for {len(reasons)} reasons")
    return 0 if good and not missing and not unclear else 1


if __name__ == "__main__":
    sys.exit(main())
