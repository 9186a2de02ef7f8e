from collections import Counter
from fractions import Fraction

import pytest

from benchsuite.host.plugins import Registry
from benchsuite.inject.access import access_outcomes
from benchsuite.inject.models import parse_model
from benchsuite.inject.protect.code_theory import theory
from benchsuite.inject.protect.schemes import scheme_called
from benchsuite.workloads.codes import code

from .conftest import Struck
from .test_crc import bursts


def probabilities(name: str, data_bytes: int, model: str) -> dict[str, float]:
    known = theory(code(name), data_bytes, parse_model(model, Registry()))
    assert all(each.exact for each in known.values())
    return {outcome: each.probability for outcome, each in known.items()}


@pytest.mark.parametrize("name", ["hsiao-13-8", "extended-hamming-13-8", "parity-9-8"])
@pytest.mark.parametrize("length", [1, 2, 5, 11])
def test_bursts_over_codewords_come_to_exactly_what_theory_says(
    strike: Struck, name: str, length: int
) -> None:
    patterns = bursts(scheme_called(name, 2).stored_bits, length)
    counts = strike(name, 2, patterns)
    found = {outcome: count / len(patterns) for outcome, count in counts.items()}
    assert {k: v for k, v in probabilities(name, 2, f"burst:{length}").items() if v} == pytest.approx(found)


@pytest.mark.parametrize("length", [2, 3, 14, 28])
def test_neighbours_over_codewords_come_to_exactly_what_theory_says(strike: Struck, length: int) -> None:
    patterns = [list(range(start, start + length)) for start in range(39 - length + 1)]
    counts = strike("hsiao-13-8", 3, patterns)
    found = {outcome: count / len(patterns) for outcome, count in counts.items()}
    known = probabilities("hsiao-13-8", 3, f"adjacent:{length}")
    assert {k: v for k, v in known.items() if v} == pytest.approx(found)


@pytest.mark.parametrize("name", ["hsiao-72-64", "chipkill-18-16", "parity-65-64"])
@pytest.mark.parametrize("model", ["bsc:0.001", "bsc:0.2", "flips:3"])
def test_probabilities_are_those_of_accesses(name: str, model: str) -> None:
    fractions = access_outcomes(code(name), parse_model(model, Registry()), 4)
    assert fractions is not None
    exact = {outcome: float(Fraction(*share)) for outcome, share in fractions.items()}
    assert probabilities(name, 4 * code(name).k // 8, model) == pytest.approx(exact, rel=1e-12, abs=1e-300)


def test_rare_silence_keeps_its_digits() -> None:
    """Of two codewords: at most one is silent, and 1 - P(not silent) would round to nothing."""
    model = parse_model("bsc:0.000001", Registry())
    one = {
        name: Fraction(*share) for name, share in model.kind.exact("0.000001", code("hsiao-72-64")).items()
    }
    silent = one["miscorrected"] + one["undetected"]
    known = probabilities("hsiao-72-64", 16, "bsc:0.000001")
    assert known["silent"] == pytest.approx(float(2 * silent), rel=1e-3)
    assert known["detected_hiding_silent"] == pytest.approx(float(2 * silent * one["detected"]), rel=1e-12)
    assert 0 < known["detected_hiding_silent"] < 1e-20


def test_of_a_code_too_large_to_count_only_correction_is_known() -> None:
    known = probabilities("reed-solomon-255-223", 223, "bsc:0.005")
    assert known.keys() == {"not_injected", "corrected"}
    wrong = 1 - (1 - 0.005) ** 8
    binomial, within = 1.0, (1 - wrong) ** 255
    total = 0.0
    for j in range(17):
        total += binomial * within
        binomial *= (255 - j) / (j + 1)
        within *= wrong / (1 - wrong)
    assert known["corrected"] == pytest.approx(total - (1 - 0.005) ** 2040)


def test_a_shortened_word_has_fewer_symbols_to_go_wrong() -> None:
    whole, part = (
        probabilities("reed-solomon-255-223", size, "bsc:0.005")["corrected"] for size in (223, 100)
    )
    assert part > whole


@pytest.mark.parametrize(
    ("name", "model", "sure"),
    [
        ("reed-solomon-255-223", "flips:16", True),
        ("reed-solomon-255-223", "flips:17", False),
        ("reed-solomon-255-223", "burst:121", True),
        ("reed-solomon-255-223", "burst:122", False),
        ("reed-solomon-255-223", "adjacent:64", True),
        ("hsiao-72-64", "burst:1", True),
    ],
)
def test_what_is_surely_mended_is_certain_at_any_size(name: str, model: str, sure: bool) -> None:
    assert (probabilities(name, 4096, model).get("corrected") == 1.0) is sure


def test_bursts_longer_than_what_is_sure_do_exceed_it(strike: Struck) -> None:
    """122 bits may lie on 17 symbols: all of them flipped, from the last bit of a symbol on."""
    places = [[7 + i for i in range(length)] for length in (121, 122)]
    assert strike("reed-solomon-255-223", 223, places) == Counter({"corrected": 1, "detected": 1})
