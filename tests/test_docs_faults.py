"""The page of faults says what the code expects."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchsuite.host.plugins import Registry
from benchsuite.inject.faults.expected import expected_damage, expected_outcomes
from benchsuite.inject.faults.targets import TARGETS
from benchsuite.inject.faults.trials import Injection
from benchsuite.inject.models import parse_model
from benchsuite.record.schema import json_schema
from benchsuite.workloads.aes.avalanche import after_key_flip, after_state_flips
from benchsuite.workloads.rsa.faults import FAULTS

PAGE = (Path(__file__).parent.parent / "docs/reference/cipher-faults.md").read_text(encoding="utf-8")
REGIONS = ("previous", "struck", "next", "rest")


def rows(title: str) -> list[list[str]]:
    """The entries of the table below a heading, its own heading left out."""
    below = re.split(rf"^#+ {title}$", PAGE, flags=re.MULTILINE)[1].split("\n#")[0]
    table = [line for line in below.splitlines() if line.startswith("| ")]
    return [[entry.strip().strip("`") for entry in line.strip("|").split("|")] for line in table[1:]]


def injection(target: str, fault: str, protect: str = "") -> Injection:
    return Injection(
        target=TARGETS[target],
        fault=fault,
        model=parse_model("flips:3", Registry()),
        seed=1,
        protect=protect,
    )


@pytest.mark.parametrize("row", rows("Expected damage"), ids=lambda row: " ".join(row[:2]))
def test_the_damage_of_the_page_is_the_expected_one(row: list[str]) -> None:
    target, fault, *entries = row
    expected = expected_damage(injection(target, fault))
    for region, entry in zip(REGIONS, entries, strict=True):
        assert (region in expected) == bool(entry)
        if entry == "k":
            assert expected[region].basis == "as_flipped"
        elif entry:
            assert round(float(expected[region].bits or 0), 6) == float(entry)
            assert expected[region].basis == ("ideal" if float(entry) else "none")


def test_the_page_has_every_fault_of_what_is_received_by_every_mode_that_accepts_it() -> None:
    inputs = {
        (name, fault)
        for name, target in TARGETS.items()
        for fault in target.faults
        if name.startswith("aes-128") and "gcm" not in name and target.is_input(fault)
    }
    assert inputs <= {(row[0], row[1]) for row in rows("Expected damage")}


def test_the_means_within_the_cipher_are_those_of_the_formulas() -> None:
    for number, *entries in rows("Within the cipher"):
        left = int(number)
        means = (
            after_state_flips(left, 1, inverse=False),
            after_state_flips(left, 1, inverse=True),
            after_key_flip(left, inverse=True),
        )
        assert ["–" if mean is None else f"{float(mean):.17g}".rstrip("0") for mean in means] == [
            entry if entry == "–" else f"{float(entry):.17g}".rstrip("0") for entry in entries
        ]


def test_the_outcomes_of_rsa_are_the_expected_ones() -> None:
    table = rows("RSA")
    assert [row[0] for row in table] == list(FAULTS)
    for fault, _, unprotected, verified in table:
        for protect, outcome in (("", unprotected), ("verify", verified)):
            assert expected_outcomes(injection("rsa-2048", fault, protect)) == {outcome: 1}


def test_every_fault_and_every_outcome_has_a_row() -> None:
    named = {fault for target in TARGETS.values() for fault in target.faults}
    assert named <= {row[0] for row in (*rows("Messages"), *rows("RSA"))}
    outcomes = {row[0] for row in rows("Outcomes")}
    schema = json_schema()["$defs"]["Fault"]["properties"]["outcomes"]["propertyNames"]
    assert outcomes == set(schema["pattern"].strip("^$()").split("|"))
