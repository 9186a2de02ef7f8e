import pytest

FLIP = ["inject", "hsiao-72-64", "--backend", "numpy"]


def test_counts_stand_beside_exact_probabilities(benchsuite):
    run = benchsuite(*FLIP, "--model", "flips:1", "--model", "flips:2", "--trials", 5000, "--json")
    assert run.code == 0
    one, two = run.object["tallies"]
    assert (one["outcomes"]["corrected"], two["outcomes"]["detected"]) == (5000, 5000)
    assert two["exact"]["detected"] == ["2556", "2556", 1.0]
    assert two["rates"]["detected"].keys() == {"rate", "low", "high", "confidence"}


def test_every_pattern_gives_the_exact_counts(benchsuite):
    run = benchsuite(*FLIP, "--model", "flips:3", "--exhaustive", "--json")
    (tally,) = run.object["tallies"]
    assert tally["trials"] == 59640
    assert {name: str(count) for name, count in tally["outcomes"].items() if count} == {
        name: count for name, (count, _, _) in tally["exact"].items() if count != "0"
    }


def test_the_formula_needs_no_backend_and_writes_no_file(benchsuite, tmp_path):
    run = benchsuite("inject", "hsiao-72-64", "--model", "flips:3", "--exact", "--json")
    assert run.code == 0
    (tally,) = run.object["tallies"]
    assert (tally["backend"], tally["trials"]) == ("", 0)
    assert tally["exact"]["miscorrected"][:2] == ["33568", "59640"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("precision", ["5%", "0.05"])
def test_a_precision_ends_the_campaign(benchsuite, precision):
    run = benchsuite(*FLIP, "--model", "flips:3", "--precision", precision, "--json")
    rates = run.object["tallies"][0]["rates"]
    assert max(rate["high"] - rate["low"] for rate in rates.values()) <= 0.1


@pytest.mark.parametrize(
    "options",
    [["--exact", "--exhaustive"], ["--exact", "--trials", "5"], ["--exhaustive", "--precision", "1%"]],
)
def test_ways_to_end_exclude_each_other(benchsuite, options):
    run = benchsuite(*FLIP, "--model", "flips:1", *options)
    assert (run.code, run.err) == (
        2,
        "benchsuite: choose one of --exact, --exhaustive, and --trials or --precision\n",
    )


def test_a_backend_without_the_code_says_why_in_its_tally_and_is_exit_5(benchsuite):
    run = benchsuite("inject", "hsiao-72-64", "--model", "flips:1", "--backend", "openssl", "--json")
    assert run.code == 5
    (tally,) = run.object["tallies"]
    assert (tally["status"], tally["trials"]) == ("unsupported", 0)
    assert "OpenSSL" in tally["reason"]


def test_an_unavailable_backend_is_exit_4(benchsuite, absent):
    assert benchsuite("inject", "hsiao-72-64", "--model", "flips:1", *absent).code == 4


def test_a_finished_campaign_resumed_counts_nothing_twice(benchsuite, tmp_path):
    campaign = [*FLIP, "--model", "flips:2", "--trials", "1000"]
    assert benchsuite(*campaign, "--output", "file.jsonl").code == 0
    before = (tmp_path / "file.jsonl").read_bytes()
    assert benchsuite(*campaign, "--resume", "file.jsonl").code == 0
    assert (tmp_path / "file.jsonl").read_bytes() == before


def test_another_seed_cannot_go_on_in_the_same_file(benchsuite, tmp_path):
    campaign = [*FLIP, "--model", "flips:2", "--trials", "1000"]
    assert benchsuite(*campaign, "--output", "file.jsonl").code == 0
    run = benchsuite(*campaign, "--seed", "2", "--resume", "file.jsonl")
    assert run.code == 2
    assert "file.jsonl was begun by other options: benchsuite inject hsiao-72-64 --seed 1" in run.err


def test_accesses_are_counted_beside_their_codewords_and_in_every_format(benchsuite, tmp_path):
    campaign = [*FLIP, "--model", "device:x4:uniform", "--trials", 1000, "--access", 64]
    run = benchsuite(*campaign, "--output", "file.jsonl", "--json")
    (tally,) = run.object["tallies"]
    assert (tally["codewords"], sum(tally["outcomes"].values())) == (8, 1000)
    assert sum(tally["codeword_outcomes"].values()) == 8000
    assert tally["outcomes"]["detected_hiding_silent"] > 0
    table = benchsuite("report", "file.jsonl").out
    assert "device:x4:uniform, accesses of 8 codewords" in table
    assert "detected hiding silent" in table
    assert "codeword miscorrected" in table
    assert ',8,0,1000,"detected_hiding_silent",' in benchsuite("report", "file.jsonl", "--format", "csv").out
    assert benchsuite("results", "validate", "file.jsonl").code == 0
    assert benchsuite(*campaign, "--resume", "file.jsonl").code == 0
    assert benchsuite(*campaign[:-2], "--resume", "file.jsonl").code == 2


def test_an_access_that_codewords_do_not_fill_is_refused(benchsuite):
    run = benchsuite(*FLIP, "--model", "flips:1", "--access", 60)
    assert run.code == 2
    assert "--access 60: the codewords of hsiao-72-64 carry 64 data bits" in run.err


def test_models_with_a_formula_are_shown_beside_those_without_one(benchsuite):
    models = ("--model", "device:x4:ones", "--model", "adjacent:3", "--model", "burst:4")
    run = benchsuite("inject", "hsiao-72-64", "--exact", "--access", "64", *models, "--json")
    assert run.code == 2
    assert [tally["model"] for tally in run.object["tallies"]] == ["device:x4:ones"]
    assert run.err.count("no formula is known for") == 2
    assert "burst:4" in run.err
