import doctest
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.report import numbers

POSITIVE = st.floats(min_value=1e-12, max_value=1e15)
PREFIXES = {"T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3, "": 1.0, "m": 1e-3, "µ": 1e-6, "n": 1e-9, "p": 1e-12}


def read_back(text: str, unit: str) -> float:
    number, prefix = re.fullmatch(rf"([\d.]+) ([TGMkmµnp]?){unit}", text).groups()  # type: ignore[union-attr]
    return float(number) * PREFIXES[prefix]


def test_the_examples_in_the_docstrings_hold() -> None:
    result = doctest.testmod(numbers)
    assert result.attempted > 5
    assert result.failed == 0


@given(st.floats(min_value=1e-3, max_value=1e14))
def test_a_rate_reads_back_to_three_digits(rate: float) -> None:
    text = numbers.si_rate(rate)
    assert read_back(text, "B/s") == pytest.approx(rate, rel=0.00501)
    assert len(text.split()[0]) <= 4 or rate >= 1e15


@given(st.floats(min_value=1e-11, max_value=1e4))
def test_seconds_read_back_to_three_digits(value: float) -> None:
    assert read_back(numbers.seconds(value), "s") == pytest.approx(value, rel=0.00501)


def test_rounding_up_takes_the_next_prefix() -> None:
    assert numbers.si_rate(999.6e6) == "1.00 GB/s"
    assert numbers.seconds(999.6e-9) == "1.00 µs"


@given(POSITIVE, st.floats(0.001, 0.3), st.floats(0.001, 0.3))
def test_an_interval_shows_its_half_width_with_two_digits(value: float, below: float, above: float) -> None:
    low, high = value * (1 - below), value * (1 + above)
    main, detail = numbers.interval(value, low, high, "×")
    shown_low, shown_high = map(float, detail.strip("()").split(".."))
    half_width = (high - low) / 2
    assert (shown_high - shown_low) / 2 == pytest.approx(half_width, rel=0.11)
    assert abs(read_back(main, "×") - value) <= 0.0501 * half_width + 1e-12


def test_an_interval_wider_than_its_unit_is_rounded_before_the_point() -> None:
    assert numbers.interval(137.2e6, 20.0e6, 551.0e6, "B/s") == ("140 MB/s", "(20..550)")


@given(st.floats(min_value=1e-12, max_value=0.999))
def test_a_probability_reads_back(value: float) -> None:
    assert float(numbers.probability(value)) == pytest.approx(value, rel=0.051 if value < 1e-3 else 0.0006)


@given(st.floats(min_value=0.0, max_value=1.0))
def test_only_the_certain_and_the_impossible_are_shown_as_such(value: float) -> None:
    text = numbers.probability(value)
    assert (text == "0") == (value == 0.0)
    assert (text == "1") == (value == 1.0)


def test_what_is_missing_is_a_dash_everywhere() -> None:
    single = (numbers.si_rate, numbers.seconds, numbers.ratio, numbers.probability, numbers.percent)
    assert {show(None) for show in single} | {numbers.count(None)} == {"–"}
    assert numbers.interval(None, 1.0, 2.0, "s") == ("–", "")
    assert numbers.probability_interval(None, 0.0, 1.0) == ("–", "")


def test_nothing_is_zero_everywhere() -> None:
    shown = [numbers.si_rate(0.0), numbers.seconds(0.0), numbers.ratio(0.0), numbers.percent(0.0)]
    assert shown == ["0 B/s", "0 s", "0 ×", "0 %"]
    assert numbers.probability_interval(0.0, 0.0, 0.0) == ("0", "(0..0)")
