import re
from math import inf

import pytest

from benchsuite.cli.run_options import Options
from benchsuite.cli.stopping import looks
from benchsuite.host.plugins import UsageError
from benchsuite.measure.run import Looks

ASKED = [
    Options(),
    Options(precision="1%"),
    Options(precision="0.01", budget="60", rates=("1000/s,50%", "80%"), arrivals="fixed"),
    Options(workloads=("aes-ctr",), settings=("message_bytes=16",), rates=("5%",)),
]


def test_precision_and_budget_say_when_to_look():
    assert looks(None, None) is None
    assert looks("1%", None) == Looks(precision=0.01, budget_seconds=inf)
    assert looks("0.005", "600") == Looks(precision=0.005, budget_seconds=600.0)


@pytest.mark.parametrize("options", ASKED)
def test_a_file_says_by_which_options_it_was_begun(options):
    assert Options.of(options.argv()) == options


def test_a_budget_of_nothing_and_arrivals_of_nothing_are_refused():
    with pytest.raises(UsageError, match="--budget takes whole seconds from 1 on"):
        looks("1%", "0")
    with pytest.raises(UsageError, match="--arrivals says how the calls of --rate arrive: give both"):
        Options(arrivals="fixed").loads()


def test_rates_are_parted_by_commas_and_taken_once():
    assert Options(rates=("1000/s,50%", "50%,5/s")).loads() == ["1000/s", "50%", "5/s"]
    assert Options().loads() == []


def test_a_run_says_how_far_its_precision_was_reached_and_is_not_resumed_once_it_is_complete(
    benchsuite, small, tmp_path
):
    asked = ("run", *small, "--suite", "throughput", "--backend", "openssl", "--precision", "99%")
    run = benchsuite(*asked, "machine-read", "--budget", "1", "--output", "looks.jsonl")
    assert run.code == 0
    assert "machine-read: left out, no case has the parameters of --set or matches -k" in run.err
    assert re.search(
        r"(every interval is|of 2 rows belong to cases with an interval wider than) .*99%", run.err
    )
    again = benchsuite("run", "--resume", tmp_path / "looks.jsonl")
    assert (again.code, "is complete, its looks are over" in again.err) == (2, True)
