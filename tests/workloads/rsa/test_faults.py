"""Signatures made wrongly, and what they give away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.reference.rsa import PrivateKey, private_power
from benchsuite.workloads.rsa.faults import (
    CRT_FAULTS,
    FAULTS,
    STRUCK_NUMBERS,
    found_factor,
    is_right,
    judged,
    released,
    struck_key,
    struck_power,
)

KEY = PrivateKey.of(p=2**61 - 1, q=2**89 - 1, e=65537, d=pow(65537, -1, (2**61 - 2) * (2**89 - 2)))
"""Of two Mersenne primes: small enough for thousands of signatures."""

messages = st.integers(2, KEY.n - 2)
flips = st.integers(0, 56).map(lambda bit: 1 << bit)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_flip_is_no_fault(fault: str) -> None:
    assert struck_power(KEY, 12345, fault, 0) == private_power(KEY, 12345)
    assert released(KEY, 12345, fault, 0, "verify")[0] == "intact"


@given(messages, flips, st.sampled_from(CRT_FAULTS))
def test_a_signature_wrong_in_one_half_gives_a_prime_away(message: int, flip: int, fault: str) -> None:
    signature = struck_power(KEY, message, fault, flip)
    if not is_right(KEY, message, signature):  # so small a prime lets some exponents be no fault
        assert found_factor(KEY, message, signature) in (KEY.p, KEY.q)
        assert judged(KEY, message, signature) == "leaked"


@given(messages, st.sampled_from(("half-p", "half-q")), flips)
def test_which_prime_is_found_says_which_half_was_right(message: int, fault: str, flip: int) -> None:
    factor = found_factor(KEY, message, struck_power(KEY, message, fault, flip))
    assert factor == (KEY.q if fault == "half-p" else KEY.p)


@given(messages, st.sampled_from(FAULTS[:-1]), flips)
def test_nothing_wrong_leaves_a_signer_that_verifies(message: int, fault: str, flip: int) -> None:
    outcome, signature = released(KEY, message, fault, flip, "verify")
    assert (outcome, signature) == ("withheld", None) or is_right(KEY, message, signature or 0)
    outcome, signature = released(KEY, message, fault, flip, "recompute")
    assert outcome in ("intact", "recovered")
    assert signature == private_power(KEY, message)


@given(messages, flips, st.sampled_from(("", "verify", "recompute")))
def test_a_flip_in_the_finished_signature_gives_nothing_away(message: int, flip: int, protect: str) -> None:
    outcome, signature = released(KEY, message, "signature", flip, protect)
    assert (outcome, signature) == ("damaged", private_power(KEY, message) ^ flip)


def test_a_struck_key_differs_in_one_number() -> None:
    for fault, name in STRUCK_NUMBERS.items():
        struck = struck_key(KEY, fault, 4)
        assert struck == KEY._replace(**{name: getattr(KEY, name) ^ 4})
