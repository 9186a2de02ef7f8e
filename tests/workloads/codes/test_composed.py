import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes import code
from benchsuite.workloads.codes.composed import (
    DDR5,
    NAMES,
    Composed,
    composed,
    gather,
    requested_any,
    scatter,
)


@pytest.fixture(scope="module")
def ddr5() -> Composed:
    found = composed(DDR5)
    assert found is not None
    return found


def test_ten_chips_of_ddr5_hold_two_bursts_in_a_word_each(ddr5: Composed) -> None:
    assert (ddr5.chips, ddr5.codewords, ddr5.n, ddr5.k) == (10, 16, 10 * 136, 2 * 64 * 8)


def test_every_on_die_matrix_goes_with_every_chipkill_code() -> None:
    assert len(set(NAMES)) == 12
    for name in NAMES:
        of = composed(name)
        assert of is not None
        assert of.name == name
        assert of.n == of.chips * 136
        assert requested_any(of.request()) == of


@pytest.mark.parametrize("name", ["on-die-136-128:sequential", "a+b", "chipkill-10-8+chipkill-10-8", ""])
def test_other_names_are_none_of_a_composition(name: str) -> None:
    assert composed(name) is None


def test_a_code_asked_for_elsewhere_is_a_code_still() -> None:
    assert requested_any(code("hsiao-72-64").request()) == code("hsiao-72-64")


@given(st.integers(0, 9), st.integers(0, 135))
def test_a_bit_is_on_the_pin_and_in_the_beat_that_the_docs_say(chip: int, bit: int) -> None:
    of = composed(DDR5)
    assert of is not None
    beats = of.layout(4).devices[chip]
    assert beats[bit // 4][bit % 4] == 136 * chip + bit
    assert len(beats) == 34


def test_chips_of_other_widths_are_refused(ddr5: Composed) -> None:
    with pytest.raises(ValueError, match=r"chips of on-die.* have 4 pins: give x4, not x8"):
        ddr5.layout(8)


def test_a_chip_holds_its_symbol_of_every_codeword() -> None:
    data = np.arange(2 * 16 * 8, dtype=np.uint8).reshape(32, 8)
    check = np.arange(64, dtype=np.uint8).reshape(32, 2)
    words = gather(data, check, 16)
    assert words.shape == (20, 16)
    for trial in range(2):
        rows = slice(16 * trial, 16 * trial + 16)
        for chip in range(10):
            symbols = data[rows, chip] if chip < 8 else check[rows, chip - 8]
            assert words[10 * trial + chip].tolist() == symbols.tolist()
    assert scatter(words, 10).tolist() == np.concatenate([data, check], axis=1).tolist()


def test_the_codes_and_their_versions_are_what_a_tally_is_of(ddr5: Composed) -> None:
    assert ddr5.case()["params"] == {
        "inside": "on-die-136-128:sequential",
        "inside_version": 1,
        "rank": "chipkill-10-8",
        "rank_version": 1,
    }
    assert len({of.key() for of in map(composed, NAMES) if of}) == len(NAMES)
