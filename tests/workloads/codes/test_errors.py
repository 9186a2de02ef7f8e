"""The two error models that workloads know: what they take, and which bits they flip."""

from fractions import Fraction
from itertools import accumulate
from math import comb

import numpy as np
import pytest

from benchsuite.workloads.codes.errors import (
    bsc_positions,
    bsc_thresholds,
    flip_positions,
    flips_of,
    parse_bsc,
    parse_flips,
)
from benchsuite.workloads.reference.inject import flipped
from benchsuite.workloads.streams import Words, trial_words


def test_arguments_have_one_spelling() -> None:
    assert (parse_flips("003"), parse_bsc("1e-3"), parse_bsc(".50")) == ("3", "0.001", "0.5")


@pytest.mark.parametrize("text", ["", "-1", "x", "1.5"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="as in flips:3"):
        parse_flips(text)
    with pytest.raises(ValueError, match=r"as in bsc:0\.001"):
        parse_bsc(text)


def test_more_flips_than_bits_are_refused() -> None:
    assert flips_of("13", 13) == 13
    with pytest.raises(ValueError, match="give 0 to 13"):
        flips_of("14", 13)


@pytest.mark.parametrize(("p", "n"), [("0.3", 13), ("0.999", 20), ("0.001", 300), ("0.000000000000001", 72)])
def test_thresholds_are_exact_probabilities_rounded_down(p: str, n: int) -> None:
    flip, reached = Fraction(p), Fraction(0)
    for j, threshold in enumerate(bsc_thresholds(p, n).tolist()):
        reached += comb(n, j) * flip**j * (1 - flip) ** (n - j)
        assert threshold <= reached * 2**64 < threshold + 1


def test_the_thresholds_of_a_long_access_do_not_take_as_many_steps_as_it_has_bits() -> None:
    assert bsc_thresholds("0.001", 72 * 512).tolist()[300:] == [2**64 - 1] * (72 * 512 - 300)


@pytest.mark.parametrize("model", ["flips:0", "flips:1", "flips:6", "flips:22", "bsc:0.02", "bsc:0.6"])
def test_positions_are_those_of_a_plain_reading_trial_by_trial(model: str) -> None:
    def words(block: int, number: int) -> Words:
        return trial_words((5, 6), 1000, 100, block, number)

    name, _, arguments = model.partition(":")
    positions = (flip_positions if name == "flips" else bsc_positions)(arguments, 22, words)
    assert positions.dtype == np.int64
    for trial, row in enumerate(positions.tolist(), 1000):
        assert sorted(at for at in row if at >= 0) == sorted(flipped(model, 22, (5, 6), trial))


@pytest.mark.parametrize(("arguments", "n"), [("0.5", 300), ("0.00001", 1500), ("0.999", 200)])
def test_thresholds_are_those_of_the_definition_where_many_are_one(arguments: str, n: int) -> None:
    p = Fraction(arguments)
    at_most = accumulate(comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n))
    assert bsc_thresholds(arguments, n).tolist() == [int(share * 2**64) for share in at_most]
