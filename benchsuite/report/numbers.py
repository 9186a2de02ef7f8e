"""The only place that turns a number into text. SI prefixes: GB = 10^9 bytes.

A figure that is missing is ``–``; a unit is ``"B/s"``, ``"s"``, ``"×"`` or ``"<item>/s"``.
"""

from __future__ import annotations

import math

MISSING = "–"

_PREFIXES = {4: "T", 3: "G", 2: "M", 1: "k", 0: "", -1: "m", -2: "µ", -3: "n", -4: "p"}


def si_rate(per_second: float | None, unit: str = "B/s") -> str:
    """Three significant digits.

    >>> si_rate(2.0412e9), si_rate(98.34e6), si_rate(0.0), si_rate(42000.0, "signature/s")
    ('2.04 GB/s', '98.3 MB/s', '0 B/s', '42.0 k signature/s')
    """
    return _three_digits(per_second, unit)


def seconds(value: float | None) -> str:
    """Three significant digits.

    >>> seconds(4.12e-7), seconds(5.03e-3), seconds(0.9996), seconds(None)
    ('412 ns', '5.03 ms', '1.00 s', '–')
    """
    return _three_digits(value, "s")


def ratio(value: float | None) -> str:
    """Three significant digits.

    >>> ratio(1.9412), ratio(0.01234), ratio(1234.0)
    ('1.94 ×', '0.0123 ×', '1234 ×')
    """
    return _three_digits(value, "×")


def interval(value: float | None, low: float | None, high: float | None, unit: str) -> tuple[str, str]:
    """The headline and its interval, rounded where the interval's half-width has two significant digits.

    However wide the interval is, the headline keeps two digits and the lower end one: nothing positive is 0.

    >>> interval(2.0412e9, 2.0104e9, 2.0711e9, "B/s")
    ('2.041 GB/s', '(2.010..2.071)')
    >>> interval(0.998, 0.986, 1.011, "×")
    ('0.998 ×', '(0.986..1.011)')
    >>> interval(0.0203, None, None, "×")
    ('0.0203 ×', '')
    >>> interval(48.1e-6, 3.1e-6, 12.2e-3, "s")
    ('48 µs', '(3..12200)')
    """
    if value is None or low is None or high is None or high <= low:
        return _three_digits(value, unit), ""
    power = _power(value, unit)
    scale = 1000.0**power
    kept = [((high - low) / 2, 2), (value, 2), (low, 1)]
    digits = max(places - 1 - _exponent(number / scale, places) for number, places in kept if number > 0)
    main, below, above = (_fixed(number / scale, digits) for number in (value, low, high))
    return f"{main} {_with_prefix(unit, power)}", f"({below}..{above})"


def probability(value: float | None) -> str:
    """Four significant digits, two below 0.001; only the certain and the impossible are 1 and 0.

    >>> probability(33568 / 59640), probability(1.3e-5), probability(0.0), probability(0.99999)
    ('0.5628', '1.3e-5', '0', '> 0.9999')
    """
    if value is None:
        return MISSING
    if value in (0.0, 1.0):
        return f"{value:.0f}"
    if value > 0.9999:
        return "> 0.9999"
    if value >= 1e-3:
        return _fixed(value, 3 - _exponent(value, 4))
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def probability_interval(value: float | None, low: float, high: float) -> tuple[str, str]:
    """A rate and its interval: rounded by the interval; below 0.001 each by itself.

    >>> probability_interval(0.5628, 0.5588, 0.5668)
    ('0.5628', '(0.5588..0.5668)')
    >>> probability_interval(0.0, 0.0, 5.3e-6), probability_interval(1.0, 0.99995, 1.0)
    (('0', '(0..5.3e-6)'), ('1', '(0.999950..1)'))
    """
    if value is None:
        return MISSING, ""
    if high < 1e-3 or high <= low:
        return probability(value), f"({probability(low)}..{probability(high)})"
    digits = 1 - _exponent((high - low) / 2, 2)
    main, below, above = (
        f"{number:.0f}" if number in (0.0, 1.0) else _fixed(number, digits) for number in (value, low, high)
    )
    return main, f"({below}..{above})"


def mean(value: float, low: float | None = None, high: float | None = None) -> tuple[str, str]:
    """A mean and its interval, rounded by the interval; without one, or one of no width, four digits.

    >>> mean(64.0123, 63.951, 64.073), mean(3.0, 3.0, 3.0), mean(64.2511)
    (('64.012', '(63.951..64.073)'), ('3', ''), ('64.25', ''))
    """
    if low is None or high is None or high <= low or math.isinf(high):
        return f"{value:.4g}", ""
    digits = 1 - _exponent((high - low) / 2, 2)
    main, below, above = (_fixed(number, digits) for number in (value, low, high))
    return main, f"({below}..{above})"


def percent(fraction: float | None) -> str:
    """Two significant digits.

    >>> percent(0.0131), percent(0.01), percent(0.99)
    ('1.3 %', '1.0 %', '99 %')
    """
    if fraction is None:
        return MISSING
    return "0 %" if fraction == 0 else f"{_fixed(100 * fraction, 1 - _exponent(100 * fraction, 2))} %"


def count(value: int | None) -> str:
    """All digits, in threes.

    >>> count(1028790), count(0), count(None)
    ('1,028,790', '0', '–')
    """
    return MISSING if value is None else f"{value:,}"


def duration(value: float) -> str:
    """What a person waits: seconds up to two minutes, then minutes, then hours.

    >>> duration(4.2), duration(95.4), duration(1500.0), duration(36_000.0)
    ('4 s', '95 s', '25 min', '10.0 h')
    """
    if value < 120:
        return f"{max(value, 1):.0f} s"
    return f"{value / 60:.0f} min" if value < 120 * 60 else f"{value / 3600:.1f} h"


def binary_bytes(value: int) -> str:
    """What memory and disks are told in, rounded up to whole MiB.

    >>> binary_bytes(1), binary_bytes(300 << 20), binary_bytes(5 << 30)
    ('1 MiB', '300 MiB', '5.0 GiB')
    """
    return f"{-(-value // (1 << 20))} MiB" if value < 1 << 31 else f"{value / (1 << 30):.1f} GiB"


def _three_digits(value: float | None, unit: str) -> str:
    if value is None:
        return MISSING
    power = _power(value, unit)
    scaled = value / 1000.0**power
    digits = 0 if value == 0 else 2 - _exponent(scaled, 3)
    return f"{_fixed(scaled, max(digits, 0))} {_with_prefix(unit, power)}"


def _exponent(value: float, significant: int) -> int:
    """The power of ten of the first digit after rounding: 9.96 to two digits is 10, so 1."""
    return 0 if value == 0 else int(f"{value:.{significant - 1}e}".split("e")[1])


def _power(value: float, unit: str) -> int:
    """The power of 1000 that leaves 1 to 999 before the unit; ratios have none, seconds none above 1."""
    if unit == "×" or value == 0:
        return 0
    power = math.floor(_exponent(value, 3) / 3)
    return min(max(power, min(_PREFIXES)), 0 if unit == "s" else max(_PREFIXES))


def _with_prefix(unit: str, power: int) -> str:
    prefix = _PREFIXES[power]
    return f"{prefix}{unit}" if unit in ("B/s", "s", "×") or not prefix else f"{prefix} {unit}"


def _fixed(value: float, digits: int) -> str:
    """Rounded at ``digits`` behind the point; before it where negative."""
    return f"{round(value, digits):.{max(digits, 0)}f}"
