"""The single-file plugins of the docs, each as a user runs it."""

import importlib
import json
import os
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from benchsuite.host.plugins import discover
from benchsuite.inject.models import parse_model
from benchsuite.inject.patterns import patterns
from benchsuite.inject.trials import Draws
from benchsuite.workloads.codes import CODES
from benchsuite.workloads.streams import trial_words

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs/examples"
PUBLISHED = ROOT / "results/readme/quick.jsonl"


@pytest.fixture
def geometric():
    registry = discover(extra=[str(EXAMPLES / "geometric.py")])
    return lambda arguments: parse_model(f"geometric:{arguments}", registry)


def drawn(model, n, trials=20_000):
    return model.kind.positions(
        model.arguments, n, lambda block, count: trial_words((1, 2), 0, trials, block, count)
    )


@pytest.mark.parametrize("code", ["hsiao-72-64", "parity-9-8"])
def test_the_counts_of_the_error_model_agree_with_its_exact_rates(benchsuite, code):
    options = ("--model", "geometric:.50", "--plugin", EXAMPLES / "geometric.py", "--backend", "numpy")
    run = benchsuite("inject", code, *options, "--trials", "100000", "--json")
    assert run.code == 0
    (tally,) = run.object["tallies"]
    assert tally["model"] == "geometric:0.5"
    assert sum(Fraction(int(n), int(d)) for n, d, _ in tally["exact"].values()) == 1
    for outcome, (_, _, rate) in tally["exact"].items():
        found = tally["rates"][outcome]
        assert found["low"] <= rate <= found["high"], outcome


def test_a_model_that_looks_at_what_is_stored_flips_ones_only(benchsuite):
    path = EXAMPLES / "grounded.py"
    options = ("--plugin", path, "--backend", "numpy", "--trials", "1000", "--json")
    run = benchsuite("inject", "hsiao-72-64", "--model", "grounded:02", *options)
    assert run.code == 0
    (tally,) = run.object["tallies"]
    assert (tally["model"], tally["exact"]) == ("grounded:2", None)
    assert 200 < tally["outcomes"]["not_injected"] < 300  # both bits are 0 already in a quarter of the trials
    assert 450 < tally["outcomes"]["corrected"] < 550
    drawn = Draws(
        code=CODES["hsiao-72-64"],
        model=parse_model("grounded:5", discover(extra=[str(path)])),
        seed=1,
        codewords=2,
    )
    for bits, flips in zip(drawn.stored(0, 300), drawn.positions(0, 300), strict=True):
        assert all(bits[flips[flips >= 0]])


def test_a_run_is_of_neighbours_begins_anywhere_and_ends_as_often_as_it_should(geometric):
    n, positions = 72, drawn(geometric("0.5"), 72)
    flipped = positions >= 0
    lengths = flipped.sum(axis=1)
    assert (np.diff(positions, axis=1)[flipped[:, 1:]] == 1).all()
    assert set(positions[:, 0]) == set(range(n))
    whole = positions[:, 0] < n - 20  # where the codeword's end cuts next to none
    for length in (1, 2, 3):
        share = np.mean(lengths[whole] == length)
        assert abs(share - 0.5**length) < 5 * (0.25 / whole.sum()) ** 0.5
    assert positions.max() == n - 1


@pytest.mark.parametrize("name", ["hsiao-39-32", "extended-hamming-72-64", "hamming-7-4"])
def test_runs_of_two_are_what_the_built_in_bursts_of_two_are(geometric, name):
    """As P goes to 0 all runs are single flips; each further bit adds a factor P: compare the coefficient."""
    code = CODES[name]
    model = geometric("0.001")
    exact = model.kind.exact(model.arguments, code)
    burst = parse_model("burst:2", discover())
    of_two = burst.kind.exact(burst.arguments, code)
    pairs = len(patterns(burst, code.n, 0, code.n - 1))
    assert pairs == code.n - 1
    for outcome in ("detected", "miscorrected", "undetected"):
        share = Fraction(*exact[outcome]) / (Fraction(1, 1000) * Fraction(code.n - 1, code.n))
        assert abs(share - Fraction(*of_two[outcome])) < Fraction(1, 250)


