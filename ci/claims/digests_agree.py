#!/usr/bin/env python3
"""Claim: in every AES-CTR case all measured backends, two at least, carry the same digest of answers."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict

SIZES = "message_bytes=1,16,1000,16KiB,2MiB"


def main() -> int:
    """0 where the claim holds."""
    command = [sys.executable, "-m", "benchsuite", "run", "aes-ctr", "--preset", "smoke"]
    command += ["--suite", "throughput", "--set", "key_bits=128,192,256", "--set", SIZES, "--json"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    cases: dict[str, dict[str, str]] = defaultdict(dict)
    for cell in json.loads(done.stdout)["cells"]:
        if cell["status"] == "measured":
            cases[cell["label"]][cell["backend"]] = cell["output_sha256"]
    good = done.returncode == 0 and len(cases) == 15
    for label, digests in cases.items():
        agree = len(digests) >= 2 and len(set(digests.values())) == 1 and None not in digests.values()
        good = good and agree
        print(f"{label}: {', '.join(digests)}: {'same' if agree else 'NOT THE SAME'} {digests}"[:160])
    print(f"exit code {done.returncode}; {len(cases)} cases of 15 measured")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
