"""The page on CRCs: its catalogue, names and example are those of the code."""

import re
from pathlib import Path

import pytest

from benchsuite.workloads.codes.analysis.crc import detects
from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS, MEANINGS, algorithm, canonical
from benchsuite.workloads.reference.crc import crc, update

PAGE = (Path(__file__).parents[1] / "docs/codes/crc.md").read_text(encoding="utf-8")


def test_the_page_defines_names_explains_shows_and_sources() -> None:
    parts = re.findall(r"^\*\*(\w+)\.\*\*", PAGE, re.MULTILINE)
    assert parts == ["Definition", "Names", "Mathematics", "Detection", "Example", "Source"]


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
    assert f"CRC-16/X-25 is taken for {canonical('CRC-16/X-25')}." in PAGE


@pytest.mark.parametrize("name", ["CRC-8/SMBUS", "CRC-32/ISO-HDLC", "CRC-32/ISCSI"])
def test_distances_on_the_page_hold_so_far_and_no_further(name: str) -> None:
    """Those of short messages: the claim has the others."""
    distances = re.findall(r"d ≥ (\d)", PAGE)
    (row,) = re.findall(rf"^\| `{name}` \| ([0-9 |]+) \|$", PAGE, re.MULTILINE)
    entries = zip(map(int, distances), (entry.strip() for entry in row.split("|")), strict=True)
    short = [(distance, int(bits)) for distance, bits in entries if bits and int(bits) < 300]
    assert short
    for distance, bits in short:
        assert detects(ALGORITHMS[name], bits, distance - 1), distance
        assert not detects(ALGORITHMS[name], bits + 1, distance - 1), distance


def test_the_example_on_the_page_comes_out() -> None:
    of = algorithm("CRC-32/ISO-HDLC")
    (first,) = re.findall(r"From the CRC of `1234` alone, ([0-9a-f]{8}), and the bytes\n`56789`", PAGE)
    assert crc(of, b"1234") == int(first, 16)
    assert update(of, int(first, 16), b"56789") == of.check
