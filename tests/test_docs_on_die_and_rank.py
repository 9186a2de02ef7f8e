"""The page on a rank over chips with a code inside: sizes, places and guarantees are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchsuite.host.plugins import Registry
from benchsuite.inject.campaign import exact
from benchsuite.inject.models import parse_model
from benchsuite.workloads.codes.composed import DECODE, SHORT_NAMES, Composed, composed

PAGE = (Path(__file__).parents[1] / "docs/codes/on-die-and-rank.md").read_text(encoding="utf-8")


def of_name(name: str) -> Composed:
    found = composed(name)
    assert found is not None
    return found


def test_short_names_are_written_out() -> None:
    for short, name in SHORT_NAMES.items():
        assert f"`{short}` is short for `{name}`" in PAGE


def test_the_sizes_of_a_trial_are_those_of_the_code() -> None:
    of = of_name("ddr5")
    assert f"| bits stored | {of.inside.n} | {of.n} |" in PAGE
    assert f"{of.codewords}: 0 … 7 in the first burst, 8 … {of.codewords - 1} in the second" in PAGE
    sizes = {
        part: len(parts)
        for part, parts in (("d", of.layout(4).positions()[0]), ("p", of.layout(4).pins()[0]))
    }
    assert f"`device:x4:…` breaks {sizes['d']} bits, `pin:x4` {sizes['p']}" in PAGE


@pytest.mark.parametrize(("rank", "t"), [("chipkill-10-8", 1), ("chipkill-36-32", 2)])
def test_what_is_always_corrected_is_just_what_the_page_says(rank: str, t: int) -> None:
    of = of_name(f"on-die-136-128:odd-weight+{rank}")
    longest = 3 if t == 1 else int(re.findall(r"L ≤ (\d+) for t = 2", PAGE)[0])
    for always, beyond in (
        (f"flips:{2 * t + 1}", "flips:6"),
        (f"burst:{longest}", f"burst:{longest + 1}"),
        (f"adjacent:{longest}", f"adjacent:{longest + 1}"),
        *((f"symbol:{bits}:{t}", f"symbol:{bits}:{t + 1}") for bits in (2, 4, 8)),
        ("device:x4:uniform", "bsc:0.001"),
        ("pin:x4", "bsc:0.1"),
    ):
        formula = exact(of, parse_model(always, Registry()), of.codewords)
        assert formula is not None
        assert formula["corrected"][2] == 1
        assert exact(of, parse_model(beyond, Registry()), of.codewords) is None


def test_the_shares_of_lost_trials_are_those_of_the_formula() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) % \|$", PAGE, re.MULTILINE)
    assert len(rows) == 3
    for name, *entries in rows:
        of = of_name(f"{name}+chipkill-10-8")
        for entry, (flips, codewords) in zip(entries, ((4, 16), (5, 16), (4, 8)), strict=True):
            formula = exact(of, parse_model(f"flips:{flips}", Registry()), codewords)
            assert formula is not None
            assert entry == f"{100 * formula['lost'][2]:.4g}"


def test_the_parts_of_the_key_are_named() -> None:
    of = of_name("ddr5")
    assert f"id is `{DECODE}`, version {of.VERSION}" in PAGE
    assert all(f"`{name}`" in PAGE for name in of.case()["params"])
