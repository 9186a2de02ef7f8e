import json

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
    assert "takes about 663 trials" in run.err
    assert "flips:3 has 59,640 patterns, of which 656 without repetition would do: --exhaustive" in run.err


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
    assert (
        ',8,False,False,0,1000,"detected_hiding_silent",'
        in benchsuite("report", "file.jsonl", "--format", "csv").out
    )
    assert benchsuite("results", "validate", "file.jsonl").code == 0
    assert benchsuite(*campaign, "--resume", "file.jsonl").code == 0
    assert benchsuite(*campaign[:-2], "--resume", "file.jsonl").code == 2


def test_rare_outcomes_are_weighted_in_every_format(benchsuite, tmp_path):
    run = benchsuite(*FLIP, "--model", "bsc:0.00001", "--rare", "--trials", 100_000, "--output", "run.jsonl")
    assert run.code == 0
    assert "(rare)" in run.out
    assert "covers more often than it says" in " ".join(run.out.split())
    reported = benchsuite("report", "run.jsonl", "--format", "json")
    (tally,) = json.loads(reported.out)["tallies"]
    rate, exact = tally["rates"]["undetected"], tally["exact"]["undetected"][2]
    assert 0 < rate["low"] < exact < rate["high"] < 1e-15
    rows = benchsuite("report", "run.jsonl", "--format", "csv").out.splitlines()
    assert sum(f",{rate['rate']!r}," in row for row in rows) == 1
    assert benchsuite("results", "validate", "run.jsonl").code == 0
    resumed = benchsuite(
        *FLIP, "--model", "bsc:0.00001", "--rare", "--trials", 100_000, "--resume", "run.jsonl", "--json"
    )
    assert resumed.object["tallies"][0]["outcomes"] == tally["outcomes"]


@pytest.mark.parametrize(
    ("model", "option", "said"),
    [
        ("bsc:0.1", "--exact", "leave --exact and --exhaustive out"),
        ("flips:3", "--exhaustive", "leave --exact and --exhaustive out"),
        ("flips:3", "--seed=2", "give bsc:P or awgn:XdB, not flips:3"),
    ],
)
def test_what_cannot_be_weighted_is_refused(benchsuite, model, option, said):
    run = benchsuite(*FLIP, "--model", model, "--rare", option)
    assert (run.code, run.out) == (2, "")
    assert said in run.err


def test_an_access_that_codewords_do_not_fill_is_refused(benchsuite):
    run = benchsuite(*FLIP, "--model", "flips:1", "--access", 60)
    assert run.code == 2
    assert "--access 60: the codewords of hsiao-72-64 carry 64 data bits" in run.err


def test_models_with_a_formula_are_shown_beside_those_without_one(benchsuite):
    models = ("--model", "device:x4:ones", "--model", "flips:8", "--model", "burst:400")
    run = benchsuite("inject", "ddr5", "--exact", *models, "--json")
    assert run.code == 2
    assert [tally["model"] for tally in run.object["tallies"]] == ["device:x4:ones"]
    assert run.err.count("no formula is known for") == 2
    assert "burst:400" in run.err


def test_the_file_of_several_workers_is_that_of_one(benchsuite, tmp_path):
    """Of three chunks, the last one short."""
    options = [*FLIP, "--model", "flips:3", "--trials", 1_100_000, "--log", "miscorrected"]
    assert benchsuite(*options, "--output", "one.jsonl").code == 0
    assert benchsuite(*options, "--output", "two.jsonl", "--workers", 2).code == 0
    one, two = ((tmp_path / name).read_text().split("\n", 1)[1] for name in ("one.jsonl", "two.jsonl"))
    assert one == two
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.jsonl", "two.jsonl"]


