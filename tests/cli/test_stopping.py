from math import inf

import pytest

from benchsuite.cli.run import Options
from benchsuite.cli.stopping import looks
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


def test_rates_are_parted_by_commas_and_taken_once():
    assert Options(rates=("1000/s,50%", "50%,5/s")).loads() == ["1000/s", "50%", "5/s"]
    assert Options().loads() == []
