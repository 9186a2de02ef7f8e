"""What is computed: parameters, seeded inputs, the work done, the check. Says what, never how.

Knows no backend, clock or file of results; plugins read these objects and implement them.
"""

from benchsuite.workloads.aes import (
    AES,
    AES_CBC_DECRYPT,
    AES_CBC_ENCRYPT,
    AES_CTR,
    AES_ECB_DECRYPT,
    AES_ECB_ENCRYPT,
    AES_GCM_DECRYPT,
    AES_GCM_ENCRYPT,
)
from benchsuite.workloads.codes import (
    CRC,
    EXTENDED_HAMMING_DECODE,
    EXTENDED_HAMMING_ENCODE,
    HAMMING_DECODE,
    HAMMING_ENCODE,
    HSIAO_DECODE,
    HSIAO_ENCODE,
    HSIAO_INJECT,
    PARITY_CHECK,
    PARITY_ENCODE,
)
from benchsuite.workloads.machine import (
    MACHINE_BINARY_PRODUCT,
    MACHINE_COPY,
    MACHINE_FUSED_MULTIPLY,
    MACHINE_LOGIC,
    MACHINE_LOOKUP,
    MACHINE_MULTIPLY_ADD,
    MACHINE_READ,
    MACHINE_WIDE_MULTIPLY,
)
from benchsuite.workloads.rsa import RSA_SIGN, RSA_VERIFY

WORKLOADS = (
    *AES,
    CRC,
    PARITY_ENCODE,
    PARITY_CHECK,
    HAMMING_ENCODE,
    HAMMING_DECODE,
    EXTENDED_HAMMING_ENCODE,
    EXTENDED_HAMMING_DECODE,
    HSIAO_ENCODE,
    HSIAO_DECODE,
    HSIAO_INJECT,
    RSA_VERIFY,
    RSA_SIGN,
    MACHINE_COPY,
    MACHINE_READ,
    MACHINE_MULTIPLY_ADD,
    MACHINE_WIDE_MULTIPLY,
    MACHINE_LOGIC,
    MACHINE_LOOKUP,
    MACHINE_BINARY_PRODUCT,
    MACHINE_FUSED_MULTIPLY,
)
"""Every built-in workload."""

__all__ = [
    "AES_CBC_DECRYPT",
    "AES_CBC_ENCRYPT",
    "AES_CTR",
    "AES_ECB_DECRYPT",
    "AES_ECB_ENCRYPT",
    "AES_GCM_DECRYPT",
    "AES_GCM_ENCRYPT",
    "CRC",
    "EXTENDED_HAMMING_DECODE",
    "EXTENDED_HAMMING_ENCODE",
    "HAMMING_DECODE",
    "HAMMING_ENCODE",
    "HSIAO_DECODE",
    "HSIAO_ENCODE",
    "HSIAO_INJECT",
    "MACHINE_BINARY_PRODUCT",
    "MACHINE_COPY",
    "MACHINE_FUSED_MULTIPLY",
    "MACHINE_LOGIC",
    "MACHINE_LOOKUP",
    "MACHINE_MULTIPLY_ADD",
    "MACHINE_READ",
    "MACHINE_WIDE_MULTIPLY",
    "PARITY_CHECK",
    "PARITY_ENCODE",
    "RSA_SIGN",
    "RSA_VERIFY",
    "WORKLOADS",
]
