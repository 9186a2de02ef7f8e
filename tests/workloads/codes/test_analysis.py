"""Exact outcomes: against published figures, and against going through every pattern."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce
from itertools import chain, combinations, product
from math import comb, prod
from operator import xor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes import CODES, SINGLE_BIT, code
from benchsuite.workloads.codes.analysis import (
    OUTCOMES,
    BinarySymmetric,
    Box,
    Boxes,
    NoFormula,
    Noise,
    Symbols,
    adjacent,
    burst,
    flips,
    known_outcomes,
    minimum_distance,
    outcomes,
    symbol_weights,
    symbols,
    weight_distribution,
    within_one,
)
from benchsuite.workloads.codes.analysis.dual import transform
from benchsuite.workloads.codes.analysis.krawtchouk import krawtchouk, transformed
from benchsuite.workloads.codes.analysis.weights import mds_weights
from benchsuite.workloads.codes.linear_code import LinearCode


def linear(
    data: Sequence[int],
    r: int,
    *,
    corrects: int = 1,
    symbol_bits: int = 1,
    bits: Sequence[int] | None = None,
) -> LinearCode:
    """The code of these data columns, whose distance is found by the words of its dual."""
    columns = (*data, *(1 << i for i in range(r)))
    bits = tuple(range(len(columns)) if bits is None else bits)
    distance, exact = minimum_distance(columns, len(data), symbol_bits)
    assert exact
    return LinearCode(
        k=len(data),
        columns=columns,
        matrix=tuple(columns[bit] for bit in bits),
        bits=bits,
        distance=distance,
        symbol_bits=symbol_bits,
        corrects=corrects,
    )


# over GF(4) with a^2 = a + 1, times a is the map 1 -> 2, 2 -> 3: Hamming's code of length 5, an MDS code
HEXA = linear((5, 10, 9, 14, 13, 6), 4, symbol_bits=2)
SMALL = {
    "parity": linear((1,) * 8, 1, corrects=0),
    "hamming": linear((3, 5, 6, 7, 9, 10, 11, 12), 4),
    "mixed": linear((7, 11, 13, 14), 4, bits=(4, 0, 5, 1, 6, 2, 7, 3)),
    "two flips": CODES["bch-15-7"].linear,
    "symbols": HEXA,
    "checked symbols": linear((5, 10, 9, 14, 13, 6), 4, symbol_bits=2, corrects=0),
}


def syndrome_of(known: LinearCode, positions: Iterable[int]) -> int:
    return reduce(xor, (known.columns[known.bits[position]] for position in positions), 0)


def wrong_symbols(known: LinearCode, positions: Iterable[int]) -> int:
    return len({known.bits[position] // known.symbol_bits for position in positions})


def mended(known: LinearCode) -> set[int]:
    """The syndromes of all patterns of 1 ... t wrong symbols, by going through them."""
    every = [
        [position for position in range(known.n) if known.bits[position] // known.symbol_bits in chosen]
        for chosen in combinations(range(known.symbols), known.corrects)
    ]
    return {syndrome_of(known, flipped) for part in every for flipped in subsets(part)} - {0}


def subsets(positions: Sequence[int]) -> Iterable[tuple[int, ...]]:
    return chain.from_iterable(combinations(positions, size) for size in range(len(positions) + 1))


def counted(known: LinearCode, patterns: Iterable[tuple[Fraction, tuple[int, ...]]]) -> dict[str, Fraction]:
    """What becomes of every pattern, one by one, by its syndrome."""
    found, syndromes = dict.fromkeys(OUTCOMES, Fraction(0)), mended(known)
    for probability, positions in patterns:
        syndrome = syndrome_of(known, positions)
        if not positions:
            outcome = "clean"
        elif not syndrome:
            outcome = "undetected"
        elif syndrome not in syndromes:
            outcome = "detected"
        else:
            right = wrong_symbols(known, positions) <= known.corrects
            outcome = "corrected" if right else "miscorrected"
        found[outcome] += probability
    return found


def shares(known: LinearCode, noise: Noise) -> dict[str, Fraction]:
    return {outcome: Fraction(*share) for outcome, share in outcomes(known, noise).items()}


def uniform(patterns: Sequence[tuple[int, ...]]) -> list[tuple[Fraction, tuple[int, ...]]]:
    return [(Fraction(1, len(patterns)), pattern) for pattern in patterns]


@pytest.mark.parametrize("name", SMALL)
def test_flips_come_out_as_every_set_of_positions_does(name: str) -> None:
    known = SMALL[name]
    for count in range(min(known.n, 7) + 1):
        every = uniform(list(combinations(range(known.n), count)))
        assert shares(known, flips(known.n, count)) == counted(known, every)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("p", [Fraction(7, 100), Fraction(1, 2)])
def test_a_symmetric_channel_comes_out_as_all_patterns_do(name: str, p: Fraction) -> None:
    known = SMALL[name]
    if known.n > 12:
        # every number of flips is tested on its own
        parts = [(p**k * (1 - p) ** (known.n - k), flips(known.n, k)) for k in range(known.n + 1)]
        expected = dict.fromkeys(OUTCOMES, Fraction(0))
        for weight, noise in parts:
            for outcome, (count, _) in outcomes(known, noise).items():
                expected[outcome] += weight * count
    else:
        every = ((p ** len(s) * (1 - p) ** (known.n - len(s)), s) for s in subsets(range(known.n)))
        expected = counted(known, every)
    assert shares(known, BinarySymmetric(known.n, p)) == expected


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("length", [1, 2, 3, 6])
def test_bursts_and_neighbours_come_out_as_every_window_does(name: str, length: int) -> None:
    known = SMALL[name]
    windows = [range(start, start + length) for start in range(known.n - length + 1)]
    bursts = [
        tuple({window[0], window[-1], *inside}) for window in windows for inside in subsets(window[1:-1])
    ]
    assert shares(known, burst(known.n, length)) == counted(known, uniform(bursts))
    assert shares(known, adjacent(known.n, length)) == counted(known, uniform(list(map(tuple, windows))))
    assert burst(known.n, length).total == len(bursts)


def symbol_patterns(n: int, bits: int, count: int) -> Iterable[tuple[Fraction, tuple[int, ...]]]:
    groups = [range(start, min(start + bits, n)) for start in range(0, n, bits)]
    for chosen in combinations(groups, count):
        parts = [[s for s in subsets(group) if s] for group in chosen]
        each = Fraction(1, comb(len(groups), count) * prod(map(len, parts)))
        for patterns in product(*parts):
            yield each, tuple(chain.from_iterable(patterns))


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize(("bits", "count"), [(1, 3), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (4, 2), (8, 1)])
def test_symbols_come_out_as_every_choice_and_pattern_does(name: str, bits: int, count: int) -> None:
    known = SMALL[name]
    count = min(count, -(-known.n // bits))
    noise = symbols(known.n, bits, count)
    if known.symbol_bits == 2 and bits == 3 and count > 1:
        with pytest.raises(NoFormula, match="groups of 3 bits and symbols of 2 cross"):
            outcomes(known, noise)
    else:
        assert shares(known, noise) == counted(known, symbol_patterns(known.n, bits, count))


def test_parts_anywhere_come_out_as_their_patterns_do() -> None:
    parts = ((0, 5, 9), (1, 2), (3, 4, 6, 7), (8,))
    for kind, patterns in (
        ("uniform", [[s for s in subsets(part) if s] for part in parts]),
        ("ones", [[part] for part in parts]),
        ("one", [[(position,) for position in part] for part in parts]),
    ):
        every = [(Fraction(1, 4 * len(own)), pattern) for own in patterns for pattern in own]
        assert shares(HEXA, within_one(parts, kind)) == counted(HEXA, every)  # type: ignore[arg-type]


@given(st.sets(st.integers(1, 15), max_size=6), st.sets(st.integers(0, 8), max_size=6), st.data())
def test_any_boxes_come_out_as_their_patterns_do(data: set[int], free: set[int], draw: st.DataObject) -> None:
    known = linear([c for c in sorted(data) if c & (c - 1)], 4, corrects=0)
    free &= set(range(known.n))
    fixed = tuple(draw.draw(st.sets(st.sampled_from(range(known.n)))) - free)
    noise = Boxes((Box(fixed, tuple(free), 3),))
    assert shares(known, noise) == counted(known, uniform([(*fixed, *s) for s in subsets(tuple(free))]))


# (code, flips or symbols -> patterns miscorrected, of all)
KNOWN = [
    *(("bch-15-7", 1, 3, 180, 455), ("bch-31-21", 1, 3, 1860, 4495), ("bch-63-51", 1, 3, 18900, 39711)),
    *(("bch-127-113", 1, 3, 160020, 333375), ("bch-255-239", 1, 3, 1349460, 2731135)),
    ("bch-78-64", 1, 3, 13450, 76076),
    *(("chipkill-18-16", 8, 2, 16, 255), ("chipkill-10-8", 8, 2, 8, 255), ("chipkill-10-8", 8, 3, 149, 3825)),
    *(("chipkill-19-16", 8, 2, 0, 1), ("chipkill-19-16", 8, 3, 16, 65025)),
    ("chipkill-36-32", 8, 3, 176, 21675),
    *(("reed-solomon-15-11", 4, 3, 22, 75), ("reed-solomon-15-11", 4, 4, 1232, 3375)),
    *(("on-die-136-128:sequential", 1, 2, 8109, 9180), ("on-die-136-128:low-weight", 1, 2, 5685, 9180)),
    ("on-die-136-128:odd-weight", 1, 2, 1551, 9180),
    *(("hsiao-72-64", 1, 3, 33568, 59640), ("extended-hamming-72-64", 1, 3, 45304, 59640)),
]


@pytest.mark.parametrize(("name", "bits", "count", "miscorrected", "of_all"), KNOWN)
def test_what_decoders_take_for_something_else_is_as_known(
    name: str, bits: int, count: int, miscorrected: int, of_all: int
) -> None:
    known = code(name).linear
    assert shares(known, symbols(known.n, bits, count))["miscorrected"] == Fraction(miscorrected, of_all)


def test_noise_has_the_known_probabilities() -> None:
    for p, expected in (
        (Fraction(1, 100), (0.3527209966, 0.1450605353, 0.01722709783)),
        (Fraction(1, 1000), (0.06706287387, 2.408407149e-3, 3.134402775e-5)),
    ):
        found = shares(code("hsiao-72-64").linear, BinarySymmetric(72, p))
        silent = found["miscorrected"] + found["undetected"]
        assert [float(x) for x in (found["corrected"], found["detected"], silent)] == pytest.approx(
            expected, rel=5e-10
        )
    parity = shares(code("parity-65-64").linear, BinarySymmetric(65, Fraction(1, 1000)))
    assert float(parity["undetected"]) == pytest.approx(1.953578e-3, rel=5e-7)


@pytest.mark.parametrize("name", [*CODES])
def test_distances_are_at_least_those_that_are_claimed(name: str) -> None:
    known = CODES[name].linear
    distance, exact = minimum_distance(known.columns, known.k, known.symbol_bits)
    if exact and known.exact_distance:
        assert distance == known.distance
    elif exact:
        assert distance >= known.distance
    else:
        assert distance <= known.distance


@pytest.mark.parametrize("family", [family.name for family, _, _ in SINGLE_BIT[2:]])
def test_single_errors_are_corrected_double_ones_detected_even_ones_never_miscorrected(family: str) -> None:
    for name, known in CODES.items():
        if name.startswith(f"{family}-"):
            n = known.n
            assert outcomes(known.linear, flips(n, 1))["corrected"] == (n, n)
            assert outcomes(known.linear, flips(n, 2))["detected"] == (comb(n, 2), comb(n, 2))
            assert not any(outcomes(known.linear, flips(n, k))["miscorrected"][0] for k in range(2, 9, 2))


def test_wide_codes_are_answered_where_the_guarantee_or_the_weights_of_symbols_tell() -> None:
    known = code("reed-solomon-255-223").linear
    assert outcomes(known, flips(known.n, 16))["corrected"][0] == comb(2040, 16)
    assert outcomes(known, burst(known.n, 100))["corrected"][0] == (2040 - 99) << 98
    found = shares(known, symbols(known.n, 8, 17))
    assert sum(found.values()) == 1
    # 17 wrong symbols and 16 of the other 238 make one of the 255 C(255, 33) codewords of weight 33
    assert found["miscorrected"] == Fraction(comb(238, 16), 255**16)
    with pytest.raises(NoFormula, match=r"2\^256 words"):
        outcomes(known, flips(known.n, 17))
    with pytest.raises(NoFormula, match="too many to be listed"):
        outcomes(known, burst(known.n, 200))


def test_the_frame_error_rate_is_the_tail_of_the_binomial_distribution() -> None:
    p = Fraction(1, 500)
    for name, bits in (("reed-solomon-255-223", 8), ("bch-255-239", 1)):
        known, right = code(name).linear, (1 - p) ** bits
        tail = 1 - sum(
            comb(255, j) * (1 - right) ** j * right ** (255 - j) for j in range(known.corrects + 1)
        )
        found = known_outcomes(known, BinarySymmetric(known.n, p))
        lost = ("detected", "miscorrected", "undetected", "lost")
        assert sum(Fraction(*found[name]) for name in lost if name in found) == tail


def test_the_weights_of_an_mds_code_are_those_of_any_code_with_its_distance() -> None:
    assert symbol_weights(HEXA) == mds_weights(5, 3, 4) == (1, 0, 0, 30, 15, 18)
    wide = code("reed-solomon-7-3").linear
    plain = LinearCode(
        k=wide.k,
        columns=wide.columns,
        matrix=wide.matrix,
        bits=wide.bits,
        distance=1,
        exact_distance=False,
        symbol_bits=3,
        corrects=0,
    )
    assert symbol_weights(plain) == symbol_weights(wide) == mds_weights(7, 3, 8)


def test_codes_of_few_words_have_the_weights_of_these_words() -> None:
    data = [0b1011 << 27 | 0b1101, 0b0111 << 20 | 0x3FF, 0x0F0F0F0F, 0x12345678]
    known = linear(data, 31, corrects=0)
    words = Counter(
        len(chosen) + reduce(xor, (data[i] for i in chosen), 0).bit_count() for chosen in subsets(range(4))
    )
    assert symbol_weights(known) == tuple(words[w] for w in range(36))
    found = shares(known, flips(35, known.distance))
    assert found["undetected"] == Fraction(words[known.distance], comb(35, known.distance))


@given(st.lists(st.integers(0, 15), min_size=1, max_size=10))
def test_weights_count_the_codewords_of_any_columns(columns: list[int]) -> None:
    found = [0] * (len(columns) + 1)
    for chosen in subsets(range(len(columns))):
        found[len(chosen)] += reduce(xor, (columns[i] for i in chosen), 0) == 0
    assert weight_distribution(columns, 4) == found


def test_hsiao_72_64_has_codewords_of_even_weight_only() -> None:
    weights = weight_distribution(CODES["hsiao-72-64"].linear.columns, 8)
    assert sum(weights) == 2**64
    assert weights[:5] == [1, 0, 0, 0, 8392]
    assert not any(weights[1::2])


@given(st.lists(st.integers(-9, 9), min_size=16, max_size=16))
def test_the_fast_transform_is_the_sum_of_signs(counts: list[int]) -> None:
    expected = [sum(c * (-1) ** (u & s).bit_count() for s, c in enumerate(counts)) for u in range(16)]
    assert transform(np.array(counts)).tolist() == expected


@given(st.integers(1, 9), st.integers(2, 9), st.data())
def test_krawtchouk_and_its_recurrence_agree(n: int, q: int, draw: st.DataObject) -> None:
    w = draw.draw(st.integers(0, n))
    assert transformed([int(i == w) for i in range(n + 1)], q) == [
        krawtchouk(j, w, n, q) for j in range(n + 1)
    ]


def test_a_distance_beyond_all_words_is_a_bound_that_holds() -> None:
    known = code("chipkill-36-32").linear
    distance, exact = minimum_distance(known.columns, known.k, 8)
    assert not exact
    assert 3 <= distance <= 5
    # 31 check bits and data bits: a word of two equal columns is found among pairs
    columns = (*(1 << 30 | i for i in range(1, 30)), 7, 7, *(1 << i for i in range(31)))
    assert minimum_distance(columns, 31) == (2, True)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: weight_distribution([1, 2, 9], 3), "column 9 does not fit into r = 3"),
        (lambda: flips(3, 4), "0 <= flips <= 3"),
        (lambda: flips(3, -1), "0 <= flips <= 3"),
        (lambda: weight_distribution([1], 25), r"2\^25 words"),
    ],
)
def test_what_has_no_exact_answer_is_refused(ask: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask()  # type: ignore[operator]


def test_symbols_of_one_size_are_flips_where_they_are_bits() -> None:
    assert Symbols(15, 1, 3) == flips(15, 3)
