from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchsuite.analyse.rates import rate_interval
from benchsuite.host.engine import Engine
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.campaign import Campaign, exact
from benchsuite.inject.erasures import decoding
from benchsuite.inject.models import Model, parse_model, require_fit
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rig import Rig, Through
from benchsuite.inject.trials import Draws, count_trials
from benchsuite.workloads.codes import code
from benchsuite.workloads.streams import words

THROUGH = Through(device="cpu", scope="end-to-end", encode="", decode="")


def model(text: str) -> Model:
    return parse_model(text, Registry())


def draws(name: str, text: str, codewords: int = 1) -> Draws:
    return Draws(code=decoding(code(name), model(text).kind), model=model(text), seed=1, codewords=codewords)


def test_symbols_are_drawn_and_hold_anything_as_the_page_says() -> None:
    drawn = draws("chipkill-18-16", "erasures:2")
    flags, positions = drawn.erased(5, 40), drawn.positions(5, 40)
    assert flags is not None
    for trial in range(40):
        stream = [int(word) for word in words(drawn.key, 5 + trial, 1, 0)[0]]
        first = stream[0] * 17 >> 64
        second = stream[1] * 18 >> 64
        symbols = [first, 17 if second == first else second]
        assert set(np.flatnonzero(flags[trial])) == set(symbols)
        held = {
            8 * symbol + bit
            for symbol, word in zip(symbols, stream[2:], strict=True)
            for bit in range(8)
            if word >> bit & 1
        }
        assert {position for position in positions[trial].tolist() if position >= 0} == held


@pytest.mark.parametrize(
    ("name", "text", "codewords"),
    [
        ("reed-solomon-15-11", "erasures:1", 1),
        ("reed-solomon-15-11", "erasures:4", 1),
        ("reed-solomon-15-11", "erasures:5", 1),
        ("chipkill-18-16", "erasures:2", 1),
        ("chipkill-19-16", "erasures:4", 1),
    ],
)
def test_as_many_erasures_as_check_symbols_are_mended_and_more_are_detected(
    engine: Engine, name: str, text: str, codewords: int
) -> None:
    drawn = draws(name, text, codewords)
    counts = count_trials(Rig(engine, drawn.code, THROUGH), drawn, 0, 400).outcomes
    formula = exact(drawn.code, drawn.model)
    assert formula is not None
    for outcome, (_, _, probability) in formula.items():
        low, high = rate_interval(counts.get(outcome, 0), 400, 0.9999)
        assert low <= probability <= high


def test_the_same_symbols_of_every_codeword_of_an_access_are_erased(engine: Engine) -> None:
    drawn = draws("chipkill-10-8", "erasures:2", 8)
    flags = drawn.erased(0, 100)
    assert flags is not None
    assert flags.shape == (800, 10)
    assert (flags.reshape(100, 8, 10) == flags[::8, None]).all()
    assert (flags.sum(axis=1) == 2).all()
    counts = count_trials(Rig(engine, drawn.code, THROUGH), drawn, 0, 100)
    assert counts.outcomes["corrected"] == 100
    positions = drawn.positions(0, 100)
    assert {p // 8 % 10 for p in positions[7].tolist() if p >= 0} <= set(np.flatnonzero(flags[56]))
    assert len({p // 80 for p in positions[7].tolist() if p >= 0}) == 8


def test_other_models_tell_the_decoder_nothing() -> None:
    assert draws("chipkill-18-16", "flips:2").erased(0, 9) is None
    assert draws("chipkill-18-16", "flips:2").code is code("chipkill-18-16")


def test_a_code_without_such_a_decoder_is_refused_with_what_has_one() -> None:
    with pytest.raises(UsageError, match="hsiao-72-64 has no decoder that takes erasures: give a Reed-Sol"):
        Campaign(code=code("hsiao-72-64"), model=model("erasures:1"), seed=1, trials=1)
    assert exact(code("hsiao-72-64"), model("erasures:1")) is None


@pytest.mark.parametrize("text", ["erasures:", "erasures:0", "erasures:x", "erasures:-1"])
def test_nonsense_is_refused_with_what_to_write_instead(text: str) -> None:
    with pytest.raises(UsageError, match="at least 1, as in erasures:2"):
        model(text)


def test_more_erasures_than_symbols_and_going_through_them_are_refused() -> None:
    drawn = draws("chipkill-18-16", "erasures:19")
    with pytest.raises(UsageError, match="erases more than the 18 symbols: give 1 to 18"):
        require_fit(drawn.model, drawn.code)
    with pytest.raises(UsageError, match="cannot be enumerated: use --trials"):
        pattern_count(model("erasures:1"), 144, drawn.layouts)


def test_a_campaign_of_erasures_runs_in_a_worker(inject: Callable[..., Any]) -> None:
    of = decoding(code("chipkill-18-16"), model("erasures:2").kind)
    tally = inject("erasures:2", trials=300, of=of).tally
    assert (tally.status, tally.label) == ("measured", "chipkill-18-16")
    assert tally.case.workload == "reed-solomon-decode-erasures"
    assert tally.outcomes["corrected"] + tally.outcomes.get("not_injected", 0) == 300
