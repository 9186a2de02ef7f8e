"""RSA signatures made with a fault in each; what a released one gives away is tried, not assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from benchsuite.inject.faults.targets import Rsa
from benchsuite.inject.faults.trials import Counts, Injection
from benchsuite.workloads.reference.rsa import DIGEST_BYTES, PrivateKey, encode_digest
from benchsuite.workloads.rsa.faults import judged, released, struck_key, struck_power
from benchsuite.workloads.rsa.keys import benchmark_key
from benchsuite.workloads.streams import trial_data

Signer = Callable[[PrivateKey, bytes], bytes | None]
"""(key, SHA-256 digest) -> what an engine releases; None where it refuses the key or gives no signature."""


def _trials(injection: Injection, first: int, count: int) -> Iterator[tuple[bytes, int]]:
    """The digest of each trial, and its flips as a number: bit i is of the value 2^i."""
    digests = trial_data(injection.key, first, count, 8 * DIGEST_BYTES)
    for digest, flips in zip(digests, injection.flips(first, count), strict=True):
        yield digest.tobytes(), int.from_bytes(flips.tobytes(), "little")


def count_signatures(injection: Injection, first: int, count: int, signer: Signer | None = None) -> Counts:
    """Of trials ``first ... first + count - 1``, signed by an engine, or by the suite's own signer.

    An engine's signature that is right where a plain signer's would be wrong is ``recovered``: it was made
    anew, or without the struck number. One that there is not is ``rejected``.
    """
    target, counts = injection.target, Counts()
    assert isinstance(target, Rsa)
    key = benchmark_key(target.key_bits)
    outcomes: Counter[str] = Counter()
    for digest, flips in _trials(injection, first, count):
        message = int.from_bytes(encode_digest(digest, target.key_bits // 8))
        if signer is None:
            outcome, _ = released(key, message, injection.fault, flips, injection.protect)
        else:
            signature = signer(struck_key(key, injection.fault, flips), digest)
            outcome = _of_engine(key, message, signature)
            if outcome == "intact":
                plain = judged(key, message, struck_power(key, message, injection.fault, flips))
                outcome = "intact" if plain == "intact" else "recovered"
        outcomes[outcome] += 1
        counts.flips += flips.bit_count()
    counts.outcomes = outcomes
    return counts


def _of_engine(key: PrivateKey, message: int, signature: bytes | None) -> str:
    return "rejected" if signature is None else judged(key, message, int.from_bytes(signature))
