#!/usr/bin/env python3
"""Claim: CRC-32 detects any 5 flips in up to 268 bits of data and no further, CRC-32C in up to 5243.

Other distances and polynomials hold as written down here. And of all bursts, a real backend passes exactly
the part that the formula says: none up to the CRC's width w, 2^(1 - w) of one bit more, 2^-w of longer ones.
"""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np

from benchsuite.api import Job
from benchsuite.host.plugins import discover
from benchsuite.workloads import CRC
from benchsuite.workloads.codes.analysis.crc import detects, undetected_bursts
from benchsuite.workloads.codes.crc import CrcInputs, CrcParams
from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS

BACKEND = "numpy"
LONGEST = (  # algorithm, Hamming distance, bits of data up to which it holds
    ("CRC-32/ISO-HDLC", 6, 268),
    ("CRC-32/ISCSI", 6, 5243),
    ("CRC-32/ISO-HDLC", 4, 91607),
    ("CRC-32/ISO-HDLC", 5, 2974),
    ("CRC-32/ISO-HDLC", 7, 171),
    ("CRC-32/ISO-HDLC", 8, 91),
    ("CRC-32/ISCSI", 8, 177),
    ("CRC-16/KERMIT", 4, 32751),
    ("CRC-8/SMBUS", 4, 119),
)
BURSTS = ("CRC-8/SMBUS", "CRC-8/MAXIM-DOW", "CRC-12/UMTS", "CRC-16/KERMIT", "CRC-16/IBM-3740")
BEYOND = (-1, 0, 1, 2, 3)
"""Bits by which a burst is longer than the CRC."""


def distance_holds(name: str, distance: int, data_bits: int) -> bool:
    algorithm = ALGORITHMS[name]
    found = [detects(algorithm, bits, distance - 1) for bits in (data_bits, data_bits + 1)]
    print(f"{name}: distance {distance} to {data_bits} bits of data, {'yes' if found[0] else 'NO'}; "
          f"to one more, {'YES' if found[1] else 'no'}")  # fmt: skip
    return found == [True, False]


def undetected(name: str, length: int) -> Fraction:
    """The part of all bursts of that length, in a message of 4 bytes, that leave its CRC as it was."""
    between = np.arange(2 ** (length - 2), dtype=np.uint32)
    bursts = (between << np.uint32(1) | np.uint32(1 << length - 1 | 1)) << np.uint32(5)
    order = "<u4" if ALGORITHMS[name].reflected_in else ">u4"
    sent = np.random.default_rng(1).integers(0, 256, 4, np.uint8)
    data = np.vstack([sent, bursts.astype(order).view(np.uint8).reshape(-1, 4) ^ sent])
    params = CrcParams(name, len(data), 4)
    outputs = CRC.outputs(params)
    backend = discover().backends[BACKEND]
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):
        inputs = CrcInputs(data=data)
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        backend.implementations[CRC.id, ""].prepare(job).run()
    return Fraction(int(np.count_nonzero(outputs.crc[1:] == outputs.crc[0])), between.size)


def bursts_hold(name: str) -> bool:
    good, width = True, ALGORITHMS[name].width
    for length in (width + beyond for beyond in BEYOND):
        formula = undetected_bursts(ALGORITHMS[name], length)
        counted = undetected(name, length)
        good &= counted == formula
        print(f"{name}: of the bursts of {length} bits {counted} pass, by formula {formula}")
    return good


def main() -> int:
    """0 where the claim holds."""
    held = [distance_holds(*row) for row in LONGEST] + [bursts_hold(name) for name in BURSTS]
    print(f"{sum(held)} of {len(held)} hold")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
