from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.analyse.rates import rate_interval
from benchsuite.host.engine import Engine
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.built_in import BUILT_IN, MIXTURE
from benchsuite.inject.campaign import exact
from benchsuite.inject.mix import MOST_PARTS, thresholds
from benchsuite.inject.models import Model, parse_model, require_fit
from benchsuite.inject.patterns import pattern_count, patterns
from benchsuite.inject.rig import Rig, Through
from benchsuite.inject.targets import target_of
from benchsuite.inject.trials import Draws, count_outcomes, count_trials
from benchsuite.workloads.codes import code

THROUGH = Through(device="cpu", scope="end-to-end", encode="", decode="")
MIX = "mix:flips:1=812+adjacent:2=43+burst:4=9+at:0,1,5=7"


def model(text: str) -> Model:
    return parse_model(text, Registry())


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("mix:at:5,1=7+flips:01=813", "mix:flips:1=813+at:1,5=7"),
        ("mix:flips:1=20+flips:2=10", "mix:flips:1=2+flips:2=1"),
        ("mix:flips:2=0.05+flips:1=0.95", "mix:flips:1=19+flips:2=1"),
        ("mix:flips:1=1+flips:3=2+flips:01=2", "mix:flips:1=3+flips:3=2"),
        ("mix:flips:2=1+flips:1=1", "mix:flips:1=1+flips:2=1"),
        ("mix:awgn:7.0dB=1+bsc:1e-3=1", "mix:awgn:7dB=1+bsc:0.001=1"),
    ],
)
def test_a_mixture_is_spelled_one_way(given: str, canonical: str) -> None:
    assert model(given).text == canonical
    assert model(canonical).text == canonical


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 999)), min_size=1))
def test_neither_order_nor_scale_of_the_weights_matters(parts: list[tuple[int, int]]) -> None:
    pairs = [(f"flips:{k}", str(weight)) for k, weight in parts]
    threefold = [(f"flips:{k}", str(3 * weight)) for k, weight in reversed(parts)]
    assert MIXTURE.spelled(pairs) == MIXTURE.spelled(threefold)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mix:", "needs a file of weights and error models"),
        ("mix:flips:1", r"as in mix:flips:1=812\+adjacent:2=43"),
        ("mix:flips:1=0", "weight of flips:1 must be a number above 0"),
        ("mix:flips:1=-1", "must be a number above 0"),
        ("mix:flips:1=1e3", "as 812 or 0.05, not '1e3'"),
        ("mix:flips:1=", "must be a number above 0"),
        ("mix:flips:x=1", "whole number of distinct flips"),
        ("mix:flip:1=1", "'flip:1' cannot be part of a mix: known are adjacent, asymmetric, at, awgn, bsc"),
        ("mix:erasures:1=1", "cannot be part of a mix"),
        ("mix:mix:flips:1=1=1", "cannot be part of a mix"),
        ("mix:flips:1=1+", "'' cannot be part of a mix"),
    ],
)
def test_what_is_no_mixture_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        model(text)


def test_a_mixture_has_so_many_parts_at_most() -> None:
    parts = [(f"at:{place}", "1") for place in range(MOST_PARTS + 1)]
    assert MIXTURE.spelled(parts[1:]).count("=") == MOST_PARTS
    with pytest.raises(ValueError, match=f"1 to {MOST_PARTS} error models, not {MOST_PARTS + 1}"):
        MIXTURE.spelled(parts)
    with pytest.raises(ValueError, match="not 0"):
        MIXTURE.spelled([])


def test_a_part_that_the_codeword_cannot_bear_is_refused_however_rare() -> None:
    with pytest.raises(UsageError, match="flips:8 flips more bits than the 7 of a codeword"):
        require_fit(model("mix:flips:1=999999999999999+flips:8=1"), code("hamming-7-4"))


def test_every_built_in_model_that_needs_no_decoder_of_its_own_may_be_a_part() -> None:
    assert set(BUILT_IN) - set(MIXTURE.models) == {"erasures", "mix"}