@pytest.mark.parametrize("arguments", ["", "0", "1", "1.0", "0.0", "0.1234", "x", "1e-1", "½"])
def test_a_probability_that_is_none_is_refused_with_the_remedy(benchsuite, arguments):
    options = ("--plugin", EXAMPLES / "geometric.py", "--backend", "numpy", "--trials", "10")
    run = benchsuite("inject", "hsiao-72-64", "--model", f"geometric:{arguments}", *options)
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert "as in geometric:0.5" in run.err


def test_the_observer_writes_a_line_a_cell_and_one_at_the_end(benchsuite, monkeypatch, absent, tmp_path):
    monkeypatch.setenv("BENCHSUITE_JOURNAL", str(tmp_path / "journal.jsonl"))
    options = ("--preset", "smoke", "--suite", "throughput", "--plugin", EXAMPLES / "journal.py", "--json")
    runs = [benchsuite("run", *options, *absent).object for _ in range(2)]
    entries = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    for run in runs:
        (id_,) = {cell["run"] for cell in run["cells"]}
        *cells, last = [entry for entry in entries if entry["run"] == id_]
        told = [(cell["case_key"], cell["backend"], cell["status"]) for cell in cells]
        assert told == [(cell["case_key"], cell["backend"], cell["status"]) for cell in run["cells"]]
        assert all(cell["seconds"] is None for cell in cells)  # none of them could run
        assert last["cells"] == len(cells) > 0


def test_the_observer_gives_the_seconds_of_what_was_measured_and_is_silent_without_a_file(
    benchsuite, monkeypatch, small, tmp_path
):
    options = ("--suite", "throughput", "--backend", "openssl", "--plugin", EXAMPLES / "journal.py", "--json")
    monkeypatch.delenv("BENCHSUITE_JOURNAL", raising=False)
    assert benchsuite("run", *small, *options, "--output", "first.jsonl").code == 0
    assert not (tmp_path / "journal.jsonl").exists()
    monkeypatch.setenv("BENCHSUITE_JOURNAL", str(tmp_path / "journal.jsonl"))
    run = benchsuite("run", *small, *options, "--output", "second.jsonl").object
    *cells, _ = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    summaries = [cell["summary"] for cell in run["cells"]]
    assert [cell["seconds"] for cell in cells] == [summary and summary["seconds"] for summary in summaries]
    assert any(cell["seconds"] for cell in cells)


@pytest.fixture
def slowest(benchsuite, monkeypatch, tmp_path):
    """The command, its file installed as far as Python can tell."""
    info = tmp_path / "site" / "slowest-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slowest\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text("[benchsuite]\nslowest = slowest\n")
    for folder in (EXAMPLES, info.parent):  # where slowest.py is; for workers too
        monkeypatch.syspath_prepend(folder)
        monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    importlib.invalidate_caches()
    yield lambda *arguments: benchsuite("slowest", *arguments)
    sys.modules.pop("slowest", None)


def test_the_command_shows_the_slowest_cells_first(slowest):
    run = slowest(PUBLISHED, "--count", "3")
    assert run.code == 0
    cells = [json.loads(line) for line in PUBLISHED.read_text().splitlines()]
    seconds = sorted(
        (c["summary"]["seconds"] for c in cells if c["type"] == "cell" and c["summary"]), reverse=True
    )
    shown = [line.split("  ") for line in run.out.splitlines()]
    assert [line[0] for line in shown] == [f"{value:.3g} s" for value in seconds[:3]]
    assert shown[0][1:] == ["numpy", "hot", "'RSA-2048 sign, 4 SHA-256 digests'"]


def test_the_command_says_in_one_line_what_is_no_run_file(slowest, tmp_path):
    (tmp_path / "text").write_text("hello\n")
    (tmp_path / "numbers").write_text("[1]\n")
    for name in ("absent.jsonl", "text", "numbers"):
        run = slowest(name)
        assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
        assert name in run.err
    assert slowest().code == 2
