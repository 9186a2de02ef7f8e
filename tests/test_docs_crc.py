"""The page on CRCs: its catalogue, names and example are those of the code."""

import re
from pathlib import Path

import pytest

from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS, MEANINGS, algorithm, canonical
from benchsuite.workloads.reference.crc import crc, update

PAGE = (Path(__file__).parents[1] / "docs/codes/crc.md").read_text(encoding="utf-8")


def test_the_page_defines_names_explains_shows_and_sources() -> None:
    parts = re.findall(r"^\*\*(\w+)\.\*\*", PAGE, re.MULTILINE)
    assert parts == ["Definition", "Names", "Mathematics", "Example", "Source"]


def test_the_catalogue_on_the_page_is_the_one_in_use() -> None:
    rows = re.findall(r"^\| `(CRC-\d+/\S+)` \| (.+) \|$", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == list(ALGORITHMS)
    for name, row in rows:
        of, digits = ALGORITHMS[name], -(-ALGORITHMS[name].width // 4)
        assert of.check is not None
        numbers = (f"{number:0{digits}x}" for number in (of.polynomial, of.initial, of.xor_out, of.check))
        poly, init, xor_out, check = numbers
        flags = str(of.reflected_in).lower(), str(of.reflected_out).lower()
        assert row.split(" | ") == [poly, init, *flags, xor_out, check]


def test_the_parameters_on_the_page_are_one_crc_without_a_name() -> None:
    (given,) = re.findall(r'--set "algorithm=(.*)"$', PAGE, re.MULTILINE)
    (kept,) = re.findall(r"^`(width=16,.*)`\. ", PAGE, re.MULTILINE)
    assert canonical(given) == kept == canonical(kept)


def test_the_names_that_the_page_refuses_are_refused() -> None:
    (first, rest) = MEANINGS["CRC-16/CCITT"][0], MEANINGS["CRC-16/CCITT"][1:]
    assert f"CRC-16/CCITT\nis {first}, {' or '.join(rest)}, and CRC-32C is called CRC-32/ISCSI" in PAGE
    for name in ("CRC-16/CCITT", "CRC-32C"):
        with pytest.raises(ValueError, match="CRC-"):
            canonical(name)


def test_the_example_on_the_page_comes_out() -> None:
    of = algorithm("CRC-32/ISO-HDLC")
    (first,) = re.findall(r"From the CRC of `1234` alone, ([0-9a-f]{8}), and the bytes\n`56789`", PAGE)
    assert crc(of, b"1234") == int(first, 16)
    assert update(of, int(first, 16), b"56789") == of.check