def test_thresholds_are_exact() -> None:
    assert thresholds([2, 1]).tolist() == [2 * 2**64 // 3]
    assert thresholds([1]).tolist() == []
    weights = [10**30, 3, 10**29]
    parts = [Fraction(int(t), 2**64) for t in thresholds(weights)]
    assert all(
        abs(part - Fraction(sum(weights[: j + 1]), sum(weights))) < 2**-63 for j, part in enumerate(parts)
    )


def test_the_words_of_a_part_are_those_behind_the_first_block() -> None:
    """Alone or in a mixture, a part draws the same from the same words."""
    of = code("hsiao-72-64")
    stream = np.random.default_rng(1).integers(2**64, size=(300, 400), dtype=np.uint64)

    def words(block: int, number: int) -> np.ndarray:
        return stream[:, 4 * block : 4 * block + number]

    bits = np.random.default_rng(2).integers(2, size=(300, 72), dtype=np.uint8)
    target = target_of(of, 1, lambda: bits)
    parts = ["flips:3=5", "symbol:4:2=4", "device:x4:uniform=3", "stuck-at:1:9=2", "asymmetric:0.1:0.2=1"]
    found = model(f"mix:{'+'.join(parts)}").positions(target, words)
    drawn_by = np.searchsorted(thresholds([5, 4, 3, 2, 1]), stream[:, 0], side="right")
    for at, part in enumerate(parts):
        alone = model(part.rpartition("=")[0]).positions(
            target, lambda block, number: words(block + 1, number)
        )
        for trial in np.flatnonzero(drawn_by == at):
            flips = found[trial][found[trial] >= 0].tolist()
            assert flips == alone[trial][alone[trial] >= 0].tolist()


@pytest.mark.parametrize("name", ["hsiao-72-64", "hamming-12-8", "chipkill-18-16"])
@pytest.mark.parametrize(
    "text",
    [MIX, "mix:bsc:0.01=1+stuck-at:1:2=1", "mix:flips:0=2+flips:2=1", "mix:awgn:3dB=1+device:x4:ones=2"],
)
def test_sampled_rates_agree_with_the_exact_ones(engine: Engine, name: str, text: str) -> None:
    drawn = Draws(code=code(name), model=model(text), seed=1)
    counts = count_outcomes(Rig(engine, drawn.code, THROUGH), drawn, 0, 40_000)
    formula = exact(drawn.code, drawn.model)
    assert formula is not None
    assert {outcome for outcome, count in counts.items() if count} <= formula.keys()
    for outcome, (_, _, probability) in formula.items():
        low, high = rate_interval(counts.get(outcome, 0), 40_000, 0.9999)
        assert low <= probability <= high


def test_the_exact_answer_is_the_weighted_sum_of_the_parts() -> None:
    of = code("hsiao-72-64")
    shares: dict[str, Fraction] = {}
    for text, weight in (("flips:1", 812), ("adjacent:2", 43), ("burst:4", 9), ("at:0,1,5", 7)):
        for outcome, (above, below, _) in (exact(of, model(text)) or {}).items():
            shares[outcome] = shares.get(outcome, Fraction(0)) + Fraction(
                int(above) * weight, int(below) * 871
            )
    found = exact(of, model(MIX)) or {}
    assert {outcome: Fraction(int(a), int(b)) for outcome, (a, b, _) in found.items()} == shares


def test_a_part_without_a_formula_leaves_the_mixture_without_one() -> None:
    of = code("reed-solomon-255-223")
    assert exact(of, model("mix:flips:1=1+asymmetric:0:0.1=1")) is None
    assert exact(of, model("mix:flips:1=1+flips:2=1")) is not None


def test_what_is_lost_of_one_part_is_not_told_apart_of_the_others() -> None:
    of = code("reed-solomon-255-223")
    found = exact(of, model("mix:flips:1=1+bsc:0.01=1+at:0,8,16=2"))
    alone = exact(of, model("bsc:0.01"))
    assert found is not None
    assert alone is not None
    assert found.keys() == {"not_injected", "corrected", "lost"}
    assert found["lost"][2] == pytest.approx(alone["lost"][2] / 4)


@pytest.mark.parametrize(
    ("name", "text", "codewords"),
    [
        ("hsiao-72-64", "mix:flips:1=8+adjacent:2=1", 1),
        ("hamming-12-8", MIX, 1),
        ("hamming-7-4", "mix:flips:1=9+flips:2=1+flips:0=3", 1),
        ("hamming-12-8", "mix:symbol:4:1=5+device:x4:ones=3+pin:x4=1", 1),
        ("hsiao-13-8", "mix:flips:2=2+at:0,14=1", 2),
    ],
)
def test_every_pattern_as_often_as_it_weighs_gives_the_exact_shares(
    engine: Engine, name: str, text: str, codewords: int
) -> None:
    every = Draws(code=code(name), model=model(text), seed=1, exhaustive=True, codewords=codewords)
    number = pattern_count(every.model, every.n, every.layouts)
    counts = count_trials(Rig(engine, every.code, THROUGH), every, 0, number).outcomes
    formula = exact(every.code, every.model, codewords)
    assert formula is not None
    assert {outcome for outcome, count in counts.items() if count} <= formula.keys()
    for outcome, (above, below, _) in formula.items():
        assert counts.get(outcome, 0) * int(below) == int(above) * number


def test_a_part_of_the_patterns_is_that_part() -> None:
    count = pattern_count(model(MIX), 12)
    whole = patterns(model(MIX), 12, 0, count)
    cuts = [0, 1, count // 2, count - 900, count - 899, count]
    parts = [patterns(model(MIX), 12, first, end - first) for first, end in pairwise(cuts)]
    sets = [frozenset(row) - {-1} for part in parts for row in part.tolist()]
    assert sets == [frozenset(row) - {-1} for row in whole.tolist()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mix:flips:1=1+bsc:0.1=1", "bsc:0.1 are not equally likely"),
        ("mix:flips:1=1+stuck-at:0:1=1", "depends on the data"),
        ("mix:flips:1=1+flips:2=1+flips:3=1+flips:4=1+flips:5=1", "more than the 20,000,000"),
    ],
)
def test_a_mixture_that_cannot_be_gone_through_says_why(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        pattern_count(model(text), 72)


def test_a_fixed_pattern_flips_always_and_beyond_the_codeword_is_refused() -> None:
    of = code("hsiao-72-64")
    found = Draws(code=of, model=model("at:71,3"), seed=1).positions(0, 5)
    assert found.tolist() == [[3, 71]] * 5
    with pytest.raises(UsageError, match=r"at:0,72 lies beyond the 72 bits of a codeword: .* below 72"):
        require_fit(model("at:72,0"), of)
    for nonsense in ("at:", "at:1,1", "at:1,01", "at:-1", "at:1,", "at:x"):
        with pytest.raises(UsageError, match="distinct positions that flip, as in at:0,1,5"):
            model(nonsense)
