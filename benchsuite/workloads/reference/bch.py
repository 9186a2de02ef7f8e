"""Narrow-sense primitive binary BCH codes, a codeword at a time: division, Berlekamp-Massey, Chien's search.

A codeword is an integer; bit i is position i: data bit i for i < k, then check bit i - k. Position i belongs
to x^(N - 1 - i), N being the length without the overall parity bit of an extended code, which comes last. So
the first data bit has the highest power, as on paper.

Source: Hocquenghem 1959, Bose and Ray-Chaudhuri 1960; Lin and Costello, Error Control Coding, 2004, ch. 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from benchsuite.workloads.reference.galois_field import PRIMITIVE_POLYNOMIALS, Field, field


@dataclass(frozen=True, kw_only=True)
class Bch:
    """One code; take it from ``bch_code``."""

    n: int
    k: int
    m: int
    """The roots of the generator lie in GF(2^m)."""
    t: int
    """Wrong bits that are corrected: alpha^1 ... alpha^2t are roots."""
    extended: bool
    """Whether a last check bit makes every codeword even in weight: then t + 1 wrong bits are detected."""
    generator: int
    """Bit i is the coefficient of x^i."""

    @property
    def length(self) -> int:
        """n without the overall parity bit."""
        return self.n - self.extended


@cache
def generators(m: int) -> Mapping[int, tuple[int, int]]:
    """Degree -> (t, generator polynomial) of the narrow-sense codes over GF(2^m), t the largest possible.

    >>> generators(4)[8] == (2, 0b111010001)  # x^8 + x^7 + x^6 + x^4 + 1, of BCH (15,7)
    True
    """
    gf, found = field(m), {}
    generator, roots = 1, set[int]()
    for t in range(1, 2 ** (m - 1)):
        if 2 * t - 1 not in roots:  # an even power is a root with its half
            generator = _binary_product(generator, _minimal_polynomial(gf, 2 * t - 1))
            roots.update((2 * t - 1) * 2**i % gf.order for i in range(m))
        found[generator.bit_length() - 1] = (t, generator)
    return found


def _minimal_polynomial(gf: Field, exponent: int) -> int:
    """The binary polynomial of least degree with the root alpha^exponent: its conjugates are the others."""
    polynomial: tuple[int, ...] = (1,)
    for power in {exponent * 2**i % gf.order for i in range(gf.m)}:
        polynomial = gf.product(polynomial, (gf.alpha(power), 1))
    return sum(coefficient << i for i, coefficient in enumerate(polynomial))


def _binary_product(a: int, b: int) -> int:
    product = 0
    for i in range(b.bit_length()):
        product ^= (a << i) * (b >> i & 1)
    return product


@cache
def bch_code(n: int, k: int) -> Bch:
    """The code of that size, shortened where n, less the overall parity bit, is no 2^m - 1.

    The field is the smallest in which n fits; at n = 2^m that is an extended code's. There n - k is the
    degree of a generator, or one more in an extended code, never both. Raises ValueError for any other k,
    with those that n has, and for an n beyond GF(2^10).

    >>> bch_code(79, 64).t, bch_code(79, 64).m, bch_code(79, 64).extended
    (2, 7, True)
    """
    sizes = _sizes(n)
    if k not in sizes:
        known = f"with n = {n}, k is one of {', '.join(map(str, sizes))}" if sizes else "n is 4 to 1024"
        raise ValueError(f"no BCH ({n},{k}): {known}")
    return sizes[k]


@cache
def _sizes(n: int) -> Mapping[int, Bch]:
    """k -> the code, the largest first; of equal ones the extended, whose field is the smaller."""
    codes = [
        Bch(n=n, k=n - degree - extended, m=m, t=t, extended=extended, generator=generator)
        for extended in (False, True)
        if 2 < (m := (n - extended).bit_length()) <= max(PRIMITIVE_POLYNOMIALS)
        for degree, (t, generator) in generators(m).items()
    ]
    return {code.k: code for code in sorted(codes, key=lambda code: -code.k) if code.k > 0}


def check_bits(code: Bch, data: int) -> int:
    """The check bits of ``data``: the remainder of the division by the generator; then the overall parity."""
    degree = code.generator.bit_length() - 1
    remainder = _reversed(data, code.k) << degree
    for power in range(code.length - 1, degree - 1, -1):
        if remainder >> power & 1:
            remainder ^= code.generator << power - degree
    check = _reversed(remainder, degree)
    return check | ((data.bit_count() + check.bit_count() & 1) << degree if code.extended else 0)


def _reversed(value: int, width: int) -> int:
    return sum((value >> i & 1) << width - 1 - i for i in range(width))


def error_pattern(code: Bch, received: int) -> int | None:
    """The at most t wrong bits of a received codeword, 0 where it is clean; None where there are more."""
    gf = field(code.m)
    wrong = _inner_pattern(code, gf, received & (1 << code.length) - 1)
    if wrong is None:
        return None
    if code.extended and (received.bit_count() + wrong.bit_count()) % 2:
        wrong |= 1 << code.length
    return wrong if wrong.bit_count() <= code.t else None


def _inner_pattern(code: Bch, gf: Field, received: int) -> int | None:
    """Of the code without its overall parity bit."""
    powers = [code.length - 1 - i for i in range(code.length) if received >> i & 1]
    syndromes = [0] * (2 * code.t)
    for j in range(2 * code.t):
        for power in powers:
            syndromes[j] ^= gf.alpha(power * (j + 1))
    locator = berlekamp_massey(gf, syndromes)
    wrong = 0
    for i in range(code.length):
        if gf.evaluate(locator, gf.alpha(i + 1 - code.length)) == 0:
            wrong |= 1 << i
    # where a root lies outside the codeword, or is no power of alpha, the error had more than t bits
    return wrong if wrong.bit_count() == len(locator) - 1 <= code.t else None


def berlekamp_massey(gf: Field, syndromes: list[int]) -> list[int]:
    """The shortest recurrence of the syndromes S_1, S_2, ...: the error locator, coefficient i that of x^i.

    Its roots are the inverses of alpha^power of the wrong positions. Source: Massey 1969.
    """
    locator, previous = [1], [1]
    length, shift, last = 0, 1, 1
    for step, syndrome in enumerate(syndromes):
        discrepancy = syndrome
        for i in range(1, min(length, len(locator) - 1) + 1):
            discrepancy ^= gf.multiply(locator[i], syndromes[step - i])
        if not discrepancy:
            shift += 1
            continue
        scale, before = gf.divide(discrepancy, last), locator
        locator = locator + [0] * (len(previous) + shift - len(locator))
        for i, coefficient in enumerate(previous):
            locator[i + shift] ^= gf.multiply(scale, coefficient)
        if 2 * length <= step:
            length, previous, last, shift = step + 1 - length, before, discrepancy, 1
        else:
            shift += 1
    return locator + [0] * (length + 1 - len(locator))
