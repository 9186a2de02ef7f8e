"""An exact probability as a record has it: a fraction in decimal digits, and the float nearest to it."""

from __future__ import annotations

MOST_BITS = 14_000  # of a denominator: Python writes and reads numbers of 4300 digits at most
DIGITS = 40
"""Of the decimal fraction that stands for a longer one."""
_PLACES = 4299  # and the 1 before them: 4300 digits


def recorded(above: int, below: int) -> tuple[str, str, float]:
    """(numerator, denominator, value) of a probability, unreduced where its denominator is short enough.

    Else of the decimal fraction of DIGITS significant digits that is nearest to it, 4299 decimal places at
    most. ``value`` is rounded once, from the probability itself.

    >>> recorded(2, 6)
    ('2', '6', 0.3333333333333333)
    """
    value = above / below
    if below.bit_length() > MOST_BITS:
        zeros = (below.bit_length() - above.bit_length()) * 302 // 1000  # log 2 = 0.301...
        places = min(DIGITS + zeros, _PLACES) if above else 0
        above, below = (2 * above * 10**places + below) // (2 * below), 10**places
    return str(above), str(below), value
