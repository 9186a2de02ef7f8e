"""Benchmark keys: public, made by a seeded generator, and so never to protect anything."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

from benchsuite.workloads.reference.rsa import PrivateKey
from benchsuite.workloads.streams import random_bytes
from benchsuite.workloads.vectors import load

KEY_BITS = (2048, 3072, 4096)
EXPONENT = 65537

_SMALL_PRIMES = tuple(n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2)))
_BASES = (2, *_SMALL_PRIMES[:23])
"""Of Miller and Rabin: 24 fixed ones, as the candidates are drawn at random and nobody's choice."""


@functools.cache
def benchmark_key(bits: int) -> PrivateKey:
    """The shipped key of ``bits`` bits: ``generate(bits, 0)``, read from ``vectors/rsa-keys.txt``.

    Raises ValueError where none is shipped.
    """
    for record in load("rsa-keys.txt"):
        if int(record["bits"]) == bits:
            p, q, e, d = (int(record[name], 16) for name in ("p", "q", "e", "d"))
            return PrivateKey.of(p, q, e, d)
    raise ValueError(f"no RSA key of {bits} bits is shipped: choose one of {', '.join(map(str, KEY_BITS))}")


def generate(bits: int, seed: int) -> PrivateKey:
    """A key of exactly ``bits`` bits with e = 65537, the same on every machine. For benchmarks only.

    The primes have both top bits set; d is the least inverse of e (FIPS 186-5 A.1.1). A second at 2048 bits.
    """
    p, q = sorted((_prime(bits // 2, f"rsa-{bits} {name}", seed) for name in "pq"), reverse=True)
    return PrivateKey.of(p, q, EXPONENT, pow(EXPONENT, -1, math.lcm(p - 1, q - 1)))


def _prime(bits: int, label: str, seed: int) -> int:
    return next(n for n in _candidates(bits, label, seed) if (n - 1) % EXPONENT and is_probable_prime(n))


def _candidates(bits: int, label: str, seed: int) -> Iterator[int]:
    attempt = 0
    while True:
        drawn = int.from_bytes(random_bytes(label, seed, attempt, bits // 8).tobytes())
        yield drawn | 3 << bits - 2 | 1
        attempt += 1


def is_probable_prime(n: int) -> bool:
    """Trial division, then Miller-Rabin (FIPS 186-5 B.3.1) with fixed bases; ``n`` is odd and above 2000."""
    if any(n % prime == 0 for prime in _SMALL_PRIMES):
        return False
    twos = (n - 1 & 1 - n).bit_length() - 1
    return all(_passes(n, base, twos) for base in _BASES)


def _passes(n: int, base: int, twos: int) -> bool:
    power = pow(base, n - 1 >> twos, n)
    for _ in range(twos):
        if power in (1, n - 1):
            return True
        power = power * power % n
        if power == 1:  # a root of 1 other than 1 and -1
            return False
    return False
