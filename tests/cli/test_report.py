import csv
import io
import json
import re

import pytest

FORMATS = ["table", "markdown", "csv", "json", "latex"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_both_suites(benchsuite, smoke, name):
    run = benchsuite("report", smoke, "--format", name)
    assert (run.code, run.err) == (0, "")
    for text in ("AES-128-CTR", "hsiao-72-64", "numpy", "openssl", "flips:4"):
        assert text in run.out


def test_the_table_is_the_one_that_the_run_printed(benchsuite, finished):
    path, run = finished
    assert benchsuite("report", path).out == run.out


def test_csv_and_json_can_be_read_back(benchsuite, smoke):
    rows = list(csv.DictReader(io.StringIO(benchsuite("report", smoke, "--format", "csv").out)))
    found = json.loads(benchsuite("report", smoke, "--format", "json").out)
    assert [row["cell"] for row in rows if row["type"] == "cell"] == [c["cell"] for c in found["cells"]]
    assert (found["schema"], found["command"]) == (1, "report")


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_may_be_written_to_a_file(benchsuite, smoke, tmp_path, name):
    printed = benchsuite("report", smoke, "--format", name)
    written = benchsuite("report", smoke, "--format", name, "--output", "report")
    assert (written.code, written.out, written.err) == (0, "", "benchsuite: written to report\n")
    assert (tmp_path / "report").read_text().split() == printed.out.split()


def test_a_report_never_overwrites_the_run_that_it_is_on(benchsuite, smoke, tmp_path):
    before = smoke.read_bytes()
    (tmp_path / "link").symlink_to(smoke)
    for output in (smoke, "link"):
        run = benchsuite("report", smoke, "--format", "csv", "--output", output)
        assert run.code == 2
        assert "is the run file itself: give another --output" in run.err
    assert smoke.read_bytes() == before


def test_two_files_are_two_tables(benchsuite, smoke):
    assert benchsuite("report", smoke, smoke).out.count("Throughput") == 2


def test_an_unknown_format_is_refused_with_the_nearest(benchsuite, smoke):
    run = benchsuite("report", smoke, "--format", "markdwn")
    assert (run.code, run.err) == (
        2,
        "benchsuite: no report format is called 'markdwn': known are table, markdown, csv, json, latex; "
        "did you mean markdown?\n",
    )


def test_a_torn_line_is_told_on_stderr_and_left_out(benchsuite, smoke):
    whole = benchsuite("report", smoke).out
    smoke.write_bytes(smoke.read_bytes() + b'{"type": "sam')
    run = benchsuite("report", smoke)
    assert (run.code, run.out) == (0, whole)
    assert "is torn (no end of line) and was dropped" in run.err


def pipes(markdown):
    """How many columns each row of its tables has."""
    return [len(re.findall(r"(?<!\\)\|", row)) for row in markdown.splitlines() if row.startswith("|")]


def test_hostile_names_do_not_break_tables(benchsuite, smoke, edit):
    clean = benchsuite("report", smoke, "--format", "markdown").out
    evil = "\x1b[2J\x07|`<b>\n# evil\r\u202e"

    def spoil(line):
        for key in {"label", "reason"} & line.keys():
            line[key] += evil

    edit(smoke, spoil)
    reports = {name: benchsuite("report", smoke, "--format", name).out for name in FORMATS}
    for text in (reports["table"], reports["markdown"]):
        assert "evil" in text
        assert not set(text) & set("\x1b\x07\r\u202e")
        assert not any(line.startswith("# evil") for line in text.splitlines())
    assert pipes(reports["markdown"]) == pipes(clean)
    rows = csv.DictReader(io.StringIO(reports["csv"], newline=""))
    assert all(row["label"].endswith(evil) for row in rows)


def test_validate_finds_a_figure_that_its_samples_do_not_give(benchsuite, smoke, edit):
    def flatter(line):
        if line["type"] == "cell":
            line["summary"]["seconds"] /= 2

    edit(smoke, flatter)
    run = benchsuite("results", "validate", smoke)
    assert run.code == 1
    assert "summary.seconds: recorded" in run.out


def test_validate_tells_good_files_from_bad_ones(benchsuite, smoke, tmp_path):
    (tmp_path / "diary.txt").write_text("dear diary\nnothing\n")
    run = benchsuite("results", "validate", smoke, "diary.txt")
    assert run.code == 1
    good, bad = run.out.splitlines()
    assert good.startswith(f"{smoke}: valid, ")
    assert bad.startswith("diary.txt: diary.txt: line 1 is not JSON")


def test_validate_prints_no_control_characters_of_a_file(benchsuite, smoke, edit):
    edit(smoke, lambda line: line.update(cell="\x1b[2J") if line["type"] == "gate" else None)
    run = benchsuite("results", "validate", smoke)
    assert run.code == 1
    assert "\x1b" not in run.out
    assert "\\x1b[2J" in run.out
