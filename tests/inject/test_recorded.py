from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from benchsuite.inject.recorded import DIGITS, MOST_BITS, recorded


@given(st.integers(0, 2**200), st.integers(1, 2**200))
def test_short_fractions_are_recorded_as_they_are(above: int, below: int) -> None:
    assert recorded(above, below) == (str(above), str(below), above / below)


@given(st.integers(1, 13_000), st.integers(MOST_BITS, 40_000), st.randoms(use_true_random=False))
def test_long_fractions_are_rounded_to_so_many_digits_that_can_be_written(zeros, bits, random) -> None:  # type: ignore[no-untyped-def]
    below = random.getrandbits(bits) | 1 << bits
    above = below >> zeros
    numerator, denominator, value = recorded(above, below)
    assert len(numerator) <= len(denominator) <= 4300
    assert value == above / below
    exactly = Fraction(above, below)
    assert abs(Fraction(int(numerator), int(denominator)) / exactly - 1) <= Fraction(1, 10 ** (DIGITS - 1))


def test_what_is_too_small_for_the_places_that_can_be_written_is_0_and_the_impossible_short() -> None:
    assert recorded(1, 10**9000) == ("0", "1" + "0" * 4299, 0.0)
    assert recorded(0, 10**9000) == ("0", "1", 0.0)
    assert recorded(10**9000, 10**9000)[2] == 1.0
