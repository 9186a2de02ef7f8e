"""Reed-Solomon codes, narrow-sense and shortened, one word at a time: errors and erasures by Euclid.

A word is n elements of GF(2^m), k of data and then r = n - k of check; element i belongs to x^(n - 1 - i),
and a codeword is a polynomial with the roots alpha^1 ... alpha^r. Polynomials are coefficients, lowest first.
Sources: Reed and Solomon 1960; Sugiyama, Kasahara, Hirasawa and Namekawa 1975; Forney 1965.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

from benchsuite.workloads.reference.galois_field import Field


@cache
def generator(gf: Field, r: int) -> tuple[int, ...]:
    """(x - alpha^1) ... (x - alpha^r).

    >>> from benchsuite.workloads.reference.galois_field import field
    >>> generator(field(4), 4)  # x^4 + 13 x^3 + 12 x^2 + 8 x + 7
    (7, 8, 12, 13, 1)
    """
    product: tuple[int, ...] = (1,)
    for exponent in range(1, r + 1):
        product = gf.product(product, (gf.alpha(exponent), 1))
    return product


def encode_word(gf: Field, r: int, data: Sequence[int]) -> list[int]:
    """The r check elements: what is left of data(x) x^r divided by the generator."""
    divisor = generator(gf, r)[-2::-1]
    left = [0] * r
    for element in data:
        leading, left = left[0] ^ element, [*left[1:], 0]
        left = [a ^ gf.multiply(leading, b) for a, b in zip(left, divisor, strict=True)]
    return left


def syndromes(gf: Field, r: int, word: Sequence[int]) -> list[int]:
    """The word's values at alpha^1 ... alpha^r: zeros for a codeword."""
    return [gf.evaluate(word[::-1], gf.alpha(exponent)) for exponent in range(1, r + 1)]


def error_word(gf: Field, r: int, word: Sequence[int], erased: Collection[int] = ()) -> list[int] | None:
    """What to subtract from ``word``: all zeros for a codeword, None where no codeword is near enough.

    ``erased`` are the positions that are known to mean nothing. Near enough is a codeword that differs in v
    other positions where 2 v + len(erased) <= r, of which there is never a second.
    """
    n = len(word)
    found = syndromes(gf, r, word)
    if not any(found):
        return [0] * n
    if len(erased) > r:
        return None
    locator: tuple[int, ...] = (1,)  # its roots are 1 / x of the erased positions
    for position in erased:
        locator = gf.product(locator, (1, gf.alpha(n - 1 - position)))
    errors, evaluator = _key_equation(gf, gf.product(found, locator)[:r], r, (r + len(erased)) / 2)
    locator = gf.product(locator, errors)
    error = [0] * n
    slope = [coefficient if i % 2 == 0 else 0 for i, coefficient in enumerate(locator[1:])]
    for position in range(n):
        inverse = gf.alpha(position + 1 - n)
        if gf.evaluate(locator, inverse) == 0 and (below := gf.evaluate(slope, inverse)):
            error[position] = gf.divide(gf.evaluate(evaluator, inverse), below)
    wrong = sum(1 for position, value in enumerate(error) if value and position not in erased)
    # whatever the algebra made of a word with too many errors, only a codeword that is near is believed
    if 2 * wrong + len(erased) > r or syndromes(gf, r, error) != found:
        return None
    return error


def _key_equation(
    gf: Field, target: Sequence[int], r: int, stop: float
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(s, w) of least degree, s(x) target(x) = w(x) modulo x^r and s(0) = 1: Euclid until w's is < stop."""
    before, after = [*[0] * r, 1], list(target)
    s_before, s_after = [0], [1]
    while any(after) and _degree(after) >= stop:
        quotient, rest = _divide(gf, before, after)
        product = gf.product(quotient, s_after)
        longer = [*s_before, *[0] * (len(product) - len(s_before))]
        s_before, s_after = s_after, [a ^ b for a, b in zip(longer, product, strict=True)]
        before, after = after, rest
    if s_after[0] == 0:
        return (1,), (0,)
    return (
        tuple(gf.divide(coefficient, s_after[0]) for coefficient in s_after[: _degree(s_after) + 1]),
        tuple(gf.divide(coefficient, s_after[0]) for coefficient in after),
    )


def _degree(polynomial: Sequence[int]) -> int:
    return max((i for i, coefficient in enumerate(polynomial) if coefficient), default=0)


def _divide(gf: Field, a: Sequence[int], b: Sequence[int]) -> tuple[list[int], list[int]]:
    """(quotient, rest) of two polynomials."""
    rest, degree = list(a), _degree(b)
    quotient = [0] * max(len(a) - degree, 1)
    for i in range(_degree(a) - degree, -1, -1):
        quotient[i] = gf.divide(rest[i + degree], b[degree])
        for j in range(degree + 1):
            rest[i + j] ^= gf.multiply(quotient[i], b[j])
    return quotient, rest
