from fractions import Fraction
from itertools import combinations

import pytest

from benchsuite.host.plugins import Registry
from benchsuite.inject.models import parse_model
from benchsuite.inject.protect.crc import surely_detected, theory
from benchsuite.inject.protect.schemes import scheme_called
from benchsuite.workloads.codes.crc_catalogue import algorithm

from .conftest import Struck

SHORT = ("crc-8/smbus", "crc-8/maxim-dow", "crc-12/umts", "crc-16/kermit")
"""Most significant bit first, least significant first, both in one, and wider than a byte."""


def bursts(bits: int, length: int) -> list[list[int]]:
    """All of them, of the length."""
    inside = range(max(0, length - 2))
    return [
        sorted({start, start + length - 1} | {start + 1 + i for i in inside if pattern >> i & 1})
        for start in range(bits - length + 1)
        for pattern in range(1 << len(inside))
    ]


@pytest.mark.parametrize("name", SHORT)
def test_every_burst_no_longer_than_the_crc_is_detected_across_the_end_of_the_data_too(
    strike: Struck, name: str
) -> None:
    bits = scheme_called(name, 2).stored_bits
    for length in (1, 2, 8):
        patterns = bursts(bits, length)
        assert strike(name, 2, patterns) == {"detected": len(patterns)}


@pytest.mark.parametrize("name", ["crc-8/smbus", "crc-8/maxim-dow"])
@pytest.mark.parametrize("length", [9, 11])
def test_longer_bursts_pass_exactly_as_often_as_theory_says(strike: Struck, name: str, length: int) -> None:
    patterns = bursts(scheme_called(name, 1).stored_bits, length)
    known = theory(algorithm(name.upper()), 8, parse_model(f"burst:{length}", Registry()))
    assert known["silent"].exact
    counts = strike(name, 1, patterns)
    assert Fraction(counts["silent"], len(patterns)) == Fraction(known["silent"].probability)
    assert counts["detected"] == len(patterns) - counts["silent"]


@pytest.mark.parametrize("name", ["CRC-8/SMBUS", "CRC-8/MAXIM-DOW"])
def test_as_few_flips_as_are_sure_are_all_detected_and_one_more_is_not(strike: Struck, name: str) -> None:
    sure = surely_detected(algorithm(name), 16)
    bits = range(scheme_called(name.lower(), 2).stored_bits)
    few = [list(places) for places in combinations(bits, sure)]
    assert strike(name.lower(), 2, few) == {"detected": len(few)}
    more = [list(places) for places in combinations(bits, sure + 1)]
    assert strike(name.lower(), 2, more)["silent"] > 0


@pytest.mark.parametrize(
    ("model", "exact"),
    [("flips:1", True), ("flips:3", True), ("flips:4", False), ("flips:7", True), ("burst:99", True)],
)
def test_what_is_only_expected_is_not_called_exact(model: str, exact: bool) -> None:
    known = theory(algorithm("CRC-32/ISCSI"), 8 * 4096, parse_model(model, Registry()))
    assert {each.exact for each in known.values()} == {exact}
    assert sum(each.probability for each in known.values()) == pytest.approx(1)


def test_noise_passes_only_beyond_what_is_sure() -> None:
    known = theory(algorithm("CRC-32/ISCSI"), 8 * 4096, parse_model("bsc:0.00001", Registry()))
    assert known["not_injected"].probability == pytest.approx((1 - 1e-5) ** 32800)
    # P(more than 3 of 32800 flips) = 3.7e-4
    assert known["silent"].probability == pytest.approx(3.7e-4 * 2**-32, rel=0.02)
    assert sum(each.probability for each in known.values()) == pytest.approx(1)
