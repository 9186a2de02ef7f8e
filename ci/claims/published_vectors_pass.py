#!/usr/bin/env python3
"""Claim: every vector of cryptography-vectors that applies passes on numpy and openssl: thousands on each.

What an engine declines is skipped, with the reason; every file of the package is accounted for, with the
reason where it does not apply.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from importlib.resources import as_file, files

from benchsuite.workloads import WORKLOADS

BACKENDS = ("numpy", "openssl")
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


def main() -> int:
    """0 where the claim holds."""
    command = [sys.executable, "-m", "benchsuite", "verify", "--json"]
    command += [part for name in BACKENDS for part in ("--backend", name)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    found = json.loads(done.stdout)
    applying = sum(part["vectors"] for part in found["sets"] if part["applies"])
    good = done.returncode == 0

    for backend in BACKENDS:
        total: Counter[str] = Counter()
        for result in found["results"]:
            if result["backend"] == backend and result["status"] != "unsupported":
                total.update({key: result[key] for key in ("passed", "failed", "skipped")})
                total["shipped"] += SHIPPED[result["workload"]]
                if result["reason"]:
                    print(f"{backend} {result['workload']}: {result['skipped']} {result['reason']}")
        every = total["passed"] + total["failed"] + total["skipped"] - total["shipped"]
        print(
            f"{backend}: {total['passed']} vectors passed, {total['failed']} failed, "
            f"{total['skipped']} skipped; {total['shipped']} shipped, {every} of {applying} that apply"
        )
        good &= total["passed"] - total["shipped"] >= LEAST and not total["failed"] and every == applying

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
