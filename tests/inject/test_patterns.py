from functools import partial
from itertools import combinations as all_combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import ErrorModel
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.built_in import FLIPS
from benchsuite.inject.models import Model, parse_model
from benchsuite.inject.patterns import combinations, pattern_count, patterns
from benchsuite.workloads.codes.layout import layout


def model(text: str) -> Model:
    return parse_model(text, Registry())


@given(st.integers(0, 9), st.integers(0, 9))
def test_combinations_come_in_lexicographic_order(n: int, k: int) -> None:
    expected = [list(c) for c in all_combinations(range(n), k)]
    assert combinations(n, k, 0, comb(n, k)).tolist() == expected


@given(st.integers(1, 72), st.data())
def test_the_last_combination_of_any_length_is_the_last_positions(k: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(k, 72).filter(lambda n: comb(n, k) <= 20_000_000))
    assert combinations(n, k, comb(n, k) - 1, 1).tolist() == [list(range(n - k, n))]


@pytest.mark.parametrize(
    "text", ["flips:3", "burst:9", "burst:2", "symbol:4:2", "symbol:8:1", "device:x8:uniform"]
)
def test_a_part_of_the_patterns_is_that_part(text: str) -> None:
    count = pattern_count(model(text), 72)
    whole = patterns(model(text), 72, 0, count)
    assert np.array_equal(patterns(model(text), 72, count // 3, 40), whole[count // 3 : count // 3 + 40])


def as_sets(positions: np.ndarray) -> list[frozenset[int]]:
    return [frozenset(position for position in row if position >= 0) for row in positions.tolist()]


@pytest.mark.parametrize("length", [1, 2, 3, 4, 7, 12])
def test_bursts_are_every_pattern_whose_ends_are_that_far_apart_once(length: int) -> None:
    bursts = as_sets(patterns(model(f"burst:{length}"), 12, 0, pattern_count(model(f"burst:{length}"), 12)))
    every = (
        frozenset(c) for size in range(1, 13) for c in all_combinations(range(12), size)
        if c[-1] - c[0] == length - 1
    )  # fmt: skip
    assert len(bursts) == len(set(bursts))
    assert set(bursts) == set(every)


@pytest.mark.parametrize(("bits", "count"), [(1, 2), (2, 1), (3, 2), (4, 3), (12, 1)])
def test_symbol_errors_are_every_pattern_that_touches_so_many_symbols_once(bits: int, count: int) -> None:
    errors = model(f"symbol:{bits}:{count}")
    found = as_sets(patterns(errors, 12, 0, pattern_count(errors, 12)))
    every = {
        frozenset(c) for size in range(1, 13) for c in all_combinations(range(12), size)
        if len({position // bits for position in c}) == count
    }  # fmt: skip
    assert len(found) == len(set(found))
    assert set(found) == every


@pytest.mark.parametrize(
    ("text", "n", "every"),
    [
        ("adjacent:3", 5, [{0, 1, 2}, {1, 2, 3}, {2, 3, 4}]),
        ("device:x4:ones", 8, [{0, 1, 2, 3}, {4, 5, 6, 7}]),
        ("device:x4:ones", 6, [{0, 1, 2, 3}, {4, 5}]),
        ("device:x8:one", 16, [{position} for position in range(16)]),
        ("pin:x4", 8, [{position} for position in range(8)]),
    ],
)
def test_neighbours_devices_and_pins_are_gone_through_in_order(
    text: str, n: int, every: list[set[int]]
) -> None:
    assert [set(row) for row in as_sets(patterns(model(text), n, 0, pattern_count(model(text), n)))] == every


def test_a_device_goes_through_every_pattern_of_the_bits_that_its_layout_gives_it() -> None:
    two_beats = partial(layout, 16, symbol_bits=8)
    count = pattern_count(model("device:x4:uniform"), 16, two_beats)
    found = as_sets(patterns(model("device:x4:uniform"), 16, 0, count, two_beats))
    assert len(found) == len(set(found)) == 2 * 255
    assert {max(flips) // 8 - min(flips) // 8 for flips in found} == {0}
    pins = as_sets(patterns(model("pin:x4"), 16, 0, 24, two_beats))
    assert pins[:6] == [{0}, {4}, {0, 4}, {1}, {5}, {1, 5}]


def test_too_many_patterns_are_refused_with_their_number_and_the_remedy() -> None:
    assert pattern_count(model("flips:5"), 72) == 13_991_544
    with pytest.raises(UsageError, match=r"156,238,908 patterns .* --exact for the formula or --trials"):
        pattern_count(model("flips:6"), 72)
    with pytest.raises(UsageError, match=r"burst:40 has [0-9,]+ patterns on 72 bits"):
        pattern_count(model("burst:40"), 72)


@pytest.mark.parametrize(("text", "n"), [("bsc:0.5", 72), ("symbol:4:1", 39), ("device:x4:one", 39)])
def test_patterns_that_are_not_equally_likely_are_not_gone_through(text: str, n: int) -> None:
    with pytest.raises(UsageError, match=r"not equally likely.*--exact for the formula or --trials"):
        pattern_count(model(text), n)


def test_a_model_without_patterns_is_not_enumerated() -> None:
    for name in ("other", "flips"):
        other = ErrorModel(
            name=name, syntax="other", parse=str, positions=lambda *_: None, exact=lambda *_: None
        )
        with pytest.raises(UsageError, match=f"the patterns of {name} cannot be enumerated: use --trials"):
            pattern_count(Model(other, ""), 72)
    assert pattern_count(Model(FLIPS, "1"), 72) == 72
