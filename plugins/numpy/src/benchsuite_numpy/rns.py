"""Modular products of whole batches in residue number systems: float64 throughout, base extensions by BLAS.

**Numbers.** N is a modulus; a_1 ... a_k and b_1 ... b_k are distinct primes, A and B their products. A
number x stands as 2k residues, x·σ_i mod a_i and x·η_j mod b_j, each a row over the batch. η_j is (B/b_j)^-1,
and σ_i² is ±(-N·A/a_i)^-1: as each a_i is 3 modulo 4, one of the two signs has a root. "mod m" means some
integer of the class, of size at most m/2 + 2; M is the largest of these sizes.

**Product.** r = xy/A modulo N, by Montgomery's reduction (1985) in two bases (Bajard, Didier, Kornerup 1998):

1. t_i = xσ_i·yσ_i mod a_i: up to the sign, the digits of q = Σ ±t_i·A/a_i, for which xy + qN is 0 modulo A;
   the root σ saves their multiplication by a constant. u_j = xη_j·yη_j mod b_j.
2. In the second base r = (xy + qN)/A is rη_j = (Σ_i t_i·G_ji + u_j·d_j) mod b_j, where G_ji = ±N·η_j/a_i and
   d_j = 1/(A·η_j), both modulo b_j.
3. The scale η makes rη_j the digits of r: r = Σ rη_j·B/b_j - cB, and c is Σ rη_j/b_j rounded, as |r| < B/4
   (Shenoy and Kumaresan 1989; Kawamura et al. 2000). So rσ_i = (Σ_j rη_j·H_ij - c·Bσ_i) mod a_i, where
   H_ij = σ_i·B/b_j modulo a_i.

**Why nothing is ever rounded.** ``bases`` and ``Tables`` refuse what breaks one of these:

- *Sums.* All are of integers, of at most k + 1 products of two sizes up to M (c is far smaller), and
  (k+1)M² + M ≤ 2^53: every partial sum is exact, in whatever order and however fused BLAS adds.
- *Reductions.* For |x| ≤ 2^53 - M: fl(x·fl(1/m)) is off x/m by at most (2^53/m)·(2^-52 + 2^-106), its nearest
  integer q by that and 1/2, so |x - qm| ≤ m/2 + 2 + 2^-53 = (m-1)/2 + 2.5 + 2^-53: as an integer, at most
  (m-1)/2 + 2 ≤ M. Then |qm| ≤ 2^53 is exact, and so is the difference. A multiple of m becomes exactly 0.
- *Sizes.* |x|, |y| ≤ kN and A ≥ 4kN give |r| ≤ |xy|/A + N·Σ|t_i|/a_i ≤ kN/4 + N·(k/2 + 1/4) ≤ kN again, and
  B ≥ 4kN gives |r|/B ≤ 1/4.
- *The multiple c.* Σ rη_j/b_j is k products, each below 0.51: its error is below (k+2)²·2^-53, far below the
  1/4 that lies between |r|/B and the next half.

Knows nothing of signatures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

EXACT = 2**53
"""Integers up to this size are float64 numbers, all of them."""


@dataclass(frozen=True)
class Bases:
    """Two bases of k primes each, as large as exactness allows."""

    a: tuple[int, ...]
    b: tuple[int, ...]

    @property
    def k(self) -> int:
        """Primes in each."""
        return len(self.a)

    @property
    def largest(self) -> int:
        """M: no residue is larger."""
        return (max(self.a + self.b) - 1) // 2 + 2


def _primes_down_from(top: int) -> Iterator[int]:
    """Those from the odd number ``top`` on, above its root."""
    odd = range(3, math.isqrt(top) + 1, 2)
    divisors = [n for n in odd if all(n % d for d in range(3, math.isqrt(n) + 1, 2))]
    for candidate in range(top, max(odd), -2):
        if all(candidate % divisor for divisor in divisors):
            yield candidate


@cache
def bases(k: int) -> Bases:
    """The largest primes whose sums of k + 1 products are exact."""
    largest = math.isqrt(EXACT // (k + 1)) - 1
    a: list[int] = []
    b: list[int] = []
    for prime in _primes_down_from(2 * (largest - 2) + 1):
        base = a if prime % 4 == 3 and len(a) < k else b
        if len(base) < k:
            base.append(prime)
        elif len(a) == k:
            break
    found = Bases(tuple(a), tuple(b))
    if (k + 1) * found.largest**2 + found.largest > EXACT:
        raise ArithmeticError(f"sums of {k + 1} products of {found.largest} are not exact")
    return found


def bases_for(moduli: Sequence[int]) -> Bases:
    """The smallest bases with A and B at least 4kN for each of the moduli."""
    k = max(moduli).bit_length() // 26 + 1
    while min(math.prod(bases(k).a), math.prod(bases(k).b)) < 4 * k * max(moduli):
        k += 1
    return bases(k)


def _balanced(value: int, prime: int) -> int:
    value %= prime
    return value - prime if value > prime // 2 else value


class Tables:
    """The constants of products modulo L numbers at once, in common bases.

    ``primes, inverses: float64[L * (2k + 1), 1]``, in the rows of ``Numbers``. ``to_b: float64[L, k + 1, k]``
    is G, ``second: float64[L * (k + 1), 1]`` is d, ``ratios: float64[1, k + 1]`` is 1/b, ``to_a: float64[L,
    k, k + 1]`` is H with the multiple of B. The row of c takes part as if modulo 1, with zeros in ``to_b``,
    ``second`` and ``ratios``: whole arrays are faster than parts of them.
    Raises ArithmeticError for moduli for which the proof above does not hold.
    """

    def __init__(self, moduli: tuple[int, ...]) -> None:
        self.moduli, self.bases = moduli, bases_for(moduli)
        self.k = k = self.bases.k
        self.a, self.b = math.prod(self.bases.a), math.prod(self.bases.b)
        scales = [self._scales_of(n) for n in moduli]
        self._signs, self._sigma, self._eta = (tuple(each) for each in zip(*scales, strict=True))
        self.primes = _column(self.bases.a * len(moduli) + (*self.bases.b, 1) * len(moduli))
        self.inverses = 1 / self.primes
        self.ratios: F64 = np.append(self.inverses[len(moduli) * k :][:k, 0], 0)[None, :]
        self.to_b: F64 = np.array([self._to_b(half) for half in range(len(moduli))], np.float64)
        self.to_a: F64 = np.array([self._to_a(half) for half in range(len(moduli))], np.float64)
        self.second = _column([d for half in range(len(moduli)) for d in (*self._second(half), 0)])
        self._require_proof()

    def _scales_of(self, n: int) -> tuple[list[int], list[int], list[int]]:
        """The signs of t, σ and η."""
        signs, sigma = [], []
        for prime in self.bases.a:
            square = pow(-n * (self.a // prime), -1, prime)
            root = pow(square, (prime + 1) // 4, prime)
            signs.append(1 if root * root % prime == square else -1)
            sigma.append(root)
        return signs, sigma, [pow(self.b // prime, -1, prime) for prime in self.bases.b]

    def _to_b(self, half: int) -> list[list[int]]:
        n, signs = self.moduli[half], self._signs[half]
        rows = [
            [
                _balanced(sign * (n % j) * eta * pow(i, -1, j), j)
                for i, sign in zip(self.bases.a, signs, strict=True)
            ]
            for j, eta in zip(self.bases.b, self._eta[half], strict=True)
        ]
        return [*rows, [0] * self.k]

    def _to_a(self, half: int) -> list[list[int]]:
        rows = []
        for i, sigma in zip(self.bases.a, self._sigma[half], strict=True):
            scaled = self.b % i * sigma
            rows.append(
                [_balanced(scaled * pow(j, -1, i), i) for j in self.bases.b] + [_balanced(-scaled, i)]
            )
        return rows

    def _second(self, half: int) -> list[int]:
        pairs = zip(self.bases.b, self._eta[half], strict=True)
        return [_balanced(pow(self.a * eta, -1, j), j) for j, eta in pairs]

    def _require_proof(self) -> None:
        k, largest = self.k, self.bases.largest
        for n, signs, sigma in zip(self.moduli, self._signs, self._sigma, strict=True):
            roots = zip(self.bases.a, signs, sigma, strict=True)
            if not (
                all((sign * root**2 * n * (self.a // i) + 1) % i == 0 for i, sign, root in roots)
                and min(self.a, self.b) >= 4 * k * n
                and k * largest <= (k / 2 + 0.25) * min(self.bases.a)
                and (k + 2) ** 2 < 2**-10 * EXACT
                and (k + 1) * largest**2 + largest <= EXACT
            ):
                raise ArithmeticError(f"no exact products modulo {n} in bases of {k} primes")

    def residues(self, *values: Sequence[int]) -> F64:
        """``float64[L * (2k + 1), constants]``: some for each of the moduli, as numbers with c = 0."""
        rows: list[list[int]] = []
        for constants, sigma in zip(values, self._sigma, strict=True):
            rows += (
                [_balanced(v * s, i) for v in constants] for i, s in zip(self.bases.a, sigma, strict=True)
            )
        for constants, eta in zip(values, self._eta, strict=True):
            rows += ([_balanced(v * h, j) for v in constants] for j, h in zip(self.bases.b, eta, strict=True))
            rows.append([0] * len(constants))
        return np.array(rows, np.float64)

    def may_multiply(self, modulus: int, x: int, y: int) -> bool:
        """Whether factors of these sizes, beyond kN, still give a product of at most kN."""
        return 2 * x * y <= self.a * modulus * (self.k - 1)


def _column(values: Sequence[int]) -> F64:
    return np.array(values, np.float64)[:, None]


class Numbers:
    """A batch of ``count`` numbers modulo each of L moduli: views of one ``float64[L * (2k + 1), count]``.

    ``rows`` is all of it: first ``a: [L, k, count]``, then ``b: [L, k + 1, count]``, whose last row is c.
    """

    def __init__(self, tables: Tables, count: int) -> None:
        moduli, k = len(tables.moduli), tables.k
        self.rows: F64 = np.zeros((moduli * (2 * k + 1), count))
        self.rows_a, self.rows_b = self.rows[: moduli * k], self.rows[moduli * k :]
        self.a: F64 = self.rows_a.reshape(moduli, k, count)
        self.b: F64 = self.rows_b.reshape(moduli, k + 1, count)
        self.multiple: F64 = self.b[:, k:]
        self.halves: tuple[tuple[F64, F64], ...] = tuple(zip(self.a, self.b, strict=True))


class Products:
    """Products of batches of ``count`` numbers, with all the buffers that they take."""

    def __init__(self, tables: Tables, count: int) -> None:
        self.tables = tables
        self._product = Numbers(tables, count)  # t and u
        self._quotient = Numbers(tables, count)
        self.multiple: F64 = np.empty((len(tables.moduli), 1, count))
        """c of the last product before rounding: it less c is r/B."""
        # Spread over the batch: a whole array beside another is faster than a column repeated.
        self._primes, self._inverses = Numbers(tables, count), Numbers(tables, count)
        self._primes.rows[...], self._inverses.rows[...] = tables.primes, tables.inverses
        self._second: F64 = tables.second.repeat(count, 1)

    def multiply(self, x: Numbers, y: Numbers, out: Numbers) -> None:
        """xy over A; all three may be the same."""
        np.multiply(x.rows, y.rows, out=self._product.rows)
        self._finish(out)

    def multiply_each(self, x: Numbers, factors: Sequence[Numbers], out: Numbers) -> None:
        """As ``multiply``, with a factor of its own modulo each of the moduli."""
        for half, factor in enumerate(factors):
            for mine, theirs, product in zip(
                x.halves[half], factor.halves[half], self._product.halves[half], strict=True
            ):
                np.multiply(mine, theirs, out=product)
        self._finish(out)

    def _finish(self, out: Numbers) -> None:
        product, tables = self._product, self.tables
        self.reduce(product)
        np.multiply(product.rows_b, self._second, out=product.rows_b)
        np.matmul(tables.to_b, product.a, out=out.b)
        np.add(out.rows_b, product.rows_b, out=out.rows_b)
        self.reduce_b(out.rows_b)
        np.matmul(tables.ratios, out.b, out=self.multiple)
        np.rint(self.multiple, out=out.multiple)
        np.matmul(tables.to_a, out.b, out=out.a)
        _reduce(out.rows_a, self._primes.rows_a, self._inverses.rows_a, self._quotient.rows_a)

    def reduce(self, x: Numbers) -> None:
        """Every row modulo its prime, in place."""
        _reduce(x.rows, self._primes.rows, self._inverses.rows, self._quotient.rows)

    def reduce_b(self, rows: F64) -> None:
        """``float64[L * (k + 1), count]``: modulo the primes b, in place."""
        _reduce(rows, self._primes.rows_b, self._inverses.rows_b, self._quotient.rows_b)


def _reduce(x: F64, primes: F64, inverses: F64, quotient: F64) -> None:
    np.multiply(x, inverses, out=quotient)
    np.rint(quotient, out=quotient)
    np.multiply(quotient, primes, out=quotient)
    np.subtract(x, quotient, out=x)
