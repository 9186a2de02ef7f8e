"""RSA signatures, RSASSA-PKCS1-v1_5 with SHA-256, straight from RFC 8017: the oracle, on Python's integers.

Messages come as their SHA-256 digests; integers and bytes are big-endian throughout (RFC 8017 §4).
"""

from __future__ import annotations

from typing import NamedTuple

DIGEST_BYTES = 32
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
"""The DER of DigestInfo up to the digest: SHA-256 with NULL parameters (RFC 8017 §9.2, note 1)."""


class PrivateKey(NamedTuple):
    """An RSA key with both representations of its private half (RFC 8017 §3.2)."""

    n: int
    e: int
    d: int
    p: int
    q: int
    dp: int
    dq: int
    qinv: int

    @classmethod
    def of(cls, p: int, q: int, e: int, d: int) -> PrivateKey:
        """The key of two primes; ``d`` is an inverse of ``e`` modulo lcm(p - 1, q - 1)."""
        return cls(n=p * q, e=e, d=d, p=p, q=q, dp=d % (p - 1), dq=d % (q - 1), qinv=pow(q, -1, p))


def encode_digest(digest: bytes, size: int) -> bytes:
    """EMSA-PKCS1-v1_5 from step 2 on (§9.2): ``00 01 FF ... FF 00 DigestInfo``, ``size`` bytes in all.

    Raises ValueError for what is no SHA-256 digest, and where fewer than 8 bytes of FF would be left.
    """
    if len(digest) != DIGEST_BYTES:
        raise ValueError(f"a SHA-256 digest has {DIGEST_BYTES} bytes, not {len(digest)}")
    filling = size - 3 - len(SHA256_PREFIX) - len(digest)
    if filling < 8:
        raise ValueError(f"a modulus of {size} bytes is too short for SHA-256: take one of 62 or more")
    return b"\x00\x01" + b"\xff" * filling + b"\x00" + SHA256_PREFIX + digest


def private_power(key: PrivateKey, message: int) -> int:
    """RSASP1 (§5.2.1) by the Chinese remainder theorem: ``message ** d mod n``.

    Raises ValueError for a message outside 0 ... n - 1.
    """
    if not 0 <= message < key.n:
        raise ValueError("message representative out of range: give 0 ... n - 1")
    first, second = pow(message, key.dp, key.p), pow(message, key.dq, key.q)
    return second + key.q * ((first - second) * key.qinv % key.p)


def sign_digest(key: PrivateKey, digest: bytes) -> bytes:
    """RSASSA-PKCS1-v1_5 signature of a digest (§8.2.1), as long as the modulus."""
    size = (key.n.bit_length() + 7) // 8
    message = int.from_bytes(encode_digest(digest, size))
    return private_power(key, message).to_bytes(size)


def accepts(n: int, e: int, digest: bytes, signature: bytes) -> bool:
    """Whether the signature is valid (§8.2.2): as long as the modulus, below it, and ``s ** e mod n`` the
    one encoding of the digest; nothing is parsed, so no other padding or DigestInfo passes."""
    size = (n.bit_length() + 7) // 8
    s = int.from_bytes(signature)
    return len(signature) == size and s < n and pow(s, e, n).to_bytes(size) == encode_digest(digest, size)
