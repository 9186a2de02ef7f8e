import csv
import io
import json
import re
from typing import Any

import pytest

from benchsuite.analyse.derive import cells, comparisons
from benchsuite.api import ReportFormat
from benchsuite.record.types import Line, as_mapping
from benchsuite.report.formats import FORMATS, render, report_object, terminal

FIGURE = re.compile(r"\d (?:[GMk]?B/s|k message/s)")
STATUSES = ("unavailable", "unsupported", "failed", "wrong", "timeout")
PLACES = re.compile(r"(?:^|· |\| )(end-to-end|resident) *[·|] (hot|cold)\b")


def rows_of_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("width", [80, 120])
def test_every_figure_on_a_terminal_has_scope_pool_and_n(lines: list[Line], width: int) -> None:
    place, figures = None, 0
    text = terminal(lines, width=width)
    head = next(line for line in text.splitlines() if line.lstrip().startswith("backend"))
    end_of_n = head.index(" n ") + 2
    for line in text.splitlines():
        place = PLACES.search(line) or place
        if FIGURE.search(line):
            figures += 1
            assert place
            assert re.search(r" \d+$", line[:end_of_n])
    assert figures == 5


def test_every_figure_in_markdown_has_scope_pool_and_n(lines: list[Line]) -> None:
    figures = [line for line in render(lines, "markdown").splitlines() if FIGURE.search(line)]
    assert len(figures) == 5
    for line in figures:
        assert PLACES.search(line)
        assert "|  16 |" in line


def test_every_figure_in_latex_has_scope_pool_and_n(lines: list[Line]) -> None:
    place, figures = "", 0
    for line in render(lines, "latex").replace(r" $\cdot$ ", " · ").splitlines():
        if line.startswith(r"\multicolumn"):
            place = line
        if FIGURE.search(line):
            figures += 1
            assert re.search(r"· (end-to-end|resident) · (hot|cold)\}", place)
            assert " & 16 & " in line
    assert figures == 5


def test_every_built_in_format_has_its_test_of_figures() -> None:
    assert set(FORMATS) == {"table", "markdown", "csv", "json", "latex"}


@pytest.mark.parametrize("form", ["csv", "json"])
def test_every_figure_for_programs_has_scope_pool_and_n(lines: list[Line], form: str) -> None:
    text = render(lines, form)
    rows: list[dict[str, object]]
    if form == "csv":
        rows = [dict(row) for row in rows_of_csv(text) if row["type"] == "cell"]
    else:
        rows = [cell | (cell["summary"] or {"seconds": ""}) for cell in json.loads(text)["cells"]]
    figures = [row for row in rows if row["seconds"] != ""]
    assert len(figures) == 6
    for row in figures:
        assert row["scope"] in ("end-to-end", "resident")
        assert row["pool"] in ("hot", "cold")
        assert int(str(row["blocks"])) == 16


@pytest.mark.parametrize("form", FORMATS)
def test_every_status_and_its_reason_are_in_every_format(lines: list[Line], form: str) -> None:
    text = " ".join(render(lines, form).split())
    missing = [cell for cell in cells(lines) if cell.status != "measured"]
    assert {cell.status for cell in missing} == set(STATUSES)
    for cell in missing:
        assert cell.status in text
        assert cell.reason in text


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(lines: list[Line], width: int) -> None:
    assert max(map(len, terminal(lines, width=width).splitlines())) <= width


def test_a_wide_terminal_has_an_interval_beside_its_figure_and_a_narrow_one_below(lines: list[Line]) -> None:
    assert re.search(r"GB/s \(", terminal(lines, width=120))
    assert not re.search(r"GB/s \(", terminal(lines, width=80))
    assert re.search(r"^ +\(\d", terminal(lines, width=80), re.MULTILINE)


def test_colour_is_given_only_when_asked_for(lines: list[Line]) -> None:
    assert "\x1b" not in terminal(lines, width=80)
    assert "\x1b[31mliar: wrong" in terminal(lines, width=80, color=True)


