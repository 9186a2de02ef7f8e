"""The table of faults."""

from __future__ import annotations

from benchsuite.record.fault import Damage, Expected, Fault
from benchsuite.record.types import Line
from benchsuite.report.faults import fault_table
from benchsuite.report.formats import render

GOOD = Fault(
    target="aes-128-cbc",
    fault="ciphertext",
    model="flips:3",
    backend="",
    seed=1,
    first_trial=0,
    trials=1000,
    flips=3000,
    outcomes={"damaged": 1000},
    damage={
        "previous": Damage(histogram=[(0, 1000)], as_flipped=0),
        "struck": Damage(histogram=[(58, 500), (70, 500)], as_flipped=0),
        "next": Damage(histogram=[(3, 1000)], as_flipped=1000),
    },
    expected_outcomes={"damaged": ("1", "1", 1.0)},
    expected_damage={
        "previous": Expected(basis="none", bits=0.0),
        "struck": Expected(basis="ideal", bits=64.0),
        "next": Expected(basis="as_flipped", bits=3.0),
    },
)


def rows(fault: Fault) -> dict[str, list[str]]:
    """What a row is about -> its figures."""
    return {row[4].main: [" ".join(entry).strip() for entry in row[5:]] for row in fault_table([fault]).rows}


def changed(**changes: object) -> Fault:
    from msgspec.structs import replace

    return replace(GOOD, **changes)


def test_a_row_says_what_was_measured_and_expected_and_where() -> None:
    assert rows(GOOD) == {
        "damaged": ["1 (0.9947..1)", "1", ""],
        "wrong bits, struck block": ["64.00 (63.51..64.49)", "64 (ideal cipher)", "others"],
        "wrong bits, next block": ["3", "3 (always)", "as flipped"],
    }


def test_damage_where_none_is_expected_is_shown_and_contradicts() -> None:
    damage = GOOD.damage | {"previous": Damage(histogram=[(0, 999), (1, 1)], as_flipped=0)}
    table = fault_table([changed(damage=damage)])
    assert rows(changed(damage=damage))["wrong bits, block before"][1] == "0 (contradicted)"
    assert any("cannot both be right" in note for note in table.notes)
    assert not any("cannot both be right" in note for note in fault_table([GOOD]).notes)


def test_an_outcome_that_should_not_be_contradicts() -> None:
    found = rows(changed(outcomes={"damaged": 900, "rejected": 100}, damage={}))
    assert found["damaged"][1] == "1 (contradicted)"
    assert found["rejected"][1] == "0 (contradicted)"


def test_what_is_not_known_is_missing() -> None:
    found = rows(changed(expected_outcomes=None, expected_damage={}))
    assert (found["damaged"][1], found["wrong bits, struck block"][1]) == ("–", "–")


def test_a_random_number_of_flips_is_expected_as_flipped() -> None:
    some = Damage(histogram=[(0, 10), (1, 990)], as_flipped=250)
    found = rows(
        changed(damage={"next": some}, expected_damage={"next": Expected(basis="as_flipped", bits=None)})
    )
    assert found["wrong bits, next block"][1:] == ["as flipped (contradicted)", "25 % as flipped"]


def test_chunks_are_summed_and_faults_of_one_kind_are_neighbours() -> None:
    other = changed(fault="iv")
    engine = changed(backend="engine")
    more = changed(first_trial=1000)
    table = fault_table([GOOD, other, engine, more])
    assert [(row[1].main.split(",")[0], row[2].main, row[3].main) for row in table.rows[::3]] == [
        ("ciphertext", "(the suite's own)", "2,000"),
        ("ciphertext", "engine", "1,000"),
        ("iv", "(the suite's own)", "1,000"),
    ]


def test_a_refusal_is_a_gap_with_its_reason() -> None:
    refusal = changed(
        backend="engine",
        trials=0,
        flips=0,
        outcomes={},
        damage={},
        status="unsupported",
        reason="it cannot",
    )
    table = fault_table([refusal])
    assert table.rows == []
    assert [(gap.backend, gap.status, gap.reason) for gap in table.gaps] == [
        ("engine", "unsupported", "it cannot")
    ]


def test_csv_has_a_row_an_outcome_and_one_a_region(lines: list[Line]) -> None:
    text = render([*lines[:1], GOOD], "csv").splitlines()
    heading = text[0].replace('"', "").split(",")
    found = [dict(zip(heading, line.replace('"', "").split(","), strict=True)) for line in text[1:]]
    assert [row["outcome"] or row["region"] for row in found] == ["damaged", "previous", "struck", "next"]
    assert (found[2]["mean"], found[2]["expected_mean"], found[2]["expected_basis"]) == (
        "64.0",
        "64.0",
        "ideal",
    )
    assert {row["run"] for row in found} == {"r1"}
