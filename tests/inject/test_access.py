from collections import Counter
from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

from benchsuite.analyse.rates import rate_interval
from benchsuite.host.engine import Engine
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.access import by_codeword, codewords_of
from benchsuite.inject.campaign import exact, exact_tally
from benchsuite.inject.erasures import decoding
from benchsuite.inject.models import parse_model
from benchsuite.inject.outcomes import ACCESS_OUTCOMES, classify
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rig import Rig, Through
from benchsuite.inject.trials import Draws, count_trials
from benchsuite.workloads.codes import code
from benchsuite.workloads.codes.outcomes import OUTCOMES
from benchsuite.workloads.reference.linear import CLEAN, CORRECTED, DETECTED

THROUGH = Through(device="cpu", scope="end-to-end", encode="", decode="")


def access(name: str, model: str, codewords: int, *, exhaustive: bool = False) -> Draws:
    parsed = parse_model(model, Registry())
    return Draws(
        code=decoding(code(name), parsed.kind),
        model=parsed,
        seed=1,
        exhaustive=exhaustive,
        codewords=codewords,
    )


def of_codewords(names: tuple[str, ...]) -> str:
    """The outcome of an access in which something was flipped, read off the docs."""
    silent = {"miscorrected", "undetected"} & set(names)
    if "detected" in names:
        return "detected_hiding_silent" if silent else "detected"
    return "silent" if silent else "corrected"


@pytest.mark.parametrize("names", list(product(OUTCOMES[:5], repeat=3)))
def test_an_access_is_as_its_worst_codeword_and_says_what_it_hides(names: tuple[str, ...]) -> None:
    said = {
        "clean": (0, CLEAN, True),
        "corrected": (1, CORRECTED, True),
        "detected": (2, DETECTED, True),
        "miscorrected": (3, CORRECTED, False),
        "undetected": (4, CLEAN, False),
    }
    flips, claims, right = zip(*(said[name] for name in names), strict=True)
    counts = classify(
        np.array(flips), np.array(claims, np.uint8), np.array(right), injecting=True, codewords=3
    ).counts()
    expected = "not_injected" if set(names) == {"clean"} else of_codewords(names)
    assert {name: count for name, count in counts.outcomes.items() if count} == {expected: 1}
    assert set(counts.outcomes) <= set(ACCESS_OUTCOMES)
    assert counts.codeword_outcomes == Counter(names)


def test_what_an_access_that_nothing_strikes_comes_to() -> None:
    for claim, expected in ((CLEAN, "clean"), (DETECTED, "false_alarm")):
        claims, right = np.array([CLEAN, claim], np.uint8), np.array([True, True])
        counts = (
            classify(np.zeros(2, np.int64), claims, right, injecting=False, codewords=2).counts().outcomes
        )
        assert {name: count for name, count in counts.items() if count} == {expected: 1}


@pytest.mark.parametrize(
    ("name", "data_bytes", "codewords"),
    [("hsiao-72-64", 64, 8), ("hsiao-137-128", 64, 4), ("parity-9-8", 2, 2), ("hsiao-39-32", 4, 1)],
)
def test_an_access_has_the_codewords_that_carry_its_bytes(name: str, data_bytes: int, codewords: int) -> None:
    assert codewords_of(code(name), data_bytes) == codewords


@pytest.mark.parametrize(("name", "data_bytes"), [("hsiao-72-64", 60), ("hamming-7-4", 64)])
def test_an_access_of_no_whole_number_of_codewords_is_refused(name: str, data_bytes: int) -> None:
    with pytest.raises(UsageError, match=f"--access {data_bytes}: the codewords of {name} carry .* another"):
        codewords_of(code(name), data_bytes)


def test_positions_count_through_the_codewords_of_an_access() -> None:
    positions = np.array([[0, 15, -1], [9, 8, 17]])
    assert by_codeword(positions, 8, 3).tolist() == [
        *([0, -1, -1], [-1, 7, -1], [-1, -1, -1]),
        *([-1, -1, -1], [1, 0, -1], [-1, -1, 1]),
    ]


def test_a_device_strikes_the_same_place_in_every_codeword() -> None:
    positions = access("hsiao-72-64", "device:x8:ones", 8).positions(0, 50)
    devices = positions // 8 % 9
    assert (devices == devices[:, :1]).all()
    assert np.array_equal(
        np.sort(positions % 72, axis=1)[:, ::8], np.sort(positions % 8 + 8 * devices, axis=1)[:, ::8]
    )
    some = access("hsiao-72-64", "device:x4:uniform", 8).positions(0, 5000)
    assert (some >= 0).any(axis=1).all()
    assert 0.49 < (some >= 0).mean() < 0.51
    assert len(np.unique(some[some >= 0])) == 8 * 72


def test_the_data_of_an_access_are_those_of_its_stream() -> None:
    wide = access("hsiao-137-128", "flips:1", 1).data(3, 4)
    assert access("hsiao-137-128", "flips:1", 4).data(3, 4).shape == (16, 16)
    assert np.array_equal(access("hsiao-137-128", "flips:1", 4).data(3, 4)[::4], wide)


