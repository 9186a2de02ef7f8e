#!/usr/bin/env python3
"""Claim: a fault in one half of an RSA-CRT signature gives a prime away always; once checked, never.

Every fault of a half, its exponent, its modulus and the recombination, each with one flip and with three; and
the controls: a flip in the finished signature, or in a signer without halves, gives nothing away.
"""

from __future__ import annotations

import sys
from collections import Counter

from benchsuite.host.plugins import Registry
from benchsuite.inject.faults.signatures import count_signatures
from benchsuite.inject.faults.targets import TARGETS
from benchsuite.inject.faults.trials import Injection
from benchsuite.inject.models import parse_model
from benchsuite.workloads.rsa.faults import CRT_FAULTS, FAULTS

TARGET = TARGETS["rsa-2048"]
TRIALS = 20
MODELS = ("flips:1", "flips:3")


def outcomes(fault: str, protect: str) -> Counter[str]:
    """Of all trials of a fault."""
    found: Counter[str] = Counter()
    for text in MODELS:
        injection = Injection(
            target=TARGET, fault=fault, model=parse_model(text, Registry()), seed=1, protect=protect
        )
        found += count_signatures(injection, 0, TRIALS).outcomes
    return found


def right(fault: str, protect: str) -> str:
    """The one outcome that the claim allows."""
    if fault == "signature" or (fault not in CRT_FAULTS and not protect):
        return "damaged"
    return {"": "leaked", "verify": "withheld", "recompute": "recovered"}[protect]


def main() -> int:
    """0 where the claim holds."""
    good = True
    for fault in FAULTS:
        for protect in ("", "verify", "recompute")[: 3 if fault == "half-p" else 2]:
            found, expected = outcomes(fault, protect), right(fault, protect)
            holds = found == {expected: len(MODELS) * TRIALS}
            good &= holds
            print(
                f"{TARGET.name} {fault}, {protect or 'unprotected'}: "
                f"{found['leaked']} of {found.total()} factored"
                + ("" if holds else f" NOT {expected} ALWAYS: {dict(found)}")
            )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
