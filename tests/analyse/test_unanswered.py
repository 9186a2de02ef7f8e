"""What is not answerable is said, with the reason and the options of the run that would tell."""

from benchsuite.analyse.crossover import crossovers
from benchsuite.analyse.decide import answers
from benchsuite.analyse.unanswered import unanswered

from .question import MODEL, Recorded, price, question

GB = 1e9


def missing(run, asked):
    found, crossings = answers(run.lines, asked), crossovers(run.lines, asked)
    return {each.part: each for each in unanswered([run.lines], asked, found, crossings)}


def test_no_file_at_all_answers_nothing():
    parts = [each.part for each in unanswered([], question(1.0), [], [])]
    assert parts == ["rate", "crossover"]


def test_rows_without_a_figure_are_the_reason():
    run = Recorded()
    run.row("alpha", GB, status="wrong", reason="item 3")
    run.row("card", GB, status="unavailable", reason="no driver", device="")
    run.row("beta", GB, scope="resident")
    found = missing(run, question(1.0))["rate"]
    assert "alpha: wrong: item 3; card: unavailable: no driver" in found.reason
    assert found.reason.endswith("1 rows are resident, or above the roofline")


def test_few_blocks_are_said():
    run = Recorded(blocks=2)
    run.row("alpha", GB)
    assert missing(run, question(1.0))["rate"].reason.startswith("too few blocks")


def test_cores_beyond_the_measured_ones_are_not_proven():
    run = Recorded()
    run.row("alpha", GB)
    assert "cores" not in missing(run, question(GB / 2))
    assert missing(run, question(10 * GB))["cores"].options == ("--processes", "all", "--threads", "all")


def test_a_latency_names_the_load_of_a_core():
    run = Recorded()
    cell = run.row("alpha", GB)
    asked = question(400 * (1 << 20), p99_seconds=1.0)
    assert missing(run, asked)["p99"].options == ("--rate", "400/s")
    run.calls(cell, 1000)
    assert missing(run, asked)["p99"].reason == "no call was timed under such a load, only alone"
    run.calls(cell, 1000, 500.0)
    assert "p99" not in missing(run, asked)


def test_prices_of_another_machine_cost_nothing_and_no_run_helps():
    run = Recorded()
    run.row("alpha", GB)
    found = missing(run, question(1.0, prices={"Another CPU": price(1, cores=1)}))["cost"]
    assert found.options is None
    assert "Another CPU" in found.reason
    assert MODEL in found.reason
    assert "cost" not in missing(run, question(1.0, prices={MODEL: price(1, cores=1)}))


def test_a_crossover_needs_both_sides_and_two_batches():
    run = Recorded()
    run.row("alpha", GB)
    assert "no row of a GPU" in missing(run, question(1.0))["crossover"].reason
    run.row("card", GB, device="gpu:0")
    assert "two values" in missing(run, question(1.0))["crossover"].reason
    run.row("alpha", GB, messages=4)
    run.row("card", GB, messages=4, device="gpu:0")
    assert "crossover" not in missing(run, question(1.0))
    alone = Recorded()
    alone.row("card", GB, device="gpu:0")
    assert "no row of a CPU" in missing(alone, question(1.0))["crossover"].reason
