"""A sweep: one error model with several values of one of its arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from benchsuite.host.plugins import UsageError

MOST_VALUES = 200
MOST_DIGITS = 30  # of a number: none of an error model has more
_RANGE = re.compile(
    r"(?P<first>-?[0-9.]+(?:e-?[0-9]+)?)(?P<unit>[a-zA-Z]*)\.\.(?P<last>-?[0-9.]+(?:e-?[0-9]+)?)(?P=unit)"
    r"(?:(?P<how>[*+])(?P<number>[0-9.]+)(?P=unit)?)?"
)


def swept(text: str) -> list[str]:
    """The models that ``text`` asks for, in its order: one argument of it is a list of values and ranges.

    ``A..B`` are whole numbers, ``A..B+STEP`` goes up by a step, ``A..B*N`` are N values in equal ratios, to
    three digits. Raises UsageError where no argument has several values, or two have, or one too many.

    >>> swept("symbol:4:1..3")
    ['symbol:4:1', 'symbol:4:2', 'symbol:4:3']
    >>> swept("bsc:1e-3..1e-1*5")
    ['bsc:0.001', 'bsc:0.00316', 'bsc:0.01', 'bsc:0.0316', 'bsc:0.1']
    """
    name, *arguments = text.split(":")
    try:
        each = [list(_values(argument)) for argument in arguments]
    except ValueError as error:
        raise UsageError(f"--sweep {text}: {error}") from None
    several = [index for index, values in enumerate(each) if len(values) > 1]
    if len(several) != 1:
        raise UsageError(
            f"--sweep {text}: give one argument several values: a list as in bsc:1e-3,1e-2, whole numbers as "
            "in flips:1..8, steps as in bsc:0.01..0.05+0.01, or equal ratios as in bsc:1e-4..1e-1*7"
        )
    (at,) = several
    if len(each[at]) > MOST_VALUES:
        raise UsageError(f"--sweep {text}: {len(each[at])} values are more than {MOST_VALUES}")
    return [":".join([name, *arguments[:at], value, *arguments[at + 1 :]]) for value in each[at]]


def _values(argument: str) -> Iterator[str]:
    for part in argument.split(","):
        found = _RANGE.fullmatch(part.strip())
        if found is None:
            yield part.strip()
        else:
            yield from (f"{value:f}{found['unit']}" for value in _range(found))


def _range(found: re.Match[str]) -> Iterator[Decimal]:
    """Raises ValueError for a range that has no values, or no end."""
    try:
        first, last = Decimal(found["first"]), Decimal(found["last"])
        number = Decimal(found["number"] or 1)
    except ArithmeticError:
        raise ValueError(f"{found[0]} is no range of numbers") from None
    if any(abs(value.adjusted()) > MOST_DIGITS for value in (first, last, number)):
        raise ValueError(f"{found[0]} has numbers of more than {MOST_DIGITS} digits or decimal places")
    if found["how"] == "*":
        if not (first > 0 and last > 0 and number == int(number) and 2 <= number <= MOST_VALUES):
            raise ValueError(f"{found[0]} needs ends above 0, and 2 to {MOST_VALUES} values")
        for step in range(int(number)):
            value = first * (last / first) ** (Decimal(step) / (number - 1))
            yield Decimal(f"{value:.2e}").normalize()
        return
    if found["how"] is None and not first == int(first) <= last == int(last):
        raise ValueError(f"{found[0]} needs whole numbers that go up, or +STEP or *N behind it")
    if not number > 0 or not 0 <= (last - first) / number < MOST_VALUES:
        raise ValueError(f"{found[0]} needs a step above 0 that makes 1 to {MOST_VALUES} values")
    for step in range(int((last - first) / number) + 1):
        yield first + step * number
