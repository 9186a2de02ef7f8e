"""Noise that looks at what is stored, beside every codeword and every pattern of small codes one by one."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import comb, prod

import pytest

from benchsuite.workloads.codes import code
from benchsuite.workloads.codes.analysis import (
    OUTCOMES,
    Asymmetric,
    NoFormula,
    Stuck,
    flips,
    outcomes,
    stored_outcomes,
)
from benchsuite.workloads.codes.analysis.noise import BinarySymmetric
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.reference.linear import encode_word, oracle


def small(columns: tuple[int, ...], k: int, **more: int) -> LinearCode:
    bits = tuple(range(len(columns)))
    return LinearCode(k=k, columns=columns, matrix=columns, bits=bits, **more)


SMALL = {
    **{name: code(name).linear for name in ("hamming-3-1", "hamming-7-4", "extended-hamming-8-4")},
    "parity of 4": small((1, 1, 1, 1, 1), 4, distance=2, corrects=0),
    # of two symbols over GF(4), x^2 = x + 1, the sum and the sum with x times the second
    "quaternary": small((0b0101, 0b1010, 0b1001, 0b1110, 1, 2, 4, 8), 4, distance=3, symbol_bits=2),
}


@cache
def fates(name: str) -> dict[int, str]:
    """Every pattern -> what a decoder makes of it, whatever the codeword."""
    of = SMALL[name]
    mend = oracle(of.columns, of.k, of.symbol_bits, of.corrects)

    def fate(pattern: int) -> str:
        flipped = mend(pattern)
        if not pattern:
            return "clean"
        if flipped is None:
            return "detected"
        if not flipped:
            return "undetected"
        return "corrected" if flipped == pattern else "miscorrected"

    return {pattern: fate(pattern) for pattern in range(2**of.n)}


def codewords(of: LinearCode) -> Iterator[int]:
    for data in range(2**of.k):
        yield data | encode_word(of.columns, of.k, data) << of.k


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("value", [0, 1])
def test_every_set_of_stuck_bits_in_every_codeword_gives_the_formula(name: str, value: int) -> None:
    of = SMALL[name]
    for count in range(of.n + 1):
        found = dict.fromkeys(OUTCOMES, 0)
        for word in codewords(of):
            for held in combinations(range(of.n), count):
                found[fates(name)[sum(1 << bit for bit in held if word >> bit & 1 != value)]] += 1
        total = 2**of.k * comb(of.n, count)
        expected = {outcome: Fraction(number, total) for outcome, number in found.items()}
        assert stored_outcomes(of, Stuck(of.n, value, count)) == expected


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize(("up", "down"), [("0.1", "0.01"), ("0", "0.3"), ("0.25", "0.25"), ("0.9", "0")])
def test_every_pattern_in_every_codeword_by_its_probability_gives_the_formula(
    name: str, up: str, down: str
) -> None:
    of, rates = SMALL[name], (Fraction(up), Fraction(down))
    found = dict.fromkeys(OUTCOMES, Fraction(0))
    for word in codewords(of):
        chances = [(1 - rates[word >> bit & 1], rates[word >> bit & 1]) for bit in range(of.n)]
        for pattern, fate in fates(name).items():
            found[fate] += prod(chances[bit][pattern >> bit & 1] for bit in range(of.n))
    expected = {outcome: share / 2**of.k for outcome, share in found.items()}
    assert stored_outcomes(of, Asymmetric(of.n, *rates)) == expected


@pytest.mark.parametrize("name", ["hsiao-72-64", "extended-hamming-39-32", "parity-65-64", "bch-15-7"])
def test_bits_that_flip_alike_are_a_symmetric_channel(name: str) -> None:
    of, p = code(name).linear, Fraction("0.003")
    symmetric = outcomes(of, BinarySymmetric(of.n, p))
    shares = {outcome: Fraction(*counts) for outcome, counts in symmetric.items()}
    assert stored_outcomes(of, Asymmetric(of.n, p, p)) == shares


@pytest.mark.parametrize("name", ["hsiao-72-64", "hamming-7-4", "chipkill-18-16", "parity-9-8"])
def test_one_stuck_bit_is_wrong_half_the_time_whatever_it_is_stuck_at(name: str) -> None:
    of = code(name).linear
    for value in (0, 1):
        found = stored_outcomes(of, Stuck(of.n, value, 1))
        mended = Fraction(*outcomes(of, flips(of.n, 1))["corrected"])
        assert found["clean"] == Fraction(1, 2)
        assert found["corrected"] == mended / 2


@pytest.mark.parametrize("noise", [Stuck(144, 0, 20), Asymmetric(144, Fraction("0.002"), Fraction("0.01"))])
def test_where_the_pairs_are_too_many_it_is_known_what_is_mended(noise: Stuck | Asymmetric) -> None:
    found = stored_outcomes(code("chipkill-18-16").linear, noise)
    assert found.keys() == {"clean", "corrected", "lost"}
    assert sum(found.values()) == 1
    assert min(found.values()) > 0


def test_a_symmetric_channel_is_mended_as_often_by_a_code_of_symbols() -> None:
    of, p = code("chipkill-18-16").linear, Fraction("0.003")
    symmetric = outcomes(of, BinarySymmetric(144, p))
    found = stored_outcomes(of, Asymmetric(144, p, p))
    for outcome in ("clean", "corrected"):
        assert found[outcome] == Fraction(*symmetric[outcome])


def test_a_wide_code_answers_for_few_stuck_bits_only() -> None:
    of = code("reed-solomon-255-223").linear
    assert stored_outcomes(of, Stuck(of.n, 1, 3))["corrected"] == Fraction(7, 8)
    assert stored_outcomes(of, Stuck(of.n, 1, 40)).keys() == {"clean", "corrected", "lost"}
    with pytest.raises(NoFormula, match=r"2\^256"):
        stored_outcomes(of, Stuck(of.n, 1, 230))
    with pytest.raises(NoFormula, match=r"the dual code has 2\^256 words"):
        stored_outcomes(of, Asymmetric(of.n, Fraction(0), Fraction(1, 10)))
