"""Exact outcomes: against published figures, and against counting every pattern."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain, combinations, product
from math import comb, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes import CODES, code
from benchsuite.workloads.codes.analysis import (
    OUTCOMES,
    Noise,
    binary_symmetric,
    burst,
    noise_outcomes,
    single_error_outcomes,
    symbols,
    weight_distribution,
)
from benchsuite.workloads.codes.hsiao import hsiao_columns


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


def flips(name: str, k: int) -> dict[str, tuple[int, int]]:
    known = code(name)
    return single_error_outcomes(known.columns, known.n - known.k, k, known.corrects)


@pytest.mark.parametrize(
    ("name", "triples"),
    [
        ("extended-hamming-13-8", 220),
        ("extended-hamming-22-16", 1052),
        ("extended-hamming-39-32", 6332),
        ("extended-hamming-72-64", 45304),
        ("extended-hamming-8-4", comb(8, 3)),
        ("extended-hamming-16-11", comb(16, 3)),
        ("extended-hamming-32-26", comb(32, 3)),
    ],
)
def test_extended_hamming_miscorrects_triples_as_known_and_every_one_where_it_is_perfect(
    name: str, triples: int
) -> None:
    assert flips(name, 3)["miscorrected"] == (triples, comb(code(name).n, 3))


def test_extended_hamming_72_64_misses_the_known_quadruples() -> None:
    assert flips("extended-hamming-72-64", 4)["undetected"] == (11326, 1028790)


@pytest.mark.parametrize("name", [name for name in CODES if name.startswith(("extended", "hsiao"))])
def test_single_errors_are_corrected_double_errors_detected_and_even_ones_never_miscorrected(
    name: str,
) -> None:
    n = code(name).n
    assert flips(name, 1)["corrected"] == (n, n)
    assert flips(name, 2)["detected"] == (comb(n, 2), comb(n, 2))
    assert not any(flips(name, k)["miscorrected"][0] for k in range(2, 9, 2))


@pytest.mark.parametrize(("n", "k", "triples"), [(7, 4, 7), (15, 11, 35), (31, 26, 155)])
def test_perfect_hamming_miscorrects_every_double_and_every_triple_that_it_does_not_miss(
    n: int, k: int, triples: int
) -> None:
    doubles, patterns = flips(f"hamming-{n}-{k}", 2), flips(f"hamming-{n}-{k}", 3)
    assert doubles["miscorrected"] == (comb(n, 2), comb(n, 2))
    assert patterns["undetected"] == (triples, comb(n, 3))
    assert patterns["miscorrected"][0] == comb(n, 3) - triples


@pytest.mark.parametrize(
    ("name", "doubles"),
    [("12-8", 51), ("21-16", 150), ("38-32", 528), ("71-64", 2037), ("136-128", 8109)],
)
def test_shortened_hamming_miscorrects_doubles_as_known(name: str, doubles: int) -> None:
    assert flips(f"hamming-{name}", 2)["miscorrected"] == (doubles, comb(code(f"hamming-{name}").n, 2))


@pytest.mark.parametrize("name", [name for name in CODES if name.startswith("parity")])
def test_parity_detects_odd_numbers_of_flips_and_never_even_ones(name: str) -> None:
    n = code(name).n
    for k in range(1, n + 1):
        assert flips(name, k)["detected" if k % 2 else "undetected"] == (comb(n, k), comb(n, k))


def noisy(name: str, noise: Noise) -> dict[str, Fraction]:
    known = code(name)
    outcomes = noise_outcomes(known.columns, known.n - known.k, noise, known.corrects)
    return {outcome: Fraction(*share) for outcome, share in outcomes.items()}


@pytest.mark.parametrize("p", [Fraction(1, 1000), Fraction(1, 100), Fraction(1, 2)])
@pytest.mark.parametrize("name", ["parity-9-8", "parity-65-64"])
def test_parity_misses_noise_as_the_closed_formula_says(name: str, p: Fraction) -> None:
    n = code(name).n
    expected = (1 + (1 - 2 * p) ** n) / 2 - (1 - p) ** n
    assert noisy(name, binary_symmetric(n, p))["undetected"] == expected


def test_noise_has_the_known_probabilities() -> None:
    parity = noisy("parity-65-64", binary_symmetric(65, Fraction(1, 1000)))
    assert float(parity["undetected"]) == pytest.approx(1.953578e-3, rel=5e-7)
    for p, known in (
        (Fraction(1, 100), (0.3527209966, 0.1450605353, 0.01722709783)),
        (Fraction(1, 1000), (0.06706287387, 2.408407149e-3, 3.134402775e-5)),
    ):
        found = noisy("hsiao-72-64", binary_symmetric(72, p))
        silent = found["miscorrected"] + found["undetected"]
        assert [float(x) for x in (found["corrected"], found["detected"], silent)] == pytest.approx(
            known, rel=5e-10
        )


@pytest.mark.parametrize("name", ["parity-17-16", "hamming-12-8", "extended-hamming-22-16", "hsiao-39-32"])
def test_noise_is_the_sum_over_all_numbers_of_flips(name: str) -> None:
    n, p = code(name).n, Fraction(7, 100)
    expected: Counter[str] = Counter()
    for k in range(n + 1):
        for outcome, (count, _) in flips(name, k).items():
            expected[outcome] += count * p**k * (1 - p) ** (n - k)
    assert noisy(name, binary_symmetric(n, p)) == expected


def outcome_of(name: str, pattern: Iterable[int]) -> str:
    """What becomes of one pattern of positions, by its syndrome."""
    known, positions, syndrome = code(name), list(pattern), 0
    for position in positions:
        syndrome ^= known.columns[position]
    if not syndrome:
        return "undetected" if positions else "clean"
    if not known.corrects or syndrome not in known.columns:
        return "detected"
    return "corrected" if len(positions) == 1 else "miscorrected"


SMALL = ["parity-9-8", "hamming-12-8", "extended-hamming-13-8", "hsiao-13-8", "hamming-15-11"]


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("length", [1, 2, 3, 6, 9])
def test_bursts_come_out_as_every_window_and_interior_does(name: str, length: int) -> None:
    n = code(name).n
    expected: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
    for start in range(n - length + 1):
        for inside in product((0, 1), repeat=max(length - 2, 0)):
            flipped = {start, start + length - 1, *(start + 1 + i for i, bit in enumerate(inside) if bit)}
            expected[outcome_of(name, flipped)] += 1
    found = noise_outcomes(code(name).columns, n - code(name).k, burst(n, length), code(name).corrects)
    assert {outcome: count for outcome, (count, _) in found.items()} == expected
    assert {total for _, total in found.values()} == {expected.total()}


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize(("bits", "count"), [(1, 1), (1, 3), (2, 2), (3, 1), (4, 1), (4, 2), (8, 1), (3, 3)])
def test_symbols_come_out_as_every_choice_and_pattern_does(name: str, bits: int, count: int) -> None:
    n = code(name).n
    blocks = [range(start, min(start + bits, n)) for start in range(0, n, bits)]
    expected = dict.fromkeys(OUTCOMES, Fraction(0))
    for chosen in combinations(blocks, count):
        shares = [list(nonzero(block)) for block in chosen]
        each = Fraction(1, comb(len(blocks), count) * prod(map(len, shares)))
        for parts in product(*shares):
            expected[outcome_of(name, chain(*parts))] += each
    assert noisy(name, symbols(n, bits, count)) == expected


def nonzero(block: range) -> Iterable[tuple[int, ...]]:
    return chain(*(combinations(block, size) for size in range(1, len(block) + 1)))


@pytest.mark.parametrize(
    ("name", "four", "eight"),
    [
        ("hsiao-72-64", (72, 2, 43, 153), (72, 31, 678, 1514)),
        ("extended-hamming-72-64", (72, 0, 72, 126), (72, 63, 1080, 1080)),
    ],
)
def test_a_chip_of_four_or_eight_bits_fails_as_known(
    name: str, four: tuple[int, ...], eight: tuple[int, ...]
) -> None:
    known = code(name)
    for bits, expected in ((4, four), (8, eight)):
        found = noise_outcomes(known.columns, 8, symbols(72, bits, 1))
        names = ("corrected", "undetected", "miscorrected", "detected")
        assert tuple(found[name][0] for name in names) == expected


@pytest.mark.parametrize(
    ("name", "two", "four", "eight"),
    [
        (
            "hsiao-72-64",
            {"detected": 71},
            {"undetected": 6, "detected": 63},
            {"undetected": 5, "detected": 60},
        ),
        (
            "extended-hamming-72-64",
            {"detected": 71},
            {"undetected": 34, "detected": 35},
            {"undetected": 32, "detected": 33},
        ),
    ],
)
def test_adjacent_flips_in_codeword_order_come_out_as_known(
    name: str, two: dict[str, int], four: dict[str, int], eight: dict[str, int]
) -> None:
    for length, expected in ((2, two), (4, four), (8, eight)):
        windows = (range(start, start + length) for start in range(72 - length + 1))
        assert Counter(outcome_of(name, window) for window in windows) == expected


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
