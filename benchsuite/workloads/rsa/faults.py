"""RSA signatures made wrongly, the attack that such a one lets happen, and what a signer can do against it.

A signature by the Chinese remainder theorem that is right modulo one prime and wrong modulo the other gives
the key away: gcd(s^e - m, n) is the first prime (Boneh, DeMillo and Lipton 1997; Lenstra 1996).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import gcd

from benchsuite.workloads.reference.rsa import PrivateKey

STRUCK_NUMBERS: Mapping[str, str] = {
    "exponent-p": "dp",
    "exponent-q": "dq",
    "modulus-p": "p",
    "modulus-q": "q",
    "inverse": "qinv",
    "exponent": "d",
    "modulus": "n",
}
"""Fault -> the number of the key that it flips bits of."""

CRT_FAULTS = ("half-p", "half-q", "exponent-p", "exponent-q", "modulus-p", "modulus-q", "inverse")
"""Those that spoil a signature modulo one prime only."""

FAULTS = (*CRT_FAULTS, "exponent", "modulus", "signature")
"""``half-p`` and ``half-q`` strike a finished half, ``signature`` the finished whole; ``exponent`` and
``modulus`` are those of a signer that does without the Chinese remainder theorem."""


def struck_key(key: PrivateKey, fault: str, flips: int) -> PrivateKey:
    """The key with bits flipped in the number of STRUCK_NUMBERS."""
    name = STRUCK_NUMBERS[fault]
    return key._replace(**{name: getattr(key, name) ^ flips})


def struck_power(key: PrivateKey, message: int, fault: str, flips: int) -> int:
    """``message ** d mod n`` as a signer comes to it that one of FAULTS has struck, bits of ``flips`` set."""
    if fault in ("exponent", "modulus"):
        struck = struck_key(key, fault, flips)
        return pow(message, struck.d, struck.n)
    used = struck_key(key, fault, flips) if fault in STRUCK_NUMBERS else key
    first, second = pow(message, used.dp, used.p), pow(message, used.dq, used.q)
    first ^= flips * (fault == "half-p")
    second ^= flips * (fault == "half-q")
    whole = second + key.q * ((first - second) * used.qinv % key.p)
    return whole ^ flips * (fault == "signature")


def is_right(key: PrivateKey, message: int, signature: int) -> bool:
    """Whether the public half of the key accepts the signature: what a signer can check before release."""
    return signature < key.n and pow(signature, key.e, key.n) == message


def found_factor(key: PrivateKey, message: int, signature: int) -> int | None:
    """The prime that a message and its signature give away to who has the public half alone, or None."""
    factor = gcd(pow(signature, key.e, key.n) - message, key.n)
    return factor if 1 < factor < key.n else None


def _withhold(key: PrivateKey, message: int) -> None:
    return None


def _recompute(key: PrivateKey, message: int) -> int | None:
    """Without the Chinese remainder theorem, as nothing can then be wrong modulo one prime only."""
    return pow(message, key.d, key.n)


PROTECTIONS: Mapping[str, Callable[[PrivateKey, int], int | None]] = {
    "verify": _withhold,
    "recompute": _recompute,
}
"""Name -> what is released in place of a signature that its signer has found wrong; None: nothing."""


def released(key: PrivateKey, message: int, fault: str, flips: int, protect: str) -> tuple[str, int | None]:
    """(outcome, what leaves the signer); a fault of the finished signature comes after its protection.

    Outcomes: ``intact``, ``damaged``, ``leaked`` (damaged, and a factor of n is found), ``withheld``,
    ``recovered``.
    """
    signature = struck_power(key, message, fault, flips)
    if is_right(key, message, signature):
        return "intact", signature
    if protect and fault != "signature":
        instead = PROTECTIONS[protect](key, message)
        return ("withheld", None) if instead is None else ("recovered", instead)
    return judged(key, message, signature), signature


def judged(key: PrivateKey, message: int, signature: int) -> str:
    """``intact``, ``damaged`` or ``leaked``: what a released signature is."""
    if is_right(key, message, signature):
        return "intact"
    return "damaged" if found_factor(key, message, signature) is None else "leaked"
