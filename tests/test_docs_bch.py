"""The pages on BCH and on-die codes: tables and examples are those of the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from math import comb
from pathlib import Path

import pytest

from benchsuite.workloads.codes import CODES, code
from benchsuite.workloads.reference.bch import bch_code, error_pattern
from benchsuite.workloads.reference.galois_field import PRIMITIVE_POLYNOMIALS
from benchsuite.workloads.reference.linear import encode_word


def page(name: str) -> str:
    return (Path(__file__).parent.parent / "docs" / "codes" / f"{name}.md").read_text(encoding="utf-8")


def rows(name: str) -> Iterator[list[str]]:
    """The entries of every row of every table, without backquotes."""
    for line in page(name).splitlines():
        if line.startswith("|") and not line.startswith("|-"):
            yield [entry.strip().replace("`", "") for entry in line.strip("|").split("|")]


def word(bits: str) -> int:
    return sum(1 << i for i, bit in enumerate(bits) if bit == "1")


@pytest.mark.parametrize("name", ["bch", "on-die"])
def test_a_page_defines_explains_shows_and_sources(name: str) -> None:
    parts = re.findall(r"^\*\*(Definition|Mathematics|Example|Source)\.\*\*", page(name), re.MULTILINE)
    assert parts == ["Definition", "Mathematics", "Example", "Source"]


def test_the_polynomials_of_the_fields_are_those_of_the_code() -> None:
    degrees, octals = (row for row in rows("bch") if row[0] in {"m", "octal"})
    shown = {int(m): int(octal, 8) for m, octal in zip(degrees[1:], octals[1:], strict=True)}
    assert shown == {m: polynomial for m, polynomial in PRIMITIVE_POLYNOMIALS.items() if m >= 3}


def test_the_named_codes_are_all_shown_as_they_are() -> None:
    shown = {row[0]: row[1:] for row in rows("bch") if row[0].startswith("bch-") and len(row) == 6}
    assert list(shown) == [name for name in CODES if name.startswith("bch-")]
    for name, (m, t, extended, distance, octal) in shown.items():
        known, linear = bch_code(CODES[name].n, CODES[name].k), CODES[name].linear
        assert (int(m), int(t), extended) == (known.m, known.t, "yes" if known.extended else "no")
        assert (int(distance), f"{known.generator:o}") == (linear.distance, octal)


def test_of_the_miscorrected_all_are_the_triples_that_there_are() -> None:
    """Their numbers are counted in tests/workloads/codes/test_bch.py."""
    shown = {row[0]: row[1] for row in rows("bch") if row[0].startswith("bch-") and len(row) == 2}
    assert len(shown) == 7
    assert all(int(entry.split(" / ")[1]) == comb(CODES[name].n, 3) for name, entry in shown.items())


def test_the_example_of_bch_comes_out_of_the_code() -> None:
    found = re.search(
        r"`([\w-]+)` has the columns `([\d ]+)`; the data bits `([01]+)` get the check bits `([01]+)`, the "
        r"codeword is `([01]+)`. With bits (\d+) and (\d+) flipped, `([01]+)` is received and corrected",
        " ".join(page("bch").split()),
    )
    assert found
    known = code(found[1])
    assert found[2] == " ".join(map(str, known.columns))
    assert word(found[4]) == encode_word(known.columns, known.k, word(found[3]))
    assert found[5] == found[3] + found[4]
    flipped = 1 << int(found[6]) | 1 << int(found[7])
    assert word(found[8]) == word(found[5]) ^ flipped
    assert error_pattern(bch_code(known.n, known.k), word(found[8])) == flipped


def test_the_tables_and_the_example_of_on_die_come_out_of_the_code() -> None:
    shown = [row for row in rows("on-die") if row[0].startswith("on-die-")]
    names = [name for name in CODES if name.startswith("on-die-")]
    assert [row[0] for row in shown] == names * 2
    for name, *_, ones in shown[:3]:
        assert int(ones) == sum(column.bit_count() for column in CODES[name].columns)
    for name, entry in shown[3:]:
        columns = CODES[name].columns
        wrong = sum(a ^ b in columns for a, b in combinations(columns, 2))
        assert entry == f"{wrong} / {comb(136, 2)}"
    found = re.search(
        r"`([\w:-]+)` begins with the columns `([\d ]+)`; the data bits `([01]+)` and 120 zeros get the "
        r"check bits `([01]+)`, the sum (\d+)",
        " ".join(page("on-die").split()),
    )
    assert found
    columns = CODES[found[1]].columns
    assert found[2] == " ".join(map(str, columns[:8]))
    assert encode_word(columns, 128, word(found[3])) == word(found[4]) == int(found[5])
