"""A rank's code over chips with a code inside, through numpy's decoders, beside a reference bit by bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.analyse.rates import rate_interval
from benchsuite.host.engine import Engine
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.access import by_codeword, codewords_of
from benchsuite.inject.campaign import Campaign, exact, exact_tally
from benchsuite.inject.composed import Both, ComposedRig, flipped, rig_of
from benchsuite.inject.composed_exact import judged_compositions
from benchsuite.inject.models import parse_model
from benchsuite.inject.outcomes import ACCESS_OUTCOMES, Fates
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rig import Through
from benchsuite.inject.trials import Draws, blocks, count_trials
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes.composed import NAMES, Composed, composed
from benchsuite.workloads.codes.outcomes import OUTCOMES
from benchsuite.workloads.reference.on_die_and_rank import fates

CPU = Probe(devices=(("cpu", ("end-to-end",)),))
THROUGH = Through(device="cpu", scope="end-to-end", encode="", decode="")
BOTH = Both(inside=THROUGH, rank=THROUGH)
ALWAYS = ("flips:1", "flips:2", "flips:3", "device:x4:uniform", "device:x4:ones", "device:x4:one", "pin:x4")
ALWAYS += ("symbol:8:1", "symbol:4:1", "symbol:1:3", "burst:3", "adjacent:3", "at:0,1,136,300")
SOMETIMES = ("flips:6", "bsc:0.001", "symbol:8:2", "symbol:16:1", "burst:4")


def of_name(name: str) -> Composed:
    found = composed(name)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def rigs(engine: Engine) -> dict[str, ComposedRig]:
    made = {name: rig_of(engine, of_name(name), BOTH) for name in NAMES}
    return {name: rig for name, rig in made.items() if isinstance(rig, ComposedRig)}


def draws(model: str, name: str = "ddr5", *, exhaustive: bool = False) -> Draws:
    of = of_name(name)
    return Draws(
        code=of,
        model=parse_model(model, Registry()),
        seed=1,
        exhaustive=exhaustive,
        codewords=of.codewords,
    )


def struck(rig: ComposedRig, of: Composed, data: Any, positions: list[list[int]]) -> Fates:
    stored = rig.encode(0, data, codewords=of.codewords)
    hits = by_codeword(np.array(positions, np.int64), of.inside.n, of.chips)
    return rig.decode(0, data, stored, hits, codewords=of.codewords)


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 2**32 - 1), chips=st.integers(1, 4), flips=st.integers(1, 6))
@settings(max_examples=8, deadline=None)
def test_every_codeword_comes_to_what_the_reference_says(
    rigs: dict[str, ComposedRig], name: str, seed: int, chips: int, flips: int
) -> None:
    of, random = of_name(name), np.random.default_rng(seed)
    data = random.integers(256, size=(of.codewords, of.rank.k // 8), dtype=np.uint8)
    hit = [
        (int(chip), int(bit))
        for chip in random.choice(of.chips, chips, replace=False)
        for bit in random.choice(136, flips, replace=False)
    ]
    found = struck(rigs[name], of, data, [[136 * chip + bit for chip, bit in hit]])
    said = fates(of.inside.columns, of.rank.linear.r // 8, data.tolist(), hit)
    assert [OUTCOMES[fate] for fate in found.codewords] == said
    assert found.flips.tolist() == [len(hit)]


@pytest.mark.parametrize("name", NAMES[::4])
def test_a_model_sees_the_bits_that_the_chips_store(rigs: dict[str, ComposedRig], name: str) -> None:
    of = of_name(name)
    drawn = Draws(code=of, model=parse_model("stuck-at:1:40", Registry()), seed=1, codewords=of.codewords)
    held = rigs[name].encode(0, drawn.data(0, 3), codewords=of.codewords)
    bits = np.unpackbits(held, axis=1, bitorder="little")
    assert np.array_equal(drawn.stored(0, 3), bits.reshape(3, -1))
    for stored, flips in zip(drawn.stored(0, 3), drawn.positions(0, 3), strict=True):
        assert 10 < (flips >= 0).sum() < 30
        assert not stored[flips[flips >= 0]].any()


def test_every_single_flip_is_corrected(rigs: dict[str, ComposedRig]) -> None:
    one = draws("flips:1", exhaustive=True)
    counts = count_trials(rigs[one.code.name], one, 0, 1360)
    assert counts.outcomes == {"corrected": 1360, "detected": 0, "detected_hiding_silent": 0, "silent": 0}
    # a flip is of one codeword, or of a chip's own check bits and so of none
    assert counts.codeword_outcomes == {"clean": 1360 * 16 - 1280, "corrected": 1280}


def test_a_chip_that_errs_alone_is_corrected_in_every_codeword(rigs: dict[str, ComposedRig]) -> None:
    for model in ("device:x4:uniform", "device:x4:ones", "pin:x4"):
        chip = draws(model)
        counts = count_trials(rigs[chip.code.name], chip, 0, 3000)
        assert counts.outcomes["corrected"] == 3000
        assert set(counts.codeword_outcomes) <= {"clean", "corrected"}


def test_chunks_do_not_change_what_is_counted(rigs: dict[str, ComposedRig]) -> None:
    noisy = draws("bsc:0.01")
    rig = rigs[noisy.code.name]
    whole, parts = (
        count_trials(rig, noisy, 0, 3000),
        [count_trials(rig, noisy, at, 1000) for at in (0, 1000, 2000)],
    )
    for kind in ("outcomes", "codeword_outcomes"):
        counts: dict[str, int] = getattr(whole, kind)
        assert counts == {name: sum(getattr(part, kind).get(name, 0) for part in parts) for name in counts}
    assert whole.outcomes["detected"]
    assert whole.outcomes["detected_hiding_silent"]


def test_nothing_flipped_is_clean(rigs: dict[str, ComposedRig]) -> None:
    nothing = draws("flips:0")
    assert count_trials(rigs[nothing.code.name], nothing, 0, 50).outcomes == {"clean": 50, "false_alarm": 0}
    assert exact(nothing.code, nothing.model, 16) == {"clean": ("1", "1", 1.0)}


@pytest.mark.parametrize("model", ALWAYS)
def test_what_spoils_one_chip_at_most_is_always_corrected(rigs: dict[str, ComposedRig], model: str) -> None:
    drawn = draws(model)
    formula = exact(drawn.code, drawn.model, 16)
    assert formula is not None
    assert {name: value for name, (_, _, value) in formula.items() if value} == {"corrected": 1.0}
    assert count_trials(rigs[drawn.code.name], drawn, 0, 1000).outcomes["corrected"] == 1000


@pytest.mark.parametrize("model", SOMETIMES)
def test_what_may_spoil_more_chips_has_no_exact_answer_and_says_why(model: str) -> None:
    assert exact(of_name("ddr5"), parse_model(model, Registry())) is None
    with pytest.raises(UsageError, match=r"two (flips|bits) or more.*: use --trials"):
        exact_tally(of_name("ddr5"), parse_model(model, Registry()))


def test_some_patterns_without_an_exact_answer_are_lost(rigs: dict[str, ComposedRig]) -> None:
    for model in ("flips:4", "symbol:8:2"):
        drawn = draws(model)
        assert count_trials(rigs[drawn.code.name], drawn, 0, 20_000).outcomes["corrected"] < 20_000


@pytest.mark.parametrize("name", NAMES[3::4])
@pytest.mark.parametrize("codewords", [8, 16])
@pytest.mark.parametrize("model", ["flips:4", "flips:5"])
def test_a_few_flips_are_lost_as_often_as_the_formula_says(
    rigs: dict[str, ComposedRig], name: str, codewords: int, model: str
) -> None:
    drawn = replace(draws(model, name), codewords=codewords)
    formula = exact(drawn.code, drawn.model, codewords)
    assert formula is not None
    assert set(formula) == {"corrected", "lost"}
    found = count_trials(rigs[drawn.code.name], drawn, 0, 10_000).outcomes["corrected"]
    low, high = rate_interval(found, 10_000, 0.9999)
    assert low <= formula["corrected"][2] <= high


@pytest.mark.parametrize("codewords", [8, 16])
@pytest.mark.parametrize("model", ["adjacent:150", "at:0,1,136,137,300", "burst:3"])
def test_a_few_patterns_are_judged_as_the_decoders_do(
    rigs: dict[str, ComposedRig], codewords: int, model: str
) -> None:
    every = replace(draws(model, exhaustive=True), codewords=codewords)
    count = pattern_count(every.model, every.n, every.layouts)
    counted = count_trials(rigs[every.code.name], every, 0, count).outcomes
    judged = judged_compositions(of_name("ddr5"), every.model, codewords)
    assert judged == {name: (number, count) for name, number in counted.items()}


@pytest.mark.parametrize("codewords", [8, 16])
def test_models_that_look_at_what_is_stored_see_what_the_chips_hold(
    rigs: dict[str, ComposedRig], codewords: int
) -> None:
    drawn = replace(draws("stuck-at:1:6"), codewords=codewords)
    (struck,) = blocks(rigs[drawn.code.name], drawn, 0, 500)
    stored = np.unpackbits(struck.check, axis=1, bitorder="little").reshape(500, -1)
    np.testing.assert_array_equal(drawn.stored(0, 500), stored)
    trial, column = (struck.positions >= 0).nonzero()
    assert len(trial)
    assert not stored[trial, struck.positions[trial, column]].any()


def test_a_rank_that_corrects_two_chips_bears_five_flips() -> None:
    lockstep = of_name("on-die-136-128:odd-weight+chipkill-36-32")
    assert exact(lockstep, parse_model("flips:5", Registry())) is not None
    assert exact(lockstep, parse_model("flips:6", Registry())) is None


def test_a_campaign_is_of_all_codewords_that_the_chips_words_hold(inject: Callable[..., Any]) -> None:
    of = of_name("ddr5")
    finished = inject("flips:4", of=of, trials=3000)
    assert (finished.tally.codewords, finished.tally.label) == (16, of.name)
    assert finished.tally.case_key == of.key()
    assert sum(finished.tally.outcomes.values()) == 3000
    assert sum(finished.tally.codeword_outcomes.values()) == 16 * 3000


def test_an_access_is_to_one_or_both_of_the_bursts_that_the_chips_words_hold() -> None:
    of = of_name("ddr5")
    assert (codewords_of(of, None), codewords_of(of, 128), codewords_of(of, 64)) == (16, 16, 8)
    with pytest.raises(
        UsageError, match=r"--access 32: .*two bursts of 64 bytes.*give --access 64 .* or 128"
    ):
        codewords_of(of, 32)


def test_a_read_of_one_burst_sees_the_first_half_of_the_same_codewords(rigs: dict[str, ComposedRig]) -> None:
    both = draws("bsc:0.01")
    one = replace(both, codewords=8)
    rig = rigs[both.code.name]
    for whole, half in zip(blocks(rig, both, 0, 3000), blocks(rig, one, 0, 3000), strict=True):
        np.testing.assert_array_equal(half.positions, whole.positions)
        np.testing.assert_array_equal(
            half.fates.codewords.reshape(-1, 8), whole.fates.codewords.reshape(-1, 16)[:, :8]
        )
        # what is lost in one burst is lost in both
        lost = half.fates.outcomes != ACCESS_OUTCOMES.index("corrected")
        assert (whole.fates.outcomes[lost] != ACCESS_OUTCOMES.index("corrected")).all()


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("erasures:1", "no decoder that takes erasures"),
        ("device:x8:one", "have 4 pins"),
        ("flips:1361", "0 to 1360"),
    ],
)
def test_models_that_do_not_fit_are_refused(model: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Campaign(code=of_name("ddr5"), model=parse_model(model, Registry()), seed=1, trials=1)


def test_a_backend_without_one_of_the_codes_says_which(registry: Registry) -> None:
    whole = find_way(registry, "numpy", CPU, of_name("ddr5"))
    assert whole == BOTH
    part = find_way(registry, "numba", CPU, of_name("ddr5"))
    assert isinstance(part, NoWay)
    assert part.reason == "chipkill-10-8: numba does not implement it"
    none = find_way(registry, "libsodium", CPU, of_name("ddr5"))
    assert isinstance(none, NoWay)
    assert none.reason == "libsodium does not implement it"


@given(st.data())
def test_flipping_twice_changes_nothing(data: st.DataObject) -> None:
    words = np.random.default_rng(0).integers(256, size=(3, 17), dtype=np.uint8)
    rows = [data.draw(st.lists(st.integers(0, 135), min_size=4, max_size=4, unique=True)) for _ in words]
    positions = np.array([[*row, -1] for row in rows])
    once = flipped(words, positions)
    assert np.unpackbits(once ^ words, axis=1, bitorder="little").nonzero()[1].tolist() == [
        at for row in rows for at in sorted(row)
    ]
    assert flipped(once, positions).tolist() == words.tolist()
