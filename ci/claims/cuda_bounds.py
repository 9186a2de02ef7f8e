#!/usr/bin/env python3
"""Claim: on sm_90 the machine code of every kernel allows what the goals ask for.

Kernels that memory should bound reach 0.9 of copy bandwidth (CRC 0.85); AES-128 in counter mode reaches 4.5
Tb/s, without tables 3.2, on 132 multiprocessors at 1.755 GHz. Predicted from counts that one command prints:
`benchsuite cuda explain KERNEL`.
"""

from __future__ import annotations

import sys

from benchsuite_cuda.bound import CHIPS
from benchsuite_cuda.machine_code import machine_code
from benchsuite_cuda.occupancy import fits
from benchsuite_cuda.source import KernelForm, forms

ARCHITECTURE = "90"
COPY_SHARES = {"linear": 0.9, "crc": 0.85}
"""By source; kernels of others are bound by what they compute, and have no such goal."""
AES_BITS_PER_SECOND = {"aes_table": 4.5e12, "aes_bitsliced": 3.2e12}
"""By source, of AES-128 in counter mode; without tables it is constant in time, and slower."""


def goal_of(form: KernelForm) -> tuple[str, float] | None:
    """What must be reached, and how much of it."""
    if form.source in COPY_SHARES:
        return "of copy bandwidth", COPY_SHARES[form.source]
    if is_aes_128_ctr(form):
        return "bits/s", AES_BITS_PER_SECOND[form.source]
    return None


def is_aes_128_ctr(form: KernelForm) -> bool:
    """Whether ``form`` is counter mode of ten rounds."""
    return form.source in AES_BITS_PER_SECOND and "ctr" in form.name and form.defines["ROUNDS"] == 10


def holds(form: KernelForm) -> bool:
    """Print the bound beside the goal; whether it reaches it."""
    goal = goal_of(form)
    if goal is None or not fits(ARCHITECTURE, form.shared_bytes):
        return True
    bound = machine_code(form, ARCHITECTURE).bound()
    unit, least = goal
    found = (
        bound.copy_share
        if unit == "of copy bandwidth"
        else bound.items_per_second * form.payload_per_item * 8
    )
    print(f"{form.label}: {found:.3g} {unit} by {bound.unit} (goal {least:g}), predicted")
    return form.bytes_per_item > 0 and found >= least


def main() -> int:
    """0 where the claim holds."""
    chip, known = CHIPS[ARCHITECTURE], forms()
    print(f"{chip.name}: {chip.multiprocessors} multiprocessors at {chip.clock_hertz / 1e9:g} GHz")
    reached = [holds(form) for form in known]
    missing = [source for source in COPY_SHARES if source not in {form.source for form in known}]
    if not any(map(is_aes_128_ctr, known)):
        missing.append("AES-128 in counter mode")
    for one in missing:
        print(f"there is no kernel of {one}")
    return 0 if all(reached) and not missing else 1


if __name__ == "__main__":
    sys.exit(main())
