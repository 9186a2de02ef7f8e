"""What the parameters of signing and verifying share: the sizes of keys, and how a batch is called."""

from __future__ import annotations

from benchsuite.workloads.params import require_positive
from benchsuite.workloads.rsa.keys import KEY_BITS


def require_batch(key_bits: object, messages: object) -> None:
    """Raise ValueError for a size of key that is not shipped, and for no message."""
    if type(key_bits) is not int or key_bits not in KEY_BITS:
        raise ValueError(f"key_bits must be 2048, 3072 or 4096, as keys are shipped, not {key_bits!r}")
    require_positive("messages", messages)


def title(key_bits: int, operation: str, messages: int) -> str:
    """The label of a case.

    >>> title(2048, "sign", 1), title(4096, "verify", 64)
    ('RSA-2048 sign, 1 SHA-256 digest', 'RSA-4096 verify, 64 SHA-256 digests')
    """
    return f"RSA-{key_bits} {operation}, {messages} SHA-256 digest{'s' if messages > 1 else ''}"
