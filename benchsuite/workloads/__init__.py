"""What is computed: parameters, seeded inputs, the work done, the check. Says what, never how.

Knows no backend, clock or file of results; plugins read these objects and implement them.
"""

from benchsuite.workloads.aes import AES_CTR
from benchsuite.workloads.codes import (
    CRC,
    EXTENDED_HAMMING_DECODE,
    EXTENDED_HAMMING_ENCODE,
    HAMMING_DECODE,
    HAMMING_ENCODE,
    HSIAO_DECODE,
    HSIAO_ENCODE,
    PARITY_CHECK,
    PARITY_ENCODE,
)

WORKLOADS = (
    AES_CTR,
    CRC,
    PARITY_ENCODE,
    PARITY_CHECK,
    HAMMING_ENCODE,
    HAMMING_DECODE,
    EXTENDED_HAMMING_ENCODE,
    EXTENDED_HAMMING_DECODE,
    HSIAO_ENCODE,
    HSIAO_DECODE,
)
"""Every built-in workload."""

__all__ = [
    "AES_CTR",
    "CRC",
    "EXTENDED_HAMMING_DECODE",
    "EXTENDED_HAMMING_ENCODE",
    "HAMMING_DECODE",
    "HAMMING_ENCODE",
    "HSIAO_DECODE",
    "HSIAO_ENCODE",
    "PARITY_CHECK",
    "PARITY_ENCODE",
    "WORKLOADS",
]
