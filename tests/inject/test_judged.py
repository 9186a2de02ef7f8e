"""Every pattern judged one by one, held to formulas where there are any, and asked where there are none."""

from fractions import Fraction

import pytest

from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject import judged
from benchsuite.inject.campaign import exact, exact_tally
from benchsuite.inject.judged import TooMany, judged_outcomes
from benchsuite.inject.models import parse_model
from benchsuite.workloads.codes import code


def model(text: str):
    return parse_model(text, Registry())


def shares(outcomes) -> dict[str, Fraction]:
    return {name: Fraction(int(parts[0]), int(parts[1])) for name, parts in outcomes.items() if int(parts[0])}


@pytest.mark.parametrize(
    ("name", "text", "codewords"),
    [
        ("hsiao-72-64", "flips:3", 1),
        ("hsiao-72-64", "burst:6", 1),
        ("hamming-71-64", "adjacent:2", 1),
        ("parity-65-64", "flips:2", 1),
        ("extended-hamming-72-64", "device:x4:uniform", 1),
        ("bch-63-51", "flips:3", 1),
        ("chipkill-10-8", "symbol:4:2", 1),
        ("chipkill-10-8", "flips:2", 1),
        ("hsiao-72-64", "flips:2", 8),
        ("hsiao-72-64", "burst:4", 8),
        ("chipkill-10-8", "device:x4:ones", 2),
    ],
)
def test_patterns_judged_one_by_one_are_those_of_the_formula(name: str, text: str, codewords: int) -> None:
    by_formula = exact(code(name), model(text), codewords)
    assert by_formula is not None
    assert shares(judged_outcomes(code(name), model(text), codewords)) == shares(by_formula)


def test_the_reference_asked_word_by_word_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    of = code("chipkill-10-8")
    listed = judged_outcomes(of, model("adjacent:7"), 1), judged_outcomes(of, model("flips:2"), 1)
    monkeypatch.setattr(judged, "leaders", lambda code: None)
    assert (judged_outcomes(of, model("adjacent:7"), 1), judged_outcomes(of, model("flips:2"), 1)) == listed


@pytest.mark.parametrize("length", [20, 140])
def test_what_formulas_call_lost_is_told_apart(length: int) -> None:
    wide = code("chipkill-36-32")
    partly = exact(wide, model(f"adjacent:{length}"))
    assert partly is not None
    tally = exact_tally(wide, model(f"adjacent:{length}"))
    assert tally.exact is not None
    lost = sum(
        Fraction(*map(int, tally.exact[name][:2])) for name in ("detected", "miscorrected", "undetected")
    )
    assert lost == Fraction(*map(int, partly["lost"][:2])) > 0
    assert tally.exact["detected"][1] == str(288 - length + 1)


def test_too_many_patterns_are_refused_with_their_number() -> None:
    with pytest.raises(TooMany, match="flips:6 has 156,238,908 patterns, and 4,194,304 are judged"):
        judged_outcomes(code("hsiao-72-64"), model("flips:6"), 1)
    with pytest.raises(TooMany, match="flips:3 has 3,939,936 patterns, and 5,000 are judged"):
        judged_outcomes(code("chipkill-36-32"), model("flips:3"), 1)
    with pytest.raises(UsageError, match="not equally likely"):
        judged_outcomes(code("hsiao-72-64"), model("bsc:0.1"), 1)


def test_a_refusal_says_the_formula_and_the_number() -> None:
    from benchsuite.workloads.codes.composed import composed

    with pytest.raises(
        UsageError, match=r"no formula .*; flips:8 has [0-9,]+ patterns, and 5,000 are .*: use --trials"
    ):
        exact_tally(composed("ddr5"), model("flips:8"))
