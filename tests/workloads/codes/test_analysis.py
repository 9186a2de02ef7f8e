"""Exact outcomes: against published figures, and against counting every pattern."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes.analysis import single_error_outcomes, weight_distribution
from benchsuite.workloads.codes.hsiao import hsiao_columns


def extended_hamming(n: int) -> list[int]:
    """Columns with an overall-parity row: positions 1 ... n - 1 below it, then the parity bit alone."""
    parity = 1 << (n - 1).bit_length()
    return [p | parity for p in range(1, n)] + [parity]


def enumerated(columns: Sequence[int], k: int) -> Counter[str]:
    """Every pattern of k >= 2 flips through a syndrome decoder."""
    counts: Counter[str] = Counter()
    for pattern in combinations(columns, k):
        syndrome = 0
        for column in pattern:
            syndrome ^= column
        counts["undetected" if not syndrome else "miscorrected" if syndrome in columns else "detected"] += 1
    return counts


@pytest.mark.parametrize(
    ("n", "k", "triples", "quadruples"),
    [
        (13, 8, (220, 286), (55, 715)),
        (22, 16, (1008, 1540), (252, 7315)),
        (39, 32, (5452, 9139), (1363, 82251)),
        (72, 64, (33568, 59640), (8392, 1028790)),
        (137, 128, (225400, 419220), (56350, 14043870)),
    ],
)
def test_the_hsiao_codes_have_the_known_triples_and_quadruples(
    n: int, k: int, triples: tuple[int, int], quadruples: tuple[int, int]
) -> None:
    columns, r = hsiao_columns(n, k), n - k
    assert single_error_outcomes(columns, r, 3)["miscorrected"] == triples
    assert single_error_outcomes(columns, r, 4)["undetected"] == quadruples
    assert single_error_outcomes(columns, r, 4)["miscorrected"][0] == 0


def test_extended_hamming_72_64_differs_from_hsiao() -> None:
    columns = extended_hamming(72)
    assert single_error_outcomes(columns, 8, 3)["miscorrected"] == (45304, 59640)
    assert single_error_outcomes(columns, 8, 4)["undetected"] == (11326, 1028790)


@pytest.mark.parametrize(("n", "doubles"), [(12, 51), (21, 150), (38, 528), (71, 2037)])
def test_shortened_hamming_miscorrects_doubles_as_known(n: int, doubles: int) -> None:
    r = n.bit_length()
    assert single_error_outcomes(range(1, n + 1), r, 2)["miscorrected"] == (doubles, comb(n, 2))


@given(st.sets(st.integers(1, 31), min_size=4, max_size=10), st.integers(2, 4))
def test_the_formula_counts_what_enumeration_counts(columns: set[int], k: int) -> None:
    ordered = sorted(columns)
    exact = {name: count for name, (count, _) in single_error_outcomes(ordered, 5, k).items() if count}
    assert exact == dict(enumerated(ordered, k))


@given(st.lists(st.integers(0, 15), min_size=1, max_size=10))
def test_weights_count_the_codewords_of_any_columns(columns: list[int]) -> None:
    counted = [0] * (len(columns) + 1)
    for weight in range(len(counted)):
        for pattern in combinations(columns, weight):
            syndrome = 0
            for column in pattern:
                syndrome ^= column
            counted[weight] += syndrome == 0
    assert weight_distribution(columns, 4) == counted


def test_hsiao_72_64_has_codewords_of_even_weight_only() -> None:
    weights = weight_distribution(hsiao_columns(72, 64), 8)
    assert sum(weights) == 2**64
    assert weights[:5] == [1, 0, 0, 0, 8392]
    assert not any(weights[1::2])


def test_outcomes_of_every_count_of_flips_are_whole() -> None:
    columns = hsiao_columns(13, 8)
    for k in range(14):
        outcomes = single_error_outcomes(columns, 5, k)
        assert sum(count for count, _ in outcomes.values()) == comb(13, k)
        assert all(count >= 0 and patterns == comb(13, k) for count, patterns in outcomes.values())
    assert single_error_outcomes(columns, 5, 0)["clean"] == (1, 1)
    assert single_error_outcomes(columns, 5, 1)["corrected"] == (13, 13)
    assert single_error_outcomes(columns, 5, 2)["detected"] == (78, 78)


@pytest.mark.parametrize(
    ("columns", "k", "message"),
    [
        ([1, 2, 2], 1, "distinct columns"),
        ([0, 1, 2], 1, "other than zero"),
        ([1, 2, 9], 1, "column 9 does not fit into r = 3"),
        ([1, 2, 4], 4, "0 <= k <= 3, not 4"),
        ([1, 2, 4], -1, "0 <= k <= 3, not -1"),
    ],
)
def test_what_has_no_exact_answer_is_refused(columns: list[int], k: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        single_error_outcomes(columns, 3, k)
