"""Bounds, by counts that a reader can follow on paper."""

from pathlib import Path

import pytest
from benchsuite_cuda.bound import (
    _LANES_OF,
    _SHARED_PIPE,
    ARCHITECTURES,
    CHIPS,
    MEMORY,
    bound,
    lane_clocks,
)
from benchsuite_cuda.occupancy import LIMITS
from benchsuite_cuda.source import forms


def test_every_architecture_has_a_chip_and_limits() -> None:
    assert set(ARCHITECTURES) == set(CHIPS) == set(LIMITS)


def test_the_page_has_the_lanes_and_the_chips_of_the_code() -> None:
    text = (Path(__file__).parents[3] / "docs/cuda.md").read_text(encoding="utf-8")
    rows = [[entry.strip() for entry in line.split("|")[1:-1]] for line in text.splitlines() if "|" in line]
    known = {
        row[0]: row[2:] for row in rows if row[0] in {unit for lanes in _LANES_OF.values() for unit in lanes}
    }
    shared = [entry.endswith(", shared with integer") for entry in known["add"]]
    assert shared == [_SHARED_PIPE.get(one) == "integer" for one in ARCHITECTURES]
    known["add"] = [entry.removesuffix(", shared with integer") for entry in known["add"]]
    lanes = {unit: [_LANES_OF[one].get(unit, "unknown") for one in ARCHITECTURES] for unit in known}
    assert set(known) == set(_LANES_OF["80"])
    assert {unit: list(map(str, row)) for unit, row in lanes.items()} == known
    chips = [
        [
            f"sm_{architecture}",
            chip.name,
            str(chip.multiprocessors),
            f"{chip.clock_hertz / 1e9:g}",
            f"{chip.memory_bytes_per_second / 1e12:g}",
            chip.source,
        ]
        for architecture, chip in CHIPS.items()
    ]
    assert [row for row in rows if row[0].startswith("sm_")] == chips


def test_the_page_has_a_meaning_for_every_name_that_tells_forms_apart() -> None:
    text = (Path(__file__).parents[3] / "docs/cuda.md").read_text(encoding="utf-8")
    legend = text.partition("| name | meaning |\n|---|---|\n")[2].partition("\n\n")[0]
    told = {line.split("`")[1] for line in legend.splitlines()}
    assert told == {name for form in forms() if not form.title for name in form.defines} | {"FAMILY-n-k"}


def test_operations_take_lanes_of_their_units_and_all_take_an_issue_slot() -> None:
    operations = {"LOP3": 6, "IADD3": 2, "POPC": 1, "LDS": 4, "LDG.128": 1, "IMAD": 3, "IMAD.WIDE": 2}
    operations |= {"BRA": 1, "ULDC.64": 1, "STG.8": 1}
    busy = {"integer": 8, "bits": 1, "load/store": 4 + 4 + 1, "multiply": 3 + 2 * 2, "issue": 22}
    assert lane_clocks(operations, "90") == busy


def test_additions_have_a_pipe_more_on_120() -> None:
    assert lane_clocks({"IADD3": 2, "LOP3": 1}, "120") == {"add": 2, "integer": 1, "issue": 3}


def test_an_operation_that_no_unit_is_known_for_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"no unit is known for FROB\.64: name it, with its source, in bound"
    ):
        lane_clocks({"LOP3": 1, "FROB.64": 1}, "90")


def test_the_busiest_unit_bounds_the_rate() -> None:
    found = bound({"integer": 320, "load/store": 176, "issue": 400}, "90", bytes_per_item=32)
    assert (found.unit, found.clocks["integer"], found.clocks["load/store"]) == ("load/store", 5.0, 5.5)
    assert found.items_per_second == 132 * 1.755e9 / 5.5
    assert found.copy_share == pytest.approx(132 * 1.755e9 / 5.5 * 32 / 3.35e12)


def test_memory_bounds_what_computes_little_and_then_equals_a_copy() -> None:
    found = bound({"integer": 1, "issue": 4}, "90", bytes_per_item=67)
    assert (found.unit, found.copy_share) == (MEMORY, 1.0)
    assert found.items_per_second == pytest.approx(3.35e12 / 67)


def test_a_unit_whose_rate_is_not_published_is_named_and_not_guessed() -> None:
    assert bound({"tensor": 8, "issue": 9}, "90", bytes_per_item=0).unknown == ("tensor",)
    assert bound({"tensor": 8, "issue": 9}, "80", bytes_per_item=0).clocks["tensor"] == 0.5
