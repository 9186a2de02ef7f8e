from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import ErrorModel
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.models import (
    FLIPS,
    Model,
    error_models,
    parse_model,
    pattern_count,
    patterns,
    require_fit,
)


def test_a_model_is_spelled_one_way() -> None:
    assert parse_model(" flips:003 ", Registry()).text == "flips:3"


def test_an_unknown_model_is_refused_with_the_nearest_and_the_known_ones() -> None:
    with pytest.raises(
        UsageError, match=r"no error model is called 'flip'; did you mean flips\? Known: flips"
    ):
        parse_model("flip:3", Registry())


@pytest.mark.parametrize("arguments", ["", "x", "-1", "1.5", "+3", "1_0", "٣"])
def test_flips_takes_whole_numbers_only(arguments: str) -> None:
    with pytest.raises(UsageError, match="whole number of distinct flips, as in flips:3"):
        parse_model(f"flips:{arguments}", Registry())


def test_more_flips_than_bits_are_refused_and_as_many_are_not() -> None:
    require_fit(parse_model("flips:72", Registry()), 72)
    with pytest.raises(UsageError, match="flips:73 flips more bits than the 72 of a codeword: give 0 to 72"):
        require_fit(parse_model("flips:73", Registry()), 72)


def test_no_plugin_replaces_a_built_in_model() -> None:
    impostor = ErrorModel(
        name="flips", syntax="", parse=str, positions=lambda *_: None, exact=lambda *_: None
    )
    assert error_models(Registry(error_models={"flips": impostor}))["flips"] is FLIPS


@given(st.integers(0, 9), st.integers(0, 9))
def test_patterns_are_all_combinations_in_lexicographic_order(n: int, k: int) -> None:
    expected = [list(c) for c in combinations(range(n), k)]
    assert patterns(n, k, 0, comb(n, k)).tolist() == expected


@given(st.integers(1, 72), st.data())
def test_the_last_pattern_of_any_length_is_the_last_positions(k: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(k, 72).filter(lambda n: comb(n, k) <= 20_000_000))
    assert patterns(n, k, comb(n, k) - 1, 1).tolist() == [list(range(n - k, n))]


def test_a_part_of_the_patterns_is_that_part() -> None:
    whole = patterns(72, 3, 0, comb(72, 3))
    assert np.array_equal(patterns(72, 3, 12345, 678), whole[12345 : 12345 + 678])


def test_too_many_patterns_are_refused_with_their_number_and_the_remedy() -> None:
    assert pattern_count(Model(FLIPS, "5"), 72) == 13_991_544
    with pytest.raises(UsageError, match=r"156238908 patterns .* --exact for the formula or --trials"):
        pattern_count(Model(FLIPS, "6"), 72)


def test_a_model_without_patterns_is_not_enumerated() -> None:
    other = ErrorModel(
        name="other", syntax="other", parse=str, positions=lambda *_: None, exact=lambda *_: None
    )
    with pytest.raises(UsageError, match="the patterns of other cannot be enumerated: use --trials"):
        pattern_count(Model(other, ""), 72)
