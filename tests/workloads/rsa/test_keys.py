"""The shipped keys: made by the generator, sound, and marked as no secret."""

import math
from importlib.resources import files
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers

from benchsuite.workloads.rsa.keys import KEY_BITS, benchmark_key, generate, is_probable_prime

every_size = pytest.mark.parametrize("bits", KEY_BITS)


def passes_miller_rabin(n: int, bases: list[int]) -> bool:
    """Written apart from the generator's: down from Fermat's power, root by root, while it is 1."""
    halvings = range((n - 1 & 1 - n).bit_length())
    for base in bases:
        roots = [pow(base, n - 1 >> halving, n) for halving in halvings]
        if roots[0] != 1 or next((root for root in roots if root != 1), 1) not in (1, n - 1):
            return False
    return True


@pytest.mark.parametrize(
    "bits", [2048, *(pytest.param(bits, marks=pytest.mark.nightly) for bits in (3072, 4096))]
)
def test_the_generator_makes_the_shipped_key_again(bits: int) -> None:
    assert generate(bits, 0) == benchmark_key(bits)


def test_another_seed_makes_another_key_of_the_size_asked_for() -> None:
    key = generate(512, 1)
    assert key != generate(512, 2)
    assert key.n.bit_length() == 512
    assert generate(512, 1) == key


@every_size
def test_the_numbers_of_a_key_belong_together(bits: int) -> None:
    key = benchmark_key(bits)
    assert key.n == key.p * key.q
    assert key.n.bit_length() == bits
    assert {key.p.bit_length(), key.q.bit_length()} == {bits // 2}
    assert key.p - key.q > 2 ** (bits // 2 - 100)  # FIPS 186-5 A.1.3, step 5.4
    assert key.e == 65537
    assert key.e * key.d % math.lcm(key.p - 1, key.q - 1) == 1
    assert key.d > 2 ** (bits // 2)
    assert (key.dp, key.dq) == (key.d % (key.p - 1), key.d % (key.q - 1))
    assert key.qinv * key.q % key.p == 1


@every_size
def test_both_factors_are_prime_by_a_test_with_random_bases(bits: int) -> None:
    key, random = benchmark_key(bits), Random(bits)
    for prime in (key.p, key.q):
        assert passes_miller_rabin(prime, [random.randrange(2, prime - 1) for _ in range(5)])
    assert not passes_miller_rabin(key.n, [2])


@every_size
def test_an_independent_library_finds_nothing_wrong(bits: int) -> None:
    key = benchmark_key(bits)
    public = RSAPublicNumbers(key.e, key.n)
    RSAPrivateNumbers(key.p, key.q, key.d, key.dp, key.dq, key.qinv, public).private_key()


def test_the_file_says_that_its_keys_must_never_protect_anything() -> None:
    text = files("benchsuite.workloads.vectors").joinpath("rsa-keys.txt").read_text(encoding="utf-8")
    assert "MUST NEVER PROTECT ANYTHING" in text.partition("\n\n")[0]


def test_a_size_that_is_not_shipped_is_refused() -> None:
    with pytest.raises(
        ValueError, match="no RSA key of 1024 bits is shipped: choose one of 2048, 3072, 4096"
    ):
        benchmark_key(1024)


def test_primes_are_told_from_composites() -> None:
    sieve = [True] * 20000
    for n in range(2, 20000):
        if sieve[n]:
            sieve[2 * n :: n] = [False] * len(sieve[2 * n :: n])
    for n in range(2001, 20000, 2):
        assert is_probable_prime(n) == sieve[n]
    assert is_probable_prime(2**521 - 1)
    assert not is_probable_prime((2**521 - 1) * (2**607 - 1))
    assert not is_probable_prime(3215031751)  # a strong pseudoprime to 2, 3, 5 and 7 (Jaeschke 1993)
