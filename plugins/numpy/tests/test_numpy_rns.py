"""Residue number systems against Python's integers, and the bounds that make them exact."""

import math
from functools import cache

import galois
import numpy as np
import pytest
from benchsuite_numpy.rns import EXACT, Bases, Numbers, Products, Tables, bases, bases_for
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.workloads.rsa.keys import benchmark_key

KEYS = {bits: benchmark_key(bits) for bits in (2048, 3072, 4096)}
MODULI = [(KEYS[2048].n,), (KEYS[3072].n,), (KEYS[4096].n,), (KEYS[2048].p, KEYS[2048].q)]
every_modulus = pytest.mark.parametrize(
    "moduli", MODULI, ids=lambda moduli: f"{len(moduli)}x{moduli[0].bit_length()}"
)


@cache
def tables_of(n: int) -> Tables:
    """Made once for all examples, which only read them."""
    return Tables((n,))


def numbers(tables: Tables, values: list[list[int]]) -> Numbers:
    """``values``: those of a batch, for each modulus."""
    made = Numbers(tables, len(values[0]))
    made.rows[...] = tables.residues(*values)
    return made


def integers(tables: Tables, made: Numbers, half: int) -> list[int]:
    """What the residues of both bases stand for; fails where they differ or a residue is no integer."""
    found = []
    k, unit = tables.k, tables.residues(*([1] for _ in tables.moduli))
    for base, primes, rows, scales in (
        ("a", tables.bases.a, made.a[half], unit[: len(tables.moduli) * k].reshape(-1, k)[half]),
        ("b", tables.bases.b, made.b[half, :k], unit[len(tables.moduli) * k :].reshape(-1, k + 1)[half, :k]),
    ):
        product = math.prod(primes)
        weights = [
            product // prime * pow(int(scale) * (product // prime), -1, prime)
            for prime, scale in zip(primes, scales, strict=True)
        ]
        assert (rows == np.rint(rows)).all(), base
        values = [
            sum(int(residue) * weight for residue, weight in zip(column, weights, strict=True)) % product
            for column in rows.T
        ]
        found.append([value - product if value > product // 2 else value for value in values])
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize("k", [2, 40, 42, 85, 129, 173, 300])
def test_bases_are_distinct_primes_whose_sums_of_products_are_exact(k: int) -> None:
    found = bases(k)
    assert len(set(found.a + found.b)) == 2 * k == 2 * len(found.a)
    assert all(map(galois.is_prime, found.a + found.b))
    assert {prime % 4 for prime in found.a} == {3}
    assert (k + 1) * found.largest**2 + found.largest <= EXACT


@every_modulus
def test_products_are_those_of_montgomery_at_the_edges_of_what_is_allowed(moduli: tuple[int, ...]) -> None:
    tables = Tables(moduli)
    sizes = [[0, 1, n - 1, n, -n, tables.k * n, -tables.k * n, tables.k * n - 1, n // 2] for n in moduli]
    pairs = [[(x, y) for x in row for y in row] for row in sizes]
    x = numbers(tables, [[pair[0] for pair in row] for row in pairs])
    y = numbers(tables, [[pair[1] for pair in row] for row in pairs])
    Products(tables, len(pairs[0])).multiply(x, y, x)
    for half, n in enumerate(moduli):
        for (first, second), product in zip(pairs[half], integers(tables, x, half), strict=True):
            assert (product * tables.a - first * second) % n == 0
            assert abs(product) <= tables.k * n


@settings(max_examples=10)
@given(seed=st.integers(0, 2**64))
def test_chains_of_products_stay_exact_and_bounded(seed: int) -> None:
    tables = tables_of(KEYS[2048].n)
    n, random = tables.moduli[0], np.random.default_rng(seed)
    value = int.from_bytes(random.bytes(256)) % n
    x = numbers(tables, [[value]])
    products = Products(tables, 1)
    for _ in range(30):
        products.multiply(x, x, x)
        value = value * value * pow(tables.a, -1, n) % n
    (found,) = integers(tables, x, 0)
    assert found % n == value
    assert abs(found) <= tables.k * n


def test_each_modulus_may_have_a_factor_of_its_own() -> None:
    tables = Tables(MODULI[-1])
    first, second = numbers(tables, [[5], [7]]), numbers(tables, [[11], [13]])
    out = Numbers(tables, 1)
    Products(tables, 1).multiply_each(first, [first, second], out)
    for half, expected in enumerate((25, 91)):
        (product,) = integers(tables, out, half)
        assert (product * tables.a - expected) % tables.moduli[half] == 0


@every_modulus
def test_the_largest_sums_there_can_be_are_computed_exactly(moduli: tuple[int, ...]) -> None:
    tables = Tables(moduli)
    largest = float(tables.bases.largest)
    for matrix in (tables.to_a[0], tables.to_b[0]):
        assert np.abs(matrix).max() <= largest
        for residues in (np.sign(matrix[0]) * largest, np.full(matrix.shape[1], largest)):
            exact = matrix.astype(object).astype(int) @ residues.astype(int).astype(object)
            assert (matrix @ residues == exact.astype(float)).all()
            assert max(map(abs, exact)) + tables.bases.largest**2 + tables.bases.largest <= EXACT


@settings(max_examples=200)
@given(
    quotient=st.integers(-(2**27), 2**27),
    offset=st.integers(-3, 3),
    half=st.booleans(),
    row=st.integers(0, 169),
)
def test_a_reduction_leaves_a_small_residue_of_the_same_class(
    quotient: int, offset: int, half: bool, row: int
) -> None:
    tables = tables_of(KEYS[2048].n)
    prime = (tables.bases.a + tables.bases.b)[row]
    value = quotient * prime + (prime // 2 if half else 0) + offset
    assert abs(value) <= EXACT - tables.bases.largest
    x = Numbers(tables, 1)
    x.rows[row] = value
    Products(tables, 1).reduce(x)
    residue = int(x.rows[row, 0])
    assert (value - residue) % prime == 0
    assert abs(residue) <= tables.bases.largest
    if value % prime == 0:
        assert residue == 0


def test_the_bases_are_the_smallest_that_leave_room() -> None:
    n = KEYS[2048].n
    found = bases_for((n,))
    assert min(math.prod(found.a), math.prod(found.b)) >= 4 * found.k * n
    smaller = bases(found.k - 1)
    assert min(math.prod(smaller.a), math.prod(smaller.b)) < 4 * smaller.k * n


def test_primes_too_large_for_exact_sums_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = bases_for((KEYS[2048].n,))
    larger = Bases(found.a, (*found.b[:-1], 2**25 - 39))
    monkeypatch.setattr("benchsuite_numpy.rns.bases_for", lambda moduli: larger)
    with pytest.raises(ArithmeticError, match="no exact products modulo"):
        Tables((KEYS[2048].n,))


def test_bases_too_small_for_the_modulus_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchsuite_numpy.rns.bases_for", lambda moduli: bases(84))
    with pytest.raises(ArithmeticError, match="in bases of 84 primes"):
        Tables((KEYS[2048].n,))
