"""What is computed: parameters, seeded inputs, the work done, the check. Says what, never how.

Knows no backend, clock or file of results; plugins read these objects and implement them.
"""

from benchsuite.workloads.aes import AES_CTR
from benchsuite.workloads.codes import CRC, HSIAO_DECODE, HSIAO_ENCODE

WORKLOADS = (AES_CTR, CRC, HSIAO_ENCODE, HSIAO_DECODE)
"""Every built-in workload."""

__all__ = ["AES_CTR", "CRC", "HSIAO_DECODE", "HSIAO_ENCODE", "WORKLOADS"]
