"""The fields GF(2^m) by tables of powers, and polynomials over them, one element at a time.

An element is an integer: bit j is the coefficient of alpha^j, alpha being a root of the field's primitive
polynomial. So the sum of two elements is their ``^``. A polynomial is a sequence of elements, coefficient i
belonging to x^i.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

PRIMITIVE_POLYNOMIALS = {
    1: 0b11,
    2: 0b111,
    3: 0b1011,
    4: 0b10011,
    5: 0b100101,
    6: 0b1000011,
    7: 0b10001001,
    8: 0b100011101,
    9: 0b1000010001,
    10: 0b10000001001,
}
"""m -> the polynomial of alpha, bit i being the coefficient of x^i: those of the published generators of BCH
codes and of Reed-Solomon's. Source: Lin and Costello, Error Control Coding, 2004, Table 2.7."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """GF(2^m); take it from ``field``, which makes the tables."""

    m: int
    polynomial: int
    exp: tuple[int, ...]
    """alpha^i, twice around, so that a sum of two logarithms needs no remainder: 2 (2^m - 1) elements."""
    log: tuple[int, ...]
    """The logarithm to alpha of every element; zero has none, its entry means nothing."""

    @property
    def order(self) -> int:
        """How many elements are not zero: 2^m - 1, after which the powers of alpha come again."""
        return len(self.log) - 1

    def multiply(self, a: int, b: int) -> int:
        return self.exp[self.log[a] + self.log[b]] if a and b else 0

    def divide(self, a: int, b: int) -> int:
        """Raises ZeroDivisionError for b = 0."""
        if b == 0:
            raise ZeroDivisionError(f"{a} / 0 in GF(2^{self.m})")
        return self.exp[self.log[a] - self.log[b] + self.order] if a else 0

    def alpha(self, exponent: int) -> int:
        """alpha to any whole power, negative ones too."""
        return self.exp[exponent % self.order]

    def evaluate(self, polynomial: Sequence[int], x: int) -> int:
        """Its value at x, by Horner's rule."""
        value = 0
        for coefficient in reversed(polynomial):
            value = self.multiply(value, x) ^ coefficient
        return value

    def product(self, a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
        """Of two polynomials: len(a) + len(b) - 1 coefficients."""
        terms = [0] * (len(a) + len(b) - 1)
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                terms[i + j] ^= self.multiply(x, y)
        return tuple(terms)


@cache
def field(m: int) -> Field:
    """GF(2^m); raises ValueError for an m outside 1 ... 10.

    >>> gf = field(4)
    >>> gf.multiply(0b0011, 0b1000)  # (alpha + 1) alpha^3 = alpha^4 + alpha^3, and alpha^4 = alpha + 1
    11
    """
    if m not in PRIMITIVE_POLYNOMIALS:
        raise ValueError(f"no field GF(2^{m}): m is a whole number, 1 ... {max(PRIMITIVE_POLYNOMIALS)}")
    polynomial, powers = PRIMITIVE_POLYNOMIALS[m], [1]
    for _ in range(2**m - 2):
        shifted = powers[-1] << 1
        powers.append(shifted ^ polynomial if shifted >> m else shifted)
    log = [0] * 2**m
    for exponent, element in enumerate(powers):
        log[element] = exponent
    return Field(m=m, polynomial=polynomial, exp=(*powers, *powers), log=tuple(log))
