from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import pytest

from benchsuite.report.codes import code_latex, code_object, code_tables, summary
from benchsuite.workloads.codes import Code, code
from benchsuite.workloads.codes.linear_code import LinearCode

HEXACODE = code("matrix:hexacode")


class Mixed(Code):
    """The hexacode with its bits in reverse: no symbol's bits are where they were."""

    @cached_property
    def linear(self) -> LinearCode:
        """Of the same codewords, and told to be of a distance that is not known."""
        known = HEXACODE.linear
        return replace(
            known, bits=known.bits[::-1], matrix=known.matrix[::-1], distance=3, exact_distance=False
        )


MIXED = Mixed(HEXACODE.name, HEXACODE.family, HEXACODE.encode, HEXACODE.decode, HEXACODE.params)


def rows(of: Code, title: str) -> list[tuple[str, str]]:
    (table,) = (table for table in code_tables(of) if table.title == title)
    return [(row[0].main, row[1].main) for row in table.rows]


def test_a_code_of_symbols_is_told_in_symbols() -> None:
    assert dict(rows(HEXACODE, HEXACODE.name)) == {
        "size": "(6,3) symbols of 2 bits, (12,6) bits",
        "field": "GF(4), x^2 + x + 1 (0x7)",
        "distance": "4",
        "check bits": "6, 100 % of the data",
        "corrects": "every error in up to 1 symbol",
        "detects": "every error in up to 2 symbols",
        "order": "data symbols, then check symbols",
        "columns (SHA-256)": code_object(HEXACODE)["columns_sha256"],
    }
    assert rows(HEXACODE, "Check matrix") == [("0", "111100"), ("1", "321010"), ("2", "231001")]
    assert "3 & 2 & 1 & 0 & 1 & 0" in code_latex(HEXACODE)


def test_a_summary_says_what_the_table_says() -> None:
    said = summary(HEXACODE)
    for title, value in rows(HEXACODE, HEXACODE.name):
        assert any(title in line and value in line for line in said)


def test_where_symbols_are_taken_apart_bits_are_shown() -> None:
    properties = dict(rows(MIXED, HEXACODE.name))
    assert properties["order"] == "data and check bits mixed within symbols"
    assert properties["distance"] == "at least 3"
    shown = [entries for _, entries in rows(MIXED, "Check matrix")]
    assert [len(entries) for entries in shown] == [12] * 6
    assert [int(entries[-1]) for entries in shown] == [MIXED.linear.columns[0] >> row & 1 for row in range(6)]


def test_a_code_that_only_checks_corrects_nothing() -> None:
    properties = dict(rows(code("parity-9-8"), "parity-9-8"))
    assert properties["corrects"] == "nothing"
    assert properties["detects"] == "every error in up to 1 bit"


@pytest.mark.parametrize("name", ["hamming-7-4", "extended-hamming-8-4", "hsiao-13-8"])
def test_all_codewords_are_weighed(name: str) -> None:
    weights = rows(code(name), "Codewords by weight")
    assert sum(int(words) for _, words in weights) == 2 ** code(name).k
    assert min(int(weight) for weight, _ in weights if weight != "0") == code(name).linear.distance
