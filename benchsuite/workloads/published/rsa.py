"""RSA: signatures of PKCS#1 v1.5 in NIST's sets (RSAVS), those that are to be rejected included."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Iterable, Iterator
from itertools import count

from benchsuite.workloads.published.reading import Known, Reading
from benchsuite.workloads.published.records import Record
from benchsuite.workloads.reference.rsa import PrivateKey
from benchsuite.workloads.rsa import sign, verify
from benchsuite.workloads.rsa.keys import KEY_BITS


def signatures(records: Iterable[Record]) -> Iterator[Record]:
    """The records that have a signature, with what was said of its key before."""
    key: dict[str, str] = {}
    for record in records:
        key |= {name: record.fields[name] for name in ("n", "e", "d") if name in record.fields}
        if "s" in record.fields:
            yield record._replace(fields={**key, **record.fields})


def signed(record: Record) -> Reading:
    """A signature and the private key that made it: ``n``, ``e`` and ``d``."""
    if reason := _beyond(record):
        return reason
    n, e, d = (int(record.fields[name], 16) for name in ("n", "e", "d"))
    vector = sign.vector(
        "", "", PrivateKey.of(*primes_of(n, e, d), e, d), [_digest(record)], [_signature(record)]
    )
    return Known(
        workload=sign.RSA_SIGN.id, params=vector.params, inputs=vector.inputs, outputs=vector.outputs
    )


def verified(record: Record) -> Reading:
    """A signature and its public key; ``Result = F`` means that it is to be rejected."""
    if reason := _beyond(record):
        return reason
    valid = record.fields.get("result", "P").startswith("P")
    n, e = (int(record.fields[name], 16) for name in ("n", "e"))
    vector = verify.vector("", "", n, e, [(_digest(record), _signature(record), valid)])
    return Known(
        workload=verify.RSA_VERIFY.id, params=vector.params, inputs=vector.inputs, outputs=vector.outputs
    )


@functools.lru_cache(maxsize=8)
def primes_of(n: int, e: int, d: int) -> tuple[int, int]:
    """The primes of a key: a root of 1 that is neither 1 nor -1 shares one with n (SP 800-56B, appendix C).

    >>> primes_of(3233, 17, 2753)
    (61, 53)
    """
    odd = e * d - 1
    halvings = (odd & -odd).bit_length() - 1
    odd >>= halvings
    for base in count(2):
        root = pow(base, odd, n)
        for _ in range(halvings):
            square = root * root % n
            if square == 1 and root not in (1, n - 1):
                p = math.gcd(root - 1, n)
                return max(p, n // p), min(p, n // p)
            root = square
    raise AssertionError("unreachable: half of all bases do")


def _beyond(record: Record) -> str:
    """Why it is no vector of ours, or nothing."""
    bits, algorithm = int(record.fields["n"], 16).bit_length(), record.fields["shaalg"]
    if bits not in KEY_BITS:
        return f"RSA keys of {bits} bits: benchsuite's have {', '.join(map(str, KEY_BITS))}"
    return "" if algorithm == "SHA256" else f"RSA signatures of {algorithm}: benchsuite's are of SHA256"


def _digest(record: Record) -> bytes:
    return hashlib.sha256(bytes.fromhex(record.fields["msg"])).digest()


def _signature(record: Record) -> bytes:
    """As long as the modulus, for some are written without their leading zeros."""
    size = int(record.fields["n"], 16).bit_length() // 8
    return int(record.fields["s"], 16).to_bytes(size)
