"""White Gaussian noise on antipodal signals (BPSK), each received bit decided for itself: a probability.

With a code of rate R the energy of a data bit is spread over 1 / R signals, so that a bit is wrong with
probability Q(sqrt(2 R Eb/N0)) = erfc(sqrt(R Eb/N0)) / 2 (Proakis, Digital Communications, 4th ed., 5.2.1).
It must be one number everywhere, which no platform's erfc promises: it is that value rounded to 15 decimals.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import cache

from benchsuite.workloads.codes.errors import PLACES, spelled

_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803")
_DIGITS = 80  # rounding costs some of the last 20, so the 15th decimal is sure
_MOST = 40  # beyond, erfc(sqrt(z)) / 2 < exp(-z) / 2 rounds to nothing


def parse_awgn(arguments: str) -> str:
    """``XdB`` in its canonical spelling; raises ValueError for what is none.

    >>> parse_awgn("+7.50dB")
    '7.5dB'
    """
    if not re.fullmatch(r"[+-]?\d{1,2}(\.\d{1,6})?dB", arguments, re.ASCII):
        raise ValueError(
            "awgn:XdB needs Eb/N0 in decibels, above -100, below 100 and of at most 6 decimal places, as in "
            f"awgn:7dB or awgn:-1.5dB, not {arguments!r}"
        )
    decibels = Decimal(arguments.removesuffix("dB")).normalize() + 0  # there is no -0
    return f"{decibels:f}dB"


@cache
def flip_probability(arguments: str, rate: Fraction) -> str:
    """The probability that a bit of a code of that rate is wrong, spelled as ``bsc:P`` has it.

    Of ``parse_awgn``'s arguments. The series is Kummer's, erf(x) = 2 x exp(-x^2) / sqrt(pi) times the sum of
    (2 x^2)^j / (1 3 5 ... (2j + 1)): all its terms are positive. Raises ValueError where it rounds to 0.

    >>> flip_probability("7dB", Fraction(1))
    '0.000772674815378'
    """
    with localcontext(Context(prec=_DIGITS)):
        ratio = (Decimal(arguments.removesuffix("dB")) / 10 * Decimal(10).ln()).exp()
        z = ratio * rate.numerator / rate.denominator
        p = Decimal(0)
        if z < _MOST:
            term = total = Decimal(1)
            odd = 1
            while term.adjusted() > -_DIGITS:
                odd += 2
                term *= 2 * z / odd
                total += term
            p = Decimal("0.5") - (z / _PI).sqrt() * (-z).exp() * total
        rounded = Fraction(int((p * 10**PLACES).to_integral_value()), 10**PLACES)
    if not rounded:
        raise ValueError(
            f"awgn:{arguments} at rate {rate} makes a bit wrong with a probability that rounds to 0 at "
            f"{PLACES} decimal places: give fewer decibels"
        )
    return spelled(rounded)
