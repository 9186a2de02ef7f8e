"""``compare``: exit codes, tables and objects."""

from __future__ import annotations

import json

import pytest


def slowed(factor, cell=None):
    """Make all visits of a file, or those of a cell, slower."""

    def change(line):
        if line["type"] == "samples" and cell in (None, line["cell"]):
            for key in ("wall_seconds", "cpu_seconds"):
                line[key] = [factor * seconds for seconds in line[key]]

    return change


@pytest.fixture
def long(smoke, tmp_path):
    """The smoke run with each of its blocks eight times over: enough for a verdict."""
    path = tmp_path / "long.jsonl"
    lines = [json.loads(line) for line in smoke.read_text().splitlines()]
    kept = [line for line in lines if line["type"] not in ("cell", "comparison", "samples")]
    visits = [line for line in lines if line["type"] == "samples"]
    kept += [visit | {"block": visit["block"] + 2 * turn} for turn in range(8) for visit in visits]
    path.write_text("".join(json.dumps(line) + "\n" for line in kept))
    return path


def test_one_file_gives_its_own_paired_comparisons(benchsuite, smoke):
    table, run = benchsuite("compare", smoke), benchsuite("compare", smoke, "--json")
    assert (table.code, run.code) == (0, 0)
    assert "Comparisons within the run" in table.out
    assert "too few blocks" in table.out
    recorded = [json.loads(line) for line in smoke.read_text().splitlines()]
    assert run.object["paired"]
    assert run.object["comparisons"] == [line for line in recorded if line["type"] == "comparison"]


def test_two_files_are_unpaired_and_say_so(benchsuite, long):
    run = benchsuite("compare", long, long)
    assert run.code == 0
    assert "Old run against new run, unpaired" in run.out
    assert "Not paired:" in " ".join(run.out.split())


def test_a_slower_row_is_a_regression_only_where_asked(benchsuite, long, edit, tmp_path):
    new = tmp_path / "new.jsonl"
    new.write_bytes(long.read_bytes())
    edit(new, slowed(20.0))
    assert benchsuite("compare", long, new).code == 0
    run = benchsuite("compare", long, new, "--fail-on", "slower", "--json")
    assert run.code == 3
    assert {row["verdict"] for row in run.object["comparisons"]} == {"slower"}
    assert benchsuite("compare", new, long, "--fail-on", "slower").code == 0


def test_a_row_that_is_wrong_now_comes_before_a_regression(benchsuite, long, edit, tmp_path):
    new = tmp_path / "new.jsonl"
    new.write_bytes(long.read_bytes())
    edit(new, slowed(20.0))
    first = next(line for line in map(json.loads, long.read_text().splitlines()) if line["type"] == "gate")
    edit(new, lambda line: line.update(status="wrong", reason="item 3") if line == first else None)
    run = benchsuite("compare", long, new, "--fail-on", "slower")
    assert run.code == 1
    assert "now wrong: item 3" in " ".join(run.out.split())


def test_changed_facts_are_a_table(benchsuite, long, edit, tmp_path):
    new = tmp_path / "new.jsonl"
    new.write_bytes(long.read_bytes())
    edit(new, lambda line: line["machine"].update(governor="powersave") if line["type"] == "run" else None)
    run = benchsuite("compare", long, new)
    assert "Changed between the files" in run.out
    (row,) = [line for line in run.out.splitlines() if "governor" in line]
    assert row.split()[-1] == "powersave"


def test_another_machine_gets_no_verdict(benchsuite, long, edit, tmp_path):
    new = tmp_path / "new.jsonl"
    new.write_bytes(long.read_bytes())
    edit(new, slowed(20.0))
    edit(new, lambda line: line["machine"].update(cpu_model="Z80") if line["type"] == "run" else None)
    run = benchsuite("compare", long, new, "--fail-on", "slower", "--json")
    assert run.code == 0
    assert run.object["refused"].startswith("not the same machine: cpu_model was ")
    assert {row["verdict"] for row in run.object["comparisons"]} == {None}
    assert "No verdicts: not the same machine" in " ".join(benchsuite("compare", long, new).out.split())


@pytest.mark.parametrize("count", [0, 3])
def test_another_number_of_files_is_refused(benchsuite, smoke, count):
    assert benchsuite("compare", *[smoke] * count).code == 2


def test_a_missing_file_is_one_line(benchsuite):
    run = benchsuite("compare", "nowhere.jsonl")
    assert (run.code, run.out, run.err) == (2, "", "benchsuite: nowhere.jsonl: no such file or directory\n")


def test_control_characters_of_a_file_do_not_reach_the_terminal(benchsuite, long, edit, tmp_path):
    new = tmp_path / "new.jsonl"
    new.write_bytes(long.read_bytes())
    edit(new, lambda line: line["machine"].update(governor="\x1b[31m") if line["type"] == "run" else None)
    assert "\x1b" not in benchsuite("compare", long, new).out
