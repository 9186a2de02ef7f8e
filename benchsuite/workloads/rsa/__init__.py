"""RSA signatures: PKCS#1 v1.5 over SHA-256 digests. Says what is computed; knows no engine."""

from benchsuite.workloads.rsa.sign import RSA_SIGN, RsaSignInputs, RsaSignOutputs, RsaSignParams
from benchsuite.workloads.rsa.verify import RSA_VERIFY, RsaVerifyInputs, RsaVerifyOutputs, RsaVerifyParams

__all__ = [
    "RSA_SIGN",
    "RSA_VERIFY",
    "RsaSignInputs",
    "RsaSignOutputs",
    "RsaSignParams",
    "RsaVerifyInputs",
    "RsaVerifyOutputs",
    "RsaVerifyParams",
]
