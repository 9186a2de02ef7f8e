from fractions import Fraction
from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import erfc

from benchsuite.workloads.codes.awgn import flip_probability, parse_awgn


@pytest.mark.parametrize(
    ("decibels", "published"),
    # bit error rates of uncoded BPSK as textbooks print them (Sklar, Digital Communications, 4.7; Proakis,
    # 5.2): 1e-5 takes 9.6 dB, 1e-3 6.8 dB, 1e-2 4.3 dB
    [
        ("0dB", 7.9e-2),
        ("4.3dB", 1.0e-2),
        ("6.8dB", 9.9e-4),
        ("7dB", 7.7e-4),
        ("9.6dB", 9.7e-6),
        ("10dB", 3.9e-6),
    ],
)
def test_uncoded_bits_are_wrong_as_often_as_published(decibels: str, published: float) -> None:
    assert float(flip_probability(decibels, Fraction(1))) == pytest.approx(published, rel=0.03)


@given(st.integers(-9000, 1400), st.integers(1, 255), st.integers(1, 255))
def test_it_is_the_platforms_erfc_as_far_as_that_goes(centibels: int, k: int, n: int) -> None:
    rate = Fraction(min(k, n), max(k, n))
    p = float(flip_probability(parse_awgn(f"{centibels / 100:.2f}dB"), rate))
    assert p == pytest.approx(
        erfc(float(rate * Fraction(10 ** (centibels / 1000))) ** 0.5) / 2, rel=1e-12, abs=6e-16
    )


def test_it_is_the_tail_of_the_noise_beyond_the_decision() -> None:
    signal = (2 * 10**0.4 / 2) ** 0.5  # 4 dB at rate 1/2, over noise of variance 1
    tail, _ = quad(lambda x: (2 * pi) ** -0.5 * 2.718281828459045 ** (-x * x / 2), signal, 40)
    assert float(flip_probability("4dB", Fraction(1, 2))) == pytest.approx(tail, rel=1e-9)


def test_more_noise_never_helps_and_no_signal_is_a_coin() -> None:
    rates = [Fraction(flip_probability(f"{x}dB", Fraction(4, 7))) for x in range(-99, 16)]
    assert rates == sorted(rates, reverse=True)
    assert Fraction(499, 1000) < rates[0] < Fraction(1, 2)


def test_what_rounds_to_nothing_is_refused() -> None:
    assert flip_probability("15dB", Fraction(1)) == "0.000000000000001"
    for decibels in ("16dB", "99dB"):
        with pytest.raises(ValueError, match="rounds to 0 at 15 decimal places: give fewer decibels"):
            flip_probability(decibels, Fraction(1))


@pytest.mark.parametrize(
    ("given", "canonical"),
    [("7dB", "7dB"), ("+07.50dB", "7.5dB"), ("-0.0dB", "0dB"), ("-1.25dB", "-1.25dB"), ("10dB", "10dB")],
)
def test_a_ratio_is_spelled_one_way(given: str, canonical: str) -> None:
    assert parse_awgn(given) == canonical
    assert parse_awgn(canonical) == canonical
