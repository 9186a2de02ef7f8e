"""No figure without its interval, n, scope, pool, flags and run; what is not proven is told as such."""

import json

import pytest

from benchsuite.analyse.crossover import crossovers
from benchsuite.analyse.decide import answers, ranked
from benchsuite.analyse.unanswered import Unanswered, unanswered
from benchsuite.report.decide import (
    answers_table,
    crossover_tables,
    decision_object,
    needs,
    unanswered_table,
)
from benchsuite.report.formats import terminal_tables

from ..analyse.question import MODEL, Recorded, price, question

GB = 1e9


@pytest.fixture
def recorded():
    run = Recorded()
    for messages in (1, 4, 16):
        run.row("card", messages * GB / 3, messages=messages, device="gpu:0", flags=("throttled",))
        run.row("core", GB, messages=messages)
    return run


def entries(table):
    titles = [column.title for column in table.columns]
    return [dict(zip(titles, row, strict=True)) for row in table.rows]


def test_every_answer_has_what_a_doubter_asks_for(recorded):
    asked = question(GB / 2)
    table = answers_table(asked, "", ranked(answers(recorded.lines, asked)), recorded.lines[:1])
    rows = entries(table)
    assert len(rows) == 6
    for row in rows:
        assert all(row[title].main for title in ("case", "scope", "pool", "n", "needs", "run", "rate"))
        assert row["throughput"].detail.startswith("(")
        assert row["flags"].main == ("T" if row["backend"].main == "card" else "")
    text = " ".join(table.notes)
    assert MODEL in text
    assert "throttled by a quota" in text


@pytest.mark.parametrize(
    ("rate", "main", "detail"),
    [
        (GB / 2, "1 core", "(measured at 1)"),
        (3 * GB, "4 cores", "(by a share of what was measured at 8)"),
        (64 * GB, "81 cores", "(scaled from 8: not proven beyond 8)"),
    ],
)
def test_what_is_needed_says_what_it_rests_on(rate, main, detail):
    run = Recorded()
    run.row("core", GB)
    run.row("core", 6.4 * GB, processes=8)
    (answer,) = answers(run.lines, question(rate))
    assert needs(answer) == (main, detail)


def test_figures_that_are_not_there_are_dashes():
    run = Recorded(blocks=3)
    run.row("core", GB)
    other = Recorded()
    other.row("core", GB)
    asked = question(1.0, p99_seconds=1e-3, prices={MODEL: price(1, cores=1)})
    found = [*answers(run.lines, asked), *answers(other.lines, asked)]
    few, enough = entries(answers_table(asked, "EUR", found, [run.lines[0]]))
    assert (few["needs"].main, few["instances"].main, few["per TB"].main, few["p99"].main) == ("–",) * 4
    assert (enough["p99"].main, enough["p99 limit"].main) == ("–", "no call timed")
    assert enough["per TB"].main.endswith(" EUR")
    assert few["throughput"].detail == ""


def test_a_crossover_says_between_which_batches(recorded):
    (table,) = crossover_tables(crossovers(recorded.lines, question(1.0)))
    assert table.notes[0] == "The GPU wins from 4 on, not at 1; nothing in between was measured."
    assert [row["messages"].main for row in entries(table)] == ["1", "4", "16"]
    assert all(row["n"].main == "16" and row["ratio"].detail for row in entries(table))


def test_an_object_holds_all_of_it_and_is_json(recorded):
    asked = question(GB / 2, prices={MODEL: price(1, cores=1, gpus=1)}, p99_seconds=1.0)
    cell = recorded.row("timed", GB)
    recorded.calls(cell, 1000, 1000.0)
    found, crossings = ranked(answers(recorded.lines, asked)), crossovers(recorded.lines, asked)
    missing = unanswered([recorded.lines], asked, found, crossings)
    files = {"run.jsonl": recorded.lines}
    made = decision_object(asked, "EUR", files, found, crossings, missing, [""] * len(missing))
    again = json.loads(json.dumps(made, allow_nan=False))
    assert len(again["answers"]) == 7
    assert {answer["unit"] for answer in again["answers"]} == {"core", "gpu"}
    assert all(answer["cost"]["instances"] >= 1 for answer in again["answers"])
    assert [a["p99"]["verdict"] for a in again["answers"] if a["p99"]] == ["meets"]
    assert again["crossovers"][0]["wins_from"] == 4


def test_what_a_file_says_moves_no_cursor():
    table = unanswered_table([Unanswered(part="rate", reason="a\x1b[2Jb")], ["run"])
    assert "\x1b[2J" not in terminal_tables([table], color=False)
