"""AES: modes and key sizes. Says what is computed; knows no engine."""

from benchsuite.workloads.aes.ctr import AES_CTR, AesCtrInputs, AesCtrOutputs, AesCtrParams

__all__ = ["AES_CTR", "AesCtrInputs", "AesCtrOutputs", "AesCtrParams"]
