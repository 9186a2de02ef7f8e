"""The page on erasure codes: definition, figures and example are those of the code."""

import re
from fractions import Fraction
from pathlib import Path

from benchsuite.workloads.codes.erasure_params import NAMED, loss_probability
from benchsuite.workloads.reference.erasure import parity_matrix, product

TEXT = (Path(__file__).parent.parent / "docs/codes/erasure.md").read_text(encoding="utf-8")


def test_the_page_defines_explains_shows_and_sources() -> None:
    parts = re.findall(r"^\*\*(\w+)\.\*\*", TEXT, re.MULTILINE)
    assert parts == ["Definition", "Mathematics", "Example", "Source"]


def test_the_table_has_every_named_code_as_it_is() -> None:
    table = re.findall(r"^\| `([\w-]+)` \| ([\d.]+) % \| (\d+) \| (\S+) \|$", TEXT, re.MULTILINE)
    assert table == [
        (
            name,
            f"{100 * (n - k) / k:.3g}",
            str(n - k),
            f"{float(loss_probability(n, k, Fraction(1, 100))):.3g}",
        )
        for name, (n, k) in ((name, code.values()) for name, code in NAMED.items())
    ]


def test_the_example_comes_out_of_the_code() -> None:
    found = re.search(
        r"`erasure-5-3` .* `([\d ]+)` and\s`([\d ]+)`; .* `([\da-f ]+)`, .*\s*parity `([\da-f ]+)`", TEXT
    )
    assert found
    rows = [[int(element) for element in row.split()] for row in found.groups()[:2]]
    assert rows == [list(row) for row in parity_matrix(5, 3)]
    data, parity = ([list(bytes.fromhex(shard)) for shard in shards.split()] for shards in found.groups()[2:])
    assert product(rows, data) == parity
