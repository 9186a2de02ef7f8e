"""AES: modes and key sizes. Says what is computed; knows no engine."""

from benchsuite.workloads.aes.cbc import AES_CBC_DECRYPT, AES_CBC_ENCRYPT
from benchsuite.workloads.aes.ctr import AES_CTR, AesCtrInputs, AesCtrOutputs, AesCtrParams
from benchsuite.workloads.aes.ecb import AES_ECB_DECRYPT, AES_ECB_ENCRYPT
from benchsuite.workloads.aes.gcm import AES_GCM_DECRYPT, AES_GCM_ENCRYPT

AES = (
    AES_ECB_ENCRYPT,
    AES_ECB_DECRYPT,
    AES_CBC_ENCRYPT,
    AES_CBC_DECRYPT,
    AES_CTR,
    AES_GCM_ENCRYPT,
    AES_GCM_DECRYPT,
)
"""The workloads of the family."""

__all__ = [
    "AES",
    "AES_CBC_DECRYPT",
    "AES_CBC_ENCRYPT",
    "AES_CTR",
    "AES_ECB_DECRYPT",
    "AES_ECB_ENCRYPT",
    "AES_GCM_DECRYPT",
    "AES_GCM_ENCRYPT",
    "AesCtrInputs",
    "AesCtrOutputs",
    "AesCtrParams",
]
