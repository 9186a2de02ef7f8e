"""The pages on Reed-Solomon codes and chipkill: tables and examples are those of the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest

from benchsuite.workloads.codes import CODES
from benchsuite.workloads.codes.linear import LinearCode
from benchsuite.workloads.reference.galois_field import PRIMITIVE_POLYNOMIALS, field
from benchsuite.workloads.reference.reed_solomon import encode_word, error_word


def page(name: str) -> str:
    return (Path(__file__).parent.parent / "docs" / "codes" / f"{name}.md").read_text(encoding="utf-8")


def rows(name: str) -> Iterator[list[str]]:
    """The entries of every row of every table, without backquotes."""
    for line in page(name).splitlines():
        if line.startswith("|") and not line.startswith("|-"):
            yield [entry.strip().replace("`", "") for entry in line.strip("|").split("|")]


def maximum_distance_weights(n: int, d: int, q: int) -> list[int]:
    """A_0 ... A_n of any code over GF(q) with d = n - k + 1 (MacWilliams and Sloane 1977, chapter 11)."""
    return [1] + [
        comb(n, w) * sum((-1) ** j * comb(w, j) * (q ** (w - d + 1 - j) - 1) for j in range(w - d + 1))
        for w in range(1, n + 1)
    ]


def miscorrected(code: LinearCode, wrong: int) -> Fraction:
    """The share of the patterns of so many wrong symbols that are near another codeword, but none itself."""
    n, q, found = code.symbols, 2**code.symbol_bits, 0
    weights = maximum_distance_weights(n, code.distance, q)
    for weight, words in list(enumerate(weights))[1:]:
        for lost in range(code.corrects + 1):  # a symbol of the codeword, that the pattern does not have
            for other in range(code.corrects + 1 - lost):  # one that it has, but another value
                added = wrong - weight + lost  # one that the codeword does not have
                if 0 <= added <= code.corrects - lost - other and lost + other + added:
                    places = comb(weight, lost) * comb(weight - lost, other) * comb(n - weight, added)
                    found += words * places * (q - 2) ** other * (q - 1) ** added
    return Fraction(found, comb(n, wrong) * (q - 1) ** wrong)


@pytest.mark.parametrize("name", ["reed-solomon", "chipkill"])
def test_a_page_defines_explains_shows_and_sources(name: str) -> None:
    parts = re.findall(r"^\*\*(Definition|Mathematics|Example|Source)\.\*\*", page(name), re.MULTILINE)
    assert parts == ["Definition", "Mathematics", "Example", "Source"]


def test_the_polynomials_of_the_fields_are_those_of_the_code() -> None:
    degrees, polynomials = list(rows("reed-solomon"))[:2]
    shown = {int(m): int(digits, 16) for m, digits in zip(degrees[1:], polynomials[1:], strict=True)}
    assert shown == {m: polynomial for m, polynomial in PRIMITIVE_POLYNOMIALS.items() if 3 <= m <= 8}


@pytest.mark.parametrize("name", ["reed-solomon", "chipkill"])
def test_the_shares_that_are_miscorrected_follow_from_the_weights(name: str) -> None:
    shown = [row for row in rows(name) if len(row) == 3 and row[0] in CODES]
    assert len(shown) > 1
    for code, wrong, share in shown:
        assert miscorrected(CODES[code].linear, int(wrong)) == Fraction(share), code


def test_the_table_of_chipkill_has_every_code_as_it_is() -> None:
    shown = {row[0]: row[1:] for row in rows("chipkill") if len(row) == 7 and row[0] in CODES}
    assert sorted(shown) == sorted(name for name in CODES if name.startswith("chipkill-"))
    for name, (corrects, detects, devices, pins, data, codewords) in shown.items():
        code = CODES[name].linear
        assert (int(corrects), int(detects)) == (code.corrects, code.detects)
        assert int(re.findall(r"\d+", devices)[0]) == code.symbols
        # two beats of four pins a device
        assert [2 * int(number) for number in pins.split(", ")] == [code.k, code.n]
        assert data == f"{code.k // 8} bytes"
        assert int(codewords) * code.k == 8 * 64


def test_the_example_of_reed_solomon_comes_out_of_the_code() -> None:
    found = re.search(
        r"gives the data symbols `([\d ]+)`.* the check symbols `([\d ]+)`. With `([\d ]+)` received, "
        r"symbols (\d) and (\d) are wrong by `(\d)` and `(\d)`",
        " ".join(page("reed-solomon").split()),
    )
    assert found
    data, check, received = ([int(symbol) for symbol in found[i].split()] for i in (1, 2, 3))
    assert encode_word(field(3), 4, data) == check
    expected = [0] * 7
    expected[int(found[4])], expected[int(found[5])] = int(found[6]), int(found[7])
    assert error_word(field(3), 4, received) == expected
    assert [a ^ b for a, b in zip(received, expected, strict=True)] == data + check


def test_the_example_of_chipkill_comes_out_of_the_code() -> None:
    found = re.search(
        r"the data bytes `([\da-f ]+)` the check bytes `([\da-f ]+)`. If device (\d) sends all ones, `ff` in "
        r"the place of `([\da-f]+)`",
        " ".join(page("chipkill").split()),
    )
    assert found
    data, check, device = bytes.fromhex(found[1]), bytes.fromhex(found[2]), int(found[3])
    assert bytes(encode_word(field(8), 2, data)) == check
    assert data[device] == int(found[4], 16)
    received = [*data, *check]
    received[device] = 0xFF
    expected = [0] * 10
    expected[device] = 0xFF ^ data[device]
    assert error_word(field(8), 2, received) == expected