def test_a_log_is_capped_said_and_replayed(benchsuite, tmp_path, lines):
    run = benchsuite(
        *FLIP, "--model", "flips:3", "--trials", 5000, "--log", "miscorrected", "--output", "log.jsonl"
    )
    counted = lines(tmp_path / "log.jsonl")[-1]["outcomes"]["miscorrected"]
    logged = [line for line in lines(tmp_path / "log.jsonl") if line["type"] == "trial"]
    assert len(logged) == 1000 < counted
    said = f"1,000 of {counted:,} miscorrected (hsiao-72-64, flips:3, numpy)"
    assert said in " ".join(run.out.split())
    assert benchsuite("results", "validate", "log.jsonl").code == 0
    replayed = benchsuite("results", "replay", "log.jsonl", 2, "--json")
    (shown,) = replayed.object["replayed"]
    assert (shown["trial"], shown["outcome"]) == (logged[0]["trial"], "miscorrected")
    assert "as line 2 of log.jsonl has it" in replayed.err
    alone = benchsuite(*FLIP, "--model", "flips:3", "--replay", logged[0]["trial"], "--json")
    assert alone.object["replayed"] == [shown]
    text = benchsuite(*FLIP, "--model", "flips:3", "--replay", logged[0]["trial"]).out
    assert f"Trial {logged[0]['trial']} of hsiao-72-64, flips:3, seed 1, numpy: miscorrected" in text
    assert f"positions flipped    {' '.join(map(str, logged[0]['flipped']))}\n" in text


def test_a_log_that_does_not_hold_is_exit_1(benchsuite, tmp_path, edit):
    options = ["--model", "flips:3", "--trials", 20, "--log", "miscorrected"]
    assert benchsuite(*FLIP, *options, "--output", "log.jsonl").code == 0
    edit(tmp_path / "log.jsonl", lambda line: line.update(outcome="detected") if "outcome" in line else None)
    run = benchsuite("results", "replay", "log.jsonl", 2)
    assert run.code == 1
    assert "line 2 of log.jsonl says detected of positions" in run.err


def test_a_line_that_logs_no_trial_is_refused(benchsuite):
    assert benchsuite(*FLIP, "--model", "flips:1", "--trials", 5, "--output", "none.jsonl").code == 0
    run = benchsuite("results", "replay", "none.jsonl", 2)
    assert (run.code, run.err) == (
        2,
        "benchsuite: line 2 of none.jsonl logs no trial: inject --log OUTCOME writes them\n",
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--log", "sdc"], "no outcome is called 'sdc'"),
        (["--log", ""], "no outcome is called ''"),
        (["--replay", 5, "--exact"], "--replay shows one trial: leave --exact"),
        (["--replay", 72, "--exhaustive"], "there is no trial 72: they are numbered from 0 to 71"),
    ],
)
def test_what_cannot_be_logged_or_replayed_is_refused(benchsuite, options, said):
    run = benchsuite(*FLIP, "--model", "flips:1", *options)
    assert (run.code, run.out) == (2, "")
    assert said in run.err


def test_a_ledger_of_something_else_is_a_line_and_exit_2(benchsuite, tmp_path):
    (tmp_path / "flips.jsonl.ledger").write_text("not one " * 200)
    run = benchsuite(*FLIP, "--model", "flips:1", "--trials", 5, "--output", "flips.jsonl")
    assert run.code == 2
    assert "flips.jsonl.ledger is no ledger of chunks" in run.err


def test_a_sweep_is_its_models_and_a_table_with_a_curve(benchsuite):
    run = benchsuite("inject", "hsiao-72-64", "--sweep", "bsc:1e-3..1e-1*3", "--exact", "--json")
    assert [tally["model"] for tally in run.object["tallies"]] == ["bsc:0.001", "bsc:0.01", "bsc:0.1"]
    sampled = ["--sweep", "flips:1..3", "--trials", 2000, "--output", "sweep.jsonl"]
    shown = benchsuite(*FLIP, *sampled).out
    assert "Sweep of flips, hsiao-72-64" in shown
    again = benchsuite("report", "sweep.jsonl").out
    assert again == shown
    assert benchsuite(*FLIP, *sampled[:-2], "--resume", "sweep.jsonl").out == shown


def test_a_sweep_or_a_model_is_needed(benchsuite):
    run = benchsuite(*FLIP)
    assert (run.code, run.out) == (2, "")
    assert "say how bits flip: --model flips:3, or --sweep flips:1..8" in run.err
