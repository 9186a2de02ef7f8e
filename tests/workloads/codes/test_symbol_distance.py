from __future__ import annotations

import pytest

from benchsuite.workloads.codes import symbol_distance
from benchsuite.workloads.codes.hsiao import HSIAO
from benchsuite.workloads.codes.symbol_distance import distance
from benchsuite.workloads.codes.symbol_matrix import POLYNOMIALS, products, systematic

BITS = products(1, POLYNOMIALS[1])

BCH = {(15, 7): (0o721, 5), (15, 5): (0o2467, 7), (31, 21): (0o3551, 5), (31, 6): (0o313365047, 15),
       (63, 51): (0o12471, 5)}  # fmt: skip
"""(n, k) -> generator polynomial and distance: Lin and Costello, Error Control Coding, 2004, Appendix C."""


def bch(n: int, k: int) -> tuple[bytes, ...]:
    rows = [bytes(BCH[n, k][0] << shift >> at & 1 for at in range(n)) for shift in range(k)]
    return systematic(rows, "generator", BITS).sums


def cauchy(n: int, k: int) -> list[bytes]:
    """1 / (x_i + y_j) of distinct elements of GF(256): every square part is regular, so d = n - k + 1."""
    table = products(8, POLYNOMIALS[8])
    return [bytes(table[row ^ (n - k + at)].index(1) for at in range(k)) for row in range(n - k)]


@pytest.mark.parametrize(("n", "k"), HSIAO.sizes)
def test_hsiaos_codes_have_distance_four(n: int, k: int) -> None:
    columns = HSIAO.columns(n, k)
    sums = [bytes(column >> row & 1 for column in columns[:k]) for row in range(n - k)]
    assert distance(sums, BITS) == (4, True)


@pytest.mark.parametrize(("n", "k"), BCH)
def test_the_distance_of_a_code_of_the_textbook_is_found(n: int, k: int) -> None:
    assert distance(bch(n, k), BITS) == (BCH[n, k][1], True)


@pytest.mark.parametrize(("n", "k"), [(10, 8), (18, 16), (36, 32)])
def test_singletons_bound_makes_a_long_search_exact(n: int, k: int) -> None:
    assert distance(cauchy(n, k), products(8, POLYNOMIALS[8])) == (n - k + 1, True)


def test_where_patterns_are_too_many_a_lower_bound_is_told() -> None:
    assert distance(cauchy(255, 223), products(8, POLYNOMIALS[8])) == (3, False)


def test_few_errors_tell_a_lower_bound_where_codewords_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    assert distance(bch(15, 7), BITS) == (5, True)
    monkeypatch.setattr(symbol_distance, "MOST_PATTERNS", 2**7 - 1)  # 15 and 105 errors, not 128 codewords
    assert distance(bch(15, 7), BITS) == (5, False)
    monkeypatch.setattr(symbol_distance, "MOST_PATTERNS", 2**5 - 1)
    assert distance(bch(15, 5), BITS) == (3, False)