def test_hostile_text_cannot_steer_a_terminal(hostile_lines: list[Line]) -> None:
    for color in (False, True):
        text = terminal(hostile_lines, width=200, color=color)
        assert r"a|b\nc\x1b[31m [red]<b>_x_ · end-to-end · hot" in text
        assert set(re.findall(r"\x1b\[\d*m", text)) <= {"\x1b[0m", "\x1b[1m", "\x1b[2m"}
        assert all(c.isprintable() or c in "\n\x1b" for c in text)


def test_hostile_text_cannot_break_a_markdown_table(hostile_lines: list[Line]) -> None:
    text = render(hostile_lines, "markdown")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    bars = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert bars == {11, 5}
    assert r"a\|b\\nc\\x1b\[31m \[red\]\<b\>\_x\_" in text
    assert not re.search(r"(?<!\\)[<\[]", text)
    assert "\x1b" not in text


def test_hostile_text_survives_csv_and_json(hostile_lines: list[Line]) -> None:
    label = cells(hostile_lines)[0].label
    assert {row["label"] for row in rows_of_csv(render(hostile_lines, "csv"))} == {label}
    text = render(hostile_lines, "json")
    assert {cell["label"] for cell in json.loads(text)["cells"]} == {label}
    assert all(c.isprintable() or c == "\n" for c in text)


def test_csv_has_one_row_a_cell_and_one_an_outcome(lines: list[Line]) -> None:
    rows = rows_of_csv(render(lines, "csv"))
    assert [row["cell"] for row in rows if row["type"] == "cell"] == [cell.cell for cell in cells(lines)]
    tallies = [row for row in rows if row["type"] == "tally" and row["status"] == "measured"]
    assert {row["outcome"]: row["count"] for row in tallies} == {
        "detected": "4372",
        "miscorrected": "5628",
        "clean": "0",
        "undetected": "0",
    }


def test_csv_keeps_numbers_exact_and_cells_without_a_figure_empty(lines: list[Line]) -> None:
    rows = {row["cell"]: row for row in rows_of_csv(render(lines, "csv"))}
    for cell in cells(lines):
        seconds = rows[cell.cell]["seconds"]
        assert seconds == ("" if cell.summary is None else repr(cell.summary.seconds))


def test_json_is_one_object_with_the_keys_of_the_file(lines: list[Line]) -> None:
    report = json.loads(render(lines, "json"))
    lists = ("cells", "comparisons", "latencies", "fits", "tallies", "protections", "faults")
    assert list(report) == ["schema", "command", *lists]
    assert report == json.loads(json.dumps(report_object(lines)))
    assert report["cells"][0] == json.loads(json.dumps(as_mapping(cells(lines)[0]))) | {"run": "r1"}
    assert report["tallies"][0]["rates"]["detected"]["rate"] == 0.4372


def test_a_format_of_a_plugin_is_rendered_like_a_built_in_one(lines: list[Line]) -> None:
    types = ReportFormat(
        name="types", suffix=".txt", render=lambda records: records[0]["type"] + records[0]["id"]
    )
    assert render(lines, "types", {"types": types}) == "runr1"


def test_a_plugins_format_gets_what_is_derived_once_whether_the_file_has_it_or_not(lines: list[Line]) -> None:
    dump = ReportFormat(name="dump", suffix=".json", render=lambda records: json.dumps(list(records)))

    def records(of: list[Line]) -> list[dict[str, Any]]:
        found = json.loads(render(of, "dump", {"dump": dump}))
        assert isinstance(found, list)
        return found

    interrupted = records(lines)
    assert records([*lines, *cells(lines), *comparisons(lines)]) == interrupted
    for kind, shown in (("cell", "cells"), ("comparison", "comparisons"), ("tally", "tallies")):
        derived = [record["case_key"] for record in interrupted if record["type"] == kind]
        assert derived == [each["case_key"] for each in report_object(lines)[shown]]
        assert derived


def test_an_unknown_format_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"'markdwon'.*known are table, markdown, csv, json, latex; .*markdown\?"
    ):
        render([], "markdwon")


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_recorded_renders_without_rows(form: str) -> None:
    assert FIGURE.search(render([], form)) is None
