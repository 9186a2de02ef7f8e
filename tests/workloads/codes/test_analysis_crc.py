"""What CRCs detect, against the list of all multiples of a polynomial and all bursts through the division."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes.analysis.crc import NoFormula, detects, undetected_bursts
from benchsuite.workloads.codes.crc_bulk import crcs
from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS
from benchsuite.workloads.reference.crc import Algorithm


def of(width: int, polynomial: int) -> Algorithm:
    return Algorithm(
        width=width, polynomial=polynomial, initial=0, reflected_in=False, reflected_out=False, xor_out=0
    )


def multiples(algorithm: Algorithm, data_bits: int) -> list[int]:
    """Every one of fewer than data_bits + width bits."""
    found = [0]
    for shift in range(data_bits):
        step = (1 << algorithm.width | algorithm.polynomial) << shift
        found += [each ^ step for each in found]
    return found


@given(width=st.integers(8, 12), half=st.integers(0, 2**11 - 1), data_bits=st.integers(1, 9))
def test_few_flips_are_detected_up_to_the_lightest_multiple(width: int, half: int, data_bits: int) -> None:
    algorithm = of(width, 2 * half % 2**width | 1)
    lightest = min(each.bit_count() for each in multiples(algorithm, data_bits)[1:])
    found = [detects(algorithm, data_bits, flips) for flips in range(8)]
    assert found == [flips < lightest for flips in range(8)]


@given(width=st.integers(8, 10), half=st.integers(0, 2**9 - 1), more=st.integers(-3, 4))
def test_the_part_of_the_bursts_that_passes_is_that_of_all_multiples(
    width: int, half: int, more: int
) -> None:
    algorithm, length = of(width, 2 * half % 2**width | 1), width + more
    ends = 1 << length - 1 | 1
    passing = sum(each & ends == ends for each in multiples(algorithm, max(0, more)))
    assert undetected_bursts(algorithm, length) == Fraction(passing, 2 ** (length - 2))


@pytest.mark.parametrize("name", ["CRC-8/SMBUS", "CRC-8/MAXIM-DOW", "CRC-12/UMTS", "CRC-16/KERMIT"])
@pytest.mark.parametrize("beyond", [0, 1, 2])
def test_bursts_in_a_message_pass_the_division_as_often_as_the_formula_says(name: str, beyond: int) -> None:
    algorithm = ALGORITHMS[name]
    length = algorithm.width + beyond
    between = np.arange(2 ** (length - 2), dtype=np.uint32)
    bursts = (between << np.uint32(1) | np.uint32(1 << length - 1 | 1)) << np.uint32(3)
    order = "<u4" if algorithm.reflected_in else ">u4"
    wrong = crcs(algorithm, bursts.astype(order).view(np.uint8).reshape(-1, 4))
    passed = int(np.count_nonzero(wrong == crcs(algorithm, np.zeros((1, 4), np.uint8))))
    assert Fraction(passed, between.size) == undetected_bursts(algorithm, length)


def test_an_odd_number_of_flips_never_passes_where_x_plus_1_divides() -> None:
    koopman = ALGORITHMS["CRC-32/ISCSI"]
    assert detects(koopman, 177, 7)
    assert not detects(koopman, 178, 7)
    assert detects(koopman, 10**9, 1)


def test_what_takes_too_long_and_what_has_a_dead_bit_is_refused_in_a_line() -> None:
    with pytest.raises(NoFormula, match=r"5 flips in 100000 bits of data take [0-9,]+ sums, more than"):
        detects(ALGORITHMS["CRC-32/ISO-HDLC"], 100_000, 5)
    for refused in (lambda: detects(of(8, 2), 5, 2), lambda: undetected_bursts(of(8, 2), 9)):
        with pytest.raises(ValueError, match="x divides the polynomial 0x2: take one whose lowest bit is 1"):
            refused()
