"""The exposition as prometheus_client reads it: families, units, labels; values of what was measured only."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from benchsuite_openmetrics import FAMILIES, STATUSES, benchsuite_report_formats
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

PUBLISHED = Path(__file__).parents[3] / "results/readme/quick.jsonl"
Parsed = Mapping[str, list[tuple[Mapping[str, str], float]]]

(FORMAT,) = benchsuite_report_formats()
RECORDS = [json.loads(line) for line in PUBLISHED.read_text(encoding="utf-8").splitlines()]
CELLS = [record for record in RECORDS if record["type"] == "cell"]
SUMMARIES = {cell["cell"]: cell["summary"] for cell in CELLS if cell["status"] == "measured"}


def parsed(text: str) -> Parsed:
    """Family -> its samples, as (labels, value)."""
    return {
        family.name: [(sample.labels, sample.value) for sample in family.samples]
        for family in text_string_to_metric_families(text)
    }


@pytest.fixture(scope="module")
def report() -> str:
    """What the command prints for the run in the README."""
    command = [sys.executable, "-m", "benchsuite", "report", str(PUBLISHED), "--format", "openmetrics"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_report_is_openmetrics_and_has_every_family(report: str) -> None:
    assert set(parsed(report)) == {family.name for family in FAMILIES}
    assert report.endswith("\n# EOF\n")
    for family in text_string_to_metric_families(report):
        assert family.documentation
        assert family.unit == next(f.unit for f in FAMILIES if f.name == family.name)


@pytest.mark.parametrize(
    ("family", "key"),
    [
        ("benchsuite_repetition_seconds", "seconds"),
        ("benchsuite_repetition_low_seconds", "seconds_low"),
        ("benchsuite_repetition_high_seconds", "seconds_high"),
        ("benchsuite_items_per_second", "items_per_second"),
    ],
)
def test_the_values_are_those_of_the_file(report: str, family: str, key: str) -> None:
    values = [value for _, value in parsed(report)[family]]
    assert values == [summary[key] for summary in SUMMARIES.values()]


def test_throughput_is_user_data_by_the_median_within_its_interval(report: str) -> None:
    found = parsed(report)
    low, median, high = (
        [value for _, value in found[f"benchsuite_throughput_{end}bytes_per_second"]]
        for end in ("low_", "", "high_")
    )
    expected = [s["bytes_per_second"] for s in SUMMARIES.values() if s["bytes_per_second"]]
    assert median == pytest.approx(expected)
    assert len(low) == len(median) == len(high) < len(SUMMARIES)  # signatures move no user data
    assert all(a <= b <= c for a, b, c in zip(low, median, high, strict=True))


def test_every_cell_is_in_one_state_and_only_measured_ones_have_a_value(report: str) -> None:
    found = parsed(report)
    states = [labels["benchsuite_cell_status"] for labels, value in found["benchsuite_cell_status"] if value]
    assert states == [cell["status"] for cell in CELLS]
    assert {"measured", "unavailable", "unsupported"} <= set(states) <= set(STATUSES)
    assert len(found["benchsuite_cell_status"]) == len(STATUSES) * len(CELLS)
    assert len(found["benchsuite_repetition_seconds"]) == states.count("measured") < len(states)


def test_the_labels_tell_every_cell_from_every_other(report: str) -> None:
    labels = [tuple(labels.items()) for labels, _ in parsed(report)["benchsuite_repetition_seconds"]]
    assert len(set(labels)) == len(labels)
    assert {name for name, _ in labels[0]} >= {"run", "case", "case_key", "backend", "pool", "twin"}


def test_the_outcomes_of_a_campaign_are_counted_over_all_its_lines(report: str) -> None:
    counts = {labels["outcome"]: value for labels, value in parsed(report)["benchsuite_trials"]}
    assert (counts["detected"], counts["miscorrected"]) == (43_512, 56_488)  # as in the README


def test_a_run_that_was_interrupted_still_has_its_cells(tmp_path: Path) -> None:
    whole = [json.dumps(r) for r in RECORDS if r["type"] not in ("cell", "comparison")]
    (tmp_path / "torn.jsonl").write_text("\n".join(whole) + "\n")
    command = [sys.executable, "-m", "benchsuite", "report", "torn.jsonl", "--format", "openmetrics"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert len(parsed(text)["benchsuite_repetition_seconds"]) == len(SUMMARIES)


def test_a_file_given_twice_counts_once_and_no_file_is_an_empty_exposition() -> None:
    assert FORMAT.render([*RECORDS, *RECORDS]) == FORMAT.render(RECORDS)
    assert FORMAT.render([]) == "# EOF\n"
    assert parsed(FORMAT.render([])) == {}


def shown(text: str) -> str:
    """What a reader gets of a label: control characters spelled out."""
    return re.sub(r"[^\n]", lambda c: c[0] if c[0].isprintable() else ascii(c[0])[1:-1], text)


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_a_label_holds_it_stays_one_label(text: str) -> None:
    measured: dict[str, Any] = next(cell for cell in CELLS if cell["status"] == "measured")
    end = '"} 1\n# EOF\n\\'
    hostile = measured | {"label": f"{text}\x1b[2J\r{end}", "backend": text}
    samples = parsed(FORMAT.render([RECORDS[0], hostile]))["benchsuite_repetition_seconds"]
    ((labels, value),) = samples
    assert value == measured["summary"]["seconds"]
    assert labels["case"] == shown(text) + r"\x1b[2J\r" + end
    assert labels["backend"] == shown(text)