@pytest.mark.parametrize(
    ("name", "model", "codewords"),
    [
        ("hamming-12-8", "flips:0", 2),
        ("hamming-12-8", "flips:1", 3),
        ("hamming-12-8", "flips:3", 2),
        ("hsiao-13-8", "flips:4", 2),
        ("parity-9-8", "flips:3", 4),
        *(("hamming-12-8", f"device:x4:{kind}", 2) for kind in ("uniform", "ones", "one")),
        ("hsiao-72-64", "device:x8:ones", 8),
        ("hamming-12-8", "pin:x4", 5),
        *(("hsiao-13-8", f"burst:{length}", 3) for length in (1, 2, 5, 16)),
        *(("hamming-12-8", f"adjacent:{length}", 3) for length in (1, 3, 12, 30)),
        ("bch-15-7", "adjacent:20", 2),
        *(("hamming-12-8", f"symbol:{shape}", 2) for shape in ("8:1", "4:1", "4:2", "3:3")),
        ("parity-9-8", "symbol:6:1", 2),
    ],
)
def test_every_pattern_of_an_access_gives_the_exact_shares(
    engine: Engine, name: str, model: str, codewords: int
) -> None:
    every = access(name, model, codewords, exhaustive=True)
    number = pattern_count(every.model, every.n, every.layouts)
    counts = count_trials(Rig(engine, every.code, THROUGH), every, 0, number)
    formula = exact(every.code, every.model, codewords)
    assert formula is not None
    assert sum(counts.codeword_outcomes.values()) == number * codewords
    assert {outcome for outcome, count in counts.outcomes.items() if count} <= formula.keys()
    for outcome, (above, below, _) in formula.items():
        assert counts.outcomes.get(outcome, 0) * int(below) == int(above) * number


@pytest.mark.parametrize(
    ("name", "model", "codewords"),
    [
        ("hsiao-72-64", "bsc:0.01", 8),
        ("hsiao-72-64", "device:x8:uniform", 8),
        ("parity-33-32", "bsc:0.02", 4),
        ("hsiao-22-16", "symbol:5:1", 4),
        ("reed-solomon-12-8", "erasures:2", 2),
        ("parity-33-32", "awgn:4dB", 4),
        ("hsiao-72-64", "mix:flips:3=2+at:0,1,80=1", 8),
    ],
)
def test_sampled_accesses_agree_with_the_exact_ones(
    engine: Engine, name: str, model: str, codewords: int
) -> None:
    drawn = access(name, model, codewords)
    counts = count_trials(Rig(engine, drawn.code, THROUGH), drawn, 0, 20_000).outcomes
    formula = exact(drawn.code, drawn.model, codewords)
    assert formula is not None
    assert sum(counts.values()) == 20_000
    for outcome, (_, _, probability) in formula.items():
        low, high = rate_interval(counts.get(outcome, 0), 20_000, 0.9999)
        assert low <= probability <= high


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("symbol:5:2", "symbols of 5 bits reach from one codeword of 72 bits into the next"),
        ("burst:20000", "windows of 20000 bits are longer than 16384"),
        ("bsc:0.001", "its fractions have 2,940,928 bits, more than 300,000"),
        ("flips:20000", "20000 bits or symbols fall on 4096 codewords in too many ways to count"),
    ],
)
def test_accesses_that_take_too_much_counting_are_refused_at_once(model: str, reason: str) -> None:
    assert exact(code("hsiao-72-64"), parse_model(model, Registry()), 4096) is None
    with pytest.raises(UsageError, match=f"{model} on accesses of 4096 .*, as {reason}(; .*)?: use --trials"):
        exact_tally(code("hsiao-72-64"), parse_model(model, Registry()), codewords=4096)


@pytest.mark.parametrize("model", ["burst:20", "bsc:0.01", "flips:5"])
def test_of_an_access_to_a_wide_code_it_is_known_whether_it_is_lost(model: str) -> None:
    wide = code("chipkill-36-32")
    one, two = (exact(wide, parse_model(model, Registry()), codewords) for codewords in (1, 2))
    assert one is not None
    assert two is not None
    assert (
        one.keys() | {"not_injected"}
        == two.keys() | {"not_injected"}
        == {*("corrected", "lost", "not_injected")}
    )
    if model.startswith("bsc"):
        assert 1 - two["lost"][2] == pytest.approx((1 - one["lost"][2]) ** 2)


def test_accesses_are_the_same_in_one_chunk_or_many(rig: Rig) -> None:
    drawn = access("hsiao-72-64", "bsc:0.01", 8)
    whole = count_trials(rig, drawn, 0, 5000)
    outcomes, of_words = Counter[str](), Counter[str]()
    for first, end in pairwise((0, 1, 4095, 4096, 5000)):
        part = count_trials(rig, drawn, first, end - first)
        outcomes.update(part.outcomes)
        of_words.update(part.codeword_outcomes)
    assert (outcomes, of_words) == (whole.outcomes, whole.codeword_outcomes)


def test_a_campaign_of_accesses_resumes_and_is_none_of_codewords(inject: Callable[..., Any]) -> None:
    whole = inject("flips:3", trials=4000, codewords=8)
    assert (whole.tally.trials, whole.tally.codewords) == (4000, 8)
    assert sum(whole.tally.codeword_outcomes.values()) == 32_000
    part = inject("flips:3", trials=1500, codewords=8, chunk_trials=800).tally
    codewords = inject("flips:3", trials=500).tally
    assert inject("flips:3", trials=4000, codewords=8, done=(part, codewords)).tally == whole.tally


@pytest.mark.parametrize("name", ["chipkill-18-16", "chipkill-10-8"])
def test_chipkill_corrects_what_a_device_does_to_every_codeword_of_an_access(
    engine: Engine, name: str
) -> None:
    drawn = access(name, "device:x4:uniform", codewords_of(code(name), 64))
    counts = count_trials(Rig(engine, drawn.code, THROUGH), drawn, 0, 500)
    assert {outcome for outcome, count in counts.outcomes.items() if count} == {"corrected"}
    assert set(counts.codeword_outcomes) <= {"clean", "corrected"}
