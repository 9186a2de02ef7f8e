"""Steps worked out by hand."""

import pytest

from benchsuite.workloads.reference import chains


def test_a_wide_multiply_adds_the_upper_half_times_the_factor_and_drops_what_exceeds_64_bits() -> None:
    factor = (7).to_bytes(4, "little")
    assert chains.wide_multiply([3 * 2**32 + 5], factor) == [3 * 2**32 + 26]
    assert chains.wide_multiply([2**64 - 1], factor) == [7 * (2**32 - 1) - 1]
    assert chains.wide_multiply([2**32 - 1], factor) == [2**32 - 1]


def test_logic_takes_words_that_the_same_step_has_changed_already() -> None:
    assert chains.logic([0, 1, 0, 0, 0, 2, 0, 0], b"") == [3, 1, 0, 3, 3, 2, 3, 3]


def test_a_look_up_is_the_entry() -> None:
    table = bytes(255 - i for i in range(256))
    assert chains.lookup([7], table) == [248]


def test_a_binary_product_counts_the_bits_in_common_of_rows_before_the_step() -> None:
    def words(*numbers: int) -> bytes:
        return b"".join(number.to_bytes(4, "little") for number in numbers)

    constant = words(0b111, *[0] * 7, *[2**32 - 1] * 8, *[0] * 112)
    state = [0b1010, *[0] * 126, 2**32 - 1]
    end = chains.binary_product(state, constant)
    assert end[0] == 0b1010 + 1  # row 0 of the constant with row 0 of the state
    assert end[8] == 2  # row 1 with row 0
    assert end[127] == 2**32 - 1  # row 15 of the constant is empty
    assert sum(end) == 0b1010 + 1 + 2 + 2**32 - 1


def test_a_fused_multiply_takes_the_difference_before_it_changes() -> None:
    assert chains.fused_multiply([10, 20, 30], bytes([2])) == [50, 80, 30]


def test_as_many_steps_are_taken_as_are_asked_for_of_workloads_that_are_chains() -> None:
    assert chains.run("machine-fused-multiply", [0, 0, 1], bytes([1]), 5) == [10, 5, 1]
    assert chains.run("machine-lookup", [9], bytes(256), 0) == [9]
    with pytest.raises(KeyError):
        chains.run("machine-copy", [0], b"", 1)
